"""The lane's decisions, with every signal set by hand. Every pass is also checked against the safety invariants."""

import pytest
from door_bench import WIDTH_MM, LaneBench

from egate_door import leaf_table as lt
from egate_door.limits import (
    BEAM_LIGHT_MS,
    BEAM_STUCK_MS,
    BEAM_TEST_MS,
    CLOSING_TRIES,
    HELD_OPEN_MS,
    SENSOR_DISAGREE_MS,
    SETTLE_MS,
    STALL_MS,
    TICK_MS,
    TOKENS_REMEMBERED,
)
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT
from egate_sim.door.simulated import walk_masks

TESTED_MS = BEAM_TEST_MS + BEAM_LIGHT_MS + 4 * TICK_MS
CLOSES_MS = SETTLE_MS + TESTED_MS  # a leaf at rest has been tested and moves


def opened(bench: LaneBench, leaf: int = ENTRY, token: int = 1) -> LaneBench:
    assert bench.grant(leaf, token) == table.OK
    bench.run(TICK_MS)
    bench.place(leaf, WIDTH_MM)
    bench.run(TICK_MS)
    assert bench.lane.leaves[leaf].state == lt.OPEN
    return bench


def closing(bench: LaneBench, leaf: int = ENTRY) -> LaneBench:
    opened(bench, leaf)
    assert bench.lane.command(table.CLOSE, (leaf,), bench.now_ms) == table.OK
    bench.run(CLOSES_MS)
    assert bench.motor(leaf) == lt.MOTOR_CLOSE
    return bench


def test_the_table_names_known_states_and_events_and_every_state_can_be_left() -> None:
    assert len(lt.ACTIONS) == len(lt.STATES)
    for (state, event), target in lt.TABLE.items():
        assert state < len(lt.STATES)
        assert event < len(lt.EVENTS)
        assert target < len(lt.STATES)
        assert target != state
    assert {state for state, _ in lt.TABLE} == set(range(len(lt.STATES)))
    assert set(lt.TABLE.values()) == set(range(len(lt.STATES)))


@pytest.mark.parametrize("first", [ENTRY, EXIT])
def test_the_interlock_refuses_the_second_leaf_until_the_first_is_shut_and_locked(first: int) -> None:
    bench = LaneBench()
    assert bench.grant(first, 1) == table.OK
    assert bench.grant(1 - first, 2) == table.INTERLOCK
    bench.run(TICK_MS)
    bench.place(first, WIDTH_MM)
    bench.run(SETTLE_MS)
    assert bench.grant(1 - first, 3) == table.INTERLOCK
    bench.lane.command(table.CLOSE, (first,), bench.now_ms)
    bench.run(SETTLE_MS)
    bench.place(first, 0)
    bench.run(2 * TICK_MS)
    assert bench.grant(1 - first, 4) == table.OK


def test_a_token_is_good_once_even_after_its_grant_has_ended() -> None:
    bench = opened(LaneBench(), token=9)
    assert bench.grant(ENTRY, 9) == table.USED
    bench.place(ENTRY, 0)
    bench.run(2 * TICK_MS)
    assert bench.grant(EXIT, 9) == table.USED
    for token in range(100, 100 + TOKENS_REMEMBERED - 1):
        assert bench.grant(ENTRY, token) == table.OK
        bench.run(TICK_MS)
        bench.lane.command(table.CLOSE, (ENTRY,), bench.now_ms)
        bench.run(TICK_MS)
    assert bench.grant(ENTRY, 9) == table.USED


@pytest.mark.parametrize(
    ("values", "result"),
    [
        ((2, 0, 1, 1_000), table.INVALID),
        ((0, 2, 1, 1_000), table.INVALID),
        ((0, 0, 0, 1_000), table.INVALID),
        ((0, 0, 1, 60_001), table.INVALID),
        ((0, 0, 1, 99), table.EXPIRED),
        ((0, 0, 1, 0), table.EXPIRED),
    ],
)
def test_grants_with_impossible_values_are_refused(values: tuple[int, ...], result: int) -> None:
    bench = LaneBench()
    assert bench.lane.command(table.GRANT, values, bench.now_ms) == result
    assert bench.lane.command(table.CLOSE, (2,), bench.now_ms) == table.INVALID
    bench.run(TICK_MS)
    assert not bench.outputs.leaves[ENTRY].released


def test_before_any_host_the_entry_is_locked_and_the_exit_free() -> None:
    bench = LaneBench()
    bench.host_down()
    bench.run(TICK_MS)
    assert [leaf.released for leaf in bench.outputs.leaves] == [False, True]
    assert bench.grant(ENTRY, 1) == table.NOT_READY
    assert bench.lane.command(table.CLOSE, (ENTRY,), bench.now_ms) == table.NOT_READY


def test_a_grant_lapses_when_its_leaf_never_opens() -> None:
    bench = LaneBench()
    assert bench.grant(ENTRY, 77, valid_ms=100) == table.OK
    bench.run(STALL_MS + 50)
    assert bench.all_told(table.LAPSED) == [(ENTRY, 77)]
    bench.run(1_000)
    assert bench.all_told(table.LAPSED) == [(ENTRY, 77)]


def test_after_the_grant_s_time_an_open_leaf_closes_without_lapse() -> None:
    bench = opened(LaneBench())
    bench.run(5_000 + TESTED_MS)
    assert bench.motor(ENTRY) == lt.MOTOR_CLOSE
    assert bench.all_told(table.LAPSED) == []


@pytest.mark.parametrize("beam", ["outer_broken", "inner_broken"])
def test_a_broken_beam_reverses_a_closing_leaf_in_the_same_pass(beam: str) -> None:
    bench = closing(LaneBench())
    setattr(bench.inputs.leaves[ENTRY], beam, True)
    bench.place(ENTRY, 300)
    bench.run(TICK_MS)
    assert bench.motor(ENTRY) == lt.MOTOR_OPEN
    assert bench.all_told(table.OBSTRUCTED) == [(ENTRY, 1)]


def test_a_stalled_motor_reverses_within_200_ms_and_the_third_try_is_the_last() -> None:
    bench = closing(LaneBench(), EXIT)
    for tries in range(1, CLOSING_TRIES + 1):
        bench.place(EXIT, 300)
        bench.run(STALL_MS + 2 * TICK_MS)
        assert bench.motor(EXIT) == lt.MOTOR_OPEN
        assert bench.all_told(table.OBSTRUCTED)[-1] == (EXIT, tries)
        bench.place(EXIT, WIDTH_MM)
        bench.run(CLOSES_MS)
    assert bench.motor(EXIT) == lt.MOTOR_OFF
    assert bench.all_told(table.LEAF)[-1] == (EXIT, table.BLOCKED, WIDTH_MM)
    assert bench.fault_bits() == table.BLOCKED_FAULT << table.LEAF_FAULT_BITS
    assert bench.grant(ENTRY, 50) == table.FAULT
    assert bench.lane.command(table.CLEAR, (0,), bench.now_ms) == table.OK
    bench.run(TESTED_MS)
    assert bench.motor(EXIT) == lt.MOTOR_CLOSE


def test_giving_up_outlives_the_loss_of_the_host() -> None:
    bench = closing(LaneBench(), EXIT)
    for _ in range(CLOSING_TRIES):
        bench.place(EXIT, 300)
        bench.run(STALL_MS + 2 * TICK_MS)
        bench.place(EXIT, WIDTH_MM)
        bench.run(CLOSES_MS)
    bench.host_down()
    bench.run(100)
    bench.host_up()
    bench.run(SETTLE_MS * 3)
    assert bench.lane.leaves[EXIT].state == lt.BLOCKED


def test_emergency_releases_both_leaves_in_one_pass_without_a_host_and_latches() -> None:
    bench = LaneBench()
    bench.host_down()
    bench.inputs.emergency = True
    bench.run(TICK_MS)
    assert all(leaf.released and leaf.motor == lt.MOTOR_OPEN for leaf in bench.outputs.leaves)
    bench.inputs.emergency = False
    bench.host_up()
    bench.run(1_000)
    assert all(leaf.released for leaf in bench.outputs.leaves)
    assert bench.grant(ENTRY, 1) == table.IN_EMERGENCY
    assert bench.lane.command(table.CLEAR, (0,), bench.now_ms) == table.IN_EMERGENCY
    bench.inputs.reset_key = True
    bench.run(TICK_MS)
    assert not any(leaf.released for leaf in bench.outputs.leaves)
    assert bench.all_told(table.EMERGENCY)[-1] == (0,)


def test_a_key_that_was_turned_all_along_resets_nothing() -> None:
    bench = LaneBench()
    bench.inputs.reset_key = True
    bench.run(TICK_MS)
    bench.inputs.emergency = True
    bench.run(TICK_MS)
    bench.inputs.emergency = False
    bench.run(1_000)
    assert bench.lane.emergency


def test_a_leaf_forced_open_is_a_fault_and_ends_the_other_s_opening() -> None:
    bench = LaneBench()
    assert bench.grant(EXIT, 5) == table.OK
    bench.run(TICK_MS)
    bench.place(ENTRY, 200)
    bench.run(TICK_MS)
    assert bench.motor(EXIT) == lt.MOTOR_OFF
    assert not bench.outputs.leaves[EXIT].released
    assert bench.fault_bits() == table.FORCED_FAULT
    assert bench.all_told(table.LAPSED) == [(EXIT, 5)]


def test_in_the_safe_state_an_entry_forced_open_locks_the_exit_again() -> None:
    bench = LaneBench()
    bench.host_down()
    bench.run(TICK_MS)
    assert bench.outputs.leaves[EXIT].released
    bench.place(ENTRY, 200)
    bench.run(TICK_MS)
    assert not bench.outputs.leaves[EXIT].released


def test_the_interlock_wants_the_end_switch_not_only_the_lock() -> None:
    bench = LaneBench()
    bench.inputs.leaves[ENTRY].shut = False  # ajar by less than a forced leaf
    bench.run(TICK_MS)
    assert bench.grant(EXIT, 1) == table.INTERLOCK


def test_a_leaf_that_can_neither_close_nor_reverse_stays_where_it_is() -> None:
    bench = closing(LaneBench())
    bench.place(ENTRY, 300)
    bench.run(2 * STALL_MS + 5 * TICK_MS)
    assert bench.motor(ENTRY) == lt.MOTOR_OFF
    assert bench.fault_bits() == table.BLOCKED_FAULT


def test_an_emergency_does_not_push_against_what_stands_in_the_way() -> None:
    bench = LaneBench()
    bench.inputs.emergency = True
    bench.run(STALL_MS + 3 * TICK_MS)
    assert all(leaf.released and leaf.motor == lt.MOTOR_OFF for leaf in bench.outputs.leaves)


def test_a_held_leaf_is_a_fault_that_ends_by_itself() -> None:
    bench = opened(LaneBench())
    bench.see(ENTRY, 0x10)
    bench.lane.command(table.CLOSE, (ENTRY,), bench.now_ms)
    bench.run(HELD_OPEN_MS + 2 * TICK_MS)
    assert bench.fault_bits() == table.HELD_OPEN_FAULT
    bench.see(ENTRY, 0)
    bench.run(CLOSES_MS)
    bench.place(ENTRY, 0)
    bench.run(TICK_MS)
    assert bench.fault_bits() == 0
    assert bench.grant(EXIT, 2) == table.OK


def test_a_stuck_beam_means_the_safe_state_until_a_person_has_looked() -> None:
    bench = LaneBench()
    bench.see(EXIT, 0x08)
    bench.run(BEAM_STUCK_MS + 2 * TICK_MS)
    assert bench.fault_bits() == table.BEAM_FAULT << table.LEAF_FAULT_BITS
    assert [leaf.released for leaf in bench.outputs.leaves] == [False, True]
    assert bench.grant(ENTRY, 1) == table.FAULT
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    assert bench.grant(ENTRY, 2) == table.FAULT  # the cause is still there
    bench.see(EXIT, 0)
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    bench.run(2 * TICK_MS)
    assert bench.grant(ENTRY, 3) == table.OK


@pytest.mark.parametrize(("shut", "is_open", "opening_mm"), [(1, 1, 0), (1, 0, 400), (0, 1, 10)])
def test_sensors_that_contradict_each_other_mean_the_safe_state(shut: int, is_open: int, opening_mm: int) -> None:
    bench = LaneBench()
    leaf = bench.inputs.leaves[ENTRY]
    leaf.shut, leaf.opened, leaf.opening_mm = bool(shut), bool(is_open), opening_mm
    bench.run(SENSOR_DISAGREE_MS + 2 * TICK_MS)
    assert bench.fault_bits() & table.POSITION_FAULT
    assert bench.grant(EXIT, 1) == table.FAULT


def walk(bench: LaneBench, leaf: int, inward: bool) -> None:
    for broken in walk_masks(inward):
        bench.see(leaf, broken)
        bench.run(50)


def test_a_second_person_behind_the_first_is_counted() -> None:
    bench = opened(LaneBench())
    walk(bench, ENTRY, inward=True)
    walk(bench, ENTRY, inward=True)
    assert bench.all_told(table.PASSED) == [(ENTRY, table.FORWARD)] * 2
    assert bench.all_told(table.OCCUPANCY)[-1] == (2, 0)
    bench.lane.command(table.CLEAR, (0,), bench.now_ms)
    bench.run(TICK_MS)
    assert bench.all_told(table.OCCUPANCY)[-1] == (0, 0)


def test_at_the_exit_forward_is_from_inside_to_outside() -> None:
    bench = opened(LaneBench(), EXIT)
    walk(bench, EXIT, inward=False)
    assert bench.all_told(table.PASSED) == [(EXIT, table.FORWARD)]
    assert bench.lane.inside == 0  # never below zero


def test_a_host_that_comes_back_is_told_everything() -> None:
    bench = LaneBench()
    bench.told.clear()
    bench.host_up()
    bench.run(TICK_MS)
    kinds = [message for message, _ in bench.told]
    assert kinds == [table.LEAF, table.LEAF, table.OCCUPANCY, table.EMERGENCY, table.FAULTS]
