"""What a technician's tool asks of the door controller beyond the port: what it sees, how its loop runs, its log."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

from egate_doorlink import table
from egate_hal.door import Leaf
from egate_hal.drivers.door_serial import DoorSerialSettings, SerialDoor

SAMPLES_MAX = 4096
MODES = ("safe", "normal", "emergency")
SIGNALS = ("emergency", "key", "approach", "beams_dark", "motor_power", "entry_released", "exit_released")


@dataclass(frozen=True, slots=True)
class LeafSample:
    """``state``: number of the leaf's state, docs/door-leaf.md; ``duty``: 0 .. 255; ``broken``: beams, from outside."""

    state: int
    opening_mm: int
    duty: int
    broken: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class DoorSample:
    """One moment. ``uptime_ms``: of the door controller; ``signals``: those of SIGNALS that are on."""

    uptime_ms: int
    mode: str
    leaves: dict[Leaf, LeafSample]
    signals: frozenset[str]
    current_ma: int
    supply_mv: int


@dataclass(frozen=True, slots=True)
class LoopTiming:
    """The control loop over the last second. ``free_bytes``: of the interpreter's heap; 0 where it cannot tell."""

    passes: int
    period_min_us: int
    period_max_us: int
    run_mean_us: int
    run_max_us: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class LogEntry:
    """``start``: which start of the controller, counted from its first; ``what``: a fault's code or an event."""

    start: int
    uptime_s: int
    what: str


class ServiceDoor(SerialDoor):
    """A SerialDoor with ``samples``, ``timing`` and the log."""

    def __init__(self, settings: DoorSerialSettings) -> None:
        super().__init__(settings)
        self.samples: deque[DoorSample] = deque(maxlen=SAMPLES_MAX)
        self.timing: LoopTiming | None = None
        self.firmware = ""
        self.changed = asyncio.Event()
        """Set with every sample; whoever waits clears it."""
        self._logged: dict[int, tuple[int, LogEntry]] = {}

    @property
    def offset_ms(self) -> int | None:
        """The door controller's clock minus ours, modulo 2**30; None until the heartbeats have told."""
        return self._link.clock.offset_ms

    @property
    def round_trip_ms(self) -> int:
        return self._link.clock.round_trip_ms

    @property
    def damaged(self) -> int:
        """Frames that arrived broken."""
        return self._link.damaged

    async def self_test(self) -> None:
        """Ask for a test of beams and interlocks; the event SelfTested brings the result.

        Raises DoorRefused (interlock: a leaf is not shut; emergency), DeviceTimeout, DeviceLost.
        """
        await self._command(table.SELF_TEST, ())

    async def watch(self, period_ms: int) -> None:
        """Fill ``samples`` so often (20 ms at least), and ``timing`` every second; 0 ends it.

        Raises DoorRefused (invalid), DeviceTimeout, DeviceLost.
        """
        await self._command(table.WATCH, (period_ms,))

    async def read_log(self) -> list[LogEntry]:
        """The log of faults, the newest first. Raises DeviceTimeout, DeviceLost, DoorRefused."""
        entries: list[LogEntry] = []
        count = 1
        while len(entries) < count:
            count, entry = await self._read_entry(len(entries))
            entries.append(entry)
        return entries

    def link_up(self, firmware: str) -> None:
        self.firmware = firmware
        super().link_up(firmware)

    def link_told(self, message: int, values: tuple[Any, ...]) -> None:
        if message == table.SAMPLE and values[1] < len(MODES):
            self.samples.append(_sample(values))
            self.changed.set()
        elif message == table.TIMING:
            self.timing = LoopTiming(*values)
        elif message == table.LOGGED:
            index, count, start, uptime_s, code = values
            self._logged[index] = (count, LogEntry(start, uptime_s, log_name(code)))

    async def _read_entry(self, index: int) -> tuple[int, LogEntry]:
        """An entry is sent once; on a bad line it is asked for again."""
        while True:
            await self._command(table.READ_LOG, (index,))
            if index in self._logged:
                return self._logged.pop(index)


def log_name(code: int) -> str:
    """A fault's code, an event's name, or the bare number of one that only another version knows."""
    if code < len(table.FAULT_NAMES):
        return table.FAULT_NAMES[code]
    event = code - table.STARTED
    return table.LOG_EVENTS[event] if 0 <= event < len(table.LOG_EVENTS) else f"code {code}"


def _sample(values: tuple[int, ...]) -> DoorSample:
    uptime_ms, mode = values[:2]
    leaves = {}
    for index, leaf in enumerate(Leaf):
        state, opening_mm, duty, broken = values[2 + index], values[4 + index], values[6 + index], values[8 + index]
        leaves[leaf] = LeafSample(state, opening_mm, duty, tuple(bool(broken >> beam & 1) for beam in range(8)))
    signals = frozenset(name for bit, name in enumerate(SIGNALS) if values[10] >> bit & 1)
    return DoorSample(uptime_ms, MODES[mode], leaves, signals, values[11], values[12])
