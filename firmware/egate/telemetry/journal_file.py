"""The file under the outbox: its tables, how it is opened, judged and set aside, and what SQLite's errors mean here."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from egate.telemetry import codec
from egate.telemetry.envelope import genesis
from egate.telemetry.fields import Epoch, GateId, epoch_of
from egate.telemetry.records import OpenTransaction

_FORMAT = 1  # PRAGMA user_version
_PAGE_BYTES = 4096
_SPARE_PAGES = 2048  # tables, b-tree slack and free pages beyond the permitted bytes
_SHARED_FIRST, _SHARED_BYTES = 0x4000_0002, 510  # sqlite.org/lockingv3.html
_BALLAST_BYTES = 8 * 1024 * 1024  # more than the WAL grows to between two checkpoints (1000 pages)
_TABLES = (
    "CREATE TABLE journal (gate TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, head TEXT NOT NULL) STRICT",
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL) STRICT",
    "CREATE TABLE open_transaction (slot INTEGER PRIMARY KEY CHECK (slot = 1), id TEXT NOT NULL, "
    "started_at TEXT NOT NULL) STRICT",
    f"PRAGMA user_version = {_FORMAT}",
)


class JournalError(Exception):
    """Events cannot be stored: the disk is broken or the file is not usable. The lane must stop admitting."""


class JournalFull(JournalError):
    """Events cannot be stored: the journal has reached its limit, or the disk has. What is recorded stays recorded."""


class _Damaged(Exception):
    """The file is not a sound journal."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening found. ``is_new``: this epoch begins now; ``set_aside``: where the damaged file before it lies;
    ``interrupted``: the transaction that was open when the controller died."""

    epoch: Epoch
    is_new: bool
    set_aside: Path | None = None
    interrupted: OpenTransaction | None = None


def open_journal(path: Path, gate: GateId, now: datetime, max_bytes: int) -> tuple[sqlite3.Connection, Opened]:
    """A connection that no other process can share, to a sound journal. Raises JournalError."""
    with typed_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _open_sound(path, gate, now, max_bytes, None)
        except _Damaged:
            aside = _set_aside(path, now)
            return _open_sound(path, gate, now, max_bytes, aside)


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turns what SQLite and the file system raise into ours."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise JournalFull("the disk or the journal's quota is full; free space or restore the link") from error
        if code == sqlite3.SQLITE_BUSY:
            raise JournalError("another process holds this journal; a gate has one controller") from error
        raise JournalError(f"the journal cannot be used: {error}; check the disk") from error
    except OSError as error:
        raise JournalError(f"the journal's file cannot be used: {error.strerror}; check disk and rights") from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN .. COMMIT around the body; any error rolls back, at the latest when the next one begins."""
    _roll_back(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a disk that is broken enough; the first error says more
            _roll_back(connection)
        raise


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite rolls back by itself after some errors
        connection.execute("ROLLBACK")


def ensure_ballast(path: Path) -> None:
    """Keep some space for the day the disk is full: deleting needs room in the WAL first. Best effort."""
    with suppress(OSError), ballast_path(path).open("xb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, _BALLAST_BYTES)


def release_ballast(path: Path) -> bool:
    """Give the space free; False if there was none to give."""
    try:
        ballast_path(path).unlink()
    except OSError:
        return False
    return True


def ballast_path(path: Path) -> Path:
    return path.with_name(path.name + ".ballast")


def _open_sound(
    path: Path, gate: GateId, now: datetime, max_bytes: int, set_aside: Path | None
) -> tuple[sqlite3.Connection, Opened]:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        _configure(connection, max_bytes)
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            opened = _begin(connection, gate, now, set_aside)
        else:
            opened = _examine(connection, gate)
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise _Damaged from error
        raise
    except BaseException:
        connection.close()
        raise
    ensure_ballast(path)
    return connection, opened


def _configure(connection: sqlite3.Connection, max_bytes: int) -> None:
    for pragma in (
        f"page_size = {_PAGE_BYTES}",
        "locking_mode = EXCLUSIVE",  # before the first access: no second connection, no shared-memory file
        "journal_mode = WAL",
        "synchronous = FULL",
        f"max_page_count = {max_bytes // _PAGE_BYTES + _SPARE_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sqlite3.Connection, gate: GateId, now: datetime, set_aside: Path | None) -> Opened:
    epoch = epoch_of(now)
    start = genesis(gate, epoch)
    with transaction(connection):
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?)", (gate, epoch, start.seq, start.head))
    return Opened(epoch, is_new=True, set_aside=set_aside)


def _examine(connection: sqlite3.Connection, gate: GateId) -> Opened:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise _Damaged
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != _FORMAT:
        raise JournalError(
            f"the journal has format {version}, this version reads {_FORMAT}; let the one that wrote it drain it"
        )
    row = connection.execute("SELECT gate, epoch, seq, head FROM journal").fetchone()
    if row is None:
        raise _Damaged
    owner, epoch, seq, head = row
    if owner != gate:
        raise JournalError(f"the journal belongs to gate '{owner}', not to '{gate}'; give each gate a path of its own")
    _examine_events(connection, seq, head)
    left = connection.execute("SELECT id, started_at FROM open_transaction").fetchone()
    interrupted = OpenTransaction(left[0], datetime.fromisoformat(left[1])) if left else None
    return Opened(epoch, is_new=False, interrupted=interrupted)


def _examine_events(connection: sqlite3.Connection, seq: int, head: str) -> None:
    """The waiting events are the last ones without a gap, and the newest is the chain's head."""
    count, first, last = connection.execute("SELECT count(*), min(seq), max(seq) FROM event").fetchone()
    if count == 0:
        return
    if last != seq or last - first + 1 != count:
        raise _Damaged
    (newest,) = connection.execute("SELECT body FROM event WHERE seq = ?", (last,)).fetchone()
    try:
        if codec.decode_envelope(newest).chainhash != head:
            raise _Damaged
    except codec.Undecodable:
        raise _Damaged from None


def _set_aside(path: Path, now: datetime) -> Path:
    """Move the file and its WAL away, so that whoever repairs finds both."""
    aside = path.with_name(f"{path.name}.damaged-{epoch_of(now)}")
    for suffix in ("", "-wal", "-journal"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def is_in_use(path: Path) -> bool:
    """Whether a process has this journal open, as a running controller has. Nothing is written, no rights are needed
    but to read; a file that is not there or cannot be opened is not in use. Never ask it in a process that has the
    journal open itself: closing any handle ends that process's locks.

    An exclusive connection holds the lock on what SQLite's file format calls the shared range.
    """
    try:
        file = path.open("rb")
    except OSError:
        return False
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, _SHARED_BYTES, _SHARED_FIRST)
        except OSError as error:
            return error.errno in (errno.EACCES, errno.EAGAIN)
    return False
