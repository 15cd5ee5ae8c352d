"""Copies of chips that prove themselves by a static key: Chip Authentication, and its mapping in PACE."""

from dataclasses import replace

from egate.checks import Check, Reason
from egate_sim.passport import lds
from egate_sim.passport.contents import Fault, Passport, StaticKey
from egate_sim.passport.forgeries.case import Collection, Group, Workshop, failed
from egate_sim.passport.forgeries.tools import with_file, without_files
from egate_sim.passport.keys import derive_scalar
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import PROFILES, ActiveAuthentication, ChipAuthenticationPlan, PacePlan, Profile
from egate_sim.passport.security_infos import chip_authentication_infos, pace_info, security_infos

STATIC_KEYS = Collection()
_copy = STATIC_KEYS.forgery
_GROUP = Group.COPYING
_EAC = Profile(ActiveAuthentication.NONE, pace=(PacePlan(),), chip_authentication=(ChipAuthenticationPlan(),))
_EARLY_EAC = PROFILES["2009 EAC"]
_CAM = PROFILES["2020 PACE-CAM"]
_AUTHENTICITY = Check.CHIP_AUTHENTICITY


def _own(key: StaticKey, workshop: Workshop) -> StaticKey:
    """A key of the forger in the same group."""
    bits = key.group.order.bit_length()
    return replace(key, private=derive_scalar(workshop.state.secret, "the cloner's static key", bits))


def _with_own_key(passport: Passport, workshop: Workshop) -> Passport:
    offers = (replace(offer, key=_own(offer.key, workshop)) for offer in passport.chip_authentication)
    return replace(passport, chip_authentication=tuple(offers))


@_copy(_GROUP, failed(_AUTHENTICITY, Reason.CA_FAILED), profile=_EAC)
def cloned_static_key(passport: Passport, workshop: Workshop) -> Passport:
    """Every file copied; the copy agrees in Chip Authentication with a key of its own."""
    return _with_own_key(passport, workshop)


@_copy(_GROUP, failed(_AUTHENTICITY, Reason.CA_FAILED), profile=_EARLY_EAC)
def cloned_early_static_key(passport: Passport, workshop: Workshop) -> Passport:
    """The same with BAC and Triple-DES, in a document whose DG14 holds a key and no more."""
    return _with_own_key(passport, workshop)


@_copy(_GROUP, failed(_AUTHENTICITY, Reason.CA_FAILED), profile=_EAC)
def kept_session_keys(passport: Passport, _: Workshop) -> Passport:
    """The copy says yes to Chip Authentication and goes on with the keys of before."""
    return replace(passport, faults=frozenset({Fault.OLD_KEYS_AFTER_CHIP_AUTHENTICATION}))


@_copy(_GROUP, failed(_AUTHENTICITY, Reason.CA_FAILED), profile=_EAC)
def refused_agreement(passport: Passport, _: Workshop) -> Passport:
    """DG14 was copied, but the copy does not know Chip Authentication."""
    return replace(passport, chip_authentication=())


@_copy(_GROUP, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH, "dg14:dg_hash"), profile=_EAC)
def swapped_static_key(passport: Passport, workshop: Workshop) -> Passport:
    """The copy's own key stands in DG14, and it agrees with it rightly; EF.SOD is as it was."""
    forged = _with_own_key(passport, workshop)
    keys = [info for offer in forged.chip_authentication for info in chip_authentication_infos(offer)]
    return with_file(forged, File.DG14, lds.dg14(security_infos(*map(pace_info, forged.pace), *keys)))


@_copy(_GROUP, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH, "dg14:dg_hash"), profile=_EAC)
def agreement_taken_out(passport: Passport, _: Workshop) -> Passport:
    """DG14 no longer tells of Chip Authentication, which the copy does not know."""
    forged = replace(passport, chip_authentication=())
    return with_file(forged, File.DG14, lds.dg14(security_infos(*map(pace_info, passport.pace))))


@_copy(_GROUP, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_WITHHELD, "dg14:dg_withheld"), profile=_EAC)
def withheld_static_key(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD lists DG14, the copy has none and does not know Chip Authentication."""
    return replace(without_files(passport, File.DG14), chip_authentication=())


@_copy(_GROUP, failed(_AUTHENTICITY, Reason.CAM_PROOF), profile=_CAM)
def cloned_mapping_key(passport: Passport, workshop: Workshop) -> Passport:
    """Every file copied; the copy ends PACE with a proof by a key of its own."""
    offers = (
        offer if offer.chip_key is None else replace(offer, chip_key=_own(offer.chip_key, workshop))
        for offer in passport.pace
    )
    return replace(passport, pace=tuple(offers))
