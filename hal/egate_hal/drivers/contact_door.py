"""What the drivers of an existing gate share: contacts in, relays out, the port's events on a queue.

How contacts and relays are reached is a ``Board``; the rules are ``contact_gate``'s.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from egate_hal.door import Direction, DoorEvent, Leaf
from egate_hal.drivers.contact_gate import Contact, ContactGate, Relay
from egate_hal.errors import DeviceLost, HalError


class Board(Protocol):
    """Contacts and relays of one gate. ``changed`` and ``lost`` are called on the loop."""

    async def open(
        self, changed: Callable[[Mapping[Contact, bool]], None], lost: Callable[[HalError], None]
    ) -> Mapping[Contact, bool]:
        """All relays off. Returns every contact as it is. Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None:
        """All relays off, as far as the hardware still listens."""

    async def switch(self, relays: frozenset[Relay]) -> None:
        """These on, the others off. Raises DeviceLost, DeviceTimeout."""


class ContactDoor:
    """Implements ``egate_hal.door.Door``. Everything runs on the loop that called ``open``."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._gate = ContactGate()
        self._events: asyncio.Queue[DoorEvent | None] = asyncio.Queue()
        self._lost: HalError | None = DeviceLost("the gate is not open")
        self._timer: asyncio.TimerHandle | None = None
        self._switching: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._events = asyncio.Queue()
        closed = await self._board.open(self._sense, self._give_up)
        self._lost = None
        self._tell(self._gate.begin(closed))

    async def close(self) -> None:
        self._give_up(DeviceLost("the gate is closed"))
        for task in self._switching:
            task.cancel()
        await self._board.close()

    async def grant(self, leaf: Leaf, direction: Direction, token: int, valid_ms: int) -> None:
        self._raise_if_lost()
        self._gate.grant(leaf, direction, token, valid_ms, self._now_s())
        try:
            await self._board.switch(self._gate.relays)
        except HalError:
            self._tell(self._gate.close(leaf))
            raise
        self._set_timer()

    async def close_leaf(self, leaf: Leaf) -> None:
        self._raise_if_lost()
        self._tell(self._gate.close(leaf))
        await self._board.switch(self._gate.relays)

    async def clear(self, inside: int = 0) -> None:
        self._raise_if_lost()
        self._tell(self._gate.clear(inside))

    async def next_event(self) -> DoorEvent:
        if self._events.empty():
            self._raise_if_lost()
        event = await self._events.get()
        if event is None:
            self._raise_if_lost()
            raise DeviceLost("the gate is gone")
        return event

    def _sense(self, closed: Mapping[Contact, bool]) -> None:
        if self._lost is None:
            before = self._gate.relays
            self._tell(self._gate.sense(closed, self._now_s()))
            self._switch_if_changed(before)

    def _expire(self) -> None:
        before = self._gate.relays
        self._tell(self._gate.expire(self._now_s()))
        self._switch_if_changed(before)

    def _switch_if_changed(self, before: frozenset[Relay]) -> None:
        if self._gate.relays != before:
            task = asyncio.get_running_loop().create_task(self._switch())
            self._switching.add(task)
            task.add_done_callback(self._switching.discard)

    async def _switch(self) -> None:
        try:
            await self._board.switch(self._gate.relays)
        except HalError as error:
            self._give_up(error)

    def _tell(self, events: list[DoorEvent]) -> None:
        for event in events:
            self._events.put_nowait(event)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline_s = self._gate.deadline_s()
        if deadline_s is not None and self._lost is None:
            self._timer = asyncio.get_running_loop().call_at(deadline_s, self._expire)

    def _give_up(self, reason: HalError) -> None:
        """The gate is gone: whoever waits is told. ``open`` may be tried again."""
        if self._lost is None:
            self._lost = reason
            self._events.put_nowait(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _raise_if_lost(self) -> None:
        if self._lost is not None:
            raise self._lost

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()
