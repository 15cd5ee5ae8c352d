"""A gate that somebody else built, with its own controller: it opens a leaf while it is asked to, closes it after that,
and says by contacts where its leaves are. For the drivers that stand before such gates."""

import asyncio
from collections.abc import Callable

from egate_hal.door import Leaf
from egate_hal.drivers.contact_gate import Contact, Relay

STEP_S = 0.01
MOVE_S = 0.1  # a leaf takes so long; real ones take ten times that
_RELAYS = {Leaf.ENTRY: Relay.OPEN_ENTRY, Leaf.EXIT: Relay.OPEN_EXIT}
_SHUT = {Leaf.ENTRY: Contact.ENTRY_SHUT, Leaf.EXIT: Contact.EXIT_SHUT}
_OPEN = {Leaf.ENTRY: Contact.ENTRY_OPEN, Leaf.EXIT: Contact.EXIT_OPEN}
_PASSED = {Leaf.ENTRY: Contact.ENTRY_PASSED, Leaf.EXIT: Contact.EXIT_PASSED}
PULSE_S = 0.15  # of the contact that says that somebody has passed


class ExistingGate:
    """``changed`` is called with every contact that changes. Runs on the loop from ``start`` to ``stop``."""

    def __init__(self) -> None:
        self.contacts = dict.fromkeys(Contact, False)
        self.contacts |= dict.fromkeys(_SHUT.values(), True)
        self.relays: frozenset[Relay] = frozenset()
        self.jammed: set[Leaf] = set()
        self.watchers: list[Callable[[Contact, bool], None]] = []
        self._opening = dict.fromkeys(Leaf, 0.0)  # 0 shut, 1 open
        self._moving: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._moving = asyncio.create_task(self._move())

    async def stop(self) -> None:
        if self._moving is not None:
            self._moving.cancel()
            await asyncio.wait({self._moving})

    def ask(self, relay: Relay, on: bool) -> None:
        self.relays = self.relays | {relay} if on else self.relays - {relay}

    def set(self, contact: Contact, closed: bool) -> None:
        if self.contacts[contact] is not closed:
            self.contacts[contact] = closed
            for watch in self.watchers:
                watch(contact, closed)

    async def walk(self, leaf: Leaf) -> None:
        """Somebody passes, as the gate's own sensors see it."""
        self.set(_PASSED[leaf], True)
        await asyncio.sleep(PULSE_S)
        self.set(_PASSED[leaf], False)

    async def _move(self) -> None:
        while True:
            await asyncio.sleep(STEP_S)
            for leaf in Leaf:
                wanted = _RELAYS[leaf] in self.relays or self.contacts[Contact.EMERGENCY]
                self._step(leaf, wanted=wanted)

    def _step(self, leaf: Leaf, *, wanted: bool) -> None:
        step = STEP_S / MOVE_S if wanted else -STEP_S / MOVE_S
        least, most = (0.5, 0.5) if leaf in self.jammed and self._opening[leaf] else (0.0, 1.0)
        self._opening[leaf] = min(max(self._opening[leaf] + step, least), most)
        self.set(_SHUT[leaf], self._opening[leaf] <= 0)
        self.set(_OPEN[leaf], self._opening[leaf] >= 1)
