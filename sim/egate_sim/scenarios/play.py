"""One performance of a scenario: the world, the controller, and what people and faults can do to them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from egate.runtime.gate import Gate
from egate.runtime.lane import Watcher
from egate.transaction.state import Lane, Stage
from egate_hal.attendant import Press
from egate_hal.door import Direction, LeafPosition
from egate_hal.door import Leaf as DoorLeaf
from egate_hal.indicators import Signal
from egate_sim import fast
from egate_sim.ocr import OcrFault
from egate_sim.panel import Lamp
from egate_sim.people.presentation import Presentation
from egate_sim.scenarios.observer import Observer
from egate_sim.scenarios.travellers import Bearer
from egate_sim.site import Site
from egate_sim.virtual_time import VirtualClock
from egate_sim.visit import Tell, officer, visit
from egate_sim.world import World

MakeWatcher = Callable[[Callable[[], int]], Watcher]

LIMIT_S = 900.0
"""Simulated seconds after which a scenario that has not ended is taken for stuck."""

_OPENS_WITHIN_S = 3.0
_WIDE_MM = 650

_AT_THE_READER = (Stage.DOCUMENT_PRESENT, Stage.READING_DOCUMENT, Stage.ENTRY_OPEN, Stage.ENTERING)
_INSIDE = (Stage.SINGLE_PERSON_CHECK, Stage.CAPTURING_FACE)
_AT_THE_EXIT = (Stage.EXIT_OPEN, Stage.PASSING)


class Clock(VirtualClock):
    """A simulated clock that may lose its battery."""

    believed = True

    def trusted(self) -> bool:
        return self.believed


class Play:
    """``inside``: how many people really are between the leaves. Waits have no limit of their own: the whole play
    has one."""

    def __init__(self, site: Site, seed: int, tell: Tell, watch: MakeWatcher | None) -> None:
        self.site, self.seed, self.tell = site, seed, tell
        self.clock = Clock(asyncio.get_running_loop())
        self.observer = Observer()
        self.world = World(site.folder, seed)
        self.inside = 0
        self.seen: list[Bearer] = []
        more = [] if watch is None else [watch(self.clock.monotonic_ms)]
        self._watchers: list[Watcher] = [self.observer, *more]
        self._starts = 0
        self._controller = AsyncExitStack()
        self._gate: Gate | None = None
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.tamper: Callable[[Gate], None] = lambda gate: None
        self.final = ""
        self.left: frozenset[str] = frozenset()

    @property
    def lane(self) -> Lane:
        return self.observer.lane

    @property
    def gate(self) -> Gate:
        assert self._gate is not None, "the controller runs"
        return self._gate

    # The controller

    async def start_controller(self) -> None:
        """Each life has random numbers of its own."""
        self._starts += 1
        life = fast.controller(
            self.site, self.clock, self.seed + 1000 * (self._starts - 1), self._watchers, self.tamper
        )
        self._gate = await self._controller.enter_async_context(life)
        self._gate.work.failed.add_done_callback(self._ended)

    async def stop_controller(self) -> None:
        """Whatever it is doing."""
        self.observer.lane = Lane()
        await self._controller.aclose()

    async def finish_or_break(self, job: asyncio.Task[None]) -> None:
        """Wait for ``job``; a controller that breaks meanwhile ends the waiting with its error."""
        await asyncio.wait((job, self._broken), return_when=asyncio.FIRST_COMPLETED)
        if not job.done():
            job.cancel()
            self._broken.result()
        await job

    def _ended(self, life: asyncio.Future[None]) -> None:
        """One life's failure; a controller that was stopped has none."""
        if not life.cancelled() and not self._broken.done():
            self._broken.set_exception(life.exception() or RuntimeError("the controller ended"))

    # The lane

    async def settle(self) -> None:
        """A moment of rest, for what is done in the background."""
        await asyncio.sleep(1)
        self.left = self.observer.active

    async def reach(self, *stages: Stage) -> Stage:
        return await self.observer.reach(*stages)

    async def fault(self, code: str, active: bool = True) -> None:
        """Wait until a fault is active, or over."""
        await self.observer.until(lambda lane: (code in lane.faults) is active)

    async def ready(self) -> None:
        await self.world.panel.wait_signal(Lamp.ENTRANCE, Signal.READY)

    def press(self, press: Press) -> None:
        self.tell(f"somebody presses {press.value.replace('_', ' ')}")
        self.world.panel.press(press)

    async def stays_closed(self) -> None:
        """Nobody may start now."""
        await asyncio.sleep(1)
        if self.world.panel.signals[Lamp.ENTRANCE] not in (Signal.CLOSED, Signal.OFF):
            self.observer.breaches.append(f"the lane was not closed, but in {self.lane.stage}")

    # People

    async def visit(self, who: Bearer) -> None:
        """From the queue to wherever it ends, with an officer on duty."""
        self.seen.append(who)
        async with self.officer():
            await visit(self.world, who, self.tell)

    @asynccontextmanager
    async def officer(self) -> AsyncIterator[None]:
        task = asyncio.create_task(officer(self.world, self.tell))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def lay_down(self, who: Bearer, fault: OcrFault | None = None) -> None:
        self.seen.append(who)
        self.world.ocr.place(who.passport.mrz, fault, who.bar_codes)
        chip = who.chip(self.world.random)
        if chip is not None:
            self.world.chips.place(chip)

    def take_up(self) -> None:
        self.world.ocr.remove()
        self.world.chips.remove()

    async def walk(self, leaf: DoorLeaf, direction: Direction) -> None:
        """Through a leaf as soon as it is open."""
        await self.world.door.wait_leaf(leaf, LeafPosition.OPEN)
        await self.slip_through(leaf, direction)

    async def slip_through(self, leaf: DoorLeaf, direction: Direction) -> None:
        """Through a leaf as it stands."""
        self.world.door.stand_in_approach(False)
        await self.world.door.walk(leaf, direction)
        self.inside += 1 if (leaf is DoorLeaf.ENTRY) == (direction is Direction.FORWARD) else -1

    async def come_in(self, who: Bearer) -> None:
        """Lay the document down, take it up again, walk in."""
        await self.ready()
        self.lay_down(who)
        await self.world.panel.wait_signal(Lamp.ENTRANCE, Signal.GO)
        self.take_up()
        await self.walk(DoorLeaf.ENTRY, Direction.FORWARD)

    async def bring(self, who: Bearer, target: Stage) -> None:
        """Let a traveller go on in good order until the lane is in ``target``, and stop there."""
        await self.ready()
        if target is Stage.IDLE:
            return
        self.lay_down(who)
        if target in _AT_THE_READER:
            await self.reach(target)
            return
        await self.world.panel.wait_signal(Lamp.ENTRANCE, Signal.GO)
        self.take_up()
        await self.walk(DoorLeaf.ENTRY, Direction.FORWARD)
        if target in _INSIDE:
            await self.reach(target)
            return
        self.show(who.presents())
        if target is Stage.CLEAR_CHECK:
            await self.walk(DoorLeaf.EXIT, Direction.FORWARD)
        await self.reach(target)

    def show(self, presentation: Presentation) -> None:
        self.world.scene.show(presentation)

    async def go_back(self) -> None:
        """The officer lets one person back through the entrance, who walks. Where the lamp still calls, he turns the
        key again."""
        opened = False
        while not opened:
            await self.world.panel.wait_signal(Lamp.EXIT, Signal.ASSIST)
            self.press(Press.RELEASE_BACK)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_OPENS_WITHIN_S):
                    await self.world.door.wait_leaf(DoorLeaf.ENTRY, LeafPosition.OPEN)
                    opened = True
        await self.slip_through(DoorLeaf.ENTRY, Direction.BACKWARD)
        self.world.scene.clear()

    async def push_out(self) -> None:
        """Whoever is inside pushes the exit open, which the door controller in doubt keeps free, and goes."""
        door = self.world.door
        await door.wait_until(lambda: door.leaves[DoorLeaf.EXIT].released)
        door.push_leaf(DoorLeaf.EXIT, _WIDE_MM)
        while self.inside:
            await self.walk(DoorLeaf.EXIT, Direction.FORWARD)
        door.push_leaf(DoorLeaf.EXIT, None)
        self.world.scene.clear()

    async def flee(self) -> None:
        """In an emergency everybody inside leaves through the exit, and takes along what lies on the reader."""
        self.take_up()
        while self.inside:
            await self.walk(DoorLeaf.EXIT, Direction.FORWARD)
        self.world.scene.clear()


@asynccontextmanager
async def performance(site: Site, seed: int, tell: Tell, watch: MakeWatcher | None = None) -> AsyncIterator[Play]:
    """A play whose controller has started; on a virtual-time loop."""
    play = Play(site, seed, tell, watch)
    async with play.world:
        play.observer.watch(play.world.door)
        await play.start_controller()
        try:
            yield play
        finally:
            await play.stop_controller()
