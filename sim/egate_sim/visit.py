"""How people behave at the lane: a traveller who follows lamps and doors, an officer who comes when a lamp calls.

They know nothing of the controller; they see lamps and leaves, and move documents and themselves.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Protocol

from egate_hal.attendant import Press
from egate_hal.door import Direction, Leaf, LeafPosition
from egate_hal.indicators import Signal
from egate_sim.panel import Lamp
from egate_sim.passport.chip import Chip
from egate_sim.passport.issue import Passport
from egate_sim.people.presentation import Presentation
from egate_sim.world import World

Tell = Callable[[str], None]

# Project choice: how long people take, in seconds
_WALK_UP_S = 1.5
_REACH_S = 0.8
_STEP_BACK_S = 1.0
_OFFICER_COMES_S = 4.0
_OFFICER_LOOKS_S = 2.0
_FINDS_DOCUMENT_S = 6.0


class Traveller(Protocol):
    """Who may visit: ``chip`` None where the booklet has none; ``presents`` what the camera is to see; ``bar_codes``:
    contents of those that lie on the reader with the passport."""

    @property
    def title(self) -> str: ...

    @property
    def passport(self) -> Passport: ...

    @property
    def presents(self) -> Callable[[], Presentation]: ...

    @property
    def bar_codes(self) -> tuple[bytes, ...]: ...

    @property
    def forgets_passport(self) -> bool: ...

    def chip(self, random: Random) -> Chip | None: ...


async def visit(world: World, visitor: Traveller, tell: Tell = lambda line: None) -> None:
    """One traveller from the queue to wherever he or she ends up, and the lane ready again."""
    await world.panel.wait_signal(Lamp.ENTRANCE, Signal.READY)
    tell(visitor.title)
    world.door.stand_in_approach(True)
    await asyncio.sleep(_WALK_UP_S)
    _lay_down(world, visitor)
    answer = await first_signal(world, Lamp.ENTRANCE, Signal.GO, Signal.ASSIST)
    if answer is Signal.ASSIST:
        await _turn_away(world)
    else:
        await _walk_in(world, visitor)
        await _stand_before_camera(world, visitor)
    if visitor.forgets_passport:
        await asyncio.sleep(_FINDS_DOCUMENT_S)
        _take_up(world)
        tell("an officer finds the passport and takes it along")
    await world.panel.wait_signal(Lamp.ENTRANCE, Signal.READY)


async def officer(world: World, tell: Tell = lambda line: None) -> None:
    """Comes whenever the exit's lamp calls, looks, and lets the person back through the entrance. Until cancelled."""
    while True:
        await world.panel.wait_signal(Lamp.EXIT, Signal.ASSIST)
        await asyncio.sleep(_OFFICER_COMES_S + _OFFICER_LOOKS_S)
        if world.panel.signals[Lamp.EXIT] is not Signal.ASSIST:
            continue
        tell("an officer has come and takes the traveller along, back through the entrance")
        world.panel.press(Press.RELEASE_BACK)
        await first_signal(world, Lamp.EXIT, Signal.OFF, Signal.WAIT, Signal.GO, Signal.CLOSED)


async def first_signal(world: World, lamp: Lamp, *signals: Signal) -> Signal:
    """Wait until a lamp shows one of these signals."""
    waits = {asyncio.ensure_future(world.panel.wait_signal(lamp, signal)): signal for signal in signals}
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        return min(waits[task] for task in done)
    finally:
        for task in waits:
            task.cancel()


def _lay_down(world: World, visitor: Traveller) -> None:
    world.ocr.place(visitor.passport.mrz, bar_codes=visitor.bar_codes)
    chip = visitor.chip(world.random)
    if chip is not None:
        world.chips.place(chip)


def _take_up(world: World) -> None:
    world.ocr.remove()
    world.chips.remove()


async def _turn_away(world: World) -> None:
    """The lamp says that an officer will help: take the passport, step aside."""
    await asyncio.sleep(_REACH_S)
    _take_up(world)
    await asyncio.sleep(_STEP_BACK_S)
    world.door.stand_in_approach(False)


async def _walk_in(world: World, visitor: Traveller) -> None:
    if not visitor.forgets_passport:
        await asyncio.sleep(_REACH_S)
        _take_up(world)
    await world.door.wait_leaf(Leaf.ENTRY, LeafPosition.OPEN)
    world.door.stand_in_approach(False)
    await world.door.walk(Leaf.ENTRY, Direction.FORWARD)


async def _stand_before_camera(world: World, visitor: Traveller) -> None:
    world.scene.show(visitor.presents())
    try:
        answer = await first_signal(world, Lamp.EXIT, Signal.GO, Signal.ASSIST)
        if answer is Signal.GO:
            await world.door.wait_leaf(Leaf.EXIT, LeafPosition.OPEN)
            await world.door.walk(Leaf.EXIT, Direction.FORWARD)
        else:  # the officer opens the entrance
            await world.door.wait_leaf(Leaf.ENTRY, LeafPosition.OPEN)
            await world.door.walk(Leaf.ENTRY, Direction.BACKWARD)
    finally:
        world.scene.clear()
