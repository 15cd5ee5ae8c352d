"""The whole firmware with a host on its line: what is told, what can be read, and what a loaded line does to it."""

from pathlib import Path

import pytest
from door_host import HostBench

from egate_door import leaf_table as lt
from egate_door.fault_log import FileStorage
from egate_door.lane import NORMAL, SAFE
from egate_door.limits import LINK_PAUSE_MS, TICK_MS
from egate_door.main import Controller, run
from egate_door.reports import REPORTS_MAX, Reports
from egate_door.watching import DARK_SIGNAL, ENTRY_RELEASED_SIGNAL, PERIOD_MS_MIN, POWER_SIGNAL
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT, FORWARD
from egate_doorlink.ticks import MASK
from egate_sim.door.simulated import walk_masks

IN, OUT = walk_masks(inward=True), walk_masks(inward=False)


def opened(bench: HostBench, leaf: int = ENTRY, token: int = 1, direction: int = FORWARD) -> HostBench:
    assert bench.ask(table.GRANT, leaf, direction, token, 10_000) == table.OK
    bench.run_until(lambda: (leaf, table.OPEN) in [values[:2] for values in bench.all_of(table.LEAF)])
    return bench


def test_a_new_session_is_told_the_whole_state_in_order() -> None:
    bench = HostBench()
    kinds = [message for message, _ in bench.at_host.messages]
    assert kinds == [table.LEAF, table.LEAF, table.OCCUPANCY, table.EMERGENCY, table.FAULTS]


def test_one_who_walks_in_is_told_and_counted() -> None:
    bench = opened(HostBench())
    bench.walk(ENTRY, IN)
    assert bench.all_of(table.PASSED) == [(ENTRY, FORWARD)]
    assert bench.all_of(table.OCCUPANCY)[-1] == (1, 0)
    assert bench.anomalies() == []


def test_a_second_person_on_one_grant_is_company_and_then_tailgating() -> None:
    bench = opened(HostBench())
    both = [a | b for a, b in zip([*IN, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, *IN], strict=True)]
    bench.walk(ENTRY, both)
    assert bench.all_of(table.PASSED) == [(ENTRY, FORWARD)] * 2
    assert bench.anomalies() == ["company", "tailgating"]
    assert bench.all_of(table.OCCUPANCY)[-1] == (2, 0)


def test_one_who_comes_back_out_goes_against() -> None:
    bench = opened(HostBench())
    bench.walk(ENTRY, OUT)
    assert bench.anomalies() == ["against"]
    assert bench.lane.inside == 0


def test_at_the_exit_forward_is_out_and_company_comes_from_inside() -> None:
    bench = opened(HostBench(), EXIT)
    bench.walk(EXIT, [a | b for a, b in zip([*OUT, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, *OUT], strict=True)])
    assert bench.all_of(table.PASSED) == [(EXIT, FORWARD)] * 2
    assert bench.anomalies() == ["company", "tailgating"]


@pytest.mark.parametrize(
    ("masks", "kind"),
    [
        (walk_masks(inward=True, beams=1), "thing"),
        (walk_masks(inward=True, beams=7), "wide"),
        ([*IN[:2], *[IN[2]] * 200], "standing"),
        ([*IN[:5], 0x3C, 0x74, 0xE4, 0xC4, 0x84, *[0x04] * 200], "left_behind"),
    ],
)
def test_shapes_are_told(masks: list[int], kind: str) -> None:
    bench = opened(HostBench())
    bench.walk(ENTRY, masks)
    assert bench.anomalies() == [kind]


def test_a_grant_in_the_middle_of_a_test_lets_nobody_see_ghosts() -> None:
    bench = HostBench()
    bench.host.send(table.SELF_TEST, ())
    bench.run_until(lambda: bench.lane.test.dark)
    opened(bench)
    assert bench.anomalies() == []


def test_in_the_safe_state_people_walk_out_without_being_called_anything() -> None:
    bench = HostBench()
    bench.apply("sag_mv", 2_000)
    bench.run(200)
    assert bench.lane.mode == SAFE
    bench.apply("exit.hand", 600)
    bench.run(2_000)
    bench.walk(EXIT, OUT)
    assert bench.all_of(table.PASSED) == [(EXIT, FORWARD)]
    assert bench.anomalies() == []


def test_somebody_seen_to_walk_through_a_shut_leaf_is_a_fault_of_the_beams() -> None:
    bench = HostBench()
    bench.walk(EXIT, IN)
    bench.run(100)
    assert bench.all_of(table.FAULTS)[-1] == (table.BEAM_FAULT << table.LEAF_FAULT_BITS,)


def test_a_self_test_is_answered_and_its_result_follows() -> None:
    bench = HostBench()
    assert bench.ask(table.SELF_TEST) == table.OK
    bench.run(300)
    assert bench.all_of(table.SELF_TESTED) == [(0,)]
    bench.apply("exit.deaf", 1)
    bench.ask(table.SELF_TEST)
    bench.run(300)
    assert bench.all_of(table.SELF_TESTED)[-1] == (table.INTERLOCK_FAULT << table.LEAF_FAULT_BITS,)


def test_who_watches_gets_samples_and_timings_until_told_otherwise() -> None:
    bench = HostBench()
    assert bench.ask(table.WATCH, PERIOD_MS_MIN - 1) == table.INVALID
    assert bench.ask(table.WATCH, 50) == table.OK
    opened(bench)
    bench.run(1_100)
    samples = [dict(zip(_fields(table.SAMPLE), values, strict=True)) for values in bench.told(table.SAMPLE)]
    assert 20 <= len(samples) <= 60
    assert max(sample["entry_duty"] for sample in samples) == 255
    assert samples[-1]["entry_mm"] > 640
    assert samples[-1]["supply_mv"] == 4_999
    assert {sample["mode"] for sample in samples} == {NORMAL}
    moving = next(sample for sample in samples if sample["entry_state"] == lt.OPENING)
    assert moving["signals"] & (ENTRY_RELEASED_SIGNAL | POWER_SIGNAL) == ENTRY_RELEASED_SIGNAL | POWER_SIGNAL
    timing = dict(zip(_fields(table.TIMING), bench.told(table.TIMING)[-1], strict=True))
    assert 99 <= timing["passes"] <= 101
    assert (timing["period_min_us"], timing["period_max_us"]) == (TICK_MS * 1000, TICK_MS * 1000)
    assert bench.ask(table.WATCH, 0) == table.OK
    bench.at_host.told.clear()
    bench.run(1_100)
    assert bench.at_host.told == []


def _fields(message: int) -> tuple[str, ...]:
    return next(row[5] for row in table.MESSAGES if row[0] == message)


def test_a_sample_shows_a_test_of_the_beams() -> None:
    bench = HostBench()
    bench.ask(table.WATCH, PERIOD_MS_MIN)
    bench.ask(table.SELF_TEST)
    bench.run(200)
    assert any(values[10] & DARK_SIGNAL for values in bench.told(table.SAMPLE))


def test_watching_ends_with_the_session() -> None:
    bench = HostBench()
    bench.ask(table.WATCH, PERIOD_MS_MIN)
    bench.host_down()
    bench.run(500)
    bench.at_host.told.clear()
    bench.host_up()
    bench.run(1_000)
    assert bench.host.is_up
    assert bench.at_host.told == []


def test_the_log_is_read_entry_by_entry_the_newest_first() -> None:
    bench = HostBench()
    bench.apply("sag_mv", 2_000)
    bench.run(200)
    assert bench.ask(table.READ_LOG, 0) == table.OK
    assert bench.ask(table.READ_LOG, 1) == table.OK
    assert bench.ask(table.READ_LOG, 2) == table.INVALID
    codes = [values[-1] for values in bench.told(table.LOGGED)]
    assert codes == [table.FAULT_NAMES.index("controller.supply"), table.STARTED]
    assert bench.told(table.LOGGED)[0][:2] == (0, 2)


def test_the_clocks_find_each_other_within_a_pass() -> None:
    bench = HostBench()
    bench.run(2_000)
    offset_ms, door_offset_ms = bench.host.clock.offset_ms, bench.controller.link.clock.offset_ms
    assert offset_ms is not None
    assert door_offset_ms is not None
    assert abs((offset_ms + 123_456) & MASK) <= TICK_MS or abs((-offset_ms - 123_456) & MASK) <= TICK_MS
    assert abs(door_offset_ms - 123_456) <= TICK_MS


def test_more_reports_than_the_ring_holds_begin_a_new_session_that_tells_everything() -> None:
    bench = HostBench()
    bench.at_host.messages.clear()
    bench.link_hung = True
    for _ in range(REPORTS_MAX):
        bench.apply("approach", 1)
        control_alone(bench)
        bench.apply("approach", 0)
        control_alone(bench)
    bench.link_hung = False
    bench.run(1_000)
    assert bench.sessions == 2
    assert [message for message, _ in bench.at_host.messages][-5:] == [
        table.LEAF, table.LEAF, table.OCCUPANCY, table.EMERGENCY, table.FAULTS,
    ]  # fmt: skip


def control_alone(bench: HostBench) -> None:
    """One pass of the control loop alone, with the host taken for heard."""
    bench.now_ms += TICK_MS
    bench.lane.host_heard(bench.now_ms)
    bench.machine.run_timers()


def test_the_ring_gives_back_in_order_and_says_when_it_dropped() -> None:
    ring = Reports()
    for number in range(REPORTS_MAX + 1):
        ring.add(table.OBSTRUCTED, number, 1)
    assert ring.overflowed
    taken = [ring.take(table.FIELDS) for _ in range(REPORTS_MAX)]
    assert taken == [(table.OBSTRUCTED, (number, 1)) for number in range(REPORTS_MAX)]
    assert ring.take(table.FIELDS) is None
    ring.add(table.EMERGENCY, 1)
    ring.clear()
    assert ring.take(table.FIELDS) is None
    assert not ring.overflowed


def test_the_file_of_the_log_is_made_replaced_and_its_absence_is_no_fault(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path / "faults.log"))
    assert storage.read() == b""
    storage.write(b"one")
    storage.write(b"two")
    assert storage.read() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["faults.log"]
    with pytest.raises(OSError, match="directory"):
        FileStorage(str(tmp_path)).read()


def test_the_program_rests_its_outputs_when_it_fails(tmp_path: Path) -> None:
    bench = HostBench()

    class Failing:
        calls = 0

        def ticks_ms(self) -> int:
            return bench.now_ms

        def ticks_us(self) -> int:
            return bench.now_ms * 1000

        def sleep_ms(self, duration_ms: int) -> None:
            assert duration_ms == LINK_PAUSE_MS
            self.calls += 1
            bench.machine.levels[4] = 1
            if self.calls == 3:
                raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        run(bench.machine, bench.machine.rp2, Failing(), str(tmp_path / "faults.log"))
    assert bench.machine.levels[4] == 0
    assert Controller.__module__ == "egate_door.main"
