"""Real processes in real time: broker, operations centre, controller, door firmware; then the controller is killed."""

import asyncio
import itertools
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from egate_hal.door import Direction, Leaf, LeafPosition
from egate_hal.errors import DeviceUnavailable
from egate_hal.indicators import Signal
from egate_sim.broker import Broker
from egate_sim.centre import Centre
from egate_sim.door.hosts import HostKind, micropython
from egate_sim.fast import officer_on_duty
from egate_sim.panel import Lamp
from egate_sim.processes import Child
from egate_sim.site import Site, prepare_site
from egate_sim.visit import first_signal, visit
from egate_sim.world import World

pytestmark = pytest.mark.system
NUMBERS = itertools.count(1)
LIMIT_S = 40


@dataclass
class Stage:
    """Everything but the controller, which the tests start and kill."""

    site: Site
    centre: Centre
    lane: str

    def controller(self) -> Child:
        return Child("egate", "run", "--config", str(self.site.gate_file))

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.site.folder / 'centre.db'}?mode=ro", uri=True)


@pytest.fixture
def stage(broker: Broker, tmp_path: Path) -> Iterator[Stage]:
    lane = f"live-{next(NUMBERS)}"
    site = prepare_site(tmp_path, 1, datetime.now(UTC), lane=lane, broker_port=broker.port, screen_port=None)
    with Centre(broker.address, tmp_path / "centre.db", 0) as centre:
        yield Stage(site, centre, lane)


def door_host() -> HostKind:
    """MicroPython where there is one; the machines without it run the same tests under CPython."""
    try:
        micropython()
    except DeviceUnavailable:
        return HostKind.CPYTHON
    return HostKind.MICROPYTHON


def test_a_traveller_passes_on_real_processes(stage: Stage) -> None:
    async def life() -> None:
        async with asyncio.timeout(LIMIT_S), World(stage.site.folder, 1, door_host()) as world:
            with stage.controller():
                await visit(world, stage.site.cast.visitors[0])

    asyncio.run(life())
    (outcome,) = stage.centre.outcomes(stage.lane, 1, 10)
    assert (outcome["decision"], outcome["resolution"]) == ("admit", "passed")
    _assert_exactly_once(stage)


def test_a_killed_controller_leaves_the_way_out_free_and_loses_nothing(stage: Stage) -> None:
    async def life() -> float:
        async with asyncio.timeout(LIMIT_S), World(stage.site.folder, 1, door_host()) as world:
            with stage.controller() as controller:
                await _inside_before_the_camera(world, stage)
                assert controller.process is not None
                controller.process.kill()
                killed_s = time.monotonic()
                await world.door.wait_until(lambda: world.door.leaves[Leaf.EXIT].released)
                safe_after_s = time.monotonic() - killed_s
            with stage.controller():
                with officer_on_duty(world):
                    await world.panel.wait_signal(Lamp.EXIT, Signal.ASSIST)
                    await world.door.wait_leaf(Leaf.ENTRY, LeafPosition.OPEN)
                    await world.door.walk(Leaf.ENTRY, Direction.BACKWARD)
                    await world.panel.wait_signal(Lamp.ENTRANCE, Signal.READY)
                await visit(world, stage.site.cast.visitors[0])
            return safe_after_s

    safe_after_s = asyncio.run(life())
    assert safe_after_s < 1.0, "300 ms by the door controller's own clock; the rest is this machine's"
    aborted, admitted = stage.centre.outcomes(stage.lane, 2, 10)
    assert (aborted["decision"], aborted["reasons"]) == ("abort", ["controller_restart"])
    assert admitted["decision"] == "admit"
    _assert_exactly_once(stage)


async def _inside_before_the_camera(world: World, stage: Stage) -> None:
    """Bring a traveller between the leaves; what the camera shows keeps the capture waiting."""
    visitor = stage.site.cast.visitors[0]
    await world.panel.wait_signal(Lamp.ENTRANCE, Signal.READY)
    world.ocr.place(visitor.passport.mrz)
    world.chips.place(visitor.chip(world.random))
    assert await first_signal(world, Lamp.ENTRANCE, Signal.GO, Signal.ASSIST) is Signal.GO
    world.ocr.remove()
    world.chips.remove()
    await world.door.wait_leaf(Leaf.ENTRY, LeafPosition.OPEN)
    await world.door.walk(Leaf.ENTRY, Direction.FORWARD)
    await world.panel.wait_signal(Lamp.EXIT, Signal.WAIT)  # the capture runs, and nobody stands before the camera


def _assert_exactly_once(stage: Stage) -> None:
    """Every event once, in order, none missing: from 1 to the last of one epoch, which says that the lane stopped."""
    stage.centre.stop()
    rows = stage.database().execute("SELECT seq, body FROM event WHERE gate = ? ORDER BY seq", (stage.lane,)).fetchall()
    assert [seq for seq, _ in rows] == list(range(1, len(rows) + 1))
    assert json.loads(rows[-1][1])["data"]["change"] == "stopped"
    ids = [json.loads(body)["id"] for _, body in rows]
    assert len(set(ids)) == len(ids)
