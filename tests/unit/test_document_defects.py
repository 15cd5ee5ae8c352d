"""Lists of known defects: who may sign them, whom they mean, and that a defect never makes a document pass."""

import datetime as dt

import pytest
from document_samples import NOW, passport
from pki_samples import (
    CSCA,
    YEAR,
    Form,
    authenticate,
    certificate,
    description,
    deviation,
    deviation_list,
    end,
    issuer_and_serial,
    key,
    oid,
    signed_by,
    store_of,
)

from egate.checks import Outcome, Reason
from egate.document import tlv
from egate.document.crypto.signatures import digest
from egate.document.errors import FormatError, TrustError
from egate.document.pki.certificates import Certificate
from egate.document.pki.defect_list import DEFECT_LIST, DEVIATION_LIST, decode_entries, read_defect_list
from egate.document.pki.defects import Defect, DefectKind, Document
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.lds import File

FAILED, OPEN = Outcome.FAILED, (Outcome.UNDETERMINED, Reason.KNOWN_DEFECT)
ANCHOR = certificate("csca", key(1), "csca", key(1), CSCA)
SIGNER = certificate("ds", key(9), "csca", key(1))
LIST_SIGNER = certificate("dl", key(5), "csca", key(1), Form(purpose="2.23.136.1.1.8"))
BY_SERIAL = issuer_and_serial(SIGNER)


def decoded(signer: Signer) -> Certificate:
    return Certificate.from_der(signer.certificate_der)


def with_deviation(*descriptions: bytes, criteria: bytes = BY_SERIAL, anchor: Signer = ANCHOR) -> TrustStore:
    content = deviation_list(deviation(criteria, *descriptions))
    return store_of(anchor).with_defects(decode_entries(DEVIATION_LIST, content, "UT"))


def with_defect(*known: bytes, signer: bytes | None = None) -> TrustStore:
    """A defect list of TR-03129; ``known``: type and parameters, encoded."""
    named = signer or issuer_and_serial(SIGNER, 0x30)
    defects = tlv.encode(0x31, b"".join(tlv.encode(0x30, each) for each in known))
    content = tlv.encode(
        0x30, b"\x02\x01\x00" + oid("2.16.840.1.101.3.4.2.1") + tlv.encode(0x31, tlv.encode(0x30, named + defects))
    )
    return store_of(ANCHOR).with_defects(decode_entries(DEFECT_LIST, content, ""))


# What a defect explains


@pytest.mark.parametrize("kind", ["2.1", "2.2"])
def test_a_wrong_hash_that_is_known_leaves_it_open(kind: str) -> None:
    store = with_deviation(description(kind, 15))
    assert end(authenticate(signed_by(SIGNER), store, altered={15: b"x"})) == OPEN
    assert end(authenticate(signed_by(SIGNER), store, altered={14: b"x"})) == (FAILED, Reason.DG_HASH)
    result = authenticate(signed_by(SIGNER), store)
    assert result.result.outcome is Outcome.PASSED, "this copy has not the defect"
    assert any(word.startswith("defect_") for word in result.result.details), "but it is on record"


def test_a_wrong_signature_that_is_known_leaves_it_open() -> None:
    files = signed_by(SIGNER)
    files[File.SOD] = files[File.SOD][:-1] + bytes([files[File.SOD][-1] ^ 1])
    assert end(authenticate(files, store_of(ANCHOR))) == (FAILED, Reason.SOD_SIGNATURE)
    assert end(authenticate(files, with_deviation(description("2.3")))) == OPEN
    assert end(authenticate(files, with_deviation(description("1.2")))) == (FAILED, Reason.SOD_SIGNATURE)


def test_a_known_encoding_error_of_the_signer_explains_its_country() -> None:
    foreign = certificate("ds", key(9), "csca", key(1), Form(country="XX"))
    anchor = certificate("csca", key(1), "csca", key(1), Form(ca=True, usage="key_cert_sign", country="XX"))
    content = deviation_list(deviation(issuer_and_serial(foreign), description("1.2")))
    store = store_of(anchor).with_defects(decode_entries(DEVIATION_LIST, content, "XX"))
    assert end(authenticate(signed_by(foreign), store_of(anchor))) == (FAILED, Reason.CERT_COUNTRY)
    assert end(authenticate(signed_by(foreign), store)) == OPEN


def test_defects_of_the_chip_reach_whoever_judges_the_chip() -> None:
    store = with_deviation(description("1.4"), description("4"))
    kinds = {defect.kind for defect in authenticate(signed_by(SIGNER), store).defects}
    assert kinds == {DefectKind.AA_KEY_COMPROMISED, DefectKind.CHIP}


def test_what_failed_for_another_reason_stays_failed() -> None:
    expired = certificate("ds", key(9), "csca", key(1), Form(middle=NOW - 3 * YEAR))
    every = [description(kind) for kind in ("1.1", "1.2", "1.3", "2.3", "2.4", "3", "4", "5")]
    store = with_deviation(*every, criteria=issuer_and_serial(expired))
    assert end(authenticate(signed_by(expired), store)) == (FAILED, Reason.CERT_VALIDITY)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(0, Outcome.UNDETERMINED), (1, Outcome.UNDETERMINED), (3, FAILED), (4, FAILED), (40, Outcome.UNDETERMINED)],
)
def test_a_signer_that_a_defect_list_revokes(status: int, outcome: Outcome) -> None:
    store = with_defect(oid(f"{DEFECT_LIST}.1.1") + bytes([0x0A, 1, status]))
    assert end(authenticate(signed_by(SIGNER), store)) == (outcome, Reason.CERT_REVOKED)


def test_a_defect_list_names_several_data_groups_at_once() -> None:
    groups = tlv.encode(0x31, bytes([2, 1, 14]) + bytes([2, 1, 15]))
    store = with_defect(oid(f"{DEFECT_LIST}.2.1") + groups)
    assert end(authenticate(signed_by(SIGNER), store, altered={14: b"x", 15: b"x"})) == OPEN
    assert end(authenticate(signed_by(SIGNER), store, altered={1: b"x"})) == (FAILED, Reason.DG_HASH)


def test_a_security_object_that_is_known_to_be_invalid() -> None:
    store = with_defect(oid(f"{DEFECT_LIST}.2.2"))
    assert end(authenticate(signed_by(SIGNER), store, altered={1: b"x"})) == OPEN


def test_a_defect_list_may_fix_the_certificate_by_its_hash() -> None:
    for content, fits in ((SIGNER.certificate_der, True), (ANCHOR.certificate_der, False)):
        named = issuer_and_serial(SIGNER, 0x30) + tlv.encode(0x04, digest("sha256", content))
        store = with_defect(oid(f"{DEFECT_LIST}.2.2"), signer=named)
        assert (end(authenticate(signed_by(SIGNER), store, altered={1: b"x"})) == OPEN) is fits


# Whom an entry means

DAY = dt.datetime(2018, 1, 15, tzinfo=dt.UTC)
PERIOD = tlv.encode(0xA4, tlv.encode(0x18, b"20171001000000Z") + tlv.encode(0x18, b"20180205235959Z"))
NUMBERS = tlv.encode(0xA5, tlv.encode(0x13, b"CA12345") + tlv.encode(0x13, b"CA777"))


@pytest.mark.parametrize(
    ("criteria", "document", "meant"),
    [
        (b"", Document("P", "X", None), True),
        (tlv.encode(0x80, b"P<"), Document("P", "X", None), True),
        (tlv.encode(0x80, b"P"), Document("PD", "X", None), True),
        (tlv.encode(0x80, b"C"), Document("P", "X", None), False),
        (BY_SERIAL, Document("P", "X", None), True),
        (issuer_and_serial(ANCHOR), Document("P", "X", None), False),
        (tlv.encode(0x82, decoded(SIGNER).subject_key_id or b""), Document("P", "X", None), True),
        (tlv.encode(0x82, bytes(20)), Document("P", "X", None), False),
        (tlv.encode(0x83, digest("sha256", SIGNER.certificate_der)), Document("P", "X", None), True),
        (tlv.encode(0x83, bytes(32)), Document("P", "X", None), False),
        (PERIOD, Document("P", "X", DAY), True),
        (PERIOD, Document("P", "X", DAY + YEAR), False),
        (PERIOD, Document("P", "X", DAY - YEAR), False),
        (PERIOD, Document("P", "X", None), False),  # not known: does not fit
        (NUMBERS, Document("C", "CA777", None), True),
        (NUMBERS, Document("C", "CA12345", None), True),
        (NUMBERS, Document("C", "CA1234", None), False),
        (NUMBERS, Document("C", "A777", None), False),
        (tlv.encode(0x80, b"C") + BY_SERIAL + PERIOD + NUMBERS, Document("C", "CA777", DAY), True),
        (tlv.encode(0x80, b"C") + BY_SERIAL + PERIOD + NUMBERS, Document("C", "CA778", DAY), False),
    ],
)
def test_all_criteria_must_fit(criteria: bytes, document: Document, meant: bool) -> None:
    store = with_deviation(description("2.2", 12), criteria=criteria)
    found = store.defects_of(decoded(SIGNER), document)
    assert found == ((Defect(DefectKind.DG_HASH, (12,)),) if meant else ())


def test_a_state_speaks_of_its_own_documents() -> None:
    foreign = certificate("ds", key(9), "csca", key(1), Form(country="AQ"))
    store = with_deviation(description("2.3"), criteria=b"")
    assert store.defects_of(decoded(foreign), Document("P", "X", None)) == ()


def test_nothing_of_a_document_is_shown() -> None:
    assert "L898902C3" not in repr(Document("P", "L898902C3", None))
    entry = decode_entries(DEVIATION_LIST, deviation_list(deviation(NUMBERS, description("4"))), "UT")[0]
    assert "CA777" not in repr(entry)


def test_a_digest_without_its_hash_is_refused() -> None:
    """It could not be compared, and an inspection is no place to learn that."""
    content = deviation_list(deviation(tlv.encode(0x83, bytes(32)), description("2.3")))
    version, algorithm, deviations = (item.raw for item in tlv.read_all(tlv.find(content, 0x30)))
    assert algorithm[0] == 0x30
    with pytest.raises(FormatError):
        decode_entries(DEVIATION_LIST, tlv.encode(0x30, version + deviations), "UT")


# Who may sign a list


def signed(signer: Signer, content_type: str = DEVIATION_LIST) -> bytes:
    content = deviation_list(deviation(BY_SERIAL, description("2.3")))
    return signed_data(content_type, content, signer, NOW)


def test_a_deviation_list_counts_below_its_csca() -> None:
    found = read_defect_list(signed(LIST_SIGNER), [decoded(ANCHOR)], NOW)
    assert [entry.country for entry in found.entries] == ["UT"]


def test_a_pinned_signer_speaks_of_every_country() -> None:
    found = read_defect_list(signed(LIST_SIGNER), [decoded(LIST_SIGNER)], NOW)
    assert [entry.country for entry in found.entries] == [""]


@pytest.mark.parametrize(
    ("signer", "anchors", "text"),
    [
        (LIST_SIGNER, (), "no pinned certificate"),
        (LIST_SIGNER, (certificate("csca", key(8), "csca", key(8), CSCA),), "no pinned certificate"),
        (SIGNER, (ANCHOR,), "may not sign one"),
        (certificate("dl", key(5), "csca", key(1), Form(purpose="2.23.136.1.1.3")), (ANCHOR,), "may not sign one"),
        (
            certificate("dl", key(5), "csca", key(1), Form(purpose="2.23.136.1.1.8", middle=NOW - 3 * YEAR)),
            (ANCHOR,),
            "not valid now",
        ),
    ],
)
def test_nobody_else_may_sign_a_deviation_list(signer: Signer, anchors: tuple[Signer, ...], text: str) -> None:
    with pytest.raises(TrustError, match=text):
        read_defect_list(signed(signer), [decoded(anchor) for anchor in anchors], NOW)


def test_a_defect_list_needs_a_pinned_signer() -> None:
    """It speaks of all states' documents, so no state's CSCA vouches for who signs it."""
    with pytest.raises(TrustError, match="has to be pinned"):
        read_defect_list(signed(LIST_SIGNER, DEFECT_LIST), [decoded(ANCHOR)], NOW)


def test_another_signed_file_is_no_defect_list() -> None:
    with pytest.raises(TrustError, match="is not a defect list"):
        read_defect_list(passport().files[File.SOD][4:], [decoded(ANCHOR)], NOW)


def test_a_malformed_list_is_ours() -> None:
    with pytest.raises(FormatError):
        decode_entries(DEVIATION_LIST, b"\x30\x03\x02\x01", "")
    broken = signed_data(DEVIATION_LIST, b"\x30\x00", LIST_SIGNER, NOW)
    with pytest.raises(TrustError, match="cannot be used"):
        read_defect_list(broken, [decoded(ANCHOR)], NOW)
