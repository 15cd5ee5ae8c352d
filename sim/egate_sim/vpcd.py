"""A simulated chip behind vpcd, the virtual reader of the PC/SC service: other people's readers can read it.

The wire, as vpcd speaks it over TCP: a frame is a two-byte big-endian length and that many bytes. From vpcd, one byte
is a control (``egate_sim.chip_field.Control``), anything longer a command APDU. READ_ATR and commands are answered,
each once. A card that is there is connected; one that goes hangs up.
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from enum import Enum, auto

from egate_sim.chip_field import LENGTH_BYTES, Control, write_frame
from egate_sim.radio_field import FieldSession, RadioField

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 35963  # where vpcd waits unless it is told otherwise
_REDIAL_S = 0.05
_AWAY_S = 0.45  # the PC/SC service looks every 400 ms; a change that it has not seen would confuse it for good

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One round trip as a log may show it: no content. ``header``: CLA INS P1 P2; ``status``: SW1 SW2, 0 where the
    chip said nothing."""

    header: bytes
    command_bytes: int
    response_bytes: int
    status: int


class Watcher:
    """Hears what a reader does with the card."""

    def exchanged(self, exchange: Exchange) -> None:
        """A command was answered, or not."""

    def restarted(self) -> None:
        """The reader switched the card on or off, or reset it: whatever was under way has ended."""


class VpcdCard:
    """Whatever chip lies in ``field``, in the virtual reader that waits at ``port`` on this machine."""

    def __init__(self, field: RadioField, port: int, watcher: Watcher | None = None) -> None:
        self._field, self._port, self._watcher = field, port, watcher or Watcher()

    async def run(self) -> None:
        """Be there whenever a chip is, until cancelled. While nobody waits at the port, try again and again."""
        while True:
            while self._field.chip is None:
                await self._field.moved()
            moved = asyncio.ensure_future(self._field.moved())
            visit = asyncio.ensure_future(self._visit())
            try:
                await asyncio.wait((moved, visit), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (moved, visit):
                    task.cancel()
                await asyncio.gather(moved, visit, return_exceptions=True)
            await asyncio.sleep(_AWAY_S)

    async def _visit(self) -> None:
        """Connect, and answer until vpcd hangs up."""
        reader, writer = await self._dial()
        session = FieldSession(self._field)
        line: socket.socket = writer.get_extra_info("socket")
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while (answer := await self._answer(session, await _read_frame(reader, line))) is not Answer.HANG_UP:
                    if isinstance(answer, bytes):
                        write_frame(writer, answer)
                        await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _dial(self) -> Streams:
        while True:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(LOOPBACK, self._port)
            await asyncio.sleep(_REDIAL_S)

    async def _answer(self, session: FieldSession, frame: bytes) -> "bytes | Answer":
        if len(frame) != 1:
            response = await session.exchange(frame)
            status = int.from_bytes(response[-2:], "big")
            self._watcher.exchanged(Exchange(frame[:4], len(frame), len(response), status))
            return response or Answer.HANG_UP
        match frame[0]:
            case Control.POWER_ON | Control.RESET:
                self._watcher.restarted()
                await session.power_on()
            case Control.POWER_OFF:
                self._watcher.restarted()
                session.power_off()
            case Control.READ_ATR:  # vpcd asks for it to see whether a card is there, powered or not
                return Answer.HANG_UP if self._field.chip is None else self._field.chip.atr
        return Answer.NONE


class Answer(Enum):
    """Instead of bytes: vpcd waits for none; or the chip is mute or has gone, which vpcd learns by our hanging up."""

    NONE = auto()
    HANG_UP = auto()


async def _read_frame(reader: asyncio.StreamReader, line: socket.socket) -> bytes:
    """One frame's content. Raises asyncio.IncompleteReadError where the stream ends before the frame does.

    vpcd sends the length by itself, and the content when the kernel has acknowledged it. Left alone, the kernel holds
    that back for 40 ms; it forgets being told otherwise, so it is told each time.
    """
    length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    return await reader.readexactly(length)
