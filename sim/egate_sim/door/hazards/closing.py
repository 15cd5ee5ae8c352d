"""Hazards of a leaf that closes: hands, bags, people who follow."""

from egate_door.limits import CLOSING_TRIES
from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT
from egate_sim.door.bench import DoorBench, Moment
from egate_sim.door.hazards.case import Shown, hazard
from egate_sim.door.hazards.steps import closing, open_leaf, told, walk
from egate_sim.door.simulated import walk_masks

REVERSE_MS = 200  # requirement


def _drives_shut(moment: Moment) -> bool:
    return any(leaf.drive < 0 for leaf in moment.leaves)


@hazard(
    "hand", "A hand in the way of a closing leaf",
    danger="Crushing of hands, arms, children between leaf and frame.",
    measure="Two light barriers beside the leaf cut the motor's direction in the PIO, without any program; the firmware "
    "then reverses. Speed and mass keep the closing below 1.7 J.",
    modules=("interlock.py", "board.py", "leaf.py", "motion.py"),
    tests=("unit/test_door_interlock.py", "unit/test_door_board.py", "property/test_door_hostile.py"),
)  # fmt: skip
def hand(bench: DoorBench) -> list[Shown]:
    closing(bench, ENTRY)
    begun_ms = bench.time_ms
    bench.change("entry.curtain", 0b0001_1000)
    off_ms = bench.first_ms(lambda moment: moment.leaves[ENTRY].drive >= 0, begun_ms)
    bench.run_until(lambda: bench.plant.leaves[ENTRY].drive > 0)
    reversed_ms = bench.time_ms
    bench.run_until(lambda: bench.plant.leaves[ENTRY].opened)
    bench.change("entry.curtain", 0)
    bench.run_until(lambda: bench.plant.leaves[ENTRY].shut)
    return [
        Shown("motor off after the beam broke", off_ms - begun_ms, 0),
        Shown("leaf driven open after the beam broke", reversed_ms - begun_ms, REVERSE_MS),
    ]


@hazard(
    "quick-hand", "A hand too quick for the program",
    danger="A finger that passes between two looks of the program at its sensors.",
    measure="The interlock in the PIO looks every 10 µs, remembers that it tripped and tells the firmware, which reverses "
    "although the beams are free again.",
    modules=("interlock.py", "leaf.py"),
    tests=("unit/test_door_interlock.py", "unit/test_door_board.py"),
)  # fmt: skip
def quick_hand(bench: DoorBench) -> list[Shown]:
    closing(bench, ENTRY)
    begun_ms = bench.time_ms
    bench.change("entry.inner", 1)
    bench.change("entry.inner", 0)
    bench.run_until(lambda: bench.plant.leaves[ENTRY].drive > 0)
    reversed_ms = bench.time_ms
    bench.run_until(lambda: bench.plant.leaves[ENTRY].shut)
    return [Shown("leaf driven open after a touch shorter than a pass", reversed_ms - begun_ms, REVERSE_MS)]


@hazard(
    "unseen", "Something that no beam sees",
    danger="A bag, a foot or a stick between the heights of the beams.",
    measure="Current, movement and time of the motor are supervised; the leaf reverses, and gives up after three tries.",
    modules=("motion.py", "leaf.py", "leaf_table.py"),
    tests=("unit/test_door_board.py", "unit/test_door_lane.py", "contract/test_door.py"),
)  # fmt: skip
def unseen(bench: DoorBench) -> list[Shown]:
    closing(bench, EXIT)
    at_mm = int(bench.plant.leaves[EXIT].opening_mm) - 30
    bench.change("exit.obstacle", at_mm)
    bench.run_until(lambda: bench.plant.leaves[EXIT].opening_mm <= at_mm)
    touched_ms = bench.time_ms
    bench.run_until(lambda: bench.plant.leaves[EXIT].drive > 0)
    reversed_ms = bench.time_ms
    bench.run(12_000)
    tries = len(told(bench, table.OBSTRUCTED))
    since_ms = bench.time_ms - 2_000
    return [
        Shown("leaf driven open after it touched", reversed_ms - touched_ms, REVERSE_MS),
        Shown("tries before it gives up", tries, CLOSING_TRIES, ""),
        Shown("passes in which it still drives shut", sum(
            moment.leaves[EXIT].drive < 0 for moment in bench.trace if moment.time_ms >= since_ms
        ), 0, ""),
    ]  # fmt: skip


@hazard(
    "blind", "A light barrier that has failed",
    danger="A receiver that sees light although nobody may: the leaf would close on a person.",
    measure="Before every closing all transmitters are switched off; every receiver must be dark and both interlocks, given "
    "a lease without a motor, must trip. Else the leaf stays open and the lane is in its safe state.",
    modules=("safety_test.py", "lane.py"),
    tests=("unit/test_door_board.py",),
)  # fmt: skip
def blind(bench: DoorBench) -> list[Shown]:
    open_leaf(bench, ENTRY)
    bench.change("entry.blind", 0b0000_1000)
    bench.ask(table.CLOSE, ENTRY)
    bench.run(3_000)
    return [
        Shown("passes in which the leaf drives shut", sum(map(_drives_shut, bench.trace)), 0, ""),
        Shown("the leaf has moved", 650 - bench.plant.leaves[ENTRY].opening_mm, 5, "mm"),
    ]


@hazard(
    "tailgating", "Somebody follows",
    danger="A second person slips in through a grant for one; a leaf that hurries to prevent it would hit somebody.",
    measure="The light curtain follows each person; company is told before the second is through, and the count tells the "
    "lane, which keeps the exit shut. The leaf never closes faster or earlier for it.",
    modules=("curtain.py", "crossings.py"),
    tests=("unit/test_door_curtain.py", "unit/test_door_controller.py", "system/test_scenarios.py"),
)  # fmt: skip
def tailgating(bench: DoorBench) -> list[Shown]:
    open_leaf(bench, ENTRY)
    first, second = walk_masks(inward=True), walk_masks(inward=True)
    gap = [0] * 5
    through_ms = 0
    for ahead, behind in zip([*first, *gap], [*gap, *second], strict=True):
        bench.change("entry.curtain", ahead | behind)
        bench.run(60)
        through_ms = bench.time_ms
    bench.run(3_000)
    company = [at for at, (_, kind) in told(bench, table.ANOMALY) if kind == table.COMPANY]
    inside = told(bench, table.OCCUPANCY)[-1][1][0]
    return [
        Shown("company told, before the second was through by", company[0] - through_ms, 0),
        Shown("persons not counted", 2 - inside, 0, ""),
        Shown("passes in which the leaf drives shut on a person", sum(
            moment.leaves[ENTRY].drive < 0 and moment.leaves[ENTRY].guarded for moment in bench.trace
        ), 0, ""),
    ]  # fmt: skip


@hazard(
    "forced", "A leaf forced open",
    danger="Somebody breaks the entry open while a traveller leaves through the exit: both leaves would stand open.",
    measure="The forced leaf is a fault; the other leaf's grant ends, its lock engages and it closes behind who is in it.",
    modules=("leaf.py", "lane.py"),
    tests=("unit/test_door_lane.py", "system/test_scenarios.py"),
)  # fmt: skip
def forced(bench: DoorBench) -> list[Shown]:
    open_leaf(bench, EXIT)
    walk(bench, EXIT, inward=False)
    begun_ms = bench.time_ms
    bench.change("entry.forced", 300)
    bench.run(3_500)
    locked_ms = bench.first_ms(lambda moment: not moment.leaves[EXIT].released, begun_ms)
    return [
        Shown("the other leaf's lock engaged", locked_ms - begun_ms, 20),
        Shown("the other leaf is open still", bench.plant.leaves[EXIT].opening_mm, 1, "mm"),
    ]
