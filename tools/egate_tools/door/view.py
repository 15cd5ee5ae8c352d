"""Beams, positions and motors as a picture in the terminal, while the technician moves what is to be looked at."""

import asyncio
import io
import re
import sys
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from egate_door.leaf_table import STATES
from egate_door.limits import FULLY_OPEN_MM
from egate_hal.drivers.door_service import DoorSample, LeafSample
from egate_tools.door import words
from egate_tools.door.session import Session

PICTURE_WIDTH = 108  # characters
HISTORY = 60  # samples of the plot
BAR = 40
LINES = 6  # of what happened
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)  # they would be fetched from elsewhere
_BLOCKS = " ▁▂▃▄▅▆▇█"
_MODE_STYLE = {"normal": "bold green", "safe": "bold yellow", "emergency": "bold white on red"}


async def watch(session: Session, period_ms: int, seconds: float | None, svg: Path | None = None) -> int:
    """Until Ctrl-C, or for so long. Where the output is no terminal, one line a sample; ``svg`` keeps the last picture.

    Raises HalError, OSError.
    """
    await _watch(session, period_ms, seconds)
    if svg is not None:
        _keep(picture(session), svg)
    return 0


def _keep(drawn: RenderableType, svg: Path) -> None:
    console = Console(width=PICTURE_WIDTH, record=True, file=io.StringIO())
    console.print(drawn)
    svg.write_text(_FONTS.sub("", console.export_svg(title="egate-tools door watch")), "utf-8")


async def _watch(session: Session, period_ms: int, seconds: float | None) -> None:
    await session.door.watch(period_ms)
    loop = asyncio.get_running_loop()
    end_s = None if seconds is None else loop.time() + seconds
    console = Console()
    if not console.is_terminal:
        while end_s is None or loop.time() < end_s:
            sys.stdout.write(line(await session.next_sample()) + "\n")
        return
    with Live(console=console, refresh_per_second=20) as live:
        while end_s is None or loop.time() < end_s:
            await session.next_sample()
            live.update(picture(session))


def line(sample: DoorSample) -> str:
    """A sample as one line."""
    leaves = (
        f"{leaf} {STATES[seen.state]:<10} {seen.opening_mm:3d} mm {seen.duty:3d} {_beams(seen)}"
        for leaf, seen in sample.leaves.items()
    )
    signals = " ".join(sorted(sample.signals))
    return f"{sample.uptime_ms:9d} {sample.mode:<9} {'  '.join(leaves)}  {sample.current_ma} mA  {signals}".rstrip()


def picture(session: Session) -> RenderableType:
    sample = session.door.samples[-1]
    history = list(session.door.samples)[-HISTORY:]
    table = Table.grid(padding=(0, 2))
    for leaf, seen in sample.leaves.items():
        openings = [past.leaves[leaf].opening_mm for past in history]
        table.add_row(Text(leaf, style="bold"), STATES[seen.state], _bar(seen), f"{seen.opening_mm:3d} mm")
        table.add_row("", "beams", Text(_beams(seen)), "outside → inside")
        table.add_row(
            "", "over time", Text(plot(openings, FULLY_OPEN_MM), style="cyan"), f"duty {seen.duty * 100 // 255:3d} %"
        )
    table.add_row("motors", "", plot([past.current_ma for past in history], 4000), f"{sample.current_ma / 1000:.1f} A")
    return Panel(
        Group(table, "", _figures(session, sample), *_faults(session), "", *session.said[-LINES:]),
        title=Text(f" {sample.mode} ", style=_MODE_STYLE[sample.mode]), subtitle=" ".join(sorted(sample.signals)),
    )  # fmt: skip


def plot(values: list[int], full: int) -> str:
    """A line of blocks, the newest at the right."""
    steps = len(_BLOCKS) - 1
    return "".join(_BLOCKS[min(max(value, 0) * steps // full, steps)] for value in values).rjust(HISTORY)


def _bar(seen: LeafSample) -> Text:
    """The leaf as a bar: what is shut is filled."""
    free = min(seen.opening_mm * BAR // FULLY_OPEN_MM, BAR)
    return Text("█" * (BAR - free) + "·" * free, style="red" if any(seen.broken[3:5]) else "green")


def _beams(seen: LeafSample) -> str:
    return "".join("●" if broken else "○" for broken in seen.broken)


def _figures(session: Session, sample: DoorSample) -> str:
    door, timing = session.door, session.door.timing
    loop = (
        "loop not measured yet"
        if timing is None
        else f"loop every {timing.period_min_us / 1000:.1f} to {timing.period_max_us / 1000:.1f} ms, "
        f"takes {timing.run_mean_us / 1000:.2f} ms, at most {timing.run_max_us / 1000:.2f}"
    )
    return f"supply {sample.supply_mv / 1000:.2f} V   link {door.round_trip_ms} ms, {door.damaged} damaged   {loop}"


def _faults(session: Session) -> list[Text]:
    return [Text(words.fault(code), style="red") for code in session.faults]
