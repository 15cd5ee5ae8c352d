"""Visible digital seals: the published examples, those of the simulated state, and what is wrong with others."""

import json
import tomllib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from document_samples import FOUNDED, HOLDER, NOW, passport, trust, utopia
from hypothesis import given
from hypothesis import strategies as st

from egate.checks import Check, Outcome, Reason
from egate.document.errors import FormatError
from egate.document.inspection.seal import SealContext, inspect_seal, judge_seal, judge_seals
from egate.document.mrz.zone import Mrz
from egate.document.pki.trust import TrustStore, decode_certificates
from egate.document.seals import c40
from egate.document.seals.candidates import is_candidate
from egate.document.seals.features import SealKind, read_features
from egate.document.seals.vds import parse_seal
from egate.document.seals.vds_nc import canonical, parse_nc_seal
from egate_sim.passport import seals
from egate_sim.passport.mrz import check_digit
from egate_sim.passport.registry import ANTARCTICA
from egate_sim.passport.state import found_state

VECTORS = tomllib.loads((Path(__file__).parents[1] / "vectors" / "seals_tr03137.toml").read_text("utf-8"))
DAY = FOUNDED + timedelta(days=10)
SIGNER = seals.seal_signer(utopia())
NC_SIGNER = seals.seal_signer(utopia(), "NC", vds_nc=True)
VISA_ZONE = (
    "V<UTODOE<<JANE".ljust(44, "<"),
    f"L8988901C4UTO900203{check_digit('900203')}F260506{check_digit('260506')}".ljust(44, "<"),
)


def knowing(*signers: seals.SealSigner) -> TrustStore:
    """The trust of the samples, and these signers' certificates."""
    return replace(trust(), seal_signers=decode_certificates(signer.certificate_der for signer in signers))


TRUST = knowing(SIGNER)


def context(known: TrustStore = TRUST, now: datetime = NOW) -> SealContext:
    return SealContext(Mrz.from_lines(passport().mrz), known, now)


def visa(number: str = HOLDER.number) -> bytes:
    return seals.visa_seal(SIGNER, "UTO", VISA_ZONE, number, DAY)


def authorisation(number: str = HOLDER.number, birth: date = HOLDER.birth, until: date = date(2027, 1, 1)) -> bytes:
    return seals.travel_authorisation(NC_SIGNER, "UTO", number, birth, until)


def end(content: bytes, given: SealContext | None = None) -> tuple[Outcome, Reason]:
    result = judge_seal(content, given or context())
    assert result.check is Check.DIGITAL_SEAL
    return result.outcome, result.reason


# The published examples


@pytest.mark.parametrize("vector", VECTORS["text"], ids=lambda vector: vector["text"])
def test_published_texts_are_unpacked(vector: dict[str, str]) -> None:
    assert c40.decode(bytes.fromhex(vector["hex"])) == vector["text"]


@pytest.mark.parametrize("vector", VECTORS["seal"], ids=lambda vector: vector["name"])
def test_published_seals_are_decoded(vector: dict[str, Any]) -> None:
    seal = parse_seal(bytes.fromhex(vector["hex"]))
    document, header = read_features(seal), seal.header
    assert (header.issuer, header.signer, header.certificate_reference) == ("D", vector["signer"], vector["reference"])
    assert (header.issued, header.signed) == (vector["issued"], vector["signed"])
    assert document.kind == vector["kind"]
    assert document.zone == vector["zone"]
    assert document.passport_number == vector.get("passport_number", "")
    assert (document.duration.days if document.duration else None) == vector.get("days")
    assert seal.signed_bytes + bytes([0xFF, len(seal.signature)]) + seal.signature == bytes.fromhex(vector["hex"])


def test_names_are_sorted_by_utf_16_code_units() -> None:
    """The example of RFC 8785, 3.2.3, less its numbers."""
    value = {"\u20ac": "e", "\r": "c", "\ufb33": "d", "1": "o", "\U0001f600": "s", "\u0080": "x", "\u00f6": "l"}
    assert list(json.loads(canonical(value))) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


# Genuine seals


def test_a_visa_goes_with_its_passport() -> None:
    assert end(visa()) == (Outcome.PASSED, Reason.OK)


def test_a_visa_goes_with_its_own_zone() -> None:
    other = seals.visa_seal(SIGNER, "UTO", VISA_ZONE, "Z0000000", DAY)
    own = SealContext(Mrz.from_lines(VISA_ZONE), TRUST, NOW)
    assert end(other, own) == (Outcome.PASSED, Reason.OK)


def test_a_travel_authorisation_goes_with_its_passport() -> None:
    assert parse_nc_seal(authorisation()).kind is SealKind.TRAVEL_AUTHORISATION
    assert end(authorisation()) == (Outcome.PASSED, Reason.OK)


# What is wrong with others


def test_a_seal_of_another_document_is_told() -> None:
    assert end(visa("Z0000000")) == (Outcome.FAILED, Reason.SEAL_MISMATCH)
    assert end(authorisation("Z0000000")) == (Outcome.FAILED, Reason.SEAL_MISMATCH)
    assert end(authorisation(birth=date(1990, 2, 4))) == (Outcome.FAILED, Reason.SEAL_MISMATCH)


@pytest.mark.parametrize("at", range(0, len(visa()), 7))
def test_an_altered_visa_is_never_accepted(at: int) -> None:
    altered = bytearray(visa())
    altered[at] ^= 0x01
    assert end(bytes(altered))[0] is not Outcome.PASSED


def test_an_altered_authorisation_is_told() -> None:
    altered = authorisation().replace(b"2027-01-01", b"2037-01-01")
    assert end(altered) == (Outcome.FAILED, Reason.SEAL_SIGNATURE)


def test_an_unknown_signer_leaves_the_seal_open() -> None:
    assert end(visa(), context(trust())) == (Outcome.UNDETERMINED, Reason.SEAL_SIGNER_UNKNOWN)


def test_a_signer_of_an_unknown_state_leaves_the_seal_open() -> None:
    stranger = seals.seal_signer(found_state(ANTARCTICA, bytes(32), FOUNDED))
    signed = seals.visa_seal(stranger, "ATA", VISA_ZONE, HOLDER.number, DAY)
    assert end(signed, context(knowing(stranger))) == (
        Outcome.UNDETERMINED, Reason.CSCA_UNKNOWN,
    )  # fmt: skip


def test_a_signer_for_another_state_is_told() -> None:
    assert end(seals.visa_seal(SIGNER, "ATA", VISA_ZONE, HOLDER.number, DAY)) == (Outcome.FAILED, Reason.CERT_COUNTRY)


def test_a_signer_before_its_time_is_told() -> None:
    early = seals.visa_seal(SIGNER, "UTO", VISA_ZONE, HOLDER.number, FOUNDED - timedelta(days=2))
    assert end(early) == (Outcome.FAILED, Reason.SEAL_VALIDITY)


def test_an_authorisation_that_ran_out_is_told() -> None:
    assert end(authorisation(until=date(2026, 1, 31))) == (Outcome.FAILED, Reason.SEAL_VALIDITY)


def test_a_visa_that_ran_out_is_told() -> None:
    """Its seal holds the zone as far as the date of expiry, 6 May 2026, and that day still counts."""
    last = datetime(2026, 5, 6, 23, tzinfo=UTC)
    assert end(visa(), context(now=last)) == (Outcome.PASSED, Reason.OK)
    assert end(visa(), context(now=last + timedelta(days=1))) == (Outcome.FAILED, Reason.SEAL_VALIDITY)


@pytest.mark.parametrize("expiry", ["261306", "2<0506"])
def test_a_sealed_day_that_no_calendar_has_is_told(expiry: str) -> None:
    zone = VISA_ZONE[0], VISA_ZONE[1].replace("260506", expiry)
    sealed = seals.visa_seal(SIGNER, "UTO", zone, HOLDER.number, DAY)
    assert end(sealed) == (Outcome.FAILED, Reason.SEAL_FORMAT)


def test_an_authorisation_by_a_signer_of_visas_is_told() -> None:
    misused = seals.travel_authorisation(SIGNER, "UTO", HOLDER.number, HOLDER.birth, date(2027, 1, 1))
    assert end(misused) == (Outcome.FAILED, Reason.CERT_USAGE)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"{}", b"[]", b"{", b'{"data":1,"sig":2}', bytes([0xDC]), visa()[:-1], visa() + b"x",
        authorisation().replace(b'"v": 1', b'"v": 1.5'), authorisation().replace(b'"v": 1', b'"v": 1, "v": 1'),
        b'{"data":' + b"[" * 5000 + b"]" * 5000 + b',"sig":{}}',
    ],
)  # fmt: skip
def test_what_is_no_seal_cannot_be_decoded(content: bytes) -> None:
    assert end(content) == (Outcome.FAILED, Reason.SEAL_FORMAT)


def test_a_seal_says_nothing_of_its_holder_in_a_log() -> None:
    assert HOLDER.number not in repr(parse_seal(visa())) + repr(read_features(parse_seal(visa())))
    assert HOLDER.number not in repr(parse_nc_seal(authorisation()))


# Several, and none


def test_of_several_seals_the_worst_counts() -> None:
    good, bad = visa(), authorisation("Z0000000")
    for contents in ((good, bad), (bad, good), (good, bad, good)):
        assert judge_seals(contents, context()).reason is Reason.SEAL_MISMATCH
    assert judge_seals((good, authorisation()), context()).outcome is Outcome.PASSED


def test_a_seal_shows_kind_and_signer_without_a_document() -> None:
    visa_seal, nc_seal = inspect_seal(visa(), TRUST, NOW), inspect_seal(authorisation(), TRUST, NOW)
    assert (visa_seal.kind, visa_seal.issuer, visa_seal.signer) == (SealKind.VISA, "UTO", "UTSL 2A")
    assert (nc_seal.kind, nc_seal.issuer, nc_seal.signer) == (SealKind.TRAVEL_AUTHORISATION, "UTO", "UTNC 2A")
    assert all(step.outcome is Outcome.PASSED for step in (*visa_seal.steps, *nc_seal.steps))
    assert HOLDER.number not in repr(visa_seal) + repr(nc_seal)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (visa(), True), (visa()[:20], True), (authorisation(), True), (authorisation()[:-3], True), (b"\xdc", True),
        (b"", False), (b"M1ERIKSSON/ANNA       EABC123 FRAOSLXX 0123 100Y001A0001 100", False), (b"{}", False),
        (b'{"sig": 1}', False), (b"https://data.example/?sig=1", False), (b"HC1:6BF", False), (b"9783161484100", False),
    ],
)  # fmt: skip
def test_ordinary_bar_codes_are_no_candidates(content: bytes, expected: bool) -> None:
    assert is_candidate(content) is expected


# Hostile bytes


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: bytes([0xDC, 0x03]) + tail))
def test_arbitrary_bytes_end_as_a_verdict(content: bytes) -> None:
    assert end(content)[0] is not Outcome.PASSED


@given(st.data())
def test_mutated_seals_end_as_a_verdict(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([visa(), authorisation()])))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert judge_seal(bytes(content), context()).check is Check.DIGITAL_SEAL


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=1, max_size=100))
def test_what_one_packs_the_other_unpacks(text: str) -> None:
    assert c40.decode_zone(seals.pack(text)) == text


@given(st.binary(max_size=40))
def test_arbitrary_packed_bytes_raise_our_error_alone(data: bytes) -> None:
    with suppress(FormatError):
        assert set(c40.decode(data)) <= set(" ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def test_the_signing_day_of_a_seal_is_read_in_utc() -> None:
    assert datetime.combine(parse_seal(visa()).header.signed, datetime.min.time(), UTC).date() == DAY
