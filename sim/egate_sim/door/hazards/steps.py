"""What several replays do: open a leaf, let it close, let somebody walk."""

from egate_door.limits import TICK_MS
from egate_doorlink import table
from egate_sim.door.bench import DoorBench
from egate_sim.door.machine import LEAF_NAMES
from egate_sim.door.simulated import walk_masks

WALK_STEP_MS = 60


def open_leaf(bench: DoorBench, leaf: int, token: int = 1) -> None:
    """Raises RuntimeError where the grant is refused."""
    result = bench.ask(table.GRANT, leaf, table.FORWARD, token, 20_000)
    if result != table.OK:
        raise RuntimeError(f"the grant was refused: {table.RESULTS[result]}")
    bench.run_until(lambda: bench.plant.leaves[leaf].opened)
    bench.run(2 * TICK_MS)


def closing(bench: DoorBench, leaf: int, to_mm: float = 350) -> None:
    """Open the leaf, then let it close as far as that."""
    open_leaf(bench, leaf)
    bench.ask(table.CLOSE, leaf)
    bench.run_until(lambda: bench.plant.leaves[leaf].opening_mm <= to_mm)


def walk(bench: DoorBench, leaf: int, *, inward: bool) -> None:
    for mask in walk_masks(inward):
        bench.change(f"{LEAF_NAMES[leaf]}.curtain", mask)
        bench.run(WALK_STEP_MS)


def told(bench: DoorBench, message: int) -> list[tuple[int, tuple[int, ...]]]:
    """Time and values of every report of that kind."""
    return [(time_ms, values) for time_ms, kind, values in bench.told if kind == message]
