"""An asyncio loop whose clock is simulated: when nothing is ready, time jumps to the next timer.

Everything on the loop stays real: sockets, pseudo-terminals, callbacks. Only ``loop.time()`` is simulated. Three things
make a run repeatable: computations run inline (``InlineWorker``), randomness comes from a seed, and bytes that one
side wrote are visible to the other side of the same process before time moves on. The last one is why the selector
polls: on Linux poll(2) flushes a pseudo-terminal's pending work, so nothing is in flight when it says "nothing".
"""

import asyncio
import selectors
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)  # project choice: the simulated day begins here


class _JumpingSelector(selectors.PollSelector):
    """Never waits: instead of sleeping for ``timeout`` it moves the loop's clock by it."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            # No timer at all: only the outside world can go on (another process, a thread). Wait for it really.
            return super().select(None)
        self.now_s += timeout
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """The loop. ``time()`` starts at 0 and moves only when nothing is left to do at the present instant."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s


class VirtualClock:
    """The runtime's clock on a virtual-time loop; its wall clock starts at ``START``."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: datetime = START) -> None:
        self._loop, self._start = loop, start

    def monotonic_ms(self) -> int:
        return round(self._loop.time() * 1000)

    def utc(self) -> datetime:
        return self._start + timedelta(milliseconds=self.monotonic_ms())

    def trusted(self) -> bool:
        return True
