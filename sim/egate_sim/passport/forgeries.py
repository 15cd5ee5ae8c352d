"""What forgers do to passports, by name, and what a reader must find."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from egate.checks import Check, Reason
from egate_sim.passport import lds
from egate_sim.passport.issue import Passport, sign_files
from egate_sim.passport.keys import EcdsaKey, derive_ec_key, derive_secret
from egate_sim.passport.lds import File
from egate_sim.passport.state import State, found_state
from egate_sim.passport.tlv import data_object, data_objects


@dataclass(frozen=True, slots=True, repr=False)
class Workshop:
    """What a forger has at hand: the genuine passport's state, and a JPEG of who wants to travel on it."""

    state: State
    portrait_jpeg: bytes


@dataclass(frozen=True, slots=True)
class Forgery:
    """``forge`` makes the forged passport from a genuine one; a reader's ``check`` then ends with ``reason``."""

    forge: Callable[[Passport, Workshop], Passport]
    check: Check
    reason: Reason


def edited_dg1(passport: Passport, _: Workshop) -> Passport:
    """Another name, in print and in the chip; EF.SOD is as it was."""
    lines = _with_other_name(passport.mrz)
    return replace(passport, mrz=lines, files=_with_file(passport, File.DG1, lds.dg1(lines)))


def edited_print(passport: Passport, _: Workshop) -> Passport:
    """Another name in print alone; the chip is genuine."""
    return replace(passport, mrz=_with_other_name(passport.mrz))


def swapped_portrait(passport: Passport, workshop: Workshop) -> Passport:
    """Somebody else's portrait in DG2; EF.SOD is as it was."""
    return replace(passport, files=_with_file(passport, File.DG2, lds.dg2(workshop.portrait_jpeg)))


def self_made_csca(passport: Passport, workshop: Workshop) -> Passport:
    """Signed below a CSCA that bears the state's names, with keys that the forger made."""
    state = workshop.state
    forger = found_state(state.country, derive_secret(state.secret, "forger"), state.founded)
    return replace(passport, files=sign_files(passport.data_groups, forger.signer, forger))


def cloned_chip(passport: Passport, workshop: Workshop) -> Passport:
    """Every file copied; the key of Active Authentication stayed in the genuine chip."""
    state = workshop.state
    guess = EcdsaKey(derive_ec_key(state.secret, "the cloner's key", state.country.chip_curve))
    return replace(passport, active_authentication=guess)


def revoked_ds(passport: Passport, workshop: Workshop) -> Passport:
    """Signed with a Document Signer's stolen key, which the CRL names."""
    state = workshop.state
    return replace(passport, files=sign_files(passport.data_groups, state.revoked_signer, state))


def truncated_sod(passport: Passport, _: Workshop) -> Passport:
    """The file's frame is whole; the signed data within end half-way."""
    ((tag, content),) = data_objects(passport.files[File.SOD])
    return replace(passport, files=_with_file(passport, File.SOD, data_object(tag, content[: len(content) // 2])))


def withheld_dg15(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD lists DG15, the chip has none: a copy that hopes not to be asked for Active Authentication."""
    remaining = passport.data_groups
    del remaining[File.DG15]
    files = {File.COM: lds.ef_com(remaining), File.SOD: passport.files[File.SOD], **remaining}
    return replace(passport, files=files, active_authentication=None)


FORGERIES: dict[str, Forgery] = {
    "edited_dg1": Forgery(edited_dg1, Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH),
    "edited_print": Forgery(edited_print, Check.MRZ_DG1_CONSISTENCY, Reason.DG1_MISMATCH),
    "swapped_portrait": Forgery(swapped_portrait, Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH),
    "self_made_csca": Forgery(self_made_csca, Check.PASSIVE_AUTHENTICATION, Reason.CSCA_UNKNOWN),
    "cloned_chip": Forgery(cloned_chip, Check.CHIP_AUTHENTICITY, Reason.AA_SIGNATURE),
    "revoked_ds": Forgery(revoked_ds, Check.PASSIVE_AUTHENTICATION, Reason.CERT_REVOKED),
    "truncated_sod": Forgery(truncated_sod, Check.PASSIVE_AUTHENTICATION, Reason.SOD_FORMAT),
    "withheld_dg15": Forgery(withheld_dg15, Check.PASSIVE_AUTHENTICATION, Reason.DG_WITHHELD),
}


def _with_file(passport: Passport, file: File, content: bytes) -> dict[File, bytes]:
    return {**passport.files, file: content}


def _with_other_name(lines: tuple[str, ...]) -> tuple[str, str]:
    """The surname's first letter changed; no check digit covers names."""
    upper, lower = lines
    return upper[:5] + ("B" if upper[5] == "A" else "A") + upper[6:], lower
