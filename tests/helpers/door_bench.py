"""Benches for the door's firmware: the lane alone, with its signals by hand, and the board on simulated hardware."""

from typing import Any

from egate_door.lane import EMERGENCY, NORMAL, Lane
from egate_door.leaf_table import MOTOR_CLOSE, MOTOR_OFF
from egate_door.limits import SHUT_MM_MAX, TICK_MS
from egate_door.main import Controller
from egate_door.signals import Inputs, Outputs
from egate_doorlink import table
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Plant

WIDTH_MM = 650


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
        assert outputs.alarm


class LaneBench:
    """The lane with its signals by hand. Starts with a host and both leaves shut."""

    def __init__(self) -> None:
        self.inputs, self.outputs = Inputs(), Outputs()
        self.told: list[tuple[int, tuple[Any, ...]]] = []
        self.lane = Lane(lambda message, values: self.told.append((message, values)), self.inputs, self.outputs)
        self.now_ms = 0
        self.place(table.ENTRY, 0)
        self.place(table.EXIT, 0)
        self.lane.host_up()
        self.run(2 * TICK_MS)

    def place(self, leaf: int, opening_mm: int) -> None:
        """Put a leaf somewhere, with what its sensors then say."""
        sensors = self.inputs.leaves[leaf]
        sensors.opening_mm = opening_mm
        sensors.shut = opening_mm == 0
        sensors.opened = opening_mm == WIDTH_MM

    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, TICK_MS):
            self.now_ms += TICK_MS
            self.lane.step(self.now_ms)
            check_safety(self.lane, self.inputs, self.outputs)

    def grant(self, leaf: int, token: int, valid_ms: int = 5_000) -> int:
        return self.lane.command(table.GRANT, (leaf, table.FORWARD, token, valid_ms), self.now_ms)

    def motor(self, leaf: int) -> int:
        return self.outputs.leaves[leaf].motor

    def all_told(self, message: int) -> list[tuple[Any, ...]]:
        return [values for kind, values in self.told if kind == message]

    def fault_bits(self) -> int:
        bits: int = self.all_told(table.FAULTS)[-1][0]
        return bits


class _NoLine:
    """A UART to which nothing is connected."""

    def any(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        pass


class BoardBench:
    """The whole firmware on simulated hardware, with commands given past the link."""

    def __init__(self, machine: type[SimulatedMachine] = SimulatedMachine) -> None:
        self.now_ms = 0
        self.plant = Plant()
        self.machine = machine(self.plant, _NoLine(), self)
        self.controller = Controller(self.machine, self)
        self.lane = self.controller.lane
        self.hung = False
        self.lane.host_up()
        self.run(2 * TICK_MS)

    def ticks_ms(self) -> int:
        return self.now_ms

    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, TICK_MS):
            self.now_ms += TICK_MS
            self.plant.advance(TICK_MS)
            for timer in self.machine.timers:
                timer.run(self.now_ms)
            if not self.hung:
                self.controller.step()
                check_safety(self.lane, self.controller.board.inputs, self.controller.board.outputs)

    def grant(self, leaf: int, direction: int, token: int, valid_ms: int = 5_000) -> int:
        return self.lane.command(table.GRANT, (leaf, direction, token, valid_ms), self.now_ms)
