"""Driver ``light.sim``: the face light of the simulated lane."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from egate_hal.errors import DeviceLost, DeviceUnavailable
from egate_hal.light import DARK, Colour
from egate_hal.settings import Bounds
from egate_sim.face_light import SHINES, SHOW


class SimulatedLight:
    """See ``egate_hal.light.FaceLight`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``socket``: where the simulated lamp listens; ``timeout_ms``: how long it may take to shine."""

        socket: Path
        timeout_ms: Annotated[int, Bounds(ge=10, le=10_000)] = 500

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._owed = 0  # answers that a caller gave up waiting for

    async def open(self) -> None:
        path = self._settings.socket
        try:
            self._streams = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise DeviceUnavailable(
                f"{path}: no simulated face light listens there ({error.strerror}); is it running?"
            ) from error
        self._owed = 0

    async def close(self) -> None:
        if self._streams is None:
            return
        writer = self._streams[1]
        try:
            # Who has gone is dark by itself; somebody may still wait for the answer to another colour (RuntimeError).
            with contextlib.suppress(DeviceLost, RuntimeError):
                await self.show(DARK)
        finally:
            self._streams = None
            writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def show(self, colour: Colour) -> None:
        if self._streams is None:
            raise DeviceLost("the simulated face light is not open")
        reader, writer = self._streams
        try:
            writer.write(SHOW.pack(colour.red, colour.green, colour.blue))
            self._owed += 1
            async with asyncio.timeout(self._settings.timeout_ms / 1000):
                await reader.readexactly(self._owed * len(SHINES))
            self._owed = 0
        except (OSError, EOFError, TimeoutError) as error:
            raise DeviceLost("the simulated face light hung up") from error
