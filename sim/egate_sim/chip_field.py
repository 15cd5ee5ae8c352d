"""The radio field of a simulated chip reader, served on a Unix socket.

The wire is that of the virtual card reader vpcd, the other way round: the reader's driver connects to the field. A
frame is a two-byte big-endian length and that many bytes. From the driver, one byte is a control (``Control``) and
four or more are a command APDU. To the driver, one byte is a notice (``Notice``), anything longer an ATR or a response
APDU. READ_ATR and command APDUs are answered, each once and in order; the other controls are not.
"""

import asyncio
import contextlib
import socket
from enum import IntEnum
from pathlib import Path
from typing import Self

from egate_sim.radio_field import FieldSession, Latency, RadioField

__all__ = ["ChipField", "Control", "Latency", "Notice", "read_frame", "write_frame"]

LENGTH_BYTES = 2


class Control(IntEnum):
    """What the driver tells the field; vpcd's numbers."""

    POWER_OFF = 0
    POWER_ON = 1
    RESET = 2
    READ_ATR = 4


class Notice(IntEnum):
    """What the field tells the driver instead of an answer: no chip in the field; or the chip that was, is lost."""

    NO_CHIP = 0
    CHIP_LOST = 1


class ChipField(RadioField):
    """Serves whichever chip is placed in it, to one driver after the other. Runs on the current asyncio loop."""

    def __init__(self, path: Path, latency: Latency | None = None) -> None:
        super().__init__(latency)
        self._path = path
        self._listener: socket.socket | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen. A socket that an earlier run left behind is replaced."""
        if self._path.is_socket():
            self._path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.setblocking(False)
        listener.bind(str(self._path))
        listener.listen()
        asyncio.get_running_loop().add_reader(listener, self._accept, listener)
        self._listener = listener

    async def stop(self) -> None:
        """Close every connection: to a driver, the reader is unplugged."""
        if self._listener is None:
            return
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        self._listener = None
        self._path.unlink(missing_ok=True)
        for connection in self._connections:
            connection.cancel()
        if self._connections:
            await asyncio.wait(self._connections)

    def _accept(self, listener: socket.socket) -> None:
        """Take a connection at once, so that stop() misses none (asyncio's servers take theirs by and by)."""
        try:
            connection, _ = listener.accept()
        except OSError:  # the driver has gone again
            return
        connection.setblocking(False)
        task = asyncio.get_running_loop().create_task(self._serve(connection))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        task.add_done_callback(lambda _: connection.close())

    async def _serve(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_unix_connection(sock=connection)
        session = FieldSession(self)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    if answer := await _answer(session, await read_frame(reader)):
                        write_frame(writer, answer)
                        await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _answer(session: FieldSession, frame: bytes) -> bytes:
    """To one frame; empty bytes where there is nothing to answer."""
    if len(frame) != 1:
        return await session.exchange(frame) or bytes([Notice.CHIP_LOST])
    match frame[0]:
        case Control.POWER_OFF:
            session.power_off()
        case Control.POWER_ON | Control.RESET:
            await session.power_on()
        case Control.READ_ATR:
            return bytes([Notice.NO_CHIP]) if session.chip is None else session.chip.atr
    return b""


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """One frame's content. Raises asyncio.IncompleteReadError where the stream ends before the frame does."""
    length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
    return await reader.readexactly(length)


def write_frame(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Send ``content`` as one frame. Its length must fit in two bytes."""
    writer.write(len(content).to_bytes(LENGTH_BYTES, "big") + content)
