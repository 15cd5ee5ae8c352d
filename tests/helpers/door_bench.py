"""Benches for the door's firmware: the lane alone, with its signals by hand, and the board on simulated hardware."""

import errno
from collections.abc import Callable
from typing import Any

from egate_door import leaf_table as lt
from egate_door.fault_log import FileStorage
from egate_door.lane import EMERGENCY, NORMAL, Lane
from egate_door.leaf_table import MOTOR_CLOSE, MOTOR_OFF
from egate_door.limits import GUARD_INNER, GUARD_OUTER, SHUT_MM_MAX, TICK_MS
from egate_door.main import Controller
from egate_door.reports import Reports
from egate_door.signals import Inputs, Outputs
from egate_doorlink import table
from egate_doorlink.table import ENTRY
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Plant

WIDTH_MM = 650
READY_MS = 10 * TICK_MS  # the first test of the beams is over


def check_safety(lane: Lane, inputs: Inputs, outputs: Outputs) -> None:
    """The safety invariants, looked at after every pass of the loop."""
    entry, way_out = outputs.leaves
    if inputs.emergency:
        assert lane.mode == EMERGENCY
    if lane.mode == EMERGENCY:
        assert entry.released
        assert way_out.released
        assert MOTOR_CLOSE not in (entry.motor, way_out.motor)
        return
    assert not (entry.released and way_out.released)
    assert MOTOR_OFF in (entry.motor, way_out.motor)
    for index, leaf in enumerate(outputs.leaves):
        other = inputs.leaves[1 - index]
        if leaf.released:
            assert other.shut or other.opening_mm <= SHUT_MM_MAX
        if leaf.motor == MOTOR_CLOSE:
            assert inputs.leaves[index].beams_free()
        if lane.mode != NORMAL:
            assert leaf.motor == MOTOR_OFF
    if lane.mode != NORMAL:
        assert not entry.released
        assert not outputs.motor_power


class LaneBench:
    """The lane with its signals by hand. Starts with a host and both leaves shut."""

    def __init__(self) -> None:
        self.inputs, self.outputs = Inputs(), Outputs()
        self.told: list[tuple[int, tuple[Any, ...]]] = []
        self.reports = Reports()
        self.lane = Lane(self.reports, self.inputs, self.outputs)
        self.now_ms = 0
        self.blind: set[int] = set()
        self.deaf: set[int] = set()
        self.inputs.supply_mv = 5_000
        self.place(table.ENTRY, 0)
        self.place(table.EXIT, 0)
        self.host_up()
        self.run(READY_MS)

    def host_up(self) -> None:
        self.lane.host_up(self.now_ms)
        self.host_speaks = True

    def host_down(self) -> None:
        self.lane.host_down()
        self.host_speaks = False

    def see(self, leaf: int, broken: int) -> None:
        """What breaks the light of one leaf, one bit a beam, as both its readings tell it."""
        sensors = self.inputs.leaves[leaf]
        sensors.curtain = broken
        sensors.outer_broken = bool(broken >> GUARD_OUTER & 1)
        sensors.inner_broken = bool(broken >> GUARD_INNER & 1)

    def place(self, leaf: int, opening_mm: int) -> None:
        """Put a leaf somewhere, with what its sensors then say."""
        sensors = self.inputs.leaves[leaf]
        sensors.opening_mm = opening_mm
        sensors.shut = opening_mm == 0
        sensors.opened = opening_mm == WIDTH_MM

    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, TICK_MS):
            self.now_ms += TICK_MS
            if self.host_speaks:
                self.lane.host_heard(self.now_ms)
            seen = [(leaf.curtain, leaf.outer_broken, leaf.inner_broken) for leaf in self.inputs.leaves]
            self._answer_test()
            self.lane.step(self.now_ms)
            check_safety(self.lane, self.inputs, self.outputs)
            for leaf, beams in zip(self.inputs.leaves, seen, strict=True):
                leaf.curtain, leaf.outer_broken, leaf.inner_broken = beams
                leaf.tripped = False
            while report := self.reports.take(table.FIELDS):
                self.told.append(report)

    def _answer_test(self) -> None:
        """What good receivers and interlocks say while the transmitters are off."""
        for index, leaf in enumerate(self.inputs.leaves):
            if self.outputs.beams_dark and index not in self.blind:
                leaf.curtain, leaf.outer_broken, leaf.inner_broken = 0xFF, True, True
            if self.outputs.probe and index not in self.deaf:
                leaf.tripped = True

    def grant(self, leaf: int, token: int, valid_ms: int = 5_000) -> int:
        return self.lane.command(table.GRANT, (leaf, table.FORWARD, token, valid_ms), self.now_ms)

    def motor(self, leaf: int) -> int:
        return self.outputs.leaves[leaf].motor

    def all_told(self, message: int) -> list[tuple[Any, ...]]:
        return [values for kind, values in self.told if kind == message]

    def fault_bits(self) -> int:
        bits: int = self.all_told(table.FAULTS)[-1][0]
        return bits


class Line:
    """A UART whose other end is in the test's hands."""

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


class MemoryStorage(FileStorage):
    """Flash without a file; ``broken`` makes it fail."""

    def __init__(self) -> None:
        self.content = b""
        self.broken = False
        self.writes = 0

    def read(self) -> bytes:
        self._fail_if_broken()
        return self.content

    def write(self, content: bytes) -> None:
        self._fail_if_broken()
        self.content = content
        self.writes += 1

    def _fail_if_broken(self) -> None:
        if self.broken:
            raise OSError(errno.EIO, "flash")


class BoardBench:
    """The whole firmware on simulated hardware, with commands given past the link."""

    def __init__(
        self, machine: type[SimulatedMachine] = SimulatedMachine, storage: MemoryStorage | None = None
    ) -> None:
        self.storage = storage or MemoryStorage()
        self.now_ms = 0
        self.plant = Plant()
        self.line = Line()
        self.machine = machine(self.plant, self.line, self)
        self.controller = Controller(self.machine, self.machine.rp2, self, self.storage)
        self.lane = self.controller.lane
        self.hung = False  # the whole program: neither loop runs
        self.link_hung = False  # the link's loop alone
        self.control_hung = False
        self.host_up()
        self.run(READY_MS)

    def ticks_ms(self) -> int:
        return self.now_ms

    def ticks_us(self) -> int:
        return self.now_ms * 1000

    def host_up(self) -> None:
        self.lane.host_up(self.now_ms)
        self.host_speaks = True

    def host_down(self) -> None:
        self.lane.host_down()
        self.host_speaks = False

    def apply(self, name: str, value: int) -> None:
        """Change the world; the hardware reacts at once."""
        self.plant.apply(name, value)
        self.machine.sample()

    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, TICK_MS):
            self.now_ms += TICK_MS
            self.plant.advance(TICK_MS)
            if self.hung:
                self.machine.sample()
                continue
            if self.host_speaks:
                self.controller.link.heard_ms = self.now_ms
            if not self.link_hung:
                self.controller.step()
            if self.control_hung:
                continue
            self.machine.run_timers()
            check_safety(self.lane, self.controller.board.inputs, self.controller.board.outputs)

    def run_until(self, true: Callable[[], bool], limit_ms: int = 10_000) -> None:
        end_ms = self.now_ms + limit_ms
        while not true():
            assert self.now_ms < end_ms, "it never came true"
            self.run(TICK_MS)

    def grant(self, leaf: int, direction: int, token: int, valid_ms: int = 5_000) -> int:
        return self.lane.command(table.GRANT, (leaf, direction, token, valid_ms), self.now_ms)


def opened(bench: BoardBench, leaf: int = ENTRY, token: int = 1) -> BoardBench:
    assert bench.grant(leaf, table.FORWARD, token) == table.OK
    bench.run_until(lambda: bench.lane.leaves[leaf].state == lt.OPEN)
    return bench


def closing(bench: BoardBench, leaf: int = ENTRY) -> BoardBench:
    opened(bench, leaf)
    assert bench.lane.command(table.CLOSE, (leaf,), bench.now_ms) == table.OK
    bench.run_until(lambda: bench.plant.leaves[leaf].speed_mm_s < -400)
    return bench
