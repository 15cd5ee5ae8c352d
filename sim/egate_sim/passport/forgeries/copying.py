"""Copies: everything can be read out of a chip but its private keys."""

import random
from dataclasses import dataclass, replace

from egate.checks import Check, Reason
from egate_sim.passport import lds
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Collection, Group, Workshop, failed, left_open
from egate_sim.passport.forgeries.tools import with_file, without_files
from egate_sim.passport.issue import issue
from egate_sim.passport.keys import EcdsaKey, derive_ec_key, generate_rsa_key
from egate_sim.passport.lds import File
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.profiles import ActiveAuthentication, Profile
from egate_sim.passport.registry import DOCUMENT_VALIDITY

COPIES = Collection()
_copy = COPIES.forgery
_RSA = Profile(ActiveAuthentication.RSA)
_NO_SIGNATURE = failed(Check.CHIP_AUTHENTICITY, Reason.AA_SIGNATURE)


@dataclass(frozen=True, slots=True, repr=False)
class RecordedKey:
    """A chip that knows one answer and no key."""

    answer: bytes

    def public_key_info(self) -> bytes:
        raise TypeError("a recorded answer has no key")

    def sign(self, nonce: bytes, rng: random.Random) -> bytes:
        """The same whatever is asked."""
        del nonce, rng
        return self.answer


def own_key(workshop: Workshop) -> EcdsaKey:
    """A key that the forger made."""
    return EcdsaKey(derive_ec_key(workshop.state.secret, "the cloner's key", workshop.state.country.chip_curve))


def other_passport(workshop: Workshop, number: str = "Z9") -> Passport:
    """A genuine passport of the same state: of who wants to travel."""
    founded = workshop.state.founded
    holder = Holder(
        "Traveller",
        "Other",
        founded.replace(year=founded.year - 40),
        Sex.MALE,
        "UTO",
        number,
        founded + DOCUMENT_VALIDITY,
    )
    return issue(workshop.state, holder, workshop.portrait_jpeg)


def _answer(passport: Passport, nonce: bytes) -> bytes:
    assert passport.active_authentication is not None
    return passport.active_authentication.sign(nonce, random.Random(0))


@_copy(Group.COPYING, _NO_SIGNATURE)
def cloned_chip(passport: Passport, workshop: Workshop) -> Passport:
    """Every file copied; the key of Active Authentication stayed in the genuine chip."""
    return replace(passport, active_authentication=own_key(workshop))


@_copy(Group.COPYING, _NO_SIGNATURE, profile=_RSA)
def cloned_chip_rsa(passport: Passport, workshop: Workshop) -> Passport:
    """Every file copied; the copy signs with an RSA key of its own."""
    return replace(passport, active_authentication=generate_rsa_key(workshop.state.secret, "the cloner's key"))


@_copy(Group.COPYING, _NO_SIGNATURE)
def replayed_answer(passport: Passport, _: Workshop) -> Passport:
    """Every file copied, and one answer of the genuine chip recorded; the copy gives it to every challenge."""
    return replace(passport, active_authentication=RecordedKey(_answer(passport, bytes(8))))


@_copy(Group.COPYING, _NO_SIGNATURE)
def cut_answer(passport: Passport, _: Workshop) -> Passport:
    """The copy answers the challenge with half a signature."""
    answer = _answer(passport, bytes(8))
    return replace(passport, active_authentication=RecordedKey(answer[: len(answer) // 2]))


@_copy(Group.COPYING, left_open(Check.CHIP_AUTHENTICITY, Reason.AA_SIGNATURE))
def empty_answer(passport: Passport, _: Workshop) -> Passport:
    """The copy answers the challenge with success and nothing."""
    return replace(passport, active_authentication=RecordedKey(b""))


@_copy(Group.COPYING, _NO_SIGNATURE)
def refused_challenge(passport: Passport, _: Workshop) -> Passport:
    """DG15 was copied, but the copy does not know the command that would put its key to use."""
    return replace(passport, active_authentication=None)


@_copy(Group.COPYING, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH, "dg15:dg_hash"))
def swapped_aa_key(passport: Passport, workshop: Workshop) -> Passport:
    """The copy's own key stands in DG15, and it signs rightly with it; EF.SOD is as it was."""
    key = own_key(workshop)
    forged = with_file(passport, File.DG15, lds.dg15(key.public_key_info()))
    return replace(forged, active_authentication=key)


@_copy(Group.COPYING, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_WITHHELD, "dg15:dg_withheld"))
def withheld_dg15(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD lists DG15, the chip has none: a copy that hopes not to be asked for Active Authentication."""
    remaining = passport.data_groups
    del remaining[File.DG15]
    files = {File.COM: lds.ef_com(remaining), File.SOD: passport.files[File.SOD], **remaining}
    return replace(passport, files=files, active_authentication=None)


@_copy(Group.COPYING, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_WITHHELD, "dg14:dg_withheld"))
def withheld_dg14(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD lists DG14, the chip has none: nothing tells the reader of any protocol."""
    return without_files(passport, File.DG14)


@_copy(Group.COPYING, failed(Check.CHIP_ACCESS, Reason.ACCESS_DENIED))
def transplanted_chip(passport: Passport, workshop: Workshop) -> Passport:
    """The chip of another genuine passport was built in; the printed zone does not open it."""
    return replace(other_passport(workshop), mrz=passport.mrz)


@_copy(Group.COPYING, failed(Check.MRZ_DG1_CONSISTENCY, Reason.DG1_MISMATCH))
def copied_other_passport(passport: Passport, workshop: Workshop) -> Passport:
    """A copy of another genuine passport's files that opens to the zone printed here."""
    return replace(other_passport(workshop), mrz=passport.mrz, access_seed=passport.access_seed)


@_copy(Group.COPYING, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH, "dg2:dg_hash"))
def portrait_of_other_passport(passport: Passport, workshop: Workshop) -> Passport:
    """DG2 of another genuine passport beside the DG1 and EF.SOD of this one, all of them once signed."""
    return with_file(passport, File.DG2, other_passport(workshop).files[File.DG2])


@_copy(Group.COPYING, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH, "dg1:dg_hash"))
def sod_of_other_passport(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD of another genuine passport beside the data groups of this one."""
    return with_file(passport, File.SOD, other_passport(workshop).files[File.SOD])
