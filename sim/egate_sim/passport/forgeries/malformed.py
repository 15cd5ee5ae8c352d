"""Chips whose files are no such files: cut, endless, nested without end. The reader must end, and say what it met."""

from dataclasses import replace

from egate.checks import Check, Reason
from egate_sim.passport import lds
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Collection, Group, Workshop, failed
from egate_sim.passport.forgeries.tools import content_of, with_file
from egate_sim.passport.lds import TAGS, File
from egate_sim.passport.tlv import data_object

MALFORMED = Collection()
_malformed = MALFORMED.forgery
_PASSIVE, _GROUP = Check.PASSIVE_AUTHENTICATION, Group.HOSTILE_CHIP
_NESTED = 5000


def _cut(passport: Passport, file: File) -> Passport:
    """The file's frame is whole; its content ends half-way."""
    content = content_of(passport.files[file])
    return with_file(passport, file, data_object(TAGS[file], content[: len(content) // 2]))


@_malformed(_GROUP, failed(_PASSIVE, Reason.SOD_FORMAT))
def truncated_sod(passport: Passport, _: Workshop) -> Passport:
    """The file's frame is whole; the signed data within end half-way."""
    return _cut(passport, File.SOD)


@_malformed(_GROUP, failed(_PASSIVE, Reason.DG_HASH, "dg1:dg_hash"))
def truncated_dg1(passport: Passport, _: Workshop) -> Passport:
    """DG1 ends in the middle of the zone."""
    return _cut(passport, File.DG1)


@_malformed(_GROUP, failed(_PASSIVE, Reason.DG_HASH, "dg2:dg_hash"))
def truncated_dg2(passport: Passport, _: Workshop) -> Passport:
    """DG2 ends in the middle of the portrait."""
    return _cut(passport, File.DG2)


@_malformed(_GROUP, failed(_PASSIVE, Reason.DG_HASH, "dg14:dg_hash"))
def truncated_dg14(passport: Passport, _: Workshop) -> Passport:
    """DG14 ends in the middle of a security info."""
    return _cut(passport, File.DG14)


@_malformed(_GROUP, failed(_PASSIVE, Reason.DG_HASH, "dg15:dg_hash"))
def truncated_dg15(passport: Passport, _: Workshop) -> Passport:
    """DG15 ends in the middle of the key."""
    return _cut(passport, File.DG15)


@_malformed(_GROUP, failed(_PASSIVE, Reason.DG_WITHHELD, "dg2:dg_withheld"))
def shorter_than_announced(passport: Passport, _: Workshop) -> Passport:
    """DG2 announces more bytes than the chip holds."""
    return with_file(passport, File.DG2, passport.files[File.DG2][:-100])


@_malformed(_GROUP, failed(Check.PORTRAIT, Reason.FILE_FORMAT))
def endless_length(passport: Passport, _: Workshop) -> Passport:
    """DG2 announces sixteen million bytes."""
    return with_file(passport, File.DG2, b"\x75\x84\x00\xff\xff\xff" + passport.files[File.DG2][4:])


@_malformed(_GROUP, failed(_PASSIVE, Reason.SOD_FORMAT))
def indefinite_without_end(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD opens thousands of objects of indefinite length and closes none."""
    return with_file(passport, File.SOD, data_object(TAGS[File.SOD], b"\x30\x80" * _NESTED))


@_malformed(_GROUP, failed(Check.PORTRAIT, Reason.PORTRAIT_UNREADABLE))
def nested_templates(passport: Passport, _: Workshop) -> Passport:
    """DG2 holds a template in a template in a template, a thousand deep."""
    content = b""
    for _depth in range(_NESTED // 5):
        content = data_object(0x7F61, content)
    return with_file(passport, File.DG2, data_object(TAGS[File.DG2], content))


@_malformed(_GROUP, failed(_PASSIVE, Reason.FILE_FORMAT))
def sod_is_another_file(passport: Passport, _: Workshop) -> Passport:
    """Under EF.SOD's name the chip shows EF.COM."""
    return with_file(passport, File.SOD, passport.files[File.COM])


@_malformed(_GROUP, failed(Check.MRZ_DG1_CONSISTENCY, Reason.FILE_FORMAT))
def dg1_is_another_file(passport: Passport, _: Workshop) -> Passport:
    """Under DG1's name the chip shows DG2."""
    return with_file(passport, File.DG1, passport.files[File.DG2])


@_malformed(_GROUP, failed(_PASSIVE, Reason.SOD_FORMAT))
def empty_sod(passport: Passport, _: Workshop) -> Passport:
    """EF.SOD is a frame around nothing."""
    return with_file(passport, File.SOD, data_object(TAGS[File.SOD]))


@_malformed(_GROUP, failed(_PASSIVE, Reason.FILE_MISSING))
def no_files_at_all(passport: Passport, _: Workshop) -> Passport:
    """The chip opens to the printed zone and holds nothing."""
    return replace(passport, files={}, active_authentication=None)


@_malformed(_GROUP, failed(Check.PORTRAIT, Reason.PORTRAIT_UNREADABLE))
def dg2_without_faces(passport: Passport, _: Workshop) -> Passport:
    """DG2 says that it holds no face."""
    return with_file(passport, File.DG2, lds.dg2_of())
