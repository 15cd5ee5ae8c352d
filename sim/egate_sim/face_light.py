"""The face light of the simulated lane: what it shines on, and the wire that leads there.

The driver ``light.sim`` sends a colour, the lamp answers once it shines. One driver at a time; when it hangs up, the
lamp goes dark.
"""

import asyncio
import contextlib
import struct
from pathlib import Path

from egate_hal.light import DARK, Colour
from egate_sim.camera import CameraScene

SHOW = struct.Struct("<3f")
"""Red, green and blue."""
SHINES = b"!"


class FaceLightServer:
    """Lights up a camera's scene. ``burnt_out``: it does as if, and stays dark."""

    def __init__(self, socket: Path, scene: CameraScene) -> None:
        self.socket = socket
        self.burnt_out = False
        self._scene = scene
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Plug the lamp in."""
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)  # left by a process that was killed
        self._server = await asyncio.start_unix_server(self._accept, self.socket)

    async def stop(self) -> None:
        """Hang up on the driver and listen no longer."""
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
            while True:
                colour = Colour(*SHOW.unpack(await reader.readexactly(SHOW.size)))
                self._scene.shine(DARK if self.burnt_out else colour, asyncio.get_running_loop().time() * 1000)
                writer.write(SHINES)
                await writer.drain()
        except (OSError, EOFError, ValueError):
            pass  # it hung up, or sent no colour
        finally:
            self._clients.discard(task)
            self._scene.shine(DARK)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
