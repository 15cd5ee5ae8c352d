"""The gate's journal: events are on disk before anybody hears of them, and stay until the centre has committed them.

SQLite in WAL mode with synchronous=FULL: what ``append`` returned from survives a power cut. One process, one
connection (exclusive locking mode; SQLite up to 3.51.2 can corrupt a WAL with two). Two threads use it, the lane's and
the link's, one at a time. Sequence number and chain head live in a row of their own, so an empty journal forgets
neither. A broker's acknowledgement deletes nothing: brokers lose acknowledged messages in a crash.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType

from egate.telemetry import codec, journal_file
from egate.telemetry.envelope import Event, Position, seal
from egate.telemetry.fields import Count, Epoch, GateId
from egate.telemetry.journal_file import JournalError, JournalFull, Opened
from egate.telemetry.records import Kind, OpenTransaction, StepRecorded, TransactionRecord, TransitionRecorded, kind_of

__all__ = ["AckEffect", "JournalError", "JournalFull", "Limits", "Outbox", "Pending"]

_WAITING = "SELECT count(*), ifnull(sum(length(body)), 0) FROM event"
_DIAGNOSTIC = (TransitionRecorded, StepRecorded)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait. Above ``high_water`` (a fraction) diagnostics are shed: transitions and steps are counted,
    not kept. At the limit nothing more is taken, and the lane has to close (project choice, as the values)."""

    max_records: int = 500_000
    max_bytes: int = 512 * 1024 * 1024
    high_water: float = 0.8

    def __post_init__(self) -> None:
        if self.max_records < 1 or self.max_bytes < 1 or not 0 < self.high_water <= 1:
            raise ValueError("limits must be positive and high_water within (0, 1]")


@dataclass(frozen=True, slots=True)
class Pending:
    """One event that waits: its number, its kind and its bytes on the wire."""

    seq: Count
    kind: Kind
    body: bytes


class AckEffect(StrEnum):
    """What an acknowledgement did. Only ADVANCED deletes."""

    ADVANCED = "advanced"
    REPEATED = "repeated"  # the centre already said so
    REGRESSED = "regressed"  # the centre knows less than it once said: its database was lost or restored
    FOREIGN = "foreign"  # another epoch
    IMPOSSIBLE = "impossible"  # beyond the last event there is


class Outbox:
    """See the module. Every method may be called from either thread; none waits for the network.

    ``opened`` tells what was found on disk: a new epoch, a damaged file set aside, a transaction that a crash cut off.
    ``on_append`` is called after each commit, outside any lock (the link wakes by it).
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, opened: Opened, gate: GateId, limits: Limits
    ) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._limits = limits
        count, size = connection.execute(_WAITING).fetchone()
        self._count, self._bytes = int(count), int(size)
        self._position = Position(*connection.execute("SELECT seq, head FROM journal").fetchone())
        self._acked: Count = self._position.seq - self._count
        self._path = path
        self.gate = gate
        self.opened = opened
        self.on_append: Callable[[], None] | None = None
        self.shed_total = 0

    @classmethod
    def open(cls, path: Path, gate: GateId, now: datetime, limits: Limits | None = None) -> "Outbox":
        """Open the journal of ``gate`` at ``path`` or begin one; ``now`` (UTC) names the epoch if one begins.

        A damaged file is set aside, never deleted. Raises JournalError (in use by another process, unreadable, not
        writable, or another gate's).
        """
        limits = limits or Limits()
        connection, opened = journal_file.open_journal(path, gate, now, limits.max_bytes)
        return cls(path, connection, opened, gate, limits)

    @property
    def epoch(self) -> Epoch:
        return self.opened.epoch

    @property
    def position(self) -> Position:
        """The last event ever appended and its hash."""
        return self._position

    @property
    def pending(self) -> int:
        """How many events wait for the centre."""
        return self._position.seq - self._acked

    @property
    def acked(self) -> Count:
        """The last event that the centre has acknowledged."""
        return self._acked

    @property
    def above_high_water(self) -> bool:
        """Whether diagnostics are being shed."""
        share = self._limits.high_water
        return self._count >= share * self._limits.max_records or self._bytes >= share * self._limits.max_bytes

    def open_transaction(self, transaction: OpenTransaction) -> None:
        """Remember on disk that a traveller is in the lane; ends with the append of its TransactionRecord.

        Raises JournalError.
        """
        with self._lock, self._committing() as db:
            db.execute(
                "INSERT OR REPLACE INTO open_transaction VALUES (1, ?, ?)",
                (transaction.transaction, transaction.started_at.isoformat()),
            )

    def append(self, events: Sequence[Event]) -> None:
        """Put events into the chain and on disk, all or none. A TransactionRecord closes its open transaction in the
        same commit. Raises JournalFull, JournalError; then nothing was appended."""
        with self._lock:
            kept = self._without_shed(events)
            position, rows = self._sealed(kept)
            size = sum(len(body) for _, _, body in rows)
            if self._count + len(rows) > self._limits.max_records or self._bytes + size > self._limits.max_bytes:
                raise JournalFull("the journal is full: the centre has acknowledged too little for too long")
            with self._committing() as db:
                db.executemany("INSERT INTO event VALUES (?, ?, ?)", rows)
                db.execute("UPDATE journal SET seq = ?, head = ?", (position.seq, position.head))
                for event in kept:
                    if isinstance(event.payload, TransactionRecord):
                        db.execute("DELETE FROM open_transaction WHERE id = ?", (event.payload.transaction,))
            self._position = position
            self._count += len(rows)
            self._bytes += size
            self.shed_total += len(events) - len(kept)
        if self.on_append is not None:
            self.on_append()

    def window(self, after: Count, limit: int) -> list[Pending]:
        """Up to ``limit`` waiting events that follow number ``after``, in order. Raises JournalError."""
        with self._lock, journal_file.typed_errors():
            rows = self._connection.execute(
                "SELECT seq, kind, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
            ).fetchall()
        return [Pending(seq, Kind(kind), body) for seq, kind, body in rows]

    def acknowledge(self, epoch: Epoch, seq: Count) -> AckEffect:
        """The centre says that it has everything up to ``seq``. Raises JournalError; then nothing was deleted."""
        with self._lock:
            if epoch != self.epoch:
                return AckEffect.FOREIGN
            if seq > self._position.seq:
                return AckEffect.IMPOSSIBLE
            if seq <= self.acked:
                return AckEffect.REPEATED if seq == self.acked else AckEffect.REGRESSED
            try:
                self._delete_up_to(seq)
            except JournalFull:
                if not journal_file.release_ballast(self._path):
                    raise
                self._delete_up_to(seq)
            if self._count == 0:
                journal_file.ensure_ballast(self._path)
            return AckEffect.ADVANCED

    def close(self) -> None:
        """Give the file free. The journal stays."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _delete_up_to(self, seq: Count) -> None:
        with self._committing() as db:
            removed, size = db.execute(f"{_WAITING} WHERE seq <= ?", (seq,)).fetchone()
            db.execute("DELETE FROM event WHERE seq <= ?", (seq,))
        self._count -= removed
        self._bytes -= size
        self._acked = seq

    def _without_shed(self, events: Sequence[Event]) -> Sequence[Event]:
        if not self.above_high_water:
            return events
        return [event for event in events if not isinstance(event.payload, _DIAGNOSTIC)]

    def _sealed(self, events: Sequence[Event]) -> tuple[Position, list[tuple[Count, Kind, bytes]]]:
        position, rows = self._position, []
        for event in events:
            body, position = seal(codec.members(event, self.gate, self.epoch), position)
            rows.append((position.seq, kind_of(event.payload), body))
        return position, rows

    @contextmanager
    def _committing(self) -> Iterator[sqlite3.Connection]:
        with journal_file.typed_errors(), journal_file.transaction(self._connection):
            yield self._connection
