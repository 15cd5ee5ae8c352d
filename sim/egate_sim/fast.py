"""A lane on a simulated clock: the real controller and the whole world in one process, as fast as it can go."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from egate.config import read_config
from egate.runtime.clock import Clock
from egate.runtime.gate import Gate, running
from egate.runtime.lane import Watcher
from egate.runtime.workers import InlineWorker
from egate_sim.site import Site
from egate_sim.virtual_time import VirtualClock, VirtualTimeLoop
from egate_sim.visit import Tell, officer, visit
from egate_sim.visitors import Visitor
from egate_sim.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """What a fast run left: the hash at the end of its record stream, and how long it was for the travellers."""

    chain_head: str
    simulated_s: float


def run(job: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run`` on a simulated clock."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(job)


@asynccontextmanager
async def controller(
    site: Site,
    clock: Clock,
    seed: int,
    watchers: Iterable[Watcher] = (),
    tamper: Callable[[Gate], None] = lambda gate: None,
) -> AsyncIterator[Gate]:
    """One life of a controller. ``tamper`` gets the gate before it starts, to damage what it is built of."""
    gate = Gate(read_config(site.gate_file), clock, random.Random(seed), InlineWorker, watchers)
    tamper(gate)
    async with running(gate):
        yield gate


@asynccontextmanager
async def lane(site: Site, seed: int, watchers: Iterable[Watcher] = ()) -> AsyncIterator[tuple[World, Gate]]:
    """World and controller, ready for the first traveller; on a virtual-time loop."""
    clock = VirtualClock(asyncio.get_running_loop())
    async with World(site.folder, seed) as world, controller(site, clock, seed, watchers) as gate:
        yield world, gate


@contextmanager
def officer_on_duty(world: World, tell: Tell = lambda line: None) -> Iterator[None]:
    """An officer comes during the block whenever a lamp calls."""
    task = asyncio.get_running_loop().create_task(officer(world, tell))
    try:
        yield
    finally:
        task.cancel()


def everybody_once(
    site: Site,
    seed: int,
    visitors: Sequence[Visitor],
    tell: Tell = lambda line: None,
    watch: Callable[[Callable[[], int]], Iterable[Watcher]] = lambda now_ms: (),
) -> Run:
    """Let the visitors pass one after the other. ``watch`` gets the simulated clock and returns watchers."""

    async def life() -> Run:
        loop = asyncio.get_running_loop()
        clock = VirtualClock(loop)
        async with lane(site, seed, watch(clock.monotonic_ms)) as (world, gate):
            with officer_on_duty(world, tell):
                for visitor in visitors:
                    await visit(world, visitor, tell)
        return Run(gate.chain_head, loop.time())

    return run(life())
