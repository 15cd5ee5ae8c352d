"""The last faults, kept in flash over a loss of power: a ring of entries in one small file.

Writing flash stops the processor for tens of milliseconds (at worst 400), interrupts and all; the interlocks in PIO go
on. So it is done in the link's loop, and only while a stop harms nobody: see ``Lane.may_pause``. What waits longer than
that is kept in memory, and lost with the power.

An emergency that was not reset before the power went is found here and goes on at the next start.
"""

import os
import struct

from egate_doorlink import table
from egate_doorlink.frame import crc16

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.lane import Lane

ENTRIES_MAX = 64
_LAYOUT = "<HIB"  # number of the start, seconds since it, code
_BYTES = struct.calcsize(_LAYOUT) + 2  # and a CRC, because power may go while they are written


class FileStorage:
    """One file, replaced as a whole: littlefs keeps the old one until the new one is there."""

    def __init__(self, path: str) -> None:
        self._path = path

    def read(self) -> bytes:
        """Nothing where there is no file yet. Raises OSError."""
        try:
            with open(self._path, "rb") as file:
                return file.read()
        except OSError as error:
            if error.errno == _ENOENT:
                return b""
            raise

    def write(self, content: bytes) -> None:
        """Raises OSError."""
        with open(self._path + ".new", "wb") as file:
            file.write(content)
        os.rename(self._path + ".new", self._path)


_ENOENT = 2


class FaultLog:
    """``code``: the number of a fault in table.FAULT_NAMES, or one of table.LOG_EVENTS behind them."""

    def __init__(self, storage: FileStorage) -> None:
        self.broken = False  # flash cannot be read or written
        self._storage = storage
        self._entries: list[tuple[int, int, int]] = []
        self._unwritten = False
        self._faults = 0
        self._emergency = False
        self._load()
        self._start = (self._entries[-1][0] + 1) & 0xFFFF if self._entries else 1

    @property
    def count(self) -> int:
        return len(self._entries)

    def emergency_was_on(self) -> bool:
        """The last that was heard of the emergency input is that it acted."""
        for _, _, code in reversed(self._entries):
            if code in (table.EMERGENCY_BEGAN, table.EMERGENCY_ENDED):
                return code == table.EMERGENCY_BEGAN
        return False

    def begin(self, emergency: bool) -> None:
        """The program starts; ``emergency``: as the lane takes it up."""
        self._emergency = emergency
        self._add(0, table.STARTED)

    def step(self, lane: "Lane", now_s: int) -> None:
        """Take note of what is new, and write it where the lane may pause."""
        faults = lane.faults()
        began = faults & ~self._faults
        self._faults = faults
        code = 0
        while began >> code:
            if began >> code & 1:
                self._add(now_s, code)
            code += 1
        if lane.emergency != self._emergency:
            self._emergency = lane.emergency
            self._add(now_s, table.EMERGENCY_BEGAN if lane.emergency else table.EMERGENCY_ENDED)
        if self._unwritten and lane.may_pause():
            self._write()

    def entry(self, index: int) -> "tuple[int, int, int]":
        """Start, seconds since it, code; 0 is the newest."""
        return self._entries[-1 - index]

    def _add(self, now_s: int, code: int) -> None:
        self._entries.append((self._start, now_s, code))
        if len(self._entries) > ENTRIES_MAX:
            self._entries.pop(0)
        self._unwritten = True

    def _load(self) -> None:
        try:
            content = self._storage.read()
        except OSError:
            self.broken = True
            return
        for at in range(0, len(content) - _BYTES + 1, _BYTES):
            entry = content[at : at + _BYTES - 2]
            if struct.unpack("<H", content[at + _BYTES - 2 : at + _BYTES])[0] == crc16(entry):
                self._entries.append(struct.unpack(_LAYOUT, entry))

    def _write(self) -> None:
        content = bytearray()
        for values in self._entries:
            entry = struct.pack(_LAYOUT, *values)
            content.extend(entry + struct.pack("<H", crc16(entry)))
        self._unwritten = False  # one that fails is tried again with the next entry
        try:
            self._storage.write(bytes(content))
        except OSError:
            self.broken = True
