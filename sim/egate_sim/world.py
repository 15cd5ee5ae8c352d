"""Everything around one simulated lane: reader, chip field, camera, lamps and buttons, doors. Real lines lead to it.

The controller reaches it as it would reach hardware: over pseudo-terminals and sockets in one folder, named in the
gate file. The world can live in the controller's process (simulated time) or in one of its own (real time).
"""

import asyncio
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from egate_sim.camera import CameraScene, CameraServer
from egate_sim.chip_field import ChipField
from egate_sim.door.hosts import HostKind
from egate_sim.door.simulated import SimulatedDoor
from egate_sim.face_light import FaceLightServer
from egate_sim.ocr import SimulatedOcr
from egate_sim.panel import SimulatedPanel


class World:
    """``folder`` receives the lines: ocr, door (pseudo-terminals), chip.sock, camera.sock, light.sock, panel.sock."""

    def __init__(self, folder: Path, seed: int, door_host: HostKind = HostKind.INPROCESS) -> None:
        self.random = Random(seed)
        self.ocr = SimulatedOcr(folder / "ocr", Random(self.random.getrandbits(64)))
        self.chips = ChipField(folder / "chip.sock")
        self.scene = CameraScene(Random(self.random.getrandbits(64)))
        self.camera = CameraServer(folder / "camera.sock", self.scene)
        self.light = FaceLightServer(folder / "light.sock", self.scene)
        self.panel = SimulatedPanel(folder / "panel.sock")
        self.door = SimulatedDoor(door_host, link=folder / "door")
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.chips.start()
        await self.camera.start()
        await self.light.start()
        await self.panel.start()
        await self.door.start()
        self._reader = asyncio.create_task(self.ocr.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self.door.stop()
        await self.panel.stop()
        await self.light.stop()
        await self.camera.stop()
        await self.chips.stop()
