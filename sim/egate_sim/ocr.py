"""A simulated OCR reader at the far end of a real pseudo-terminal.

It is written from the readers' manuals' side and shares no framing code with the driver: what it sends is what such a
device would send, at the speed of its line, disturbed where the world asks for it.
"""

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from random import Random

from egate_sim.pty import PseudoTerminal

STX, ETX, CR = b"\x02", b"\x03", b"\r"
STATUS_INTERVAL_S = 1.0
UART_FIFO_BYTES = 8
BITS_PER_BYTE = 10  # start, 8 data, stop


class OcrModel(StrEnum):
    """Which kind of reader is simulated; the names are those of the driver's profiles."""

    STX_CR_ETX = "stx-cr-etx"
    CR = "cr"
    STX_PRESENCE = "stx-presence"


class OcrFault(StrEnum):
    """What can go wrong with one reading. NOISE: garbage before a good MRZ; HALF_LINE: the transfer stops in the
    middle; WRONG_FRAMING: the marks come in the wrong order; UNREADABLE: the reader sees a document and no MRZ."""

    NOISE = "noise"
    HALF_LINE = "half_line"
    WRONG_FRAMING = "wrong_framing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class LineNoise:
    """A bad line: the chance of each byte to be lost or to have one bit turned over."""

    lost_per_byte: float = 0.0
    flipped_per_byte: float = 0.0

    def disturb(self, data: bytes, random: Random) -> bytes:
        return bytes(self._disturbed(data, random))

    def _disturbed(self, data: bytes, random: Random) -> Iterator[int]:
        for byte in data:
            if self.lost_per_byte and random.random() < self.lost_per_byte:
                continue
            turned = self.flipped_per_byte and random.random() < self.flipped_per_byte
            yield byte ^ (1 << random.randrange(8)) if turned else byte


@dataclass(frozen=True, slots=True)
class _Document:
    lines: tuple[bytes, ...]
    fault: OcrFault | None
    bar_codes: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return f"_Document({self.fault})"


class SimulatedOcr:
    """The reader and its glass. ``run()`` is its firmware; the other methods are what the world does to it.

    ``read_time_s``: from laying the document down to the first byte of what was read. Only the model with a presence
    sensor decodes bar codes.
    """

    def __init__(
        self,
        link_path: Path,
        random: Random,
        *,
        model: OcrModel = OcrModel.STX_PRESENCE,
        baud: int = 9600,
        noise: LineNoise | None = None,
        read_time_s: float = 0.6,
    ) -> None:
        self.link_path = link_path
        self.noise = noise or LineNoise()
        self.powered = True
        """False: dead. The line stands, and nothing comes."""
        self.bar_codes_first = True
        """Whether they are decoded before the MRZ was recognised, or after."""
        self._line = PseudoTerminal(link_path)
        self._random = random
        self._model = model
        self._fifo_time_s = UART_FIFO_BYTES * BITS_PER_BYTE / baud
        self._read_time_s = read_time_s
        self._moves: asyncio.Queue[_Document | None] = asyncio.Queue()

    def place(self, lines: tuple[str, ...], fault: OcrFault | None = None, bar_codes: tuple[bytes, ...] = ()) -> None:
        """Lay a document with this MRZ down, and with these bar codes beside it."""
        self._moves.put_nowait(_Document(tuple(line.encode("ascii") for line in lines), fault, bar_codes))

    def remove(self) -> None:
        self._moves.put_nowait(None)

    def plug(self) -> None:
        self._line.plug()

    def unplug(self) -> None:
        self._line.unplug()

    async def run(self) -> None:
        """Be the reader until cancelled; unplugs itself at the end."""
        self._line.plug()
        lying: _Document | None = None
        to_read: _Document | None = None
        try:
            await self._send_status(present=False)
            while True:
                try:
                    async with asyncio.timeout(self._read_time_s if to_read else STATUS_INTERVAL_S):
                        lying = to_read = await self._moves.get()
                except TimeoutError:
                    if to_read:
                        to_read = await self._send_reading(to_read)
                        continue
                await self._send_status(present=lying is not None)
        finally:
            self._line.unplug()

    async def _send_status(self, *, present: bool) -> None:
        if self._model is OcrModel.STX_PRESENCE:
            await self._send(STX + (b"!IN" if present else b"!OUT") + CR + ETX)

    async def _send_reading(self, document: _Document) -> _Document | None:
        """Send what the optics made of the document. Returns it where the reader will try once more."""
        good = self._frame(document.lines)
        match document.fault:
            case OcrFault.NOISE:
                await self._send(self._random.randbytes(40))
                return replace(document, fault=None)
            case OcrFault.HALF_LINE:
                await self._send(good[: 2 + len(document.lines[0]) // 2])
            case OcrFault.WRONG_FRAMING:
                await self._send(CR.join(document.lines) + STX + ETX + CR)
            case OcrFault.UNREADABLE:
                await self._send_unreadable()
            case None:
                bar_codes = self._bar_code_frames(document)
                await self._send(bar_codes + good if self.bar_codes_first else good + bar_codes)
        return None

    def _bar_code_frames(self, document: _Document) -> bytes:
        if self._model is not OcrModel.STX_PRESENCE:
            return b""
        texts = (base64.urlsafe_b64encode(content).rstrip(b"=") for content in document.bar_codes)
        return b"".join(STX + b"!BC" + text + CR + ETX for text in texts)

    async def _send_unreadable(self) -> None:
        if self._model is OcrModel.STX_PRESENCE:
            await self._send(STX + b"!ERR" + CR + ETX)
        else:
            await self._send(self._frame((b"?" * 44, b"?" * 44)))

    def _frame(self, lines: tuple[bytes, ...]) -> bytes:
        body = b"".join(line + CR for line in lines)
        return body if self._model is OcrModel.CR else STX + body + ETX

    async def _send(self, data: bytes) -> None:
        """Put bytes on the line at its speed, a FIFO's worth at a time."""
        data = self.noise.disturb(data, self._random)
        for start in range(0, len(data), UART_FIFO_BYTES):
            await asyncio.sleep(self._fifo_time_s)
            if self.powered:
                self._line.write(data[start : start + UART_FIFO_BYTES])
