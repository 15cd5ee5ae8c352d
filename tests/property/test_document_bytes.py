"""Arbitrary bytes at every parser: a value, or an error of ours. Arbitrary chips at the plan: always a result."""

import random
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from damage import damage, ends_cleanly
from document_samples import NOW, drive, passport, portrait_jpeg, trust, utopia
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.checks import Check, Outcome, Reason
from egate.document import tlv
from egate.document.chip.steps import ReadLimits
from egate.document.errors import ChipRemoved, ChipTimedOut, DocumentError
from egate.document.inspection.plan import CHIP_CHECKS, Plan
from egate.document.inspection.reader import inspect_chip
from egate.document.lds.face_image import parse_dg2
from egate.document.lds.files import parse_com, parse_dg1, parse_dg15
from egate.document.lds.security_infos import parse_dg14
from egate.document.mrz.inspection import DocumentLimits, check_mrz
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.cms import parse_signed_message
from egate.document.pki.passive_auth import passive_authentication
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore
from egate_sim.passport.chip import Chip
from egate_sim.passport.lds import File
from egate_sim.passport.state import master_list

Parser = Callable[[bytes], Any]
LIMITS = ReadLimits(max_file_bytes=40_000, max_total_bytes=60_000, max_apdus=120)


def parse_master_list(raw: bytes) -> TrustStore:
    return TrustStore.from_master_list(raw, [utopia().csca.certificate_der], NOW)


@cache
def samples() -> dict[str, tuple[Parser, bytes]]:
    files = passport().files
    return {
        "tlv": (lambda raw: list(tlv.read_all(raw)), files[File.DG2][:2000]),
        "com": (parse_com, files[File.COM]),
        "sod": (parse_sod, files[File.SOD]),
        "dg1": (parse_dg1, files[File.DG1]),
        "dg2": (parse_dg2, files[File.DG2][:4000]),
        "dg14": (parse_dg14, files[File.DG14]),
        "dg15": (parse_dg15, files[File.DG15]),
        "certificate": (Certificate.from_der, utopia().csca.certificate_der),
        "cms": (lambda raw: parse_signed_message(raw, "it", Reason.SOD_FORMAT), files[File.SOD][4:]),
        "master list": (parse_master_list, master_list(utopia(), [utopia()])),
        "crl": (trust().with_revocation_list, utopia().crl),
    }


PARSERS = ["tlv", "com", "sod", "dg1", "dg2", "dg14", "dg15", "certificate", "cms", "master list", "crl"]


@pytest.mark.parametrize("name", PARSERS)
@given(raw=st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_arbitrary_bytes_are_read_or_refused(name: str, raw: bytes) -> None:
    parser, _ = samples()[name]
    assert ends_cleanly(parser, raw)


@pytest.mark.parametrize("name", PARSERS)
@given(harm=damage())
@settings(max_examples=60, deadline=None)
def test_damaged_files_are_read_or_refused(name: str, harm: Callable[[bytes], bytes]) -> None:
    parser, genuine = samples()[name]
    assert ends_cleanly(parser, harm(genuine))


@given(harm=damage())
@settings(max_examples=100, deadline=None)
def test_a_damaged_sod_never_passes(harm: Callable[[bytes], bytes]) -> None:
    genuine = passport().files[File.SOD]
    damaged = harm(genuine)
    try:
        sod = parse_sod(damaged)
    except DocumentError:
        return
    groups = {int(file) & 0xFF: data for file, data in passport().data_groups.items()}
    result = passive_authentication(sod, groups, Mrz.from_lines(passport().mrz), trust(), NOW).result
    if sod.message.content != parse_sod(genuine).message.content:
        assert result.outcome is not Outcome.PASSED


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=50) | st.text("0123456789ABCXYZ<", min_size=44, max_size=44), max_size=4))
def test_any_lines_end_as_five_checks(lines: list[str]) -> None:
    inspection = check_mrz(lines, date(2026, 1, 1), DocumentLimits())
    assert len({result.check for result in inspection.checks}) == 5
    assert inspection.mrz is None or inspection.checks[1].outcome is Outcome.PASSED


@settings(deadline=None)
@given(st.integers(0, 87), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ< a"))
def test_a_zone_with_one_other_character_is_valid_or_refused(position: int, character: str) -> None:
    text = "".join(passport().mrz)
    lines = (text[:position] + character + text[position + 1 :])[:44], text[44:]
    inspection = check_mrz(lines, date(2026, 1, 1), DocumentLimits(specimen_states=()))
    assert all(result.reason is not Reason.OK or result.outcome is Outcome.PASSED for result in inspection.checks)


def plan() -> Plan:
    return inspect_chip(
        Mrz.from_lines(passport().mrz),
        trust=trust(),
        now=NOW,
        random_bytes=random.Random(7).randbytes,
        limits=LIMITS,
    )


ANSWERS = st.binary(max_size=300) | st.builds(
    lambda data, status: data + bytes.fromhex(status),
    st.binary(max_size=256),
    st.sampled_from(["9000", "6282", "6700", "6C10", "61FF", "6A82", "6982", "6985", "6988", "6F00"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANSWERS | st.none(), max_size=60), st.integers(0, 2**32))
def test_any_answers_end_as_an_inspection_within_bounds(answers: list[bytes | None], seed: int) -> None:
    """A chip that says anything at all; None is a chip that left."""
    script, rest = iter(answers), random.Random(seed)

    def respond(_: bytes) -> bytes:
        answer = next(script, rest.randbytes(40) + b"\x90\x00")
        if answer is None:
            raise ChipTimedOut
        return answer

    inspection, trip = drive(plan(), respond)
    assert tuple(result.check for result in inspection.checks) == CHIP_CHECKS
    assert len(trip.commands) <= LIMITS.max_apdus
    assert inspection.result(Check.PASSIVE_AUTHENTICATION).outcome is not Outcome.PASSED


@given(
    st.dictionaries(st.integers(0, 90), ANSWERS, max_size=5),
    st.integers(0, 120),
    st.sampled_from(["before", "after", "never"]),
)
@settings(max_examples=60, deadline=None)
def test_a_genuine_chip_that_is_disturbed_never_gains(wrong: dict[int, bytes], removed_at: int, removal: str) -> None:
    """Disturbed answers instead of the chip's, or after it has heard; then perhaps it is taken away."""
    chip, count = Chip(passport(), random.Random(3)), 0

    def respond(command: bytes) -> bytes:
        nonlocal count
        count += 1
        if removal != "never" and count > removed_at:
            raise ChipRemoved
        answer = chip.process(command) if removal == "after" or count not in wrong else b""
        return wrong.get(count, answer)

    inspection, _ = drive(plan(), respond, chip.reset)
    if inspection.result(Check.PASSIVE_AUTHENTICATION).outcome is Outcome.PASSED:
        assert inspection.portrait is not None
        assert inspection.portrait.image == portrait_jpeg()
        assert inspection.dg1 is not None
        assert inspection.dg1.text == "".join(passport().mrz)
    if inspection.result(Check.PASSIVE_AUTHENTICATION).outcome is Outcome.PASSED:
        assert inspection.portrait is not None
        assert inspection.dg1 is not None
