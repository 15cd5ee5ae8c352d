"""The whole firmware on simulated hardware with a host on its line, in one thread and as fast as it goes.

Time moves only in ``run``; every STEP_MS a ``Moment`` of what the hardware does is kept. For replays and measurements;
the controller's own driver talks to the door through a pseudo-terminal instead (``simulated.py``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from egate_door.fault_log import FileStorage
from egate_door.limits import GUARD_INNER, GUARD_OUTER
from egate_door.main import Controller
from egate_doorlink import table
from egate_doorlink.link import HostLink, LinkOwner, Timing
from egate_sim.door.machine import LEAF_NAMES, SimulatedMachine
from egate_sim.door.plant import Plant

STEP_MS = 5
READY_MS = 600
GUARDS = 1 << GUARD_OUTER | 1 << GUARD_INNER


@dataclass(frozen=True, slots=True)
class LeafMoment:
    """``drive``: what the bridge gives to the motor, -1 .. 1; ``guarded``: a beam beside the leaf is broken."""

    opening_mm: float
    drive: float
    released: bool
    guarded: bool


@dataclass(frozen=True, slots=True)
class Moment:
    time_ms: int
    leaves: tuple[LeafMoment, LeafMoment]
    mode: int
    emergency: bool
    host: bool
    alarm: bool


class MemoryStorage(FileStorage):
    """Flash that outlives the board's loss of power, in memory."""

    def __init__(self) -> None:
        self.content = b""

    def read(self) -> bytes:
        return self.content

    def write(self, content: bytes) -> None:
        self.content = content


class _Line:
    def __init__(self) -> None:
        self.to_door = b""
        self.from_door = b""

    def any(self) -> int:
        return len(self.to_door)

    def read(self) -> bytes:
        data, self.to_door = self.to_door, b""
        return data

    def write(self, data: bytes) -> None:
        self.from_door += data


class DoorBench(LinkOwner):
    """Starts with power, a host and both leaves shut; time 0 is when the lane is ready."""

    def __init__(self) -> None:
        self.plant = Plant()
        self.storage = MemoryStorage()
        self.trace: list[Moment] = []
        self.told: list[tuple[int, int, tuple[Any, ...]]] = []
        """Time, message and values of everything that the door has told."""
        self.host_lives = True
        self.program_hangs = False
        self.now_ms = 0
        self._start_ms = 0
        self._sessions = 0
        self._results: list[int] = []
        self._host = HostLink(self, Timing(), self._next_session)
        self._power_up()
        self.run(READY_MS)
        self._start_ms, self.trace, self.told = self.now_ms, [], []

    @property
    def time_ms(self) -> int:
        return self.now_ms - self._start_ms

    @property
    def link(self) -> HostLink:
        return self._host

    def ticks_ms(self) -> int:
        return self.now_ms

    def ticks_us(self) -> int:
        return self.now_ms * 1000

    def link_message(self, message: int, values: tuple[Any, ...]) -> int:
        self.told.append((self.time_ms, message, values))
        return table.OK

    def link_result(self, ticket: Any, result: int) -> None:
        self._results.append(result)

    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, STEP_MS):
            self.now_ms += STEP_MS
            self.plant.advance(STEP_MS)
            if self.powered:
                self._pass()
            self.trace.append(self._moment())

    def run_until(self, true: Callable[[], bool], limit_ms: int = 20_000) -> None:
        """Raises TimeoutError where that does not come about."""
        end_ms = self.now_ms + limit_ms
        while not true():
            if self.now_ms >= end_ms:
                raise TimeoutError("what the replay waits for never came about")
            self.run(STEP_MS)

    def ask(self, message: int, *values: int) -> int:
        """Send a command and wait for its result code."""
        self._results.clear()
        self._host.send(message, values, ticket=message)
        self.run_until(lambda: bool(self._results))
        return self._results[-1]

    def send(self, data: bytes) -> None:
        """Bytes on the line, whatever the host's own link thinks of them."""
        self._line.to_door += data

    def change(self, name: str, value: int) -> None:
        """Change the world (plant.py); interlocks and interrupts act at once."""
        self.plant.apply(name, value)
        if self.powered:
            self._machine.sample()
        self.trace.append(self._moment())

    def cut_power(self) -> None:
        self._machine.lose_power()
        self.powered = False

    def restore_power(self) -> None:
        self._power_up()

    def first_ms(self, true: Callable[[Moment], bool], since_ms: int = 0) -> int:
        """When that was first so. Raises ValueError where it never was."""
        for moment in self.trace:
            if moment.time_ms >= since_ms and true(moment):
                return moment.time_ms
        raise ValueError("what the replay looks for never happened")

    def _power_up(self) -> None:
        self._line = _Line()
        self._machine = SimulatedMachine(self.plant, self._line, self)
        self._controller = Controller(self._machine, self._machine.rp2, self, self.storage)
        self.powered = True

    def _pass(self) -> None:
        data, self._line.from_door = self._line.from_door, b""
        if self.host_lives:
            self._host.receive(data, self.now_ms)
            self._line.to_door += self._host.poll(self.now_ms)
        if self.program_hangs:
            self._machine.sample()
            return
        self._controller.step()
        self._machine.run_timers()

    def _moment(self) -> Moment:
        leaves = [self._leaf_moment(index) for index in range(2)]
        signals = self.plant.signals
        mode = self._controller.lane.mode if self.powered else -1
        return Moment(
            self.time_ms, (leaves[0], leaves[1]), mode, bool(signals["emergency"]), self.host_lives, self.plant.lamp
        )

    def _leaf_moment(self, index: int) -> LeafMoment:
        leaf, name, signals = self.plant.leaves[index], LEAF_NAMES[index], self.plant.signals
        guarded = bool(signals[f"{name}.curtain"] & GUARDS or signals[f"{name}.outer"] or signals[f"{name}.inner"])
        return LeafMoment(leaf.opening_mm, leaf.drive, leaf.released, guarded)

    def _next_session(self) -> int:
        self._sessions += 1
        return self._sessions
