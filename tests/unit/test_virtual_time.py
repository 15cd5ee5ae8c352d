"""Simulated time jumps only when nothing is left to do, and never past bytes that are on their way."""

import asyncio
import os
import tty
from datetime import timedelta

from egate_sim.fast import run
from egate_sim.virtual_time import START, VirtualClock


def test_time_jumps_to_the_next_timer() -> None:
    async def life() -> list[tuple[str, float]]:
        loop, seen = asyncio.get_running_loop(), list[tuple[str, float]]()

        async def after(name: str, delay_s: float) -> None:
            await asyncio.sleep(delay_s)
            seen.append((name, round(loop.time(), 6)))

        await asyncio.gather(after("an hour", 3600), after("a second", 1), after("at once", 0))
        clock = VirtualClock(loop)
        assert clock.utc() - START == timedelta(hours=1)
        return seen

    assert run(life()) == [("at once", 0), ("a second", 1), ("an hour", 3600)]


def test_bytes_on_a_terminal_arrive_before_time_moves() -> None:
    async def life() -> list[float]:
        loop, arrived = asyncio.get_running_loop(), list[float]()
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(slave, False)

        def read() -> None:
            arrived.extend([round(loop.time(), 6)] * len(os.read(slave, 64)))

        loop.add_reader(slave, read)
        for _ in range(500):
            os.write(master, b"x")
            await asyncio.sleep(0.01)
        loop.remove_reader(slave)
        os.close(master)
        os.close(slave)
        return arrived

    assert run(life()) == [round(i * 0.01, 6) for i in range(500)]
