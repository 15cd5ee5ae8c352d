"""The door controller: its loop under MicroPython's Unix port in a process of its own, the link to it, its size.

What only a board can tell stands in docs/door-hardware.md with the way to measure it there.
"""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from figures import Figure, middle, publish, ranged

from egate_door.interlock import CLOCK_HZ, TRIP_CYCLES_MAX
from egate_door.limits import TICK_MS
from egate_hal.door import Direction, Leaf
from egate_hal.drivers.door_serial import DoorSerialSettings
from egate_hal.drivers.door_service import LoopTiming, ServiceDoor
from egate_sim.door.hosts import HostKind, micropython
from egate_sim.door.simulated import SimulatedDoor
from egate_tools.door import build

COMMANDS = 300
OPENINGS = 3
RESTARTS = 5
SILENCES = 5
PASS_US = TICK_MS * 1000
SAFE_MS = 300
LIMIT_S = 300

_HEAP = """
import gc
gc.collect()
before = gc.mem_alloc()
from egate_door.main import Controller
gc.collect()
print(gc.mem_alloc() - before)
"""


def figures() -> list[Figure]:
    return [*asyncio.run(_measure()), *_size()]


async def _measure() -> list[Figure]:
    async with asyncio.timeout(LIMIT_S):
        sim = SimulatedDoor(HostKind.MICROPYTHON)
        await sim.start()
        door = ServiceDoor(DoorSerialSettings(sim.link_path))
        await door.open()
        following = asyncio.create_task(_follow(door))
        try:
            await _until(lambda: door.firmware != "")
            await asyncio.sleep(1)
            return [
                *await _loop(sim, door),
                *await _link(door),
                Figure(
                    "Broken beam or open contact to the motor's direction off, in PIO",
                    TRIP_CYCLES_MAX * 1e6 / CLOCK_HZ, "us", at_most=100,
                    beside="worst of every phase on an emulator of the PIO; hard interrupts behind it took 13 to 25 us",
                ),
                await _silence(sim, door),
                await _recovery(sim, door),
            ]  # fmt: skip
        finally:
            following.cancel()
            await door.close()
            await sim.stop()


async def _follow(door: ServiceDoor) -> None:
    """Events must be taken, or the driver gives up."""
    while True:
        await door.next_event()


async def _loop(sim: SimulatedDoor, door: ServiceDoor) -> list[Figure]:
    """The loop as it measures itself, while leaves open and close and somebody watches."""
    await door.watch(50)
    seen: list[LoopTiming] = []
    for token in range(1, OPENINGS + 1):
        await door.grant(Leaf.ENTRY, Direction.FORWARD, token, 20_000)
        await sim.wait_until(lambda: sim.leaf_opening_mm(Leaf.ENTRY) > 640)
        await door.close_leaf(Leaf.ENTRY)
        await sim.wait_until(lambda: sim.leaf_opening_mm(Leaf.ENTRY) == 0)
        await asyncio.sleep(1)
        if door.timing is not None:
            seen.append(door.timing)
    await door.watch(0)
    run_us = [float(timing.run_mean_us) for timing in seen]
    worst_us = max(timing.run_max_us for timing in seen)
    late_us = max(timing.period_max_us for timing in seen) - PASS_US
    return [
        Figure(
            "One pass of the door's control loop, MicroPython, worst", worst_us / 1000, "ms", at_most=TICK_MS,
            beside=f"mean {middle(run_us) / 1000:.2f} ms here; on a board, egate-tools door watch tells",
        ),
        Figure(
            "The loop's period, latest", (PASS_US + late_us) / 1000, "ms", at_most=2 * TICK_MS,
            beside="wanted 10 ms; the simulated timer waits for the link's pause of 5 ms, a hard timer does not",
        ),
    ]  # fmt: skip


async def _link(door: ServiceDoor) -> list[Figure]:
    took_ms: list[float] = []
    begun_s = time.perf_counter()
    for _ in range(COMMANDS):
        one_s = time.perf_counter()
        await door.clear()
        took_ms.append((time.perf_counter() - one_s) * 1000)
    whole_s = time.perf_counter() - begun_s
    took_ms.sort()
    return [
        Figure(
            "Command to its answer over the link, p50", middle(took_ms), "ms", at_most=20,
            beside=f"p99 {took_ms[int(len(took_ms) * 0.99)]:.1f} ms; the door looks at its line every 5 ms",
        ),
        Figure(
            "Commands acknowledged one after the other", COMMANDS / whole_s, "per s", at_least=20,
            beside="a lane needs some five a traveller",
        ),
    ]  # fmt: skip


async def _silence(sim: SimulatedDoor, door: ServiceDoor) -> Figure:
    """From the last frame of a host that goes, to the exit free."""
    took_ms = []
    for _ in range(SILENCES):
        await asyncio.sleep(0.2)
        door._link._beat(door._now_ms())  # a last heartbeat, so that the time is counted from it
        door._poll()
        await door.close()
        silent_s = time.perf_counter()
        await sim.wait_until(lambda: sim.leaves[Leaf.EXIT].released)
        took_ms.append((time.perf_counter() - silent_s) * 1000)
        await door.open()
        await sim.wait_until(lambda: not sim.leaves[Leaf.EXIT].released)
    return Figure(
        "Last frame of the host to the safe state", middle(took_ms), "ms", at_most=SAFE_MS + 2 * TICK_MS,
        beside=f"300 ms of silence and a pass of the loop; {ranged(took_ms, 'ms')}",
    )  # fmt: skip


async def _recovery(sim: SimulatedDoor, door: ServiceDoor) -> Figure:
    """From power to a session, the driver waiting all the time."""
    took_ms = []
    for _ in range(RESTARTS):
        sim.kill()
        await asyncio.sleep(0.5)
        door.firmware = ""
        begun_s = time.perf_counter()
        await sim.restart()
        await _until(lambda: door.firmware != "")
        took_ms.append((time.perf_counter() - begun_s) * 1000)
    return Figure(
        "Power to the door controller, to a session",
        middle(took_ms),
        "ms",
        at_most=1_000,
        beside=f"interpreter, program from source, and the host's HELLO every 100 ms; {ranged(took_ms, 'ms')}",
    )


async def _until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - what is waited for has no event
        await asyncio.sleep(0.001)


def _size() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        modules = build.compile_all(Path(folder))
        heap = subprocess.run(
            [micropython(), "-c", _HEAP], env={"MICROPYPATH": f"{folder}:.frozen"}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
    return [
        Figure(
            "The door's program, compiled", build.total(modules) / 1024, "KiB", at_most=build.FLASH_BYTES_MAX / 1024,
            beside="of 1.4 MiB that MicroPython leaves on a Pico",
        ),
        Figure(
            "Memory that it takes when loaded, 64-bit words", int(heap.stdout) / 1024, "KiB",
            at_most=build.HEAP_BYTES_MAX / 1024, beside="about half on an RP2040, which has some 190 KiB",
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    publish(figures())
