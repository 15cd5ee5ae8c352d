"""What holds although the supply sags, a cable breaks, the program hangs or the power goes, and what flash keeps."""

import pytest
from door_bench import BoardBench, MemoryStorage, opened

from egate_door.lane import EMERGENCY, NORMAL, SAFE
from egate_door.limits import (
    CHAIN_BROKEN_MS,
    HOST_SILENCE_MS,
    IDLE_CURRENT_MS,
    SUPPLY_LOW_MS,
    TICK_MS,
    WATCHDOG_MS,
)
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT
from egate_sim.door.machine import SimulatedMachine


def test_a_weak_supply_is_the_safe_state_until_a_person_has_looked() -> None:
    bench = BoardBench()
    bench.apply("sag_mv", 1_000)
    bench.run(SUPPLY_LOW_MS)
    assert bench.lane.mode == NORMAL
    bench.run(2 * TICK_MS)
    assert (bench.lane.mode, bench.lane.faults()) == (SAFE, table.SUPPLY_FAULT)
    bench.apply("sag_mv", 0)
    bench.run(100)
    assert bench.lane.mode == SAFE
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    bench.run(TICK_MS)
    assert bench.lane.mode == NORMAL


def test_a_supply_that_stays_weak_cannot_be_cleared_away() -> None:
    bench = BoardBench()
    bench.apply("sag_mv", 1_000)
    bench.run(100)
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    bench.run(2 * TICK_MS)
    assert bench.lane.faults() == table.SUPPLY_FAULT


def test_a_broken_cable_of_the_sensors_leaves_the_last_reading_and_is_the_safe_state() -> None:
    bench = BoardBench()
    bench.apply("chain", 1)
    bench.run(CHAIN_BROKEN_MS + 2 * TICK_MS)
    assert (bench.lane.mode, bench.lane.faults()) == (SAFE, table.SENSOR_CHAIN_FAULT)
    assert bench.plant.leaves[EXIT].released
    assert not bench.plant.leaves[ENTRY].released


def test_current_although_nothing_is_driven_is_a_shorted_bridge_and_cuts_the_motors_off() -> None:
    bench = BoardBench()
    bench.apply("leak_ma", 1_000)
    bench.run(IDLE_CURRENT_MS + 3 * TICK_MS)
    assert bench.lane.faults() == table.BRIDGE_FAULT
    assert not bench.controller.board.outputs.motor_power


def test_a_host_that_falls_silent_is_noticed_although_the_link_s_loop_hangs() -> None:
    bench = BoardBench()
    bench.grant(ENTRY, table.FORWARD, 1)
    bench.run(100)
    bench.link_hung = True
    silent_ms = bench.now_ms
    bench.run_until(lambda: bench.lane.mode == SAFE)
    assert bench.now_ms - silent_ms <= HOST_SILENCE_MS
    assert bench.plant.leaves[ENTRY].drive == 0


def test_the_watchdog_is_fed_only_while_both_loops_run() -> None:
    bench = BoardBench()
    bench.run(50)
    assert bench.machine.watchdog_fed_ms == bench.now_ms
    bench.link_hung = True
    bench.run(WATCHDOG_MS)
    assert bench.now_ms - bench.machine.watchdog_fed_ms >= WATCHDOG_MS
    bench.link_hung, bench.control_hung = False, True
    fed_ms = bench.machine.watchdog_fed_ms
    bench.run(50)
    assert bench.machine.watchdog_fed_ms - fed_ms <= WATCHDOG_MS + TICK_MS
    fed_ms = bench.machine.watchdog_fed_ms
    bench.run(WATCHDOG_MS)
    assert bench.machine.watchdog_fed_ms == fed_ms


def test_without_power_the_entry_is_locked_and_the_exit_free() -> None:
    bench = opened(BoardBench(), EXIT)
    bench.machine.lose_power()
    assert [leaf.released for leaf in bench.plant.leaves] == [False, True]
    assert [leaf.drive for leaf in bench.plant.leaves] == [0, 0]


def test_a_failed_program_rests_as_without_power() -> None:
    bench = opened(BoardBench(), ENTRY)
    bench.controller.board.rest()
    bench.machine.commit()
    assert [leaf.released for leaf in bench.plant.leaves] == [False, True]
    assert [leaf.drive for leaf in bench.plant.leaves] == [0, 0]


def test_a_restart_by_the_watchdog_is_told_until_a_person_has_looked() -> None:
    class Bitten(SimulatedMachine):
        def reset_cause(self) -> int:
            return self.WDT_RESET

    bench = BoardBench(Bitten)
    assert bench.lane.faults() == table.WATCHDOG_FAULT
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    assert bench.lane.faults() == 0


def test_faults_are_written_to_flash_once_the_lane_may_pause_and_are_there_at_the_next_start() -> None:
    bench = opened(BoardBench())
    writes = bench.storage.writes
    bench.apply("sag_mv", 1_000)
    bench.run(500)
    assert bench.storage.writes == writes  # the entry stands open
    bench.apply("entry.hand", 0)
    bench.run(3_000)
    assert bench.storage.writes == writes + 1
    again = BoardBench(storage=bench.storage)
    log = again.controller.log
    assert [log.entry(index)[2] for index in range(log.count)] == [table.STARTED, 15, table.STARTED]
    assert log.entry(0)[0] == log.entry(1)[0] + 1
    assert table.FAULT_NAMES[15] == "controller.supply"


def test_an_emergency_outlives_the_loss_of_power() -> None:
    bench = BoardBench()
    bench.apply("emergency", 1)
    bench.run(2_000)  # leaves stand open, so flash may be written
    again = BoardBench(storage=bench.storage)
    assert again.lane.mode == EMERGENCY
    again.run(2_000)
    again.apply("key", 1)
    again.run(8_000)  # both leaves close, one after the other
    assert again.lane.mode == NORMAL
    assert BoardBench(storage=again.storage).lane.mode == NORMAL


@pytest.mark.parametrize("content", [b"\xff" * 90, b"\x01\x00", b"\x00" * 9 * 3])
def test_a_damaged_log_is_read_as_far_as_it_is_whole(content: bytes) -> None:
    storage = MemoryStorage()
    storage.content = content
    bench = BoardBench(storage=storage)
    assert bench.controller.log.count == 1
    assert bench.lane.mode == NORMAL


def test_flash_that_fails_is_a_fault_that_stops_nothing() -> None:
    storage = MemoryStorage()
    storage.broken = True
    bench = BoardBench(storage=storage)
    assert bench.lane.faults() == table.LOG_FAULT
    assert bench.grant(ENTRY, table.FORWARD, 1) == table.OK


def test_the_log_keeps_the_newest_entries() -> None:
    storage = MemoryStorage()
    for _ in range(70):
        bench = BoardBench(storage=storage)
    assert bench.controller.log.count == 64
    assert bench.controller.log.entry(0)[0] == 70
    assert bench.controller.log.entry(63)[0] == 7
