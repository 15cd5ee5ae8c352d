"""The journal keeps what it has said it keeps: over restarts, damage, a full disk and a crash."""

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest
from telemetry_samples import EVERY_KIND, NOW, at, event, id_of, transaction, transition

from egate.telemetry import codec, journal_file
from egate.telemetry.envelope import Event, genesis
from egate.telemetry.fields import epoch_of
from egate.telemetry.outbox import AckEffect, JournalError, JournalFull, Limits, Outbox
from egate.telemetry.records import Kind, OpenTransaction

EPOCH = epoch_of(NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gate" / "journal.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with Outbox.open(path, "gate-7", NOW) as opened:
        yield opened


def some(count: int, first: int = 1) -> list[Event]:
    return [event(transition(n), n) for n in range(first, first + count)]


def fill(outbox: Outbox) -> NoReturn:
    """Append until something raises."""
    for number in itertools.count():
        outbox.append([event(transaction(number), number)])
    raise AssertionError


def test_a_new_journal_begins_an_epoch(outbox: Outbox) -> None:
    assert outbox.opened.is_new
    assert (outbox.epoch, outbox.position, outbox.pending) == (EPOCH, genesis("gate-7", EPOCH), 0)


def test_events_wait_in_order_and_form_a_chain(outbox: Outbox) -> None:
    outbox.append([event(payload, n) for n, payload in enumerate(EVERY_KIND, 1)])
    waiting = outbox.window(0, 64)
    assert [(p.seq, p.kind) for p in waiting] == [*enumerate(Kind, 1)]
    envelopes = [codec.decode_envelope(p.body) for p in waiting]
    assert [e.chainprev for e in envelopes] == [genesis("gate-7", EPOCH).head, *(e.chainhash for e in envelopes[:-1])]
    assert outbox.window(3, 1)[0].seq == 4


def test_only_an_acknowledgement_deletes(outbox: Outbox) -> None:
    outbox.append(some(5))
    other = epoch_of(at(99))
    assert outbox.acknowledge(other, 5) is AckEffect.FOREIGN
    assert outbox.acknowledge(EPOCH, 6) is AckEffect.IMPOSSIBLE
    assert outbox.acknowledge(EPOCH, 0) is AckEffect.REPEATED
    assert (outbox.pending, outbox.acked) == (5, 0)
    assert outbox.acknowledge(EPOCH, 3) is AckEffect.ADVANCED
    assert outbox.acknowledge(EPOCH, 3) is AckEffect.REPEATED
    assert outbox.acknowledge(EPOCH, 2) is AckEffect.REGRESSED
    assert [p.seq for p in outbox.window(0, 64)] == [4, 5]


def test_sequence_and_chain_survive_an_empty_journal_and_a_restart(path: Path) -> None:
    with Outbox.open(path, "gate-7", NOW) as first:
        first.append(some(3))
        first.acknowledge(EPOCH, 3)
        position = first.position
    with Outbox.open(path, "gate-7", at(60)) as second:
        assert (second.opened.is_new, second.epoch, second.position, second.acked) == (False, EPOCH, position, 3)
        second.append(some(1, 4))
        assert codec.decode_envelope(second.window(0, 1)[0].body).chainprev == position.head


def test_a_transaction_left_open_is_found_again_until_its_record_is_written(path: Path) -> None:
    left = OpenTransaction(id_of(4), at(4))
    with Outbox.open(path, "gate-7", NOW) as first:
        first.open_transaction(left)
        first.append([event(transaction(3), 3)])  # another traveller's
    with Outbox.open(path, "gate-7", NOW) as second:
        assert second.opened.interrupted == left
        second.append([event(transaction(4), 4)])
    with Outbox.open(path, "gate-7", NOW) as third:
        assert third.opened.interrupted is None


def test_the_appender_is_told_after_the_commit(outbox: Outbox) -> None:
    told: list[int] = []
    outbox.on_append = lambda: told.append(outbox.pending)
    outbox.append(some(2))
    assert told == [2]


def test_a_second_controller_is_kept_out(path: Path, outbox: Outbox) -> None:
    with pytest.raises(JournalError, match="another process"):
        Outbox.open(path, "gate-7", NOW)


def test_another_gates_journal_is_refused_and_kept(path: Path) -> None:
    Outbox.open(path, "gate-7", NOW).close()
    with pytest.raises(JournalError, match="gate-7"):
        Outbox.open(path, "gate-8", NOW)
    Outbox.open(path, "gate-7", NOW).close()


@pytest.mark.parametrize("where", ["whole", "header", "middle", "event"])
def test_a_damaged_journal_is_set_aside_and_a_new_epoch_begins(path: Path, where: str) -> None:
    with Outbox.open(path, "gate-7", NOW) as first:
        first.append(some(200))
    if where == "event":
        with sqlite3.connect(path) as db:
            db.execute("DELETE FROM event WHERE seq = 100")
        db.close()
    else:
        content = bytearray(path.read_bytes())
        start, length = {"whole": (0, len(content)), "header": (0, 40), "middle": (8192, 4096)}[where]
        content[start : start + length] = b"\xa5" * length
        path.write_bytes(content)
    with Outbox.open(path, "gate-7", at(60)) as second:
        aside = second.opened.set_aside
        assert second.opened.is_new
        assert aside is not None
        assert aside.exists()
        assert (second.epoch, second.pending) == (epoch_of(at(60)), 0)


def test_diagnostics_are_shed_above_the_high_water_mark_and_nothing_is_taken_at_the_limit(path: Path) -> None:
    with Outbox.open(path, "gate-7", NOW, Limits(max_records=10, high_water=0.8)) as outbox:
        outbox.append(some(8))
        outbox.append([*some(3, 9), event(transaction(12), 12)])
        assert (outbox.pending, outbox.shed_total) == (9, 3)
        outbox.append([event(transaction(13), 13)])
        before = outbox.position
        with pytest.raises(JournalFull):
            outbox.append([event(transaction(14), 14)])
        assert (outbox.position, outbox.pending) == (before, 10)
        outbox.acknowledge(EPOCH, 10)
        outbox.append(some(1, 15))
        assert [p.seq for p in outbox.window(0, 64)] == [11]


def test_sqlites_own_quota_becomes_a_typed_error_and_loses_nothing(path: Path) -> None:
    with Outbox.open(path, "gate-7", NOW) as outbox:
        outbox._connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(JournalFull):
            fill(outbox)
        written = outbox.pending
        assert written > 0
    with Outbox.open(path, "gate-7", NOW) as again:
        assert [p.seq for p in again.window(0, 10_000)] == [*range(1, written + 1)]


@pytest.mark.parametrize("statement", [0, 1, 3, 10, 40, 100, 160])
def test_every_statement_may_fail_and_the_journal_stays_whole(path: Path, statement: int) -> None:
    """Everything fails from the n-th step of SQLite's virtual machine on, the rollback too."""
    with Outbox.open(path, "gate-7", NOW) as outbox:
        outbox.append(some(2))
        calls = 0

        def interrupt() -> int:
            nonlocal calls
            calls += 1
            return int(calls > statement)

        outbox._connection.set_progress_handler(interrupt, 1)
        with pytest.raises(JournalError):
            outbox.append(some(20, 3))
        outbox._connection.set_progress_handler(None, 1)
        outbox.append(some(1, 3))
        assert [p.seq for p in outbox.window(0, 64)] == [1, 2, 3]


def test_an_unusable_folder_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="check disk and rights"):
        Outbox.open(tmp_path / "file" / "journal.db", "gate-7", NOW)
    with pytest.raises(JournalError, match="check the disk"):
        Outbox.open(tmp_path, "gate-7", NOW)


def test_ballast_is_kept_for_the_day_the_disk_is_full(path: Path, outbox: Outbox) -> None:
    ballast = journal_file.ballast_path(path)
    assert ballast.stat().st_size >= 4 * 1024 * 1024
    outbox.append(some(3))
    assert journal_file.release_ballast(path)
    assert not journal_file.release_ballast(path)
    outbox.acknowledge(EPOCH, 3)
    assert ballast.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_a_full_disk_takes_no_event_but_still_lets_acknowledged_ones_go(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", tmp_path], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a tmpfs")
    try:
        with Outbox.open(tmp_path / "journal.db", "gate-7", NOW) as outbox:
            outbox.append(some(50))
            with (tmp_path / "hog").open("wb", buffering=0) as hog, suppress(OSError):
                while hog.write(b"\0" * 65536):
                    pass
            with pytest.raises(JournalFull):
                fill(outbox)
            written = outbox.pending
            assert written == outbox.position.seq
            assert outbox.acknowledge(EPOCH, written - 7) is AckEffect.ADVANCED
            assert outbox.pending == 7
            outbox.append(some(1))
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)


WRITER = """
import sys
from pathlib import Path
from telemetry_samples import NOW, event, transition
from egate.telemetry.outbox import Outbox
outbox = Outbox.open(Path(sys.argv[1]), "gate-7", NOW)
number = outbox.position.seq
while True:
    outbox.append([event(transition(number + n), number + n) for n in (1, 2, 3)])
    number += 3
    print(number, flush=True)
"""


def test_kill_9_loses_nothing_that_was_committed(path: Path) -> None:
    helpers = Path(__file__).parents[1] / "helpers"
    promised = 0
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(helpers)},
        ) as writer:
            assert writer.stdout is not None
            for line in writer.stdout:
                promised = int(line)
                if promised % 120 == 0:
                    break
            writer.send_signal(signal.SIGKILL)
            promised = max([promised, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        with Outbox.open(path, "gate-7", NOW) as outbox:
            assert outbox.pending >= promised
            assert outbox.pending % 3 == 0
            assert [p.seq for p in outbox.window(0, 100_000)] == [*range(1, outbox.pending + 1)]
