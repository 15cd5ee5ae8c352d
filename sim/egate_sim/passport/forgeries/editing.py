"""Edits: the chip's files, or the data page, say something else than the issuer wrote."""

from dataclasses import replace

from egate.checks import Check, Reason
from egate_sim.passport import lds
from egate_sim.passport.cms import SignatureForm, signature_of
from egate_sim.passport.contents import Passport
from egate_sim.passport.crypto import mrz_secret
from egate_sim.passport.forgeries.case import Collection, Group, Workshop, failed
from egate_sim.passport.forgeries.copying import other_passport
from egate_sim.passport.forgeries.tools import (
    content_of,
    resigned,
    rewritten,
    with_file,
    with_other_name,
    with_print,
    without_files,
)
from egate_sim.passport.lds import File, SodForm
from egate_sim.passport.mrz import access_information
from egate_sim.passport.tlv import data_object

EDITS = Collection()
_edit = EDITS.forgery
_PASSIVE, _CONSISTENCY = Check.PASSIVE_AUTHENTICATION, Check.MRZ_DG1_CONSISTENCY
_BIRTH, _EXPIRY = 13, 21  # where the dates of a TD3's second line begin


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_HASH, "dg1:dg_hash"))
def edited_dg1(passport: Passport, _: Workshop) -> Passport:
    """Another name, in print and in the chip; EF.SOD is as it was."""
    lines = with_other_name(passport.mrz)
    return replace(with_file(passport, File.DG1, lds.dg1(lines)), mrz=lines)


@_edit(Group.EDITING, failed(_CONSISTENCY, Reason.DG1_MISMATCH))
def edited_print(passport: Passport, _: Workshop) -> Passport:
    """Another name in print alone; the chip is genuine."""
    return replace(passport, mrz=with_other_name(passport.mrz))


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_HASH, "dg2:dg_hash"))
def swapped_portrait(passport: Passport, workshop: Workshop) -> Passport:
    """Somebody else's portrait in DG2; EF.SOD is as it was."""
    return with_file(passport, File.DG2, lds.dg2(workshop.portrait_jpeg))


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_HASH, "dg2:dg_hash"))
def added_portrait(passport: Passport, workshop: Workshop) -> Passport:
    """A second portrait, the forger's, before the genuine one in DG2."""
    portraits = lds.face_record(workshop.portrait_jpeg), _genuine_record(passport)
    records = (data_object(0x5F2E, record) for record in portraits)
    return with_file(passport, File.DG2, lds.dg2_of(*records))


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_HASH, "dg2:dg_hash"))
def turned_bit(passport: Passport, _: Workshop) -> Passport:
    """One bit of the portrait's last byte is another one."""
    content = bytearray(passport.files[File.DG2])
    content[-1] ^= 1
    return with_file(passport, File.DG2, bytes(content))


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_HASH, "dg1:dg_hash"))
def prolonged(passport: Passport, _: Workshop) -> Passport:
    """Five more years of validity, in print and in the chip, check digits and access keys recomputed."""
    upper, lower = passport.mrz
    later = f"{(int(lower[_EXPIRY : _EXPIRY + 2]) + 5) % 100:02d}{lower[_EXPIRY + 2 : _EXPIRY + 6]}"
    lines = upper, rewritten(lower, _EXPIRY, later)
    return _opened_by(with_file(passport, File.DG1, lds.dg1(lines)), lines)


@_edit(Group.EDITING, failed(_CONSISTENCY, Reason.DG1_MISMATCH))
def other_birth_in_print(passport: Passport, _: Workshop) -> Passport:
    """Another date of birth in print; the files of the genuine chip were copied to one that opens to it."""
    upper, lower = passport.mrz
    return _opened_by(passport, (upper, rewritten(lower, _BIRTH, "010101")))


@_edit(Group.EDITING, failed(Check.CHIP_ACCESS, Reason.ACCESS_DENIED))
def other_number_in_print(passport: Passport, _: Workshop) -> Passport:
    """Another document number in print; the genuine chip no longer opens to it."""
    upper, lower = passport.mrz
    return with_print(passport, upper, rewritten(lower, 0, "Q7654321<"))


@_edit(Group.EDITING, failed(_CONSISTENCY, Reason.DG1_MISMATCH))
def other_nationality_in_print(passport: Passport, _: Workshop) -> Passport:
    """Another nationality in print, which no check digit and no access key covers."""
    upper, lower = passport.mrz
    return with_print(passport, upper, lower[:10] + "XXA" + lower[13:])


@_edit(Group.EDITING, failed(_CONSISTENCY, Reason.DG1_MISMATCH))
def other_sex_in_print(passport: Passport, _: Workshop) -> Passport:
    """Another sex in print alone."""
    upper, lower = passport.mrz
    return with_print(passport, upper, lower[:20] + ("M" if lower[20] == "F" else "F") + lower[21:])


@_edit(Group.EDITING, failed(_PASSIVE, Reason.SOD_SIGNATURE, "sod:sod_signature"))
def edited_hash(passport: Passport, workshop: Workshop) -> Passport:
    """Another portrait, and its hash in EF.SOD in place of the genuine one; the signature is as it was."""
    signature = signature_of(content_of(passport.files[File.SOD]))
    form = SodForm(signature=SignatureForm(signature=signature))
    return resigned(swapped_portrait(passport, workshop), workshop.state.signer, workshop, form)


@_edit(Group.EDITING, failed(_PASSIVE, Reason.SOD_SIGNATURE, "sod:sod_signature"))
def pasted_signature(passport: Passport, workshop: Workshop) -> Passport:
    """Another portrait, EF.SOD written anew, and in it the signature of another genuine EF.SOD."""
    signature = signature_of(content_of(other_passport(workshop).files[File.SOD]))
    form = SodForm(signature=SignatureForm(signature=signature))
    return resigned(swapped_portrait(passport, workshop), workshop.state.signer, workshop, form)


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_WITHHELD, "dg2:dg_withheld"))
def withheld_dg2(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD lists DG2, the chip has none: no portrait to compare with."""
    return without_files(passport, File.DG2)


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_WITHHELD, "dg1:dg_withheld"))
def withheld_dg1(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD lists DG1, the chip has none: no zone to compare with."""
    return without_files(passport, File.DG1)


@_edit(Group.EDITING, failed(_PASSIVE, Reason.FILE_MISSING))
def withheld_sod(passport: Passport, _: Workshop) -> Passport:
    """There is no EF.SOD at all, and so nothing that could be verified."""
    return without_files(passport, File.SOD)


@_edit(Group.EDITING, failed(_PASSIVE, Reason.DG_HASH, "dg14:dg_hash"))
def edited_dg14(passport: Passport, _: Workshop) -> Passport:
    """DG14 is emptied of what it tells of protocols; EF.SOD is as it was."""
    return with_file(passport, File.DG14, lds.dg14(data_object(0x31)))


def _opened_by(passport: Passport, lines: tuple[str, str]) -> Passport:
    return replace(passport, mrz=lines, access_seed=mrz_secret(access_information(lines)))


def _genuine_record(passport: Passport) -> bytes:
    """The facial record of DG2."""
    record = content_of(passport.files[File.DG2])
    return record[record.index(b"FAC\x00") :]
