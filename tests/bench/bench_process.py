"""``egate run`` as a process, in real time: start to ready, memory, processor at rest, and how fast the door goes safe.

Nothing is probed: the world sees lamps and leaves, the system tells memory and processor time.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

from figures import Figure, middle, publish, ranged
from stage import ROOT, Stage, stage

from egate_hal.door import Leaf
from egate_sim.processes import Child
from egate_sim.visit import visit

STARTS = 5
TRAVELLERS = 10
REST_S = 5.0
LIMIT_S = 400
SILENCE_MS = 300  # the door controller's limit
SAFE_MS = SILENCE_MS + 200  # and what the machine that it is simulated on may add (project choice)
EMERGENCY_MS = 100


def figures() -> list[Figure]:
    """Everything, one after the other."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with asyncio.timeout(LIMIT_S), stage() as here:
        cold = [await _start_s(here, cold=True) for _ in range(STARTS)]
        warm = [await _start_s(here, cold=False) for _ in range(STARTS)]
        return [
            Figure(
                "Start of egate run to the lane ready", middle(warm), "s", at_most=3, beside=ranged(warm, "s"),
                headline=True,
            ),
            Figure("  the same, files not in memory", middle(cold), "s", at_most=3, beside=ranged(cold, "s")),
            *await _at_work(here),
            *await _safety(here),
        ]  # fmt: skip


async def _start_s(here: Stage, cold: bool) -> float:
    """From the exec to the entrance's lamp saying ready."""
    if cold:
        for name in (".venv", "firmware", "hal", "models", "sim"):
            _forget_files(ROOT / name)
    begun_s = time.perf_counter()
    with here.controller():
        await here.ready()
        return time.perf_counter() - begun_s


def _forget_files(folder: Path) -> None:
    """Ask the system to drop the files from memory; what another process has mapped stays."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


# Memory and processor


async def _at_work(here: Stage) -> list[Figure]:
    """One controller: at rest, then ten travellers."""
    with here.controller() as controller:
        pid = _pid(controller)
        await here.ready()
        fresh_mb = _memory_mb(pid, "VmRSS")
        cpu_s = _cpu_s(pid)
        await asyncio.sleep(REST_S)
        rest = 100 * (_cpu_s(pid) - cpu_s) / REST_S
        await visit(here.world, here.site.cast.visitors[0])
        first_mb = _memory_mb(pid, "VmRSS")
        for _ in range(TRAVELLERS - 1):
            await visit(here.world, here.site.cast.visitors[0])
        after_mb, peak_mb = _memory_mb(pid, "VmRSS"), _memory_mb(pid, "VmHWM")
    return [
        Figure(
            f"Memory of the controller, resident, after {TRAVELLERS} transactions", after_mb, "MiB", at_most=250,
            beside=f"{first_mb:.0f} after the first, {fresh_mb:.0f} before it", headline=True,
        ),
        Figure("  its peak", peak_mb, "MiB", at_most=250, beside="models and traveller's screen included"),
        Figure("Processor at rest, of one core", rest, "%", beside=f"over {REST_S:.0f} s: heartbeats, screen, link"),
    ]  # fmt: skip


def _memory_mb(pid: int, field: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"the system does not tell {field}: memory cannot be measured here")


def _cpu_s(pid: int) -> float:
    """User and system time, all threads."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


# The door goes safe


async def _safety(here: Stage) -> list[Figure]:
    silent = [await _killed_ms(here) for _ in range(STARTS)]
    alarmed = [await _emergency_ms(here) for _ in range(STARTS)]
    return [
        Figure(
            "kill -9 of the controller to the exit free", middle(silent), "ms", at_most=SAFE_MS,
            beside=f"the door waits {SILENCE_MS} ms from the last heartbeat; {ranged(silent, 'ms')}", headline=True,
        ),
        Figure(
            "Emergency button to both locks released", middle(alarmed), "ms", at_most=EMERGENCY_MS,
            beside=f"one pass of the door's loop is 10 ms; {ranged(alarmed, 'ms')}", headline=True,
        ),
    ]  # fmt: skip


async def _killed_ms(here: Stage) -> float:
    """The lane is ready and empty. The time from the signal until the lock is seen released."""
    with here.controller() as controller:
        await here.ready()
        os.kill(_pid(controller), signal.SIGKILL)
        begun_s = time.perf_counter()
        await here.world.door.wait_until(lambda: here.world.door.leaves[Leaf.EXIT].released)
        return 1000 * (time.perf_counter() - begun_s)


async def _emergency_ms(here: Stage) -> float:
    door = here.world.door
    with here.controller():
        await here.ready()
        begun_s = time.perf_counter()
        door.press_emergency()
        await door.wait_until(lambda: all(leaf.released for leaf in door.leaves.values()))
        took_ms = 1000 * (time.perf_counter() - begun_s)
        await door.reset_emergency()
        await door.wait_until(lambda: not door.leaves[Leaf.ENTRY].released)
    return took_ms


def _pid(controller: Child) -> int:
    assert controller.process is not None, "the block has begun"
    return controller.process.pid


if __name__ == "__main__":
    publish(figures())
