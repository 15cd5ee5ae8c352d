"""The door's driver over lines that are noisy, slow, or bring every byte alone: a traveller passes all the same, and no
command is obeyed twice."""

import asyncio
from typing import Any

import pytest
from bad_line import BadLine

from egate_hal.door import Direction, DoorRefused, Leaf, LeafMoved, LeafPosition, PersonPassed
from egate_hal.drivers.door_serial import DoorSerialSettings, SerialDoor
from egate_hal.errors import DeviceTimeout
from egate_sim.door.simulated import SimulatedDoor
from egate_sim.virtual_time import VirtualTimeLoop

LINES: dict[str, dict[str, Any]] = {
    "good": {},
    "noisy": {"lost": 0.003, "flipped": 0.003},
    "slow": {"bytes_a_second": 960},
    "splitting": {"most": 1},
    "all of it": {"lost": 0.001, "flipped": 0.001, "bytes_a_second": 1_920, "most": 3},
}
DEADLINE_S = 120.0


async def grant(door: SerialDoor, leaf: Leaf, tokens: list[int]) -> None:
    """As the lane does: a grant that got lost is asked for anew, with a new token."""
    while True:
        tokens.append(len(tokens) + 1)
        try:
            await door.grant(leaf, Direction.FORWARD, tokens[-1], 10_000)
        except (DoorRefused, DeviceTimeout):
            await asyncio.sleep(0.2)
        else:
            return


async def until(door: SerialDoor, wanted: object) -> None:
    while True:
        event = await door.next_event()
        if event == wanted:
            return


@pytest.mark.parametrize("quality", LINES)
def test_a_traveller_passes_over_a_line_that_is(quality: str) -> None:
    async def whole() -> int:
        sim = SimulatedDoor()
        await sim.start()
        line = BadLine(sim.link_path, **LINES[quality])
        line.start()
        door = SerialDoor(DoorSerialSettings(line.port))
        openings = 0
        was = False

        def count() -> None:
            nonlocal openings, was
            released = sim.leaves[Leaf.ENTRY].released
            openings += released and not was
            was = released

        sim.watchers.append(count)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await door.open()
                tokens: list[int] = []
                await grant(door, Leaf.ENTRY, tokens)
                await sim.wait_leaf(Leaf.ENTRY, LeafPosition.OPEN)
                walking = asyncio.ensure_future(sim.walk(Leaf.ENTRY, Direction.FORWARD))
                await sim.wait_leaf(Leaf.ENTRY, LeafPosition.CLOSED)
                await walking
            assert openings <= len(tokens)
            return line.damaged
        finally:
            await door.close()
            line.stop()
            await sim.stop()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        damaged = runner.run(whole())
    assert bool(damaged) is ("lost" in LINES[quality])


def test_over_a_splitting_line_every_event_is_told() -> None:
    async def whole() -> None:
        sim = SimulatedDoor()
        await sim.start()
        line = BadLine(sim.link_path, most=1)
        line.start()
        door = SerialDoor(DoorSerialSettings(line.port))
        try:
            async with asyncio.timeout(DEADLINE_S):
                await door.open()
                await grant(door, Leaf.ENTRY, [])
                while not isinstance(event := await door.next_event(), LeafMoved) or event.opening_mm < 600:
                    continue
                walking = asyncio.ensure_future(sim.walk(Leaf.ENTRY, Direction.FORWARD))
                await until(door, PersonPassed(Leaf.ENTRY, Direction.FORWARD))
                await walking
        finally:
            await door.close()
            line.stop()
            await sim.stop()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(whole())
