"""What the controller adds to a transaction, in real time, and what reading the chip takes.

Travellers pass a gate that keeps account of itself (``probed_gate.py``). Added is the wall time in which the
transaction waited for the controller: for its loop, for the disk before the exit is granted, for picture work that the
next frame did not hide. Inference is told apart.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from figures import Figure, middle, publish, ranged
from stage import Stage, stage

from egate_sim.visit import visit

TRAVELLERS = 8
FIRST = 1  # pays for what is loaded on first use: shown apart, not among the others
LIMIT_S = 240
GATE = Path(__file__).with_name("probed_gate.py")


@dataclass(frozen=True, slots=True)
class Read:
    """One chip read on the modelled radio, as the field saw it."""

    exchanges: int
    bytes_carried: int
    radio_ms: float


def figures() -> list[Figure]:
    """Let the travellers pass."""
    accounts, read = asyncio.run(_measure())
    first, others = accounts[:FIRST], accounts[FIRST:]
    if any(account["verdict"] != "admit" for account in accounts):
        raise SystemExit("a genuine traveller was not admitted; these figures would say nothing")

    def mid(name: str, part: str = "") -> float:
        return middle(_column(others, name, part))

    added = _column(others, "added_ms")
    parts = "loop {:.0f}, disk {:.0f}, pictures {:.0f}".format(
        *(mid("added_by_ms", part) for part in ("loop", "settling", "egate-face"))
    )
    stage_ms = mid("stage_ms", "reading_document")
    return [
        Figure(
            "Time that the controller adds to a transaction, inference apart", middle(added), "ms", at_most=100,
            beside=f"{parts}; {ranged(added, 'ms')}", headline=True,
        ),
        Figure("  the same, first traveller after the start", first[0]["added_ms"], "ms", beside="loads on first use"),
        Figure(
            "  inference that the transaction waits for", mid("inference_waited_for_ms"), "ms",
            beside=f"of {mid('inference_ms'):.0f} ms in all; the camera's next frame hides the rest", headline=True,
        ),
        Figure(
            "  all work in a transaction, waited for or not", mid("work_ms"), "ms",
            beside=f"lane time of the transaction {mid('elapsed_ms'):,.0f} ms",
        ),
        Figure(
            "  processor time in a transaction, all threads", mid("cpu_ms"), "ms",
            beside=f"inference besides: {mid('inference_cpu_ms'):.0f} ms",
        ),
        Figure(
            "APDUs to read and authenticate a chip", read.exchanges, "APDUs",
            beside="PACE, Chip Authentication, four files", headline=True,
        ),
        Figure(
            "Bytes over the air for it", read.bytes_carried, "bytes",
            beside=f"{accounts[-1]['file_bytes']:,} bytes of files", headline=True,
        ),
        Figure(
            "Reading stage, document on the reader to entry opening", stage_ms, "ms",
            beside=f"the modelled radio alone {read.radio_ms:,.0f} ms", headline=True,
        ),
    ]  # fmt: skip


async def _measure() -> tuple[list[dict[str, Any]], Read]:
    async with asyncio.timeout(LIMIT_S), stage() as here:
        output = here.site.folder / "accounts.jsonl"
        with output.open("w") as out, _probed(here, out):
            for _ in range(TRAVELLERS):
                await visit(here.world, here.site.cast.visitors[0])
        return [json.loads(line) for line in output.read_text().splitlines()], _read(here)


@contextmanager
def _probed(here: Stage, out: IO[str]) -> Iterator[None]:
    """The probed gate as a process, within the block."""
    child = subprocess.Popen([sys.executable, str(GATE), str(here.site.gate_file)], stdout=out, stderr=here.log)
    try:
        yield
    finally:
        child.terminate()
        child.wait(10)


def _read(here: Stage) -> Read:
    """What one of the reads took; they are all the same passport's."""
    field = here.world.chips
    exchanges, carried = field.exchanges // TRAVELLERS, field.bytes_carried // TRAVELLERS
    latency = field.latency
    radio_ms = latency.activation_ms + exchanges * latency.exchange_ms + carried * latency.byte_us / 1000
    return Read(exchanges, carried, radio_ms)


def _column(accounts: Sequence[dict[str, Any]], name: str, part: str = "") -> list[float]:
    return [account[name].get(part, 0.0) if part else account[name] for account in accounts]


if __name__ == "__main__":
    publish(figures())
