"""The offline alert list, from the simulated agency's writer to the gate's answer."""

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from egate.border.keys import KeyFileError, Purpose, load_key
from egate.border.offline_list import (
    AlertListAltered,
    AlertListError,
    AlertListMissing,
    AlertListSimulated,
    AlertListStale,
    AlertListTruncated,
    AlertListWrongKey,
    OfflineAlertList,
)
from egate.border.port import Answer, BorderSystem, NoBorderSystem, Query
from egate.checks import Check, Outcome, Reason, passed
from egate_sim.border import BorderAgency, Entry, found_border_agency

ISSUED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = ISSUED + timedelta(hours=1)
AGENCY = found_border_agency(b"agency")
SOUGHT = Query("L898902C<", "UTO", "P<")
ENTRIES = [Entry("UTO", "L898902C"), Entry("XAT", "A1", "P"), Entry("D<<", "C11T002JM", "P<")]
LIST = AGENCY.compile_list(ENTRIES, 7, ISSUED)


def parse(
    data: bytes, now: datetime = NOW, *, agency: BorderAgency = AGENCY, simulated: bool = True
) -> OfflineAlertList:
    return OfflineAlertList.parse(data, agency.verify_key, agency.lookup_key, now, allow_simulation=simulated)


def resigned(body: bytes) -> bytes:
    """What a careless issuer would sign."""
    return body + AGENCY.signing_key.sign(body)


def reason(system: BorderSystem, query: Query, now: datetime = NOW) -> Reason:
    return system.ask(query, now).result.reason


@pytest.mark.parametrize(
    ("number", "state", "kind", "hit"),
    [
        ("L898902C<", "UTO", "P<", True),
        ("L898902C", "UTO", "PD", True),
        ("L898902C", "UTO", "I", True),
        ("l898902c", "uto", "p", True),
        ("L898902D", "UTO", "P<", False),
        ("L898902C<", "XAT", "P<", False),
        ("A1<<<<<<<", "XAT", "P<", True),
        ("A1<<<<<<<", "XAT", "I<", False),
        ("C11T002JM", "D<<", "P<", True),
        ("1", "UTO", "P", False),
        ("", "", "", False),
    ],
)
def test_lookups(number: str, state: str, kind: str, hit: bool) -> None:
    answer = parse(LIST).ask(Query(number, state, kind), NOW)
    assert answer.result.outcome is (Outcome.FAILED if hit else Outcome.PASSED)
    assert answer.result.reason is (Reason.ALERT_LIST_HIT if hit else Reason.OK)
    assert (answer.list_version, answer.age) == ("7", timedelta(hours=1))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 8, 9, 100])
def test_every_entry_is_found_whatever_the_size(count: int) -> None:
    entries = [Entry("UTO", f"N{i:05}") for i in range(count)]
    alert_list = parse(AGENCY.compile_list(entries, 1, ISSUED))
    assert len(alert_list) == count
    found = [reason(alert_list, Query(f"N{i:05}", "UTO", "P")) is Reason.ALERT_LIST_HIT for i in range(count + 3)]
    assert found == [True] * count + [False] * 3


def test_what_the_list_says_of_itself() -> None:
    alert_list = parse(LIST)
    assert (alert_list.version, alert_list.issued_at, alert_list.valid_until) == (7, ISSUED, ISSUED + timedelta(days=2))
    assert alert_list.issuer == "SIMULATION border agency"


def test_a_list_that_runs_out_still_hits_but_clears_nobody() -> None:
    alert_list = parse(LIST)
    late = alert_list.valid_until + timedelta(seconds=1)
    assert reason(alert_list, SOUGHT, late) is Reason.ALERT_LIST_HIT
    answer = alert_list.ask(Query("X1", "UTO", "P"), late)
    assert (answer.result.outcome, answer.result.reason) == (Outcome.UNDETERMINED, Reason.LIST_STALE)
    assert reason(alert_list, Query("X1", "UTO", "P"), ISSUED - timedelta(seconds=1)) is Reason.LIST_STALE


def test_without_a_list_nobody_is_cleared() -> None:
    answer = NoBorderSystem().ask(SOUGHT, NOW)
    assert (answer.result.outcome, answer.result.reason) == (Outcome.UNDETERMINED, Reason.LIST_UNAVAILABLE)
    assert (answer.list_version, answer.age) == ("", None)


def test_a_border_system_answers_for_itself_alone() -> None:
    with pytest.raises(ValueError, match="border system"):
        Answer(passed(Check.PAD))


def test_every_shorter_file_is_refused() -> None:
    for length in range(len(LIST)):
        with pytest.raises(AlertListTruncated):
            parse(LIST[:length])


def test_every_altered_byte_is_noticed() -> None:
    for at in range(len(LIST)):
        altered = bytearray(LIST)
        altered[at] ^= 1
        with pytest.raises((AlertListAltered, AlertListTruncated)):
            parse(bytes(altered))


@pytest.mark.parametrize("data", [LIST + b"\0", b"something else entirely", b"EGATEAL2" + LIST[8:]])
def test_what_is_no_such_list_is_refused(data: bytes) -> None:
    with pytest.raises(AlertListAltered):
        parse(data)


def test_keys_must_fit() -> None:
    other = found_border_agency(b"another agency")
    with pytest.raises(AlertListAltered):
        parse(LIST, agency=other)
    with pytest.raises(AlertListWrongKey):
        parse(LIST, agency=BorderAgency(AGENCY.signing_key, other.lookup_key))
    with pytest.raises(AlertListWrongKey):
        parse(LIST, agency=BorderAgency(AGENCY.signing_key, b"short"))
    with pytest.raises(AlertListWrongKey):
        OfflineAlertList.parse(LIST, b"short", AGENCY.lookup_key, NOW, allow_simulation=True)


@pytest.mark.parametrize("now", [ISSUED - timedelta(seconds=1), ISSUED + timedelta(days=2, seconds=1)])
def test_a_list_out_of_its_time_is_refused(now: datetime) -> None:
    with pytest.raises(AlertListStale):
        parse(LIST, now)


@pytest.mark.parametrize("now", [ISSUED, ISSUED + timedelta(days=2)])
def test_both_ends_of_its_time_count(now: datetime) -> None:
    assert len(parse(LIST, now)) == 3


def test_production_refuses_a_simulated_list_and_takes_a_real_one() -> None:
    with pytest.raises(AlertListSimulated):
        parse(LIST, simulated=False)
    real = BorderAgency(AGENCY.signing_key, AGENCY.lookup_key, issuer="Border Guard")
    assert parse(real.compile_list(ENTRIES, 1, ISSUED), simulated=False).issuer == "Border Guard"


def test_what_its_issuer_signed_wrongly_is_refused() -> None:
    body = LIST[:-64]
    first, second = body[72:88], body[88:104]
    with pytest.raises(AlertListAltered, match="order"):
        parse(resigned(body[:72] + second + first + body[104:]))
    with pytest.raises(AlertListAltered, match="order"):
        parse(resigned(body[:72] + first + first + body[104:]))
    with pytest.raises(AlertListAltered, match="header"):
        parse(resigned(body[:20] + struct.pack(">Q", 1 << 63) + body[28:]))
    with pytest.raises(AlertListAltered, match="header"):
        parse(resigned(body[:36] + b"\xff" * 32 + body[68:]))


def test_loading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "alert.list"
    with pytest.raises(AlertListMissing):
        OfflineAlertList.load(path, AGENCY.verify_key, AGENCY.lookup_key, NOW)
    with pytest.raises(AlertListMissing):
        OfflineAlertList.load(tmp_path, AGENCY.verify_key, AGENCY.lookup_key, NOW)
    path.write_bytes(LIST)
    loaded = OfflineAlertList.load(path, AGENCY.verify_key, AGENCY.lookup_key, NOW, allow_simulation=True)
    assert reason(loaded, SOUGHT) is Reason.ALERT_LIST_HIT
    with path.open("r+b") as file:
        file.truncate((64 << 20) + 1)
    with pytest.raises(AlertListAltered, match="large"):
        OfflineAlertList.load(path, AGENCY.verify_key, AGENCY.lookup_key, NOW)


def test_the_same_secret_gives_the_same_file() -> None:
    assert found_border_agency(b"agency").compile_list(reversed(ENTRIES), 7, ISSUED) == LIST


def test_nothing_of_a_document_or_key_shows() -> None:
    shown = f"{SOUGHT!r} {ENTRIES!r} {AGENCY!r} {parse(LIST)!r}"
    for secret in ("L898902C", "690806", AGENCY.lookup_key.hex(), repr(AGENCY.lookup_key)):
        assert secret not in shown
    assert b"L898902C" not in LIST


def test_key_files_come_back(tmp_path: Path) -> None:
    verify, lookup = AGENCY.write_keys(tmp_path)
    assert load_key(verify, Purpose.VERIFY, allow_simulation=True).key == AGENCY.verify_key
    key_file = load_key(lookup, Purpose.LOOKUP, allow_simulation=True)
    assert key_file.key == AGENCY.lookup_key
    assert AGENCY.lookup_key.hex() not in repr(key_file)


def test_production_refuses_a_simulators_keys(tmp_path: Path) -> None:
    for path, purpose in zip(AGENCY.write_keys(tmp_path), Purpose, strict=True):
        with pytest.raises(KeyFileError, match="simulator"):
            load_key(path, purpose)


def test_a_lookup_key_must_be_a_secret(tmp_path: Path) -> None:
    _, lookup = AGENCY.write_keys(tmp_path)
    lookup.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod"):
        load_key(lookup, Purpose.LOOKUP, allow_simulation=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "purpose = 1",
        "no toml",
        'purpose = "alert-list-verify"\nissuer = "x"\nkey = "zz"',
        'purpose = "alert-list-verify"\nissuer = "x"\nkey = "00"',
        'purpose = "other"\nissuer = "x"\nkey = "' + "00" * 32 + '"',
        'purpose = "alert-list-lookup"\nissuer = "x"\nkey = "' + "00" * 32 + '"',
        'purpose = "alert-list-verify"\nissuer = 3\nkey = "' + "00" * 32 + '"',
        'purpose = "alert-list-verify"\nissuer = "x"\nkey = "' + "00" * 32 + '"\nmore = ""',
        "#" * 5000,
    ],
)
def test_a_bad_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    with pytest.raises(KeyFileError, match=str(path)):
        load_key(path, Purpose.VERIFY)


def test_a_key_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "none", tmp_path, tmp_path / "binary"):
        with pytest.raises(KeyFileError):
            load_key(path, Purpose.VERIFY)


def test_every_error_of_a_list_is_one_kind() -> None:
    kinds = (AlertListAltered, AlertListMissing, AlertListSimulated, AlertListStale, AlertListTruncated)
    assert all(issubclass(kind, AlertListError) for kind in (*kinds, AlertListWrongKey))
