"""One lane, put together: devices, rooms, executors, the loop. ``run`` is the life of a controller."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from egate import __version__
from egate.config import Config
from egate.document.inspection.reuse import DocumentMemory, RecentDocuments
from egate.runtime.clock import Clock
from egate.runtime.devices import Keeper
from egate.runtime.executors.record import Recorder
from egate.runtime.fault_board import FaultBoard
from egate.runtime.lane import Ids, LaneLoop, Watcher
from egate.runtime.local_pages import PageUnavailable
from egate.runtime.resources import Resources
from egate.runtime.screen.server import ScreenServer
from egate.runtime.shared import Shared
from egate.runtime.state_report import StateReport
from egate.runtime.technician import TechnicianServer
from egate.runtime.vault import Vault
from egate.runtime.wiring import Parts, connect
from egate.runtime.work import Work
from egate.runtime.workers import Worker
from egate.telemetry.link import Link
from egate.telemetry.outbox import Outbox
from egate.telemetry.records import LaneChange, LaneRecorded, interrupted_record
from egate.transaction import events as ev
from egate.transaction.state import Lane
from egate_hal.registry import create

log = logging.getLogger(__name__)

TOPOLOGY = "mantrap"
_DEVICES_WITHIN_S = 5.0  # how long the start waits for the slowest device before it goes on without


class Gate:
    """``worker(name)`` gives a place for long work; ``source`` every random number; ``watchers`` see each step.

    Build it inside a running loop. It opens nothing before ``run``.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        source: random.Random,
        worker: Callable[[str], Worker],
        watchers: Iterable[Watcher] = (),
    ) -> None:
        self.config, self.clock = config, clock
        self.ids, self.vault, self.resources = Ids(source), Vault(self._overwrite), Resources()
        self.memory = self._make_memory()
        self.work = Work()
        self.workers = {name: worker(name) for name in ("egate-disk", "egate-face", "egate-lists")}
        self.devices: Mapping[str, Any] = {port: create(device) for port, device in config.devices.items()}
        self._watchers = tuple(watchers)
        self._board: FaultBoard | None = None
        self._stopping = False
        self.chain_head = ""  # of the record stream, when the life has ended

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Until cancelled. ``ready`` is called when the lane has started. Raises JournalError where events cannot be
        kept at all, and whatever breaks an executor."""
        async with AsyncExitStack() as stack:
            outbox = stack.enter_context(
                Outbox.open(self.config.telemetry.outbox, self.config.lane.id, self.clock.utc())
            )
            for each in self.workers.values():
                stack.callback(each.stop)
            stack.callback(self._forget)
            stack.callback(lambda: setattr(self, "chain_head", outbox.position.head))
            await self._live(outbox, stack, ready)

    async def _live(self, outbox: Outbox, stack: AsyncExitStack, ready: Callable[[], None]) -> None:
        link = self._make_link(outbox)
        reports: tuple[Watcher, ...] = (StateReport(link, self.clock, self._mode), *self._watchers)
        loop = LaneLoop(Lane(self.config.limits), self.clock, reports)
        shared = Shared(loop.put, self._set_fault, self.clock, self.work, self.vault, self.ids)
        recorder = Recorder(shared, outbox, self.workers["egate-disk"], TOPOLOGY, {"egate": __version__})
        self._board = FaultBoard(
            recorder.fault, lambda code, active: loop.put(ev.FaultChanged(shared.now_ms(), code, active))
        )
        parts = Parts(
            self.config, self.devices, self.resources, self.memory, recorder, self._board,
            self._start_screen(stack), self._start_technician(stack), self.workers["egate-face"],
            self.workers["egate-lists"],
        )  # fmt: skip
        handlers, keepers = connect(shared, parts)
        loop.connect(handlers)
        self._record_start(outbox, recorder)
        self._set_fault("outbox.lost", outbox.opened.set_aside is not None)
        link.start()
        stack.callback(link.stop)
        stack.push_async_exit(lambda kind, error, trace: self._say_stopped(recorder, kind))
        stack.push_async_callback(self.work.stop_all)
        for task in (recorder.run(), loop.run(), *(keeper.run() for keeper in keepers)):
            self.work.start(task)
        await self._devices_tried(keepers)
        loop.put(ev.Started(shared.now_ms()))
        ready()
        await self.work.failed

    def _set_fault(self, code: str, active: bool) -> None:
        if self._board is not None:
            self._board.set(code, active)

    def _overwrite(self, job: Callable[[], None]) -> None:
        """On the face worker, after whatever it is doing with the pictures."""
        self.work.start(self.workers["egate-face"].run(job))

    def _forget(self) -> None:
        """At the end of the life nothing works on pictures any more. The models, which are most of a controller's
        memory, go at once; the web of objects around them goes when the collector comes."""
        self.vault.overwrite = lambda job: job()
        self.vault.wipe()
        self.resources.faces = None

    @property
    def _mode(self) -> str:
        return "simulation" if self.config.lane.simulation else "live"

    def _make_memory(self) -> DocumentMemory | None:
        """With a key of this life: what the last one remembered is gone."""
        keep_s = self.config.limits.policy.document_memory_s
        return RecentDocuments(self.ids.bytes(32), keep_s * 1000) if keep_s else None

    def _start_screen(self, stack: AsyncExitStack) -> ScreenServer | None:
        if not self.config.screen.enabled:
            return None
        screen = ScreenServer("127.0.0.1", self.config.screen.port, language=self.config.lane.language)
        try:
            screen.start()
        except PageUnavailable as error:
            log.error("%s", error)
            self._set_fault("screen.unavailable", True)
            return None
        stack.callback(screen.stop)
        log.info("the traveller's screen is at %s", screen.url)
        return screen

    def _start_technician(self, stack: AsyncExitStack) -> TechnicianServer | None:
        """Nobody who crosses the border needs it, so that its absence is told and closes nothing."""
        address = self.config.technician.address
        if address is None:
            return None
        technician = TechnicianServer(address, self.config.lane.id)
        try:
            technician.start()
        except PageUnavailable as error:
            log.error("the technician's page: %s", error)
            return None
        stack.callback(technician.stop)
        log.info("the technician's page is at %s", technician.url)
        return technician

    def _make_link(self, outbox: Outbox) -> Link:
        running = asyncio.get_running_loop()

        def connected(yes: bool) -> None:  # on the link's thread
            if not self._stopping:
                running.call_soon_threadsafe(self._set_fault, "broker.unreachable", not yes)

        return Link(outbox, self.config.telemetry.broker, connected)

    def _record_start(self, outbox: Outbox, recorder: Recorder) -> None:
        """Say that the controller started; a transaction that a crash left open ends as aborted (invariant 7)."""
        left_open = outbox.opened.interrupted
        if left_open is not None:
            recorder.record(interrupted_record(left_open, TOPOLOGY, {"egate": __version__}, self.clock.utc()))
            recorder.record(LaneRecorded(LaneChange.RESTARTED, __version__, left_open.transaction))
        else:
            recorder.record(LaneRecorded(LaneChange.STARTED, __version__))

    async def _say_stopped(self, recorder: Recorder, kind: type[BaseException] | None) -> None:
        """The last record of an orderly stop; a defect that ends us leaves none. The recorder's task has ended, so
        what still waits is committed here."""
        self._stopping = True
        if kind is None or issubclass(kind, asyncio.CancelledError):
            recorder.record(LaneRecorded(LaneChange.STOPPED, __version__))
        await recorder.finish()

    async def _devices_tried(self, keepers: Iterable[Keeper]) -> None:
        waits = [asyncio.ensure_future(keeper.tried.wait()) for keeper in keepers]
        await asyncio.wait(waits, timeout=_DEVICES_WITHIN_S)
        for wait in waits:
            wait.cancel()


@asynccontextmanager
async def running(gate: Gate) -> AsyncIterator[Gate]:
    """A gate that runs in the background of the block: ready when the block begins, stopped in order at its end.

    A gate that breaks takes the block with it. Raises what broke the gate, or the block.
    """
    ready = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            life = group.create_task(gate.run(ready.set))
            await ready.wait()
            try:
                yield gate
            finally:
                life.cancel()
    except BaseExceptionGroup as broken:
        raise broken.exceptions[0] from None
