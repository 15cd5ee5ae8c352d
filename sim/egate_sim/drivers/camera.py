"""Driver ``camera.sim``: the simulated camera on its Unix socket."""

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np

from egate_hal.camera import Frame
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, ProtocolError
from egate_hal.frame_guard import FrameGuard
from egate_hal.settings import Bounds
from egate_sim.camera import ASK, HEADER, MAGIC

MAX_SIDE_PX = 4096
_BUFFER_BYTES = 4 * 1024 * 1024


class SimulatedCamera:
    """See ``egate_hal.camera.Camera`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``socket``: where the simulated camera listens; ``timeout_ms``: how long one frame may take."""

        socket: Path
        timeout_ms: Annotated[int, Bounds(ge=10, le=60_000)] = 2_000

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._unread = False
        self._header: tuple[int, int, int] | None = None
        self._guard = FrameGuard()

    async def open(self) -> None:
        path = self._settings.socket
        try:
            self._streams = await asyncio.open_unix_connection(path, limit=_BUFFER_BYTES)
        except OSError as error:
            raise DeviceUnavailable(
                f"{path}: no simulated camera listens there ({error.strerror}); is it running?"
            ) from error
        self._unread, self._header, self._guard = False, None, FrameGuard()

    async def close(self) -> None:
        if self._streams is None:
            return
        (_, writer), self._streams = self._streams, None
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def next_frame(self) -> Frame:
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1000):
                if self._unread:
                    await self._receive()  # what a caller gave up waiting for is old by now, maybe another traveller
                return await self._ask()
        except TimeoutError as error:
            raise DeviceTimeout(f"the simulated camera sent no frame in {self._settings.timeout_ms} ms") from error
        except (OSError, EOFError) as error:
            raise DeviceLost("the simulated camera hung up") from error

    async def _ask(self) -> Frame:
        if self._streams is None:
            raise DeviceLost("the simulated camera is not open")
        self._streams[1].write(ASK)
        self._unread = True
        return await self._receive()

    async def _receive(self) -> Frame:
        """The answer that is under way. May be cancelled and called again: each part is read whole or not at all."""
        if self._streams is None:
            raise DeviceLost("the simulated camera is not open")
        reader = self._streams[0]
        if self._header is None:
            self._header = _checked(await reader.readexactly(HEADER.size))
        sequence, width, height = self._header
        content = await reader.readexactly(width * height * 3)
        self._unread, self._header = False, None
        pixels = np.frombuffer(content, np.uint8).reshape(height, width, 3)
        self._guard.check(pixels)
        return Frame(sequence, pixels)


def _checked(header: bytes) -> tuple[int, int, int]:
    """Sequence, width and height. Raises ProtocolError."""
    magic, sequence, width, height = HEADER.unpack(header)
    if magic != MAGIC:
        raise ProtocolError("a frame must begin with the magic number of the simulated camera's protocol")
    if not (0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX):
        raise ProtocolError(f"a frame's sides must be 1 .. {MAX_SIDE_PX} px")
    return sequence, width, height
