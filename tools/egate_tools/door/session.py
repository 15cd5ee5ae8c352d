"""A connected door controller: follows its events and remembers what holds now."""

import asyncio
import secrets
from typing import Self, TypeVar

from egate_hal.door import (
    Anomaly,
    Direction,
    DoorEvent,
    DoorFault,
    DoorReady,
    DoorSilent,
    EmergencyChanged,
    Leaf,
    LeafMoved,
    LeafPosition,
    Obstructed,
    Occupancy,
    PersonPassed,
)
from egate_hal.drivers.door_serial import TOKEN_MAX
from egate_hal.drivers.door_service import DoorSample, ServiceDoor
from egate_hal.errors import DeviceTimeout

T = TypeVar("T", bound=DoorEvent)
ANSWER_S = 3.0
OPEN_MS = 5_000


class Session:
    """``async with Session(door)`` opens the line and waits for the door's whole state. Raises HalError."""

    def __init__(self, door: ServiceDoor) -> None:
        self.door = door
        self.faults: list[str] = []
        self.positions: dict[Leaf, LeafPosition] = {}
        self.inside = 0
        self.approach = False
        self.emergency = False
        self.silent = False
        self.said: list[str] = []
        """What happened, in words, the newest last."""

    async def __aenter__(self) -> Self:
        await self.door.open()
        try:
            await self.until(EmergencyChanged)
        except BaseException:
            await self.door.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.door.close()

    async def until(self, wanted: type[T]) -> T:
        """The next event of that kind. Raises DeviceTimeout, DeviceLost."""
        try:
            async with asyncio.timeout(ANSWER_S):
                while True:
                    event = await self.follow()
                    if isinstance(event, wanted):
                        return event
        except TimeoutError:
            raise DeviceTimeout("the door controller is not heard; has it power, and does its program run?") from None

    async def follow(self) -> DoorEvent:
        """Take in one event."""
        event = await self.door.next_event()
        match event:
            case DoorReady():
                self.silent, self.faults = False, []
            case DoorSilent():
                self.silent = True
            case LeafMoved(leaf=leaf, position=position):
                self.positions[leaf] = position
            case Occupancy(inside=inside, approach=approach):
                self.inside, self.approach = inside, approach
            case EmergencyChanged(latched=latched):
                self.emergency = latched
            case DoorFault(code=code, active=active):
                self.faults = sorted({*self.faults, code} if active else {*self.faults} - {code})
        if words := _in_words(event):
            self.said.append(words)
        return event

    async def open_once(self, leaf: Leaf) -> None:
        """Ask for one opening, as the lane does for a traveller. Raises DoorRefused, DeviceTimeout, DeviceLost."""
        token = 1 + secrets.randbelow(TOKEN_MAX)  # it only has to differ from those that the door has seen
        await self.door.grant(leaf, Direction.FORWARD, token, OPEN_MS)

    async def next_sample(self) -> DoorSample:
        """Wait for a sample, following events meanwhile. Raises DeviceTimeout."""
        self.door.changed.clear()
        following = asyncio.create_task(self._follow_all())
        try:
            async with asyncio.timeout(ANSWER_S):
                await self.door.changed.wait()
        except TimeoutError:
            if following.done():
                following.result()  # the line is gone, and says why
            raise DeviceTimeout("the door controller sends no samples") from None
        finally:
            following.cancel()
        return self.door.samples[-1]

    async def _follow_all(self) -> None:
        while True:
            await self.follow()


def _in_words(event: DoorEvent) -> str:
    match event:
        case DoorSilent():
            return "silent"
        case LeafMoved(leaf=leaf, position=position):
            return f"{leaf} {position}"
        case PersonPassed(leaf=leaf, direction=direction):
            return f"somebody passed the {leaf}, {direction}"
        case Obstructed(leaf=leaf, tries=tries):
            return f"{leaf} met something, try {tries}"
        case Anomaly(leaf=leaf, kind=kind):
            return f"{leaf}: {kind.replace('_', ' ')}"
        case DoorFault(code=code, active=active):
            return f"fault {code} {'began' if active else 'ended'}"
        case _:
            return ""
