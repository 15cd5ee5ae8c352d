"""Oddities of genuine documents: each has been met in the field, and none may cost a traveller the passage."""

from dataclasses import replace
from datetime import timedelta

from egate.checks import Check, Outcome
from egate_sim.passport import lds
from egate_sim.passport.authority_keys import Ecdsa, Rsa
from egate_sim.passport.cms import SignatureForm
from egate_sim.passport.contents import Fault, Passport
from egate_sim.passport.forgeries.case import Collection, Expected, Group, TrustLists, Workshop
from egate_sim.passport.forgeries.issuer_defects import hashes_of
from egate_sim.passport.forgeries.tools import (
    content_of,
    reissued,
    resigned,
    with_file,
    with_sod_content,
    without_files,
)
from egate_sim.passport.lds import File, PersonalDetails, PortraitFormat, SodForm, Version
from egate_sim.passport.lds.sod import EARLY_CONTENT_TYPE
from egate_sim.passport.profiles import ActiveAuthentication, Profile
from egate_sim.passport.registry import Terms
from egate_sim.passport.state import renew_csca
from egate_sim.passport.tlv import data_object

TOLERATED = Collection()
_odd = TOLERATED.forgery
_GROUP = Group.TOLERATED
_PASSIVE = Expected(Check.PASSIVE_AUTHENTICATION, Outcome.PASSED)
_ACCESS = Expected(Check.CHIP_ACCESS, Outcome.PASSED)
_PORTRAIT = Expected(Check.PORTRAIT, Outcome.PASSED)
_AUTHENTIC = Expected(Check.CHIP_AUTHENTICITY, Outcome.PASSED)
_ID_DATA = "1.2.840.113549.1.7.1"


def _written_as(passport: Passport, workshop: Workshop, form: SignatureForm) -> Passport:
    return resigned(passport, workshop.state.signer, workshop, SodForm(signature=form))


@_odd(_GROUP, _PASSIVE)
def sod_in_ber(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD is written with indefinite lengths."""
    return _written_as(passport, workshop, SignatureForm(indefinite=True))


@_odd(_GROUP, _PASSIVE)
def serial_with_zeros(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD writes the signer's serial number with a zero byte before it, unlike the certificate."""
    return _written_as(passport, workshop, SignatureForm(long_serial=True))


@_odd(_GROUP, _PASSIVE)
def signer_by_key_id(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD names its signer by key identifier."""
    return _written_as(passport, workshop, SignatureForm(names_key=True))


@_odd(_GROUP, _PASSIVE)
def without_attributes(passport: Passport, workshop: Workshop) -> Passport:
    """The security object itself is signed instead of attributes."""
    return _written_as(passport, workshop, SignatureForm(without_attributes=True))


@_odd(_GROUP, _PASSIVE)
def early_content_type(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD names its content with an arc of the early years."""
    return resigned(passport, workshop.state.signer, workshop, SodForm(content_type=EARLY_CONTENT_TYPE))


@_odd(_GROUP, _PASSIVE)
def content_is_data(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD calls its content plain data."""
    return resigned(passport, workshop.state.signer, workshop, SodForm(content_type=_ID_DATA))


@_odd(_GROUP, _PASSIVE)
def lds_1_8(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD holds a security object of version 1."""
    return resigned(passport, workshop.state.signer, workshop, SodForm(lds=Version.LDS_1_8))


@_odd(_GROUP, _PASSIVE)
def csca_enclosed(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD brings the CSCA's certificate along."""
    form = SodForm(others=(workshop.state.csca.certificate_der,))
    return resigned(passport, workshop.state.signer, workshop, form)


@_odd(_GROUP, _PASSIVE)
def other_hash_than_signature(passport: Passport, workshop: Workshop) -> Passport:
    """The data groups are hashed otherwise than the signature."""
    return resigned(passport, workshop.state.signer, workshop, SodForm(digest="sha512"))


@_odd(_GROUP, _PASSIVE)
def explicit_parameters(passport: Passport, workshop: Workshop) -> Passport:
    """The Document Signer's certificate writes its curve out instead of naming it."""
    return _signed_on(passport, workshop, Terms(algorithm=Ecdsa("secp256r1", explicit=True)))


@_odd(_GROUP, _PASSIVE)
def signed_with_pss(passport: Passport, workshop: Workshop) -> Passport:
    """A Document Signer with RSASSA-PSS below a CSCA with ECDSA."""
    return _signed_on(passport, workshop, Terms(algorithm=Rsa(2048, pss=True)))


@_odd(_GROUP, _PASSIVE)
def without_document_types(passport: Passport, workshop: Workshop) -> Passport:
    """The Document Signer's certificate does not say which documents it signs."""
    return _signed_on(passport, workshop, Terms(types=()))


@_odd(_GROUP, _PASSIVE)
def country_in_small_letters(passport: Passport, workshop: Workshop) -> Passport:
    """The Document Signer's certificate writes its country in small letters."""
    return _signed_on(passport, workshop, Terms(alpha2=workshop.state.country.alpha2.lower()))


def _signed_on(passport: Passport, workshop: Workshop, terms: Terms) -> Passport:
    state = workshop.state
    return resigned(passport, state.registry.document_signer(state.csca, 4, terms), workshop)


@_odd(_GROUP, _PASSIVE, later=timedelta(days=200))
def stale_crl(passport: Passport, _: Workshop) -> Passport:
    """The state has not issued a new CRL in time."""
    return passport


def _without_crl(workshop: Workshop) -> TrustLists:
    return replace(workshop.lists(), crls=())


@_odd(_GROUP, _PASSIVE, lists=_without_crl)
def no_crl(passport: Passport, _: Workshop) -> Passport:
    """The state issues no CRL at all."""
    return passport


def _with_both_keys(workshop: Workshop) -> TrustLists:
    return workshop.lists(renew_csca(workshop.state, new_name=False).state)


@_odd(_GROUP, _PASSIVE, lists=_with_both_keys)
def csca_with_next_key(passport: Passport, workshop: Workshop) -> Passport:
    """The CSCA has a new key under its old name, and the list has both."""
    return resigned(passport, renew_csca(workshop.state, new_name=False).state.signer, workshop)


def _with_link(workshop: Workshop) -> TrustLists:
    return replace(workshop.lists(), links=(renew_csca(workshop.state, new_name=True).link,))


@_odd(_GROUP, _PASSIVE, lists=_with_link)
def csca_with_new_name(passport: Passport, workshop: Workshop) -> Passport:
    """The CSCA has a new key and a new name, and only a link certificate says so."""
    return resigned(passport, renew_csca(workshop.state, new_name=True).state.signer, workshop)


@_odd(_GROUP, _PASSIVE)
def com_lists_too_much(passport: Passport, _: Workshop) -> Passport:
    """EF.COM, which nobody signs, lists fingerprints that neither EF.SOD nor the chip has."""
    listed = {**passport.data_groups, File.DG3: b""}
    return with_file(passport, File.COM, lds.ef_com(listed))


@_odd(_GROUP, _PASSIVE)
def com_missing(passport: Passport, _: Workshop) -> Passport:
    """There is no EF.COM."""
    return without_files(passport, File.COM)


@_odd(_GROUP, _PASSIVE)
def bytes_after_file(passport: Passport, _: Workshop) -> Passport:
    """The files are longer than what they announce, filled with zeros."""
    return replace(passport, files={file: data + bytes(32) for file, data in passport.files.items()})


@_odd(_GROUP, _PASSIVE)
def protected_groups_listed(passport: Passport, workshop: Workshop) -> Passport:
    """EF.SOD lists fingerprints, which nobody but entitled terminals can see."""
    hashes = sorted([*hashes_of(passport), (File.DG3.data_group, bytes(32))])
    return with_sod_content(passport, lds.security_object(hashes), workshop)


@_odd(_GROUP, _ACCESS)
def other_status_outside(passport: Passport, _: Workshop) -> Passport:
    """The status word outside is not the one under the checksum, which counts."""
    return replace(passport, faults=frozenset({Fault.HIDDEN_STATUS}))


@_odd(_GROUP, _PORTRAIT)
def endless_file(passport: Passport, _: Workshop) -> Passport:
    """Files go on for ever where their content ends; nobody asks beyond what they announce."""
    return replace(passport, faults=frozenset({Fault.ENDLESS_FILE}))


@_odd(_GROUP, _PORTRAIT)
def bytes_after_image(passport: Passport, workshop: Workshop) -> Passport:
    """Bytes follow the end of the JPEG in DG2."""
    record = _record(passport)
    image = record[46:] + bytes(64)
    return _with_record(passport, workshop, lds.face_record_of(image, 0, (240, 320)))


@_odd(_GROUP, _PORTRAIT)
def huge_size_announced(passport: Passport, workshop: Workshop) -> Passport:
    """The facial record announces 65535 by 65535 pixels around an ordinary image."""
    return _with_record(passport, workshop, lds.face_record_of(_record(passport)[46:], 0, (65535, 65535)))


@_odd(_GROUP, _PORTRAIT)
def wrong_image_type(passport: Passport, workshop: Workshop) -> Passport:
    """The facial record calls its JPEG a JPEG 2000."""
    return _with_record(passport, workshop, lds.face_record_of(_record(passport)[46:], 1, (240, 320)))


@_odd(_GROUP, _PORTRAIT)
def two_portraits(passport: Passport, workshop: Workshop) -> Passport:
    """The issuer stored two portraits."""
    record = data_object(0x5F2E, _record(passport))
    return reissued(passport, {File.DG2: lds.dg2_of(record, record)}, workshop)


@_odd(_GROUP, _PORTRAIT, profile=Profile(portrait=PortraitFormat.ISO_39794))
def successor_format(passport: Passport, _: Workshop) -> Passport:
    """The portrait is a record of ISO/IEC 39794-5."""
    return passport


@_odd(_GROUP, _PASSIVE)
def birth_date_in_bcd(passport: Passport, workshop: Workshop) -> Passport:
    """DG11 writes the date of birth in binary coded decimals."""
    details = PersonalDetails("TESTER<<TONI", workshop.state.founded.replace(year=1990))
    return reissued(passport, {File.DG11: lds.dg11(details, bytes.fromhex("19900101"))}, workshop)


@_odd(_GROUP, _PASSIVE)
def birth_date_unknown(passport: Passport, workshop: Workshop) -> Passport:
    """DG11 knows the year of birth alone."""
    details = PersonalDetails("TESTER<<TONI", workshop.state.founded.replace(year=1990))
    return reissued(passport, {File.DG11: lds.dg11(details, b"19900000")}, workshop)


@_odd(_GROUP, _AUTHENTIC, profile=Profile(ActiveAuthentication.RSA_SHA256))
def rsa_with_sha256(passport: Passport, _: Workshop) -> Passport:
    """Active Authentication by RSA uses SHA-256, which its trailer names."""
    return passport


@_odd(_GROUP, _AUTHENTIC, profile=Profile(ActiveAuthentication.ECDSA_SHA384))
def ecdsa_with_sha384(passport: Passport, _: Workshop) -> Passport:
    """Active Authentication by ECDSA uses SHA-384, which DG14 names."""
    return passport


def _record(passport: Passport) -> bytes:
    content = content_of(passport.files[File.DG2])
    return content[content.index(b"FAC\x00") :]


def _with_record(passport: Passport, workshop: Workshop, record: bytes) -> Passport:
    return reissued(passport, {File.DG2: lds.dg2_of(data_object(0x5F2E, record))}, workshop)
