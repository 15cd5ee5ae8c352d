"""One queue, one loop, one owner of the lane's state.

driver -> queue -> step -> effects -> executor -> driver. Nothing else changes the state, so there are no locks.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from egate.runtime.clock import Clock
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.state import Lane
from egate.transaction.step import step

log = logging.getLogger(__name__)

Handler = Callable[[Any], None]
Watcher = Callable[[Lane, tuple[fx.Effect, ...]], None]


class LaneLoop:
    """``handlers`` maps every kind of effect to its executor; ``watchers`` see the state after each step.

    ``late`` counts answers that came for a traveller who had gone.
    """

    def __init__(self, lane: Lane, clock: Clock, watchers: Iterable[Watcher] = ()) -> None:
        self.lane = lane
        self.clock = clock
        self.late: Counter[str] = Counter()
        self._queue: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._watchers = tuple(watchers)
        self._handlers: Mapping[type[fx.Effect], Handler] = {}

    def connect(self, handlers: Mapping[type[fx.Effect], Handler]) -> None:
        """Name the executors. Raises ValueError if a kind of effect has none: a wish nobody hears is a defect."""
        missing = [kind.__name__ for kind in effect_kinds() if kind not in handlers and kind is not fx.CountLate]
        if missing:
            raise ValueError(f"no executor for {', '.join(missing)}")
        self._handlers = {**handlers, fx.CountLate: self._count_late}

    def put(self, event: ev.Event) -> None:
        """Tell the lane something. On the loop's thread only."""
        self._queue.put_nowait(event)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.handle(await self._queue.get())

    def handle(self, event: ev.Event) -> None:
        """One event, one step, its effects in order."""
        log.debug("%s in %s", type(event).__name__, self.lane.stage)
        self.lane, effects = step(self.lane, event)
        for effect in effects:
            self._handlers[type(effect)](effect)
        for watch in self._watchers:
            watch(self.lane, effects)

    def _count_late(self, effect: fx.CountLate) -> None:
        self.late[effect.kind] += 1


def effect_kinds() -> list[type[fx.Effect]]:
    """Every kind of effect that the table can want."""
    named = vars(fx).values()
    return [kind for kind in named if isinstance(kind, type) and issubclass(kind, fx.Effect) and kind is not fx.Effect]


class Ids:
    """Fresh transaction ids and door tokens. In production from the system's random source, in a simulation seeded."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def uuid(self) -> str:
        """A random UUID, version 4."""
        bits = self._source.getrandbits(128)
        bits = bits & ~(0xF << 76) & ~(0x3 << 62) | 4 << 76 | 2 << 62
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def token(self) -> int:
        """Base of a transaction's door grants, 28 bits, never 0."""
        return self._source.randrange(1, 1 << 28)

    def bytes(self, count: int) -> bytes:
        """Random bytes, for challenges and keys."""
        return self._source.randbytes(count)
