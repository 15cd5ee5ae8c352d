"""The centre's database: every event byte for byte, in order, and what was refused. SQLite, WAL, synchronous=FULL.

An event is acknowledged to its gate after ``commit`` returned, and the gate deletes it then: from that moment this file
is the only place that has it. One connection (exclusive locking mode), used by one thread.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from egate.telemetry.envelope import Envelope, Position

_FORMAT = 1
_MAX_REFUSED = 10_000  # distinct refused payloads; the oldest go first
_MAX_TOPIC = 200
_TABLES = (
    "CREATE TABLE chain (gate TEXT, epoch TEXT, seq INTEGER NOT NULL, head TEXT NOT NULL, "
    "PRIMARY KEY (gate, epoch)) STRICT",
    "CREATE TABLE event (gate TEXT, epoch TEXT, seq INTEGER, kind TEXT NOT NULL, received_at TEXT NOT NULL, "
    "body BLOB NOT NULL, PRIMARY KEY (gate, epoch, seq)) STRICT",
    "CREATE INDEX event_received ON event (received_at)",
    "CREATE TABLE loss (gate TEXT, epoch TEXT, first INTEGER, last INTEGER, noticed_at TEXT NOT NULL, "
    "PRIMARY KEY (gate, epoch, first)) STRICT",
    "CREATE TABLE refused (digest BLOB PRIMARY KEY, reason TEXT NOT NULL, topic TEXT NOT NULL, size INTEGER NOT NULL, "
    "times INTEGER NOT NULL, last_at TEXT NOT NULL) STRICT",
    f"PRAGMA user_version = {_FORMAT}",
)


class StoreError(Exception):
    """The centre's database cannot be used. Gates keep their events until it can."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Events that the centre will never see: the gate deleted them, or no longer has the journal."""

    gate: str
    epoch: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that came on an event topic and was not taken. Only its digest is kept: it may hold anything."""

    topic: str
    reason: str
    payload: bytes = field(repr=False)


@dataclass(slots=True)
class Batch:
    """What one commit writes."""

    events: list[tuple[Envelope, bytes]] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.events or self.losses or self.refused)


class Store:
    """See the module."""

    def __init__(self, path: Path) -> None:
        """Open or create. Raises StoreError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            self._configure(path)
        except (sqlite3.Error, OSError) as error:
            with suppress(AttributeError):
                self._db.close()
            raise StoreError(f"the database {path} cannot be opened: {error}") from error

    def positions(self) -> dict[tuple[str, str], Position]:
        """Where the chain of every gate and epoch stands."""
        rows = self._db.execute("SELECT gate, epoch, seq, head FROM chain")
        return {(gate, epoch): Position(seq, head) for gate, epoch, seq, head in rows}

    def body(self, gate: str, epoch: str, seq: int) -> bytes | None:
        """An event as it came, None if it was lost before it came."""
        row = self._db.execute(
            "SELECT body FROM event WHERE gate = ? AND epoch = ? AND seq = ?", (gate, epoch, seq)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def commit(self, batch: Batch, now: datetime) -> None:
        """Write a batch; when this returns it survives a power cut. Raises StoreError; then nothing was written."""
        at = now.isoformat(timespec="milliseconds")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._write(batch, at)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise StoreError(f"the database takes nothing: {error}; gates keep their events") from error

    def received_since(self, since: datetime, limit: int) -> Iterator[bytes]:
        """The newest ``limit`` events received since then, oldest first."""
        with closing(self._db.cursor()) as cursor:
            newest = "SELECT received_at, rowid AS number, body FROM event WHERE received_at >= ?"
            cursor.execute(
                f"SELECT body FROM ({newest} ORDER BY received_at DESC, number DESC LIMIT ?) "  # noqa: S608  # constant
                "ORDER BY received_at, number",
                (since.isoformat(timespec="milliseconds"), limit),
            )
            for (body,) in cursor:
                yield bytes(body)

    def losses(self) -> list[Loss]:
        """Every loss ever noticed."""
        return [Loss(*row) for row in self._db.execute("SELECT gate, epoch, first, last FROM loss ORDER BY noticed_at")]

    def refused_count(self) -> int:
        """How often something was refused."""
        (count,) = self._db.execute("SELECT ifnull(sum(times), 0) FROM refused").fetchone()
        return int(count)

    def close(self) -> None:
        self._db.close()

    def _configure(self, path: Path) -> None:
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0 and self._db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            self._db.execute("BEGIN IMMEDIATE")
            for statement in _TABLES:
                self._db.execute(statement)
            self._db.execute("COMMIT")
        elif version != _FORMAT:
            raise sqlite3.DatabaseError(f"{path.name} has format {version}, this version reads {_FORMAT}")

    def _write(self, batch: Batch, at: str) -> None:
        for event, body in batch.events:
            self._db.execute(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)",
                (event.gate, event.epoch, event.seq, event.kind, at, body),
            )
            self._db.execute(
                "INSERT INTO chain VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET seq = excluded.seq, head = excluded.head",
                (event.gate, event.epoch, event.seq, event.chainhash),
            )
        for loss in batch.losses:
            self._db.execute(
                "INSERT OR IGNORE INTO loss VALUES (?, ?, ?, ?, ?)", (loss.gate, loss.epoch, loss.first, loss.last, at)
            )
        for item in batch.refused:
            digest = hashlib.sha256(item.reason.encode() + b"\0" + item.payload).digest()
            self._db.execute(
                "INSERT INTO refused VALUES (?, ?, ?, ?, 1, ?) "
                "ON CONFLICT DO UPDATE SET times = times + 1, last_at = excluded.last_at",
                (digest, item.reason, item.topic[:_MAX_TOPIC], len(item.payload), at),
            )
        if batch.refused:
            self._db.execute(
                "DELETE FROM refused WHERE rowid IN "
                "(SELECT rowid FROM refused ORDER BY last_at DESC LIMIT -1 OFFSET ?)",
                (_MAX_REFUSED,),
            )
