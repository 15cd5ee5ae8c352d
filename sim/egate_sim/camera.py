"""The camera of the simulated lane: what it looks at, and the wire that leads to the driver ``camera.sim``.

The world holds a ``CameraScene`` and puts presentations before it; a ``CameraServer`` hands its pictures to whoever
asks on a Unix socket, in the same process or another. The client asks with one byte, the answer is a header and the
pixels; a picture is drawn when it is asked for, at most one every frame interval of the loop's clock, so nothing old
ever waits in a queue.
"""

import asyncio
import contextlib
import math
import random
import struct
from collections import deque
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate_hal.light import DARK, Colour
from egate_sim.people.presentation import Nobody, Presentation
from egate_sim.people.sensor import Change

ASK = b"?"
_REEL = 4  # pictures in a replayed loop
MAGIC = b"EGC1"
HEADER = struct.Struct("<4sIHH")
"""Magic, sequence number, width and height in pixels; width * height * 3 bytes of RGB follow."""


SLOWEST_SHUTTER_MS = 100.0
"""A lamp that changed longer ago is seen in its new colour by every row of any camera."""


class Fault(StrEnum):
    """What may be wrong with a camera. FROZEN: the sequence grows, the picture stands still. REPLAYED: the
    last few pictures come again and again. STALLED: no frames come.
    An unplugged camera is :meth:`CameraServer.unplug`."""

    NONE = "none"
    FROZEN = "frozen"
    REPLAYED = "replayed"
    BLACK = "black"
    STALLED = "stalled"


class CameraScene:
    """What stands before the camera now. Everything random about the pictures comes from ``chance``."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._presentation: Presentation = Nobody()
        self._since_ms: float | None = None
        self._lamp = self._before = DARK
        self._changed_ms = -math.inf

    @property
    def lamp(self) -> Colour:
        """What the gate's face light shines with."""
        return self._lamp

    def shine(self, colour: Colour, now_ms: float = -math.inf) -> None:
        """The face light changes its colour now; a frame whose rows are being gathered shows both."""
        self._before, self._lamp, self._changed_ms = self._lamp, colour, now_ms

    def show(self, presentation: Presentation) -> None:
        """Put something before the camera instead of what was there; its own time starts at the next frame."""
        self._presentation = presentation
        self._since_ms = None

    def clear(self) -> None:
        """Nobody is there any more."""
        self.show(Nobody())

    def frame(self, now_ms: float) -> NDArray[np.uint8]:
        """The picture now, (800, 600, 3) uint8 RGB."""
        if self._since_ms is None:
            self._since_ms = now_ms
        lamp = (
            Change(self._before, self._lamp, now_ms - self._changed_ms) if self._changed_ms > -math.inf else self._lamp
        )
        return self._presentation.frame(now_ms - self._since_ms, self._chance, lamp)


class CameraServer:
    """Serves a scene's pictures on a Unix socket. A sensor frame that nobody asked for in time is never drawn."""

    def __init__(self, socket: Path, scene: CameraScene, rate_hz: float = 10.0) -> None:
        self.socket = socket
        self.scene = scene
        self._interval_s = 1 / rate_hz
        self._fault = Fault.NONE
        self._healthy = asyncio.Event()
        self._healthy.set()
        self._shown: deque[NDArray[np.uint8]] = deque(maxlen=_REEL)
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    @property
    def fault(self) -> Fault:
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        self._fault = fault
        if fault is Fault.STALLED:
            self._healthy.clear()
        else:
            self._healthy.set()

    async def start(self) -> None:
        """Plug the camera in."""
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)  # left by a process that was killed
        self._server = await asyncio.start_unix_server(self._accept, self.socket)

    async def stop(self) -> None:
        """Hang up on every client and listen no longer."""
        if self._server is None:
            return
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._server = None
        self.socket.unlink(missing_ok=True)

    unplug = stop

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, EOFError):
            pass  # the client hung up
        finally:
            self._clients.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sequence = -1
        while await reader.readexactly(1) == ASK:
            sequence = await self._next_tick(sequence)
            pixels = self._picture()
            height, width, _ = pixels.shape
            writer.write(HEADER.pack(MAGIC, sequence % 2**32, width, height))
            writer.write(pixels.tobytes())
            await writer.drain()

    async def _next_tick(self, last: int) -> int:
        """Wait for the sensor's next frame after ``last``; frames missed meanwhile are counted, not delivered."""
        loop = asyncio.get_running_loop()
        await self._healthy.wait()
        due_s = (last + 1) * self._interval_s
        if loop.time() < due_s:
            await asyncio.sleep(due_s - loop.time())
            await self._healthy.wait()
        return max(last + 1, int(loop.time() / self._interval_s))

    def _picture(self) -> NDArray[np.uint8]:
        if self._fault is Fault.FROZEN and self._shown:
            return self._shown[-1]
        if self._fault is Fault.REPLAYED and self._shown:
            self._shown.rotate(-1)
            return self._shown[-1]
        pixels = self.scene.frame(asyncio.get_running_loop().time() * 1000)
        self._shown.append(np.zeros_like(pixels) if self._fault is Fault.BLACK else pixels)
        return self._shown[-1]
