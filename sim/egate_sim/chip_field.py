"""The radio field of a simulated chip reader, served on a Unix socket.

The wire is that of the virtual card reader vpcd, the other way round: the reader's driver connects to the field. A
frame is a two-byte big-endian length and that many bytes. From the driver, one byte is a control (``Control``) and
four or more are a command APDU. To the driver, one byte is a notice (``Notice``), anything longer an ATR or a response
APDU. READ_ATR and command APDUs are answered, each once and in order; the other controls are not.
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Self

from egate_sim.passport.chip import Chip

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


@dataclass(frozen=True, slots=True)
class Latency:
    """What the radio costs. ``activation_ms``: finding and selecting a chip; ``exchange_ms``: one command and its
    response; ``byte_us``: each byte either way (424 kbit/s with framing); ``mute_ms``: how long the reader waits for a
    chip that says nothing."""

    activation_ms: float = 80
    exchange_ms: float = 12
    byte_us: float = 25
    mute_ms: float = 1000

    def exchange_s(self, length: int, chip_delay_ms: float) -> float:
        """Seconds for an exchange of ``length`` bytes, both ways together."""
        return (self.exchange_ms + chip_delay_ms) / 1e3 + length * self.byte_us / 1e6


class ChipField:
    """Serves whichever chip is placed in it, to one driver after the other. Runs on the current asyncio loop."""

    def __init__(self, path: Path, latency: Latency | None = None) -> None:
        self._path = path
        self._latency = latency or Latency()
        self._chip: Chip | None = None
        self._listener: socket.socket | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.placement = 0
        self.exchanges = 0
        self.bytes_carried = 0

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

    def place(self, chip: Chip) -> None:
        """Lay a chip into the field, in place of any other. It has no power until a driver gives it."""
        self._chip = chip
        self.placement += 1

    def remove(self) -> None:
        """Take the chip away, in the middle of anything."""
        self._chip = None
        self.placement += 1

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
        session = _Session(self)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    if answer := await session.handle(await read_frame(reader)):
                        write_frame(writer, answer)
                        await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    @property
    def chip(self) -> Chip | None:
        """The chip that lies in the field now."""
        return self._chip

    @property
    def latency(self) -> Latency:
        return self._latency


class _Session:
    """One driver's connection: the chip that it has powered, if any."""

    def __init__(self, field: ChipField) -> None:
        self._field = field
        self._powered: Chip | None = None
        self._placement = field.placement

    async def handle(self, frame: bytes) -> bytes:
        """Answer one frame; empty bytes where there is nothing to answer."""
        if len(frame) != 1:
            return await self._exchange(frame)
        match frame[0]:
            case Control.POWER_OFF:
                self._powered = None
            case Control.POWER_ON | Control.RESET:
                await self._power_on()
            case Control.READ_ATR:
                chip = self._reachable()
                return bytes([Notice.NO_CHIP]) if chip is None else chip.atr
        return b""

    def _reachable(self) -> Chip | None:
        """The powered chip, if nobody has touched it since."""
        return self._powered if self._placement == self._field.placement else None

    async def _power_on(self) -> None:
        await asyncio.sleep(self._field.latency.activation_ms / 1e3)
        self._powered, self._placement = self._field.chip, self._field.placement
        if self._powered is not None:
            self._powered.reset()

    async def _exchange(self, command: bytes) -> bytes:
        chip, latency = self._reachable(), self._field.latency
        if chip is None:
            return bytes([Notice.CHIP_LOST])
        response = chip.process(command)
        if response:
            await asyncio.sleep(latency.exchange_s(len(command) + len(response), chip.quirks.delay_ms))
        else:
            await asyncio.sleep(latency.mute_ms / 1e3)
        self._field.exchanges += 1
        self._field.bytes_carried += len(command) + len(response)
        return response if response and self._reachable() else bytes([Notice.CHIP_LOST])


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """One frame's content. Raises asyncio.IncompleteReadError where the stream ends before the frame does."""
    length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
    return await reader.readexactly(length)


def write_frame(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Send ``content`` as one frame. Its length must fit in two bytes."""
    writer.write(len(content).to_bytes(LENGTH_BYTES, "big") + content)
