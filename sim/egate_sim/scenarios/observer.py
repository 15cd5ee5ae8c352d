"""Watches a lane and its door from both sides while a scenario is played, and notes every breach of an invariant."""

import asyncio
from collections.abc import Callable

from egate.transaction import effects as fx
from egate.transaction.events import Direction, Leaf
from egate.transaction.state import Lane, Stage
from egate_sim.door.plant import SHUT_SWITCH_MM
from egate_sim.door.simulated import SimulatedDoor

# Not of the lane: whether a broker answers depends on the machine, and its link lives in real time.
_OUTSIDE = frozenset({"broker.unreachable"})


class Observer:
    """A watcher of the lane loop and of the simulated door's hardware. ``breaches``: what must never happen and did."""

    def __init__(self) -> None:
        self.lane = Lane()
        self.breaches: list[str] = []
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.raised: set[str] = set()
        self._waiting: list[tuple[frozenset[Stage], asyncio.Future[Stage]]] = []
        self._conditions: list[tuple[Callable[[Lane], bool], asyncio.Future[None]]] = []
        self._emergency = False

    @property
    def active(self) -> frozenset[str]:
        """Faults that are active now."""
        return self.lane.faults - _OUTSIDE

    def __call__(self, lane: Lane, effects: tuple[fx.Effect, ...]) -> None:
        self.lane = lane
        self.raised |= lane.faults - _OUTSIDE
        for effect in effects:
            match effect:
                case fx.OpenTransaction(transaction=transaction):
                    self.opened.append(transaction)
                case fx.CloseTransaction(summary=summary):
                    self.closed.append(summary.transaction)
                case fx.RecordTransition(target=target):
                    self._reached(Stage(target))
                case fx.GrantPassage(leaf=Leaf.EXIT, direction=Direction.FORWARD):
                    self._exit_granted(lane)
        for true, future in self._conditions:
            if true(lane) and not future.done():
                future.set_result(None)

    async def reach(self, *stages: Stage) -> Stage:
        """Wait until the lane enters one of these stages, be it ever so short. At once if it is in one."""
        if self.lane.stage in stages:
            return self.lane.stage
        future: asyncio.Future[Stage] = asyncio.get_running_loop().create_future()
        waiting = frozenset(stages), future
        self._waiting.append(waiting)
        try:
            return await future
        finally:
            self._waiting.remove(waiting)

    async def until(self, true: Callable[[Lane], bool]) -> None:
        """Wait until something holds of the lane after a step. At once if it does so now."""
        if true(self.lane):
            return
        condition = true, asyncio.get_running_loop().create_future()
        self._conditions.append(condition)
        try:
            await condition[1]
        finally:
            self._conditions.remove(condition)

    def watch(self, door: SimulatedDoor) -> None:
        """Look at the leaves whenever the hardware did something."""

        def look() -> None:
            free = [leaf for leaf in door.leaves.values() if leaf.released or leaf.opening_mm > SHUT_SWITCH_MM]
            if door.emergency_pressed or self.lane.emergency:
                self._emergency = True
            elif not free:
                self._emergency = False
            if len(free) == len(door.leaves) and not self._emergency:
                self.breaches.append("both leaves were free or open at once without an emergency")

        door.watchers.append(look)

    def _reached(self, stage: Stage) -> None:
        for stages, future in self._waiting:
            if stage in stages and not future.done():
                future.set_result(stage)

    def _exit_granted(self, lane: Lane) -> None:
        """For admission the exit opens on a verdict; else only because an officer said so."""
        tx = lane.transaction
        if tx is None or tx.resolution is fx.Resolution.OFFICER_FORWARD:
            return
        if tx.verdict is not fx.Verdict.ADMIT:
            self.breaches.append("the exit was granted to somebody who had not been admitted")
