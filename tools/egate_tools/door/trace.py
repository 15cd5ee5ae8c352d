"""Records samples into a CSV file, one line each, for plots and for who maintains the firmware."""

import asyncio
import csv
import sys
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from egate_door.leaf_table import STATES
from egate_hal.door import Leaf
from egate_hal.drivers.door_service import SIGNALS, DoorSample
from egate_tools.door.session import Session

SECONDS = 30.0
HEADER = [
    "uptime_ms", "mode",
    *(f"{leaf}_{what}" for leaf in Leaf for what in ("state", "opening_mm", "duty", "broken")),
    "current_ma", "supply_mv", *SIGNALS,
]  # fmt: skip


async def record(session: Session, out: Path, period_ms: int, seconds: float) -> int:
    """Raises HalError, OSError. An unfinished file holds every sample up to the end."""
    await session.door.watch(period_ms)
    end_s = asyncio.get_running_loop().time() + seconds
    rows = 0
    with (
        out.open("w", encoding="utf-8", newline="") as file,
        Progress(TextColumn("tracing"), BarColumn(), TimeRemainingColumn()) as bar,
    ):
        task = bar.add_task("", total=seconds)
        writer = csv.writer(file)
        writer.writerow(HEADER)
        while (left_s := end_s - asyncio.get_running_loop().time()) > 0:
            await session.next_sample()
            while session.door.samples:
                writer.writerow(row(session.door.samples.popleft()))
                rows += 1
            bar.update(task, completed=seconds - left_s)
    sys.stdout.write(f"{rows} samples in {out}\n")
    return 0


def row(sample: DoorSample) -> list[object]:
    """Broken beams as a word of 0 and 1, from outside inwards."""
    leaves: list[object] = []
    for leaf in sample.leaves.values():
        broken = "".join("1" if beam else "0" for beam in leaf.broken)
        leaves += [STATES[leaf.state], leaf.opening_mm, leaf.duty, broken]
    signals = [int(name in sample.signals) for name in SIGNALS]
    return [sample.uptime_ms, sample.mode, *leaves, sample.current_ma, sample.supply_mv, *signals]
