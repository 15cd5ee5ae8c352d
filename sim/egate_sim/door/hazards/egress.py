"""Hazards of being inside: fire, panic, a host that is gone, the power that goes."""

from egate_door.lane import EMERGENCY
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT
from egate_sim.door.bench import DoorBench, Moment
from egate_sim.door.hazards.case import Shown, hazard
from egate_sim.door.hazards.steps import closing, open_leaf, walk

EMERGENCY_MS = 100  # requirements
SILENCE_MS = 300
STEP_MS = 5  # of the replay


def _both_free(moment: Moment) -> bool:
    return all(leaf.released for leaf in moment.leaves)


@hazard(
    "fire", "Fire, while a leaf closes and no host is there",
    danger="People between the leaves, or on their way, who must get out.",
    measure="The contact acts on the controller itself: motors off in the PIO, both locks released, both leaves driven open; "
    "latched until a person turns the key at the lane, over a loss of power too.",
    modules=("lane.py", "leaf_table.py", "interlock.py", "fault_log.py"),
    tests=("unit/test_door_lane.py", "unit/test_door_power.py", "property/test_door_hostile.py", "contract/test_door.py"),
)  # fmt: skip
def fire(bench: DoorBench) -> list[Shown]:
    closing(bench, ENTRY)
    bench.host_lives = False
    begun_ms = bench.time_ms
    bench.change("emergency", 1)
    off_ms = bench.first_ms(lambda moment: moment.leaves[ENTRY].drive >= 0, begun_ms)
    bench.run_until(lambda: all(leaf.opened for leaf in bench.plant.leaves))
    bench.change("emergency", 0)
    bench.run(500)
    still_free = _both_free(bench.trace[-1])
    bench.cut_power()
    bench.run(400)
    bench.restore_power()
    bench.run(600)
    return [
        Shown("closing motor off after the contact opened", off_ms - begun_ms, 0),
        Shown("both locks released", bench.first_ms(_both_free, begun_ms) - begun_ms, EMERGENCY_MS),
        Shown("locked again when the contact closed", int(not still_free), 0, ""),
        Shown("forgotten when the power came back", int(bench.trace[-1].mode != EMERGENCY), 0, ""),
    ]


@hazard(
    "trapped", "A person between the leaves, and the host falls silent",
    danger="Trapping: the lane controller hangs or its cable is cut while somebody is inside.",
    measure="After 300 ms without a frame the controller stops every motor, takes their power away, locks the entry and frees "
    "the exit, which a hand opens; lamp on.",
    modules=("lane.py", "main.py"),
    tests=("unit/test_door_power.py", "contract/test_door.py", "system/test_live_lane.py"),
)  # fmt: skip
def trapped(bench: DoorBench) -> list[Shown]:
    open_leaf(bench, ENTRY)
    walk(bench, ENTRY, inward=True)
    bench.run_until(lambda: bench.plant.leaves[ENTRY].shut)
    bench.run(300)
    silent_ms = bench.time_ms
    bench.host_lives = False
    bench.run_until(lambda: bench.plant.leaves[EXIT].released)
    free_ms = bench.time_ms
    bench.run(400)
    bench.change("exit.hand", 500)
    bench.run_until(lambda: bench.plant.leaves[EXIT].opening_mm > 450)
    walk(bench, EXIT, inward=False)
    return [
        Shown("exit free after the last frame", free_ms - silent_ms, SILENCE_MS + STEP_MS),
        Shown("the hand that opens it needs", bench.time_ms - free_ms - 400, 3_000),
        Shown("entry released meanwhile", sum(
            moment.leaves[ENTRY].released for moment in bench.trace if moment.time_ms > silent_ms
        ), 0, ""),
    ]  # fmt: skip


@hazard(
    "power", "The power goes",
    danger="Trapping, or a leaf that moves by itself when the power comes back.",
    measure="Pull-downs hold motors off. The entry's lock needs power to open, the exit's to hold. Every start is in the safe "
    "state; nothing is remembered as granted.",
    modules=("wiring.py", "board.py", "lane.py"),
    tests=("unit/test_door_power.py", "system/test_scenarios.py"),
)  # fmt: skip
def power(bench: DoorBench) -> list[Shown]:
    bench.ask(table.GRANT, ENTRY, table.FORWARD, 1, 20_000)
    bench.run_until(lambda: bench.plant.leaves[ENTRY].opening_mm > 300)
    cut_ms = bench.time_ms
    bench.cut_power()
    bench.run(1_000)
    bench.restore_power()
    restored_ms = bench.time_ms
    bench.host_lives = False
    bench.run(1_000)
    dark = [moment for moment in bench.trace if cut_ms < moment.time_ms <= restored_ms]
    after = [moment for moment in bench.trace if moment.time_ms > restored_ms]
    return [
        Shown("moments with a driven motor, without power", sum(_driven(moment) for moment in dark), 0, ""),
        Shown("moments with the exit locked, without power", sum(not m.leaves[EXIT].released for m in dark), 0, ""),
        Shown("moments with a driven motor after the start", sum(_driven(moment) for moment in after), 0, ""),
    ]


def _driven(moment: Moment) -> bool:
    return any(leaf.drive for leaf in moment.leaves)


@hazard(
    "link", "The link is cut while a leaf opens",
    danger="A movement that nobody commands any more.",
    measure="Motion is by leases of 50 ms, renewed only while the host is heard; silence ends it after 300 ms.",
    modules=("lane.py", "interlock.py", "../egate_doorlink/link.py"),
    tests=("property/test_door_hostile.py", "contract/test_door.py"),
)  # fmt: skip
def link(bench: DoorBench) -> list[Shown]:
    bench.change("entry.slack", 40)
    bench.ask(table.GRANT, ENTRY, table.FORWARD, 1, 20_000)
    bench.run(300)
    silent_ms = bench.time_ms
    bench.host_lives = False
    bench.run_until(lambda: bench.plant.leaves[ENTRY].drive == 0)
    off_ms = bench.time_ms
    bench.run(600)
    return [Shown("motor off after the last frame", off_ms - silent_ms, SILENCE_MS + STEP_MS)]
