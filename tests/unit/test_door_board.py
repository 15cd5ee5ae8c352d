"""The firmware on simulated hardware: what holds although the program, a wire, a receiver or the power fails."""

from itertools import pairwise
from typing import ClassVar

import pytest
from door_bench import READY_MS, BoardBench, closing, opened

from egate_door import leaf_table as lt
from egate_door import wiring
from egate_door.interlock import Lease
from egate_door.lane import EMERGENCY, SAFE
from egate_door.limits import (
    BEAM_LIGHT_MS,
    BEAM_TEST_MS,
    CLOSING_MS_MAX,
    MOTOR_LEASE_MS,
    OPENING_MS_MAX,
    TICK_MS,
    WATCHDOG_MS,
)
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import OPEN_SWITCH_MM

TESTED_MS = BEAM_TEST_MS + BEAM_LIGHT_MS + 5 * TICK_MS


def test_a_leaf_opens_within_a_second() -> None:
    bench = BoardBench()
    begun_ms = bench.now_ms
    opened(bench)
    assert bench.now_ms - begun_ms <= 1_000


def test_a_leaf_starts_and_arrives_softly() -> None:
    bench = BoardBench()
    bench.grant(ENTRY, table.FORWARD, 1)
    leaf, drives = bench.plant.leaves[ENTRY], []
    while not leaf.opened:
        bench.run(TICK_MS)
        drives.append(leaf.drive)
    assert max(b - a for a, b in pairwise(drives)) <= 0.11
    assert max(drives) == 1.0
    assert leaf.speed_mm_s < 400


def test_a_program_that_hangs_while_opening_loses_its_lease() -> None:
    bench = BoardBench()
    assert bench.grant(ENTRY, table.FORWARD, 1) == table.OK
    bench.run(100)
    assert bench.plant.leaves[ENTRY].drive > 0
    bench.hung = True
    bench.run(MOTOR_LEASE_MS + TICK_MS)
    assert bench.plant.leaves[ENTRY].drive == 0


def test_a_program_that_hangs_while_closing_loses_its_lease() -> None:
    bench = closing(BoardBench())
    bench.hung = True
    bench.run(MOTOR_LEASE_MS + TICK_MS)
    assert bench.plant.leaves[ENTRY].drive == 0


@pytest.mark.parametrize("danger", ["entry.outer", "entry.inner", "emergency"])
def test_a_hand_stops_the_closing_although_the_program_hangs(danger: str) -> None:
    bench = closing(BoardBench())
    bench.hung = True
    bench.apply(danger, 1)
    assert bench.plant.leaves[ENTRY].drive == 0
    bench.apply(danger, 0)
    bench.run(MOTOR_LEASE_MS)
    assert bench.plant.leaves[ENTRY].drive == 0


@pytest.mark.parametrize("danger", ["entry.outer", "entry.inner"])
def test_a_hand_too_quick_for_the_loop_reverses_the_leaf_all_the_same(danger: str) -> None:
    bench = closing(BoardBench())
    bench.apply(danger, 1)
    bench.apply(danger, 0)
    assert bench.plant.leaves[ENTRY].drive == 0
    bench.run(3 * TICK_MS)
    assert bench.plant.leaves[ENTRY].drive > 0
    assert bench.lane.leaves[ENTRY].tries == 1


@pytest.mark.parametrize("danger", ["entry.outer", "entry.inner", "emergency"])
def test_where_the_interlock_has_failed_the_interrupt_takes_the_speed_away(danger: str) -> None:
    bench = closing(BoardBench())
    bench.plant.apply("entry.deaf", 1)
    bench.apply(danger, 1)
    assert bench.plant.leaves[ENTRY].drive == 0


def test_an_interrupt_does_not_stop_what_opens() -> None:
    bench = BoardBench()
    bench.grant(ENTRY, table.FORWARD, 1)
    bench.run(100)
    bench.apply("entry.outer", 1)
    assert bench.plant.leaves[ENTRY].drive > 0


def test_between_two_directions_the_bridge_rests_for_a_pass() -> None:
    bench = closing(BoardBench())
    bench.apply("entry.outer", 1)
    drives = []
    for _ in range(4):
        bench.run(TICK_MS)
        drives.append(bench.plant.leaves[ENTRY].drive)
    assert drives[0] == 0
    assert drives[-1] > 0


@pytest.mark.parametrize("leaf", [ENTRY, EXIT])
def test_a_receiver_that_sees_light_in_the_dark_keeps_the_leaf_from_closing(leaf: int) -> None:
    bench = opened(BoardBench(), leaf)
    bench.apply(f"{table.LEAVES[leaf]}.blind", 0b1000)
    bench.lane.command(table.CLOSE, (leaf,), bench.now_ms)
    bench.run(1_000)
    assert bench.lane.leaves[leaf].faults == table.BEAM_FAULT
    assert bench.lane.mode == SAFE
    assert bench.plant.leaves[leaf].opening_mm > OPEN_SWITCH_MM


def test_a_deaf_interlock_keeps_the_leaf_from_closing() -> None:
    bench = opened(BoardBench())
    bench.apply("entry.deaf", 1)
    bench.lane.command(table.CLOSE, (ENTRY,), bench.now_ms)
    bench.run(1_000)
    assert bench.lane.leaves[ENTRY].faults == table.INTERLOCK_FAULT
    assert bench.plant.leaves[ENTRY].opening_mm > OPEN_SWITCH_MM


def test_the_test_at_the_start_finds_a_blind_receiver_before_anybody_has_come() -> None:
    class Blind(SimulatedMachine):
        def sample(self) -> None:
            self._plant.signals["exit.blind"] = 0b1
            super().sample()

    bench = BoardBench(Blind)
    assert bench.lane.leaves[EXIT].faults == table.BEAM_FAULT
    assert bench.grant(ENTRY, table.FORWARD, 1) == table.FAULT
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    bench.run(READY_MS)
    assert bench.lane.leaves[EXIT].faults == table.BEAM_FAULT  # cleared, tested anew, found again


def test_while_a_test_runs_nothing_moves_and_a_grant_ends_it() -> None:
    bench = BoardBench()
    assert bench.lane.command(table.SELF_TEST, (), bench.now_ms) == table.OK
    bench.run(2 * TICK_MS)
    assert bench.lane.test.running
    assert bench.grant(ENTRY, table.FORWARD, 1) == table.OK
    bench.run(TICK_MS)
    assert not bench.controller.board.outputs.beams_dark
    bench.run(BEAM_LIGHT_MS + TICK_MS)
    assert not bench.lane.test.running
    assert bench.lane.crossings.inside == 0
    bench.run_until(lambda: bench.lane.leaves[ENTRY].state == lt.OPEN)
    bench.lane.command(table.CLOSE, (ENTRY,), bench.now_ms)
    bench.run_until(lambda: bench.lane.leaves[ENTRY].state == lt.LOCKED)


def test_an_emergency_ends_a_test_and_switches_the_light_on() -> None:
    bench = BoardBench()
    bench.lane.command(table.SELF_TEST, (), bench.now_ms)
    bench.run(2 * TICK_MS)
    bench.apply("emergency", 1)
    bench.run(TICK_MS)
    assert not bench.controller.board.outputs.beams_dark
    assert bench.lane.mode == EMERGENCY


def test_a_self_test_is_refused_while_a_leaf_is_open_or_in_an_emergency() -> None:
    bench = opened(BoardBench())
    assert bench.lane.command(table.SELF_TEST, (), bench.now_ms) == table.INTERLOCK
    bench.apply("emergency", 1)
    bench.run(TICK_MS)
    assert bench.lane.command(table.SELF_TEST, (), bench.now_ms) == table.IN_EMERGENCY


def test_a_heavy_closing_reverses_before_the_leaf_has_stood_for_long() -> None:
    bench = closing(BoardBench())
    bench.apply("entry.obstacle", int(bench.plant.leaves[ENTRY].opening_mm) - 20)
    begun_ms = bench.now_ms
    bench.run_until(lambda: bench.plant.leaves[ENTRY].drive > 0)
    assert bench.now_ms - begun_ms <= 150  # 45 ms on the way, 30 ms of overload, a pass of rest
    assert bench.lane.leaves[ENTRY].tries == 1


@pytest.mark.parametrize(("percent", "limit_ms"), [(18, OPENING_MS_MAX)])
def test_a_leaf_that_takes_too_long_is_a_fault_of_its_motor(percent: int, limit_ms: int) -> None:
    bench = BoardBench()
    bench.apply("entry.slack", percent)
    bench.grant(ENTRY, table.FORWARD, 1)
    bench.run(limit_ms + 4 * TICK_MS)
    assert bench.lane.leaves[ENTRY].faults & table.MOTOR_FAULT
    assert bench.lane.mode == SAFE


def test_a_leaf_that_closes_too_slowly_is_a_fault_of_its_motor() -> None:
    bench = opened(BoardBench())
    bench.apply("entry.slack", 20)
    bench.lane.command(table.CLOSE, (ENTRY,), bench.now_ms)
    bench.run(CLOSING_MS_MAX + 1_000)
    assert bench.lane.leaves[ENTRY].faults & table.MOTOR_FAULT


def test_a_broken_wire_reads_as_the_safer_state() -> None:
    """Levels as the wiring leaves them when nothing is connected: pull-ups high, pull-downs low."""
    bench = BoardBench()
    bench.apply("emergency", 1)
    bench.apply("entry.outer", 1)
    bench.run(TICK_MS)
    assert bench.lane.emergency
    assert bench.controller.board.inputs.leaves[ENTRY].outer_broken


def test_a_reading_of_a_beam_that_contradicts_its_other_is_a_fault() -> None:
    class Torn(SimulatedMachine):
        def sample(self) -> None:
            super().sample()
            self.chain[0] &= ~0b1000 & 0xFF  # the chain says broken, the pin says free

    bench = BoardBench(Torn)
    bench.run(200)
    assert bench.lane.leaves[ENTRY].faults & table.BEAM_FAULT


def test_lamp_and_buzzer_say_what_the_lane_is_in() -> None:
    bench = BoardBench()
    assert _shown(bench) == (set(), set())
    bench.host_down()
    bench.run(400)
    lamp, buzzer = _shown(bench)
    assert (len(lamp), buzzer) == (8, set())
    bench.apply("emergency", 1)
    bench.run(TICK_MS)
    lamp, buzzer = _shown(bench)
    assert (len(lamp), len(buzzer)) == (16, 8)


def _shown(bench: BoardBench) -> tuple[set[int], set[int]]:
    """In which of sixteen steps the lamp shines and the buzzer sounds."""
    lamp, buzzer = set(), set()
    for _ in range(16):
        step = bench.now_ms // 100 % 16
        if bench.plant.lamp:
            lamp.add(step)
        if bench.plant.buzzer:
            buzzer.add(step)
        bench.run(100)
    return lamp, buzzer


def test_a_reversal_is_heard() -> None:
    bench = closing(BoardBench())
    bench.apply("entry.outer", 1)
    bench.run(2 * TICK_MS)
    assert bench.plant.buzzer
    bench.run(500)
    assert not bench.plant.buzzer


def test_a_leaf_that_moves_gets_no_probe() -> None:
    bench = BoardBench()
    bench.grant(ENTRY, table.FORWARD, 1)
    bench.run(100)
    board = bench.controller.board
    board._leaves[ENTRY].motor.probe()
    bench.machine.commit()
    assert bench.plant.leaves[ENTRY].drive > 0


def test_a_state_machine_that_takes_nothing_is_not_waited_for() -> None:
    class Stopped:
        words: ClassVar[list[int]] = []

        def active(self, on: int) -> None:
            assert on

        def tx_fifo(self) -> int:
            return 4

        def put(self, word: int) -> None:
            self.words.append(word)

    lease = Lease(Stopped())
    lease.renew(MOTOR_LEASE_MS)
    assert Stopped.words == []
    lease.end()
    lease.end()
    assert Stopped.words == [0]


def test_a_cable_that_breaks_during_a_test_ends_it_without_blaming_the_beams() -> None:
    bench = BoardBench()
    bench.lane.command(table.SELF_TEST, (), bench.now_ms)
    bench.run(2 * TICK_MS)
    bench.apply("chain", 1)
    bench.run(200)
    assert bench.lane.faults() == table.SENSOR_CHAIN_FAULT
    bench.apply("chain", 0)
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    bench.run(300)
    assert bench.lane.faults() == 0


def test_clearing_keeps_the_fault_of_a_position_that_still_contradicts_itself() -> None:
    bench = BoardBench()
    leaf = bench.lane.leaves[ENTRY]
    inputs = bench.controller.board.inputs.leaves[ENTRY]
    leaf.faults = table.POSITION_FAULT | table.MOTOR_FAULT
    inputs.opened = True  # and shut
    leaf.clear(inputs)
    assert leaf.faults == table.POSITION_FAULT


def test_every_pin_is_set_up_as_it_is_wired() -> None:
    """What docs/door-hardware.md says of pull-ups and pull-downs: without them a broken wire would not be seen."""
    bench = BoardBench()
    pin = bench.machine.Pin
    out, up, down = (pin.OUT, -1), (pin.IN, pin.PULL_UP), (pin.IN, pin.PULL_DOWN)
    expected = {
        wiring.EMERGENCY: up, wiring.BEAMS_DARK: out, wiring.MOTOR_POWER: out, wiring.CHAIN_LATCH: out,
        wiring.CHAIN_DATA: down, wiring.ALARM_LAMP: out, wiring.BUZZER: out,
    }  # fmt: skip
    for pins in wiring.LEAVES:
        expected |= {pins.lock: out, pins.beam_outer: down, pins.beam_inner: down}
    assert bench.machine.configured == expected
    ports = bench.machine.ports
    assert ports["UART"] == (0, 115_200, 0, 1, 512, 512)
    assert ports["SPI"] == (0, 1_000_000, 18, 19, 20)
    assert ports["WDT"] == (WATCHDOG_MS,)
    assert ports["PWM6"] == ports["PWM12"] == (20_000, 0)


def test_no_pin_has_two_purposes_and_no_two_speeds_share_a_slice() -> None:
    single = [
        wiring.UART_TX, wiring.UART_RX, wiring.EMERGENCY, wiring.BEAMS_DARK, wiring.MOTOR_POWER, wiring.CHAIN_LATCH,
        wiring.CHAIN_CLOCK, wiring.CHAIN_UNUSED, wiring.CHAIN_DATA, wiring.ALARM_LAMP, wiring.BUZZER,
        wiring.MOTOR_CURRENT, wiring.SUPPLY,
    ]  # fmt: skip
    leaves = [pin for pins in wiring.LEAVES for name, pin in vars(pins).items() if name != "released_level"]
    assert len(set(single + leaves)) == len(single + leaves)
    assert max(single + leaves) <= 29
    slices = {pins.pwm // 2 % 8 for pins in wiring.LEAVES}
    assert len(slices) == 2
    for pins in wiring.LEAVES:
        assert pins.beam_inner == pins.beam_outer + 1  # the PIO reads neighbours
        assert pins.position in range(26, 30)
