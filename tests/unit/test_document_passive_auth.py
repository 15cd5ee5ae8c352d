"""Passive Authentication: each step's own outcome, path building with certificates as real lists have them."""

import datetime as dt

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from document_samples import FOUNDED, HOLDER, NOW, passport, portrait_jpeg, trust, utopia
from pki_samples import YEAR, Form, authenticate, certificate, crl, end, key, signed_by, store_of

from egate.checks import Outcome, Reason
from egate.document import tlv
from egate.document.errors import FormatError, TrustError, UnsupportedError
from egate.document.pki.certificates import Certificate
from egate.document.pki.cms import parse_signed_message
from egate.document.pki.countries import certificate_countries
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.issue import Profile, issue, sign_files
from egate_sim.passport.lds import File
from egate_sim.passport.state import ANTARCTICA, State, found_state, master_list

# Data groups


def test_a_genuine_document_passes_every_step() -> None:
    result = authenticate()
    assert end(result) == (Outcome.PASSED, Reason.OK)
    assert all(word.endswith(":ok") for word in result.result.details)


@pytest.mark.parametrize("group", [1, 2, 14, 15])
def test_one_bit_of_any_data_group_counts(group: int) -> None:
    content = bytearray(passport().files[File(0x0100 | group)])
    content[-1] ^= 1
    assert end(authenticate(altered={group: bytes(content)})) == (Outcome.FAILED, Reason.DG_HASH)


def test_a_mandatory_group_that_nobody_signed_fails() -> None:
    groups = {File.DG1: passport().files[File.DG1]}
    files = sign_files(groups, utopia().signer, utopia()) | {File.DG2: passport().files[File.DG2]}
    assert end(authenticate(files)) == (Outcome.FAILED, Reason.DG_HASH)


def test_everything_wrong_is_told_and_the_worst_counts() -> None:
    """An unknown CSCA leaves it open, a wrong hash fails: it failed, and both are on record."""
    result = authenticate(store=TrustStore(()), altered={1: b""})
    assert end(result) == (Outcome.FAILED, Reason.DG_HASH)
    assert {"dg1:dg_hash", "csca:csca_unknown", "sod:ok"} <= set(result.result.details)


# Security object


def test_an_altered_signature_fails() -> None:
    sod = bytearray(passport().files[File.SOD])
    sod[-1] ^= 1
    assert end(authenticate({**passport().files, File.SOD: bytes(sod)})) == (Outcome.FAILED, Reason.SOD_SIGNATURE)


def test_altered_hashes_fail_the_signature() -> None:
    sod = passport().files[File.SOD]
    genuine = parse_sod(sod).hashes[1]
    forged = sod.replace(genuine, bytes(len(genuine)))
    result = authenticate({**passport().files, File.SOD: forged})
    assert {"dg1:dg_hash", "sod:sod_signature"} <= set(result.result.details)


@pytest.mark.parametrize("digest", ["sha224", "sha384", "sha512"])
def test_data_groups_may_be_hashed_otherwise_than_the_signature(digest: str) -> None:
    document = issue(utopia(), HOLDER, portrait_jpeg(), Profile(digest=digest))
    result = authenticate(dict(document.files), mrz=document.mrz)
    assert end(result) == (Outcome.PASSED, Reason.OK)
    assert result.algorithms[:2] == (digest, "ecdsa_sha256")


def test_what_signs_something_else_is_no_security_object() -> None:
    content = parse_sod(passport().files[File.SOD]).message.content
    other = signed_data("2.23.136.1.1.2", content, utopia().signer, NOW)
    with pytest.raises(FormatError) as error:
        parse_sod(tlv.encode(0x77, other))
    assert error.value.reason is Reason.SOD_FORMAT


@pytest.mark.parametrize("oid", ["1.3.27.1.1.1", "1.2.840.113549.1.7.1", "1.2.528.1.1006.1.20.1"])
def test_early_content_types_are_read(oid: str) -> None:
    content = parse_sod(passport().files[File.SOD]).message.content
    raw = tlv.encode(0x77, signed_data(oid, content, utopia().signer, NOW))
    assert end(authenticate({**passport().files, File.SOD: raw})) == (Outcome.PASSED, Reason.OK)


def test_a_signed_digest_of_other_content_fails() -> None:
    """The signature over the attributes holds, but they speak of other content."""
    sod = passport().files[File.SOD]
    message = parse_sod(sod).message
    other = message.content.replace(parse_sod(sod).hashes[2], bytes(32))
    forged = parse_sod(sod.replace(message.content, other)).message
    assert not forged.is_signed_by(forged.signers[0], forged.certificates[0])


def test_attributes_that_name_another_content_type_do_not_sign_this_one() -> None:
    """Content and digest are right; only the type that stands beside the content was exchanged."""
    oid, other = (core.ObjectIdentifier(text).contents for text in ("2.23.136.1.1.1", "2.23.136.1.1.2"))
    sod = passport().files[File.SOD]
    beside, signed = sod.find(oid), sod.rfind(oid)
    assert 0 < beside < signed
    message = parse_signed_message(
        tlv.find(sod[:beside] + other + sod[beside + len(other) :], 0x77), "it", Reason.SOD_FORMAT
    )
    assert message.content_type == "2.23.136.1.1.2"
    assert not message.is_signed_by(message.signers[0], message.certificates[0])


def test_a_data_group_listed_twice_is_malformed() -> None:
    digest = tlv.encode(0x30, bytes.fromhex("020101") + tlv.encode(0x04, bytes(32)))
    sha256 = tlv.encode(0x30, bytes.fromhex("0609608648016503040201"))
    content = tlv.encode(0x30, bytes.fromhex("020100") + sha256 + tlv.encode(0x30, digest + digest))
    with pytest.raises(FormatError, match="twice"):
        parse_sod(tlv.encode(0x77, signed_data("2.23.136.1.1.1", content, utopia().signer, NOW)))


# Certificates


@pytest.mark.parametrize(("days", "reason"), [(-1, Reason.CERT_VALIDITY), (0, Reason.OK), (1, Reason.CERT_VALIDITY)])
@pytest.mark.parametrize("which", ["ds", "csca"])
def test_each_certificate_must_be_valid_now(which: str, days: int, reason: Reason) -> None:
    """One of the two is good for two years around NOW, the other for half a day."""
    short = dt.timedelta(hours=12)
    csca = certificate("csca", key(1), "csca", key(1), Form(around=short if which == "csca" else YEAR))
    signer = certificate("ds", key(9), "csca", key(1), Form(around=short if which == "ds" else YEAR))
    result = authenticate(signed_by(signer), store_of(csca), NOW + dt.timedelta(days=days))
    assert end(result)[1] is reason
    assert f"{which}_validity:{reason}" in result.result.details


def test_a_valid_certificate_of_the_same_key_is_preferred() -> None:
    expired = certificate("csca", key(1), "csca", key(1), Form(around=dt.timedelta(hours=12)))
    signer = certificate("ds", key(9), "csca", key(1))
    result = authenticate(signed_by(signer), store_of(expired, OLD), NOW + dt.timedelta(days=1))
    assert end(result) == (Outcome.PASSED, Reason.OK)


def test_another_country_than_the_zone_says_fails() -> None:
    other = found_state(ANTARCTICA, bytes(32), FOUNDED)
    document = issue(other, HOLDER, portrait_jpeg())
    store = TrustStore.from_certificates([other.csca.certificate_der])
    genuine = authenticate(dict(document.files), store, mrz=document.mrz)
    assert end(genuine) == (Outcome.PASSED, Reason.OK)
    foreign = authenticate(dict(document.files), store, mrz=passport().mrz)
    assert end(foreign) == (Outcome.FAILED, Reason.CERT_COUNTRY)


def test_a_signer_of_passports_does_not_sign_other_documents() -> None:
    upper, lower = passport().mrz
    assert end(authenticate(mrz=("V" + upper[1:], lower))) == (Outcome.FAILED, Reason.DOCUMENT_TYPE)
    assert end(authenticate(mrz=("PD" + upper[2:], lower))) == (Outcome.PASSED, Reason.OK)


def test_who_signs_master_lists_does_not_sign_passports() -> None:
    files = sign_files(passport().data_groups, utopia().master_list_signer, utopia())
    assert end(authenticate(files)) == (Outcome.FAILED, Reason.CERT_USAGE)


@pytest.mark.parametrize(
    ("state", "countries"), [("D", "DE"), ("GBR", "GB"), ("GBD", "GB"), ("RKS", "KS"), ("EUE", "EU"), ("UTO", "UT")]
)
def test_codes_of_states_lead_to_countries(state: str, countries: str) -> None:
    assert countries in certificate_countries(state)


def test_an_unknown_state_has_no_country() -> None:
    assert certificate_countries("QQQ") == ()


# Revocation

FLAGS = x509.ReasonFlags


@pytest.mark.parametrize(
    ("flag", "outcome"),
    [
        (None, Outcome.FAILED),
        (FLAGS.ca_compromise, Outcome.FAILED),
        (FLAGS.affiliation_changed, Outcome.FAILED),
        (FLAGS.superseded, Outcome.FAILED),
        (FLAGS.key_compromise, Outcome.UNDETERMINED),
        (FLAGS.cessation_of_operation, Outcome.UNDETERMINED),
        (FLAGS.certificate_hold, Outcome.UNDETERMINED),
    ],
)
def test_the_reason_of_a_revocation_decides(flag: x509.ReasonFlags | None, outcome: Outcome) -> None:
    state = utopia()
    store = TrustStore.from_certificates([state.csca.certificate_der])
    store = store.with_revocation_list(crl(state.csca, [(state.signer.certificate.serial_number, flag)]))
    assert end(authenticate(store=store)) == (outcome, Reason.CERT_REVOKED)


def test_a_list_that_names_others_revokes_nothing() -> None:
    assert "revocation:ok" in authenticate().result.details


def test_without_a_list_or_with_a_stale_one_the_record_says_so() -> None:
    store = TrustStore.from_certificates([utopia().csca.certificate_der])
    assert "revocation_no_list:ok" in authenticate(store=store).result.details
    stale = store.with_revocation_list(crl(utopia().csca, [], NOW - 2 * YEAR))
    assert "revocation_stale_list:ok" in authenticate(store=stale).result.details


def test_a_list_that_no_trusted_csca_signed_is_refused() -> None:
    stranger = found_state(utopia().country, bytes(range(32)), FOUNDED)
    with pytest.raises(TrustError, match="no trusted CSCA signed"):
        trust().with_revocation_list(stranger.crl)
    with pytest.raises(TrustError):
        trust().with_revocation_list(b"not a list")


# Paths: self-issued is not self-signed, and names are not keys


OLD = certificate("csca", key(1), "csca", key(1))
SELF_ISSUED = certificate("csca", key(2), "csca", key(1))  # same name, new key, signed with the old one
LINK = certificate("csca new", key(3), "csca", key(1))


@pytest.mark.parametrize(
    ("issuer", "store"),
    [(OLD, (OLD,)), (SELF_ISSUED, (OLD, SELF_ISSUED)), (SELF_ISSUED, (SELF_ISSUED, OLD)), (LINK, (OLD, LINK))],
)
@pytest.mark.parametrize("names_key", [True, False])
def test_the_path_leads_through_whichever_key_signed(
    issuer: Signer, store: tuple[Signer, ...], names_key: bool
) -> None:
    name = "csca new" if issuer is LINK else "csca"
    signer = certificate("ds", key(9), name, issuer.key, Form(names_key=names_key))
    assert end(authenticate(signed_by(signer), store_of(*store))) == (Outcome.PASSED, Reason.OK)


def test_a_newer_key_of_a_known_name_is_unknown() -> None:
    signer = certificate("ds", key(9), "csca", key(2))
    assert end(authenticate(signed_by(signer), store_of(OLD))) == (Outcome.UNDETERMINED, Reason.CSCA_UNKNOWN)


def test_a_signer_that_names_a_key_which_did_not_sign_is_forged() -> None:
    builder_key = key(5)
    forged = certificate("ds", key(9), "csca", builder_key, Form(names_key=False))
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(OLD.key.public_key())
    source = forged.certificate
    builder = (
        x509.CertificateBuilder(source.issuer, source.subject, source.public_key(), source.serial_number)
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
        .add_extension(authority, critical=False)
    )
    signer = Signer(builder.sign(builder_key, hashes.SHA256()), key(9))
    assert end(authenticate(signed_by(signer), store_of(OLD))) == (Outcome.FAILED, Reason.CERT_SIGNATURE)


# Master lists


def refused(raw: bytes, anchors: list[bytes], now: dt.datetime = NOW) -> str:
    with pytest.raises(TrustError) as error:
        TrustStore.from_master_list(raw, anchors, now)
    return str(error.value)


def list_of(state: State) -> bytes:
    return master_list(state, [state])


def test_a_master_list_counts_only_below_a_pinned_certificate() -> None:
    state, raw = utopia(), list_of(utopia())
    stranger = found_state(state.country, bytes(range(32)), FOUNDED)
    pinned_signer = TrustStore.from_master_list(raw, [state.master_list_signer.certificate_der], NOW)
    assert [csca.der for csca in pinned_signer.cscas] == [state.csca.certificate_der]
    assert "no pinned certificate" in refused(raw, [])
    assert "no pinned certificate" in refused(raw, [stranger.csca.certificate_der])
    assert "no pinned certificate" in refused(list_of(stranger), [state.csca.certificate_der])


def test_an_altered_or_stale_master_list_is_refused() -> None:
    state, raw = utopia(), bytearray(list_of(utopia()))
    anchors = [state.csca.certificate_der]
    assert "not valid now" in refused(bytes(raw), anchors, NOW + 30 * YEAR)
    raw[-1] ^= 1
    assert "signature is wrong" in refused(bytes(raw), anchors)
    assert "cannot be used" in refused(bytes(raw[: len(raw) // 2]), anchors)


def test_a_signed_file_of_another_kind_is_no_master_list() -> None:
    state = utopia()
    other = signed_data("2.23.136.1.1.1", b"\x30\x00", state.master_list_signer, NOW)
    assert "not a master list" in refused(other, [state.csca.certificate_der])


def test_a_document_signer_may_not_sign_a_master_list() -> None:
    state = utopia()
    content = tlv.encode(0x30, b"\x02\x01\x00" + tlv.encode(0x31, state.csca.certificate_der))
    forged = signed_data("2.23.136.1.1.2", content, state.signer, NOW)
    assert "may not sign" in refused(forged, [state.csca.certificate_der])


def test_one_broken_entry_does_not_close_the_lane() -> None:
    state = utopia()
    entries = tlv.encode(0x31, state.csca.certificate_der + tlv.encode(0x30, tlv.encode(0x30, b"") * 3))
    content = tlv.encode(0x30, b"\x02\x01\x00" + entries)
    raw = signed_data("2.23.136.1.1.2", content, state.master_list_signer, NOW)
    store = TrustStore.from_master_list(raw, [state.csca.certificate_der], NOW)
    assert (len(store.cscas), store.skipped) == (1, 1)


def test_what_is_no_certificate_cannot_be_trusted() -> None:
    with pytest.raises(TrustError, match="DER certificate"):
        TrustStore.from_certificates([b"-----BEGIN"])


def test_an_unknown_hash_is_unsupported_and_not_malformed() -> None:
    sod = passport().files[File.SOD]
    sha256 = bytes.fromhex("0609608648016503040201")
    content = parse_sod(sod).message.content
    odd = content.replace(sha256, bytes.fromhex("0609608648016503040209"), 1)
    with pytest.raises(UnsupportedError) as error:
        parse_sod(sod.replace(content, odd))
    assert error.value.reason is Reason.ALGORITHM_UNSUPPORTED


class UnreadableTrust(TrustStore):
    """As a bundle of another version might be: signed rightly, and not to be decoded."""

    def issuers_of(self, certificate: Certificate) -> tuple[Certificate, ...]:
        raise FormatError("an item of the bundle is malformed")


def test_trust_that_cannot_be_decoded_leaves_it_open() -> None:
    assert end(authenticate(store=UnreadableTrust())) == (Outcome.UNDETERMINED, Reason.TRUST_STALE)
