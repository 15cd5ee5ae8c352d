"""The gate's reader against the simulated chip: two implementations of Doc 9303 that share no code must agree."""

import io
import random
from datetime import UTC, date, datetime
from functools import cache

import pytest
from PIL import Image

from egate.checks import Check, Outcome, Reason
from egate.document.chip.steps import AccessProtocol, ReaderCapacity
from egate.document.inspection.plan import ChipInspection
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.zone import Mrz
from egate.document.pki.trust import TrustStore
from egate_sim.inspection_bench import drive
from egate_sim.passport.chip import Chip, LongRead, Quirks
from egate_sim.passport.issue import ActiveAuthentication, Passport, Profile, issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.state import ANTARCTICA, UTOPIA, Country, State, found_state, master_list

DAY = date(2026, 1, 2)
NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
COUNTRIES = (UTOPIA, ANTARCTICA)


@cache
def state(country: Country) -> State:
    return found_state(country, b"joined", DAY)


@cache
def trust() -> TrustStore:
    utopia = state(UTOPIA)
    store = TrustStore.from_master_list(master_list(utopia, map(state, COUNTRIES)), [utopia.csca.certificate_der], NOW)
    for country in COUNTRIES:
        store = store.with_revocation_list(state(country).crl)
    return store


@cache
def jpeg(shade: int) -> bytes:
    picture = io.BytesIO()
    noise = random.Random(shade).randbytes(3 * 90 * 120)
    Image.frombytes("RGB", (90, 120), noise).save(picture, "JPEG")
    return picture.getvalue()


@cache
def issued(country: Country = UTOPIA, profile: Profile | None = None) -> Passport:
    holder = Holder("Tester", "Toni Maria", date(1990, 2, 3), Sex.FEMALE, "UTO", "T1234", date(2034, 5, 6), "77A")
    return issue(state(country), holder, jpeg(1), profile)


def inspect(passport: Passport, quirks: Quirks | None = None, capacity: ReaderCapacity | None = None) -> ChipInspection:
    chip = Chip(passport, random.Random(1), quirks)
    plan = inspect_chip(
        Mrz.from_lines(passport.mrz), trust=trust(), now=NOW, random_bytes=random.Random(2).randbytes, capacity=capacity
    )
    return drive(plan, chip)


def outcomes(inspection: ChipInspection) -> dict[Check, tuple[Outcome, Reason]]:
    return {result.check: (result.outcome, result.reason) for result in inspection.checks}


@pytest.mark.parametrize("country", COUNTRIES, ids=lambda c: c.code)
@pytest.mark.parametrize("kind", [ActiveAuthentication.ECDSA, ActiveAuthentication.RSA])
@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha512"])
def test_a_genuine_passport_passes(country: Country, kind: ActiveAuthentication, digest: str) -> None:
    passport = issued(country, Profile(kind, digest=digest))
    inspection = inspect(passport)
    assert {outcome for outcome, _ in outcomes(inspection).values()} == {Outcome.PASSED}
    assert inspection.access is AccessProtocol.BAC
    assert inspection.dg1 is not None
    assert inspection.dg1.text == "".join(passport.mrz)
    assert inspection.portrait is not None


def test_a_passport_without_active_authentication_offers_none() -> None:
    found = outcomes(inspect(issued(UTOPIA, Profile(ActiveAuthentication.NONE))))
    assert found.pop(Check.CHIP_AUTHENTICITY) == (Outcome.NOT_SUPPORTED, Reason.NOT_OFFERED)
    assert {outcome for outcome, _ in found.values()} == {Outcome.PASSED}


def test_a_chip_without_access_control_is_read_in_plain() -> None:
    inspection = inspect(issued(UTOPIA, Profile(access_control=False)))
    assert inspection.access is AccessProtocol.PLAIN
    assert {outcome for outcome, _ in outcomes(inspection).values()} == {Outcome.PASSED}


def test_a_portrait_too_long_for_short_offsets_is_read() -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (200, 260), random.Random(4).randbytes(3 * 200 * 260)).save(noise, "JPEG", quality=90)
    assert len(noise.getvalue()) > 40_000
    holder = Holder("Tester", "", date(1990, 2, 3), Sex.MALE, "UTO", "T9", date(2034, 5, 6))
    inspection = inspect(issue(state(UTOPIA), holder, noise.getvalue()))
    assert {outcome for outcome, _ in outcomes(inspection).values()} == {Outcome.PASSED}


@pytest.mark.parametrize("long_read", LongRead)
@pytest.mark.parametrize("max_read", [224, 160, 128])
def test_chips_that_read_little_at_once_are_read(long_read: LongRead, max_read: int) -> None:
    inspection = inspect(issued(), Quirks(max_read=max_read, long_read=long_read))
    assert {outcome for outcome, _ in outcomes(inspection).values()} == {Outcome.PASSED}
    if long_read is not LongRead.SHORTEN:
        assert inspection.read_length == max_read


def test_a_reader_that_carries_little_reads_all_the_same() -> None:
    inspection = inspect(issued(), capacity=ReaderCapacity(max_command_bytes=100, max_response_bytes=128))
    assert {outcome for outcome, _ in outcomes(inspection).values()} == {Outcome.PASSED}


@pytest.mark.parametrize("answers", [0, 1, 2, 3, 4, 10, 20])
def test_a_chip_that_falls_mute_aborts_the_inspection(answers: int) -> None:
    found = outcomes(inspect(issued(), Quirks(silent_after=answers)))
    for check in (Check.PASSIVE_AUTHENTICATION, Check.PORTRAIT):
        assert found[check][0] is not Outcome.PASSED
    assert (Outcome.ABORTED, Reason.CHIP_TIMEOUT) in found.values()


def test_the_mrz_of_another_passport_opens_no_chip() -> None:
    other = issue(state(UTOPIA), Holder("B", "", date(1980, 1, 1), Sex.MALE, "UTO", "Z9", date(2030, 1, 1)), jpeg(1))
    chip_of_other = Passport(issued().mrz, other.files, other.access_seed, other.active_authentication)
    assert outcomes(inspect(chip_of_other))[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.ACCESS_DENIED)
