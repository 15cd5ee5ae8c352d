"""StartTimer -> TimerFired."""

import asyncio

from egate.runtime.shared import Shared
from egate.transaction import effects as fx
from egate.transaction import events as ev


class Timers:
    """One handle a name; starting a timer again replaces it. Stale firings are told apart by their serial."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._handles: dict[ev.Timer, asyncio.TimerHandle] = {}

    def start(self, effect: fx.StartTimer) -> None:
        old = self._handles.get(effect.timer)
        if old is not None:
            old.cancel()
        loop = asyncio.get_running_loop()
        self._handles[effect.timer] = loop.call_later(effect.after_ms / 1000, self._fire, effect)

    def stop(self) -> None:
        for handle in self._handles.values():
            handle.cancel()

    def _fire(self, effect: fx.StartTimer) -> None:
        self._shared.put(ev.TimerFired(self._shared.now_ms(), effect.timer, effect.serial))
