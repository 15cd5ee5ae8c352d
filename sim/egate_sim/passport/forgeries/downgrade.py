"""Downgrades: the better protocol is taken away, because the weaker one can be copied."""

from dataclasses import replace

from egate.checks import Check, Outcome, Reason
from egate_sim.passport.contents import Fault, MasterFile, PaceMapping, Passport, SessionCipher
from egate_sim.passport.forgeries.case import Collection, Expected, Group, Known, Workshop, failed
from egate_sim.passport.master_files import card_access
from egate_sim.passport.profiles import PROFILES, ActiveAuthentication, Profile

DOWNGRADES = Collection()
_downgrade = DOWNGRADES.forgery
_GROUP = Group.DOWNGRADE
_SAC, _CAM = PROFILES["2014 SAC"], PROFILES["2020 PACE-CAM"]
_NO_AA = Profile(ActiveAuthentication.NONE)
_MISMATCH = failed(Check.CHIP_ACCESS, Reason.SECURITY_INFOS_MISMATCH)
_DOWNGRADED = failed(Check.DOCUMENT_MODEL, Reason.ACCESS_DOWNGRADED)
_PACE_HIDDEN = failed(Check.CHIP_ACCESS, Reason.ACCESS_DOWNGRADED)
_NOT_SHOWN = Expected(Check.CHIP_AUTHENTICITY, Outcome.UNDETERMINED, Reason.CAM_PROOF, "not_shown")


@_downgrade(_GROUP, _DOWNGRADED, profile=_SAC, known=(Known.PACE,))
def pace_taken_away(passport: Passport, _: Workshop) -> Passport:
    """A copy that knows BAC alone, of a kind of document all of which have PACE."""
    others = dict(passport.master_files)
    del others[MasterFile.CARD_ACCESS]
    return replace(passport, pace=(), master_files=others)


@_downgrade(_GROUP, _DOWNGRADED, known=(Known.PACE,))
def access_control_taken_away(passport: Passport, _: Workshop) -> Passport:
    """A copy that anybody can read, of a kind of document all of which have PACE."""
    return replace(passport, access_seed=None)


@_downgrade(_GROUP, _DOWNGRADED, profile=_NO_AA, known=(Known.AUTHENTICITY,))
def authenticity_taken_away(passport: Passport, _: Workshop) -> Passport:
    """The chip proves nothing about itself, in a kind of document all of which can."""
    return passport


@_downgrade(_GROUP, _MISMATCH, profile=_SAC)
def card_access_weakened(passport: Passport, _: Workshop) -> Passport:
    """EF.CardAccess, which nobody signs, offers PACE with Triple-DES; DG14 tells of AES."""
    weaker = tuple(replace(offer, cipher=SessionCipher.TDES) for offer in passport.pace)
    files = {**passport.master_files, MasterFile.CARD_ACCESS: card_access(weaker)}
    return replace(passport, pace=weaker, master_files=files)


@_downgrade(_GROUP, _PACE_HIDDEN, profile=_SAC)
def card_access_taken_away(passport: Passport, workshop: Workshop) -> Passport:
    """A copy that knows BAC alone and has no EF.CardAccess; its DG14 still tells of PACE."""
    return pace_taken_away(passport, workshop)


@_downgrade(_GROUP, _DOWNGRADED, profile=_SAC, known=(Known.PACE,))
def pace_fails_on_purpose(passport: Passport, _: Workshop) -> Passport:
    """The chip offers PACE, lets it fail, and is content with BAC, in a kind of document all of which have PACE."""
    return replace(passport, faults=frozenset({Fault.PACE_WRONG_TOKEN}))


@_downgrade(_GROUP, _PACE_HIDDEN, profile=_SAC)
def card_access_emptied(passport: Passport, _: Workshop) -> Passport:
    """A copy that knows BAC alone; its EF.CardAccess is there, and offers nothing."""
    return replace(passport, pace=(), master_files={**passport.master_files, MasterFile.CARD_ACCESS: card_access(())})


@_downgrade(_GROUP, _PACE_HIDDEN, profile=_CAM)
def mapping_taken_away(passport: Passport, _: Workshop) -> Passport:
    """EF.CardAccess leaves out the mapping by which this chip proves itself, and offers PACE without that proof."""
    plain = tuple(offer for offer in passport.pace if offer.mapping is PaceMapping.GENERIC)
    files = {**passport.master_files, MasterFile.CARD_ACCESS: card_access(plain)}
    return replace(passport, pace=plain, master_files=files)


@_downgrade(_GROUP, _NOT_SHOWN, profile=_CAM)
def mapping_fails_on_purpose(passport: Passport, _: Workshop) -> Passport:
    """A copy lets PACE fail, by which the genuine chip proves itself, and is content with BAC."""
    return replace(passport, faults=frozenset({Fault.PACE_WRONG_TOKEN}))


@_downgrade(_GROUP, _NOT_SHOWN, profile=_CAM)
def mapping_key_withheld(passport: Passport, _: Workshop) -> Passport:
    """The copy ends PACE with a proof and does not give EF.CardSecurity, which holds the key to it."""
    others = dict(passport.master_files)
    del others[MasterFile.CARD_SECURITY]
    return replace(passport, master_files=others)
