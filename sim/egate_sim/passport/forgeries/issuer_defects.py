"""Documents that the issuer itself signed, and signed wrongly: nobody can tell them from a forgery but the issuer."""

import hashlib

from egate.checks import Check, Reason
from egate_sim.passport import lds
from egate_sim.passport.cms import SignatureForm
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Collection, Group, Workshop, failed
from egate_sim.passport.forgeries.tools import reissued, resigned, with_other_name, with_sod_content
from egate_sim.passport.lds import TAGS, File, SodForm
from egate_sim.passport.tlv import data_object

ISSUER_DEFECTS = Collection()
_defect = ISSUER_DEFECTS.forgery
_PASSIVE, _GROUP = Check.PASSIVE_AUTHENTICATION, Group.ISSUER
_MASTER_LIST = "2.23.136.1.1.2"
_NO_SUCH_GROUP = 17


def hashes_of(passport: Passport, digest: str = "sha256") -> list[tuple[int, bytes]]:
    """What EF.SOD lists."""
    groups = sorted(passport.data_groups.items(), key=lambda item: item[0].data_group)
    return [(file.data_group, hashlib.new(digest, data).digest()) for file, data in groups]


def _resigned_as(passport: Passport, workshop: Workshop, form: SignatureForm) -> Passport:
    return resigned(passport, workshop.state.signer, workshop, SodForm(signature=form))


@_defect(_GROUP, failed(_PASSIVE, Reason.SOD_FORMAT))
def group_listed_twice(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD lists DG2 twice, with two hashes."""
    hashes = [*hashes_of(passport), (2, bytes(32))]
    return with_sod_content(passport, lds.security_object(hashes), workshop)


@_defect(_GROUP, failed(_PASSIVE, Reason.SOD_FORMAT))
def group_that_cannot_be(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD lists a data group 17."""
    hashes = [*hashes_of(passport), (_NO_SUCH_GROUP, bytes(32))]
    return with_sod_content(passport, lds.security_object(hashes), workshop)


@_defect(_GROUP, failed(_PASSIVE, Reason.DG_HASH, "dg2:dg_hash"))
def group_not_listed(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD does not list DG2, which the chip holds: nobody signed the portrait."""
    hashes = [entry for entry in hashes_of(passport) if entry[0] != File.DG2.data_group]
    return with_sod_content(passport, lds.security_object(hashes), workshop)


@_defect(_GROUP, failed(_PASSIVE, Reason.DG_HASH))
def other_hash_named(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD names SHA-512 and lists hashes of SHA-256."""
    content = lds.security_object(hashes_of(passport), SodForm(digest="sha512"))
    return with_sod_content(passport, content, workshop)


@_defect(_GROUP, failed(_PASSIVE, Reason.SOD_SIGNATURE))
def attributes_without_digest(passport: Passport, workshop: Workshop) -> Passport:
    """The signed attributes lack the digest of what is signed."""
    return _resigned_as(passport, workshop, SignatureForm(without_digest=True))


@_defect(_GROUP, failed(_PASSIVE, Reason.SOD_SIGNATURE))
def attributes_of_other_type(passport: Passport, workshop: Workshop) -> Passport:
    """The signed attributes say that a master list is signed."""
    return _resigned_as(passport, workshop, SignatureForm(other_type=_MASTER_LIST))


@_defect(_GROUP, failed(_PASSIVE, Reason.SOD_FORMAT))
def content_of_other_type(passport: Passport, workshop: Workshop) -> Passport:
    """What EF.SOD signs is called a master list."""
    return resigned(passport, workshop.state.signer, workshop, SodForm(content_type=_MASTER_LIST))


@_defect(_GROUP, failed(_PASSIVE, Reason.SOD_FORMAT))
def without_signer(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD is signed data that nobody signed."""
    return _resigned_as(passport, workshop, SignatureForm(without_signer=True))


@_defect(_GROUP, failed(Check.PORTRAIT, Reason.PORTRAIT_UNREADABLE))
def portrait_is_no_image(passport: Passport, workshop: Workshop) -> Passport:
    """The facial record is in order and holds a text."""
    record = lds.face_record_of(b"This is no image. " * 40, 0, (240, 320))
    return reissued(passport, {File.DG2: lds.dg2_of(data_object(0x5F2E, record))}, workshop)


@_defect(_GROUP, failed(Check.MRZ_DG1_CONSISTENCY, Reason.DG1_MISMATCH))
def chip_of_other_name(passport: Passport, workshop: Workshop) -> Passport:
    """The issuer printed one name and stored another."""
    return reissued(passport, {File.DG1: lds.dg1(with_other_name(passport.mrz))}, workshop)


@_defect(_GROUP, failed(Check.CHIP_AUTHENTICITY, Reason.FILE_FORMAT, "dg15"))
def key_is_no_key(passport: Passport, workshop: Workshop) -> Passport:
    """DG15 is signed and holds no public key."""
    return reissued(passport, {File.DG15: data_object(TAGS[File.DG15], b"\x30\x03\x02\x01\x00")}, workshop)


@_defect(_GROUP, failed(Check.CHIP_AUTHENTICITY, Reason.FILE_FORMAT, "dg14"))
def infos_are_no_infos(passport: Passport, workshop: Workshop) -> Passport:
    """DG14 is signed and holds no security infos."""
    return reissued(passport, {File.DG14: lds.dg14(b"\x31\x03\x02\x01\x00")}, workshop)
