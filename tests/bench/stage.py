"""What the benches of the whole lane share: broker, operations centre, world and site, in real time, on real parts."""

import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from egate_hal.errors import DeviceUnavailable
from egate_hal.indicators import Signal
from egate_sim.broker import Broker
from egate_sim.centre import Centre
from egate_sim.door.hosts import HostKind, micropython
from egate_sim.panel import Lamp
from egate_sim.processes import Child
from egate_sim.site import Site, prepare_site
from egate_sim.world import World

SEED = 1
MEMORY_S = 1
"""One traveller comes again and again. Between passing and the next reading lies more, so all checks are made."""
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything but the controller. ``world`` runs on the bench's own loop."""

    site: Site
    world: World
    log: IO[str]

    def controller(self) -> Child:
        """``egate run`` as a Raspberry Pi would start it; with the traveller's screen."""
        self.world.panel.signals = dict.fromkeys(Lamp, Signal.OFF)  # what the last one showed counts no longer
        return Child("egate", "run", "--config", str(self.site.gate_file), stdout=self.log, stderr=self.log)

    async def ready(self) -> None:
        """Until the entrance's lamp says so."""
        await self.world.panel.wait_signal(Lamp.ENTRANCE, Signal.READY)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the disk that the repository lies on: what a commit costs depends on it."""
    (ROOT / "run").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "run", prefix="bench-") as name:
        yield Path(name)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A lane ready for a controller."""
    with (
        scratch() as folder,
        Broker() as broker,
        Centre(broker.address, folder / "centre.db", 0),
        (folder / "controller.log").open("w") as log,
    ):
        site = prepare_site(
            folder, SEED, datetime.now(UTC), broker_port=broker.port, document_memory_s=MEMORY_S
        )  # fmt: skip
        async with World(folder, SEED, _door_host()) as world:
            yield Stage(site, world, log)


def _door_host() -> HostKind:
    """The door controller's firmware in a process of its own; under MicroPython where there is one."""
    try:
        micropython()
    except DeviceUnavailable as error:
        sys.stderr.write(f"the door's firmware runs under CPython: {error}\n")
        return HostKind.CPYTHON
    return HostKind.MICROPYTHON
