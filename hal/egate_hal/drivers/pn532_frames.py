"""The frames between a host and a PN532 on its serial port (PN532 user manual UM0701-02, 6.2.1).

    normal    00 00 FF  LEN  LCS              TFI PD0 ... PDn  DCS  00
    extended  00 00 FF  FF FF  LENM LENL LCS  TFI PD0 ... PDn  DCS  00
    ACK       00 00 FF  00 FF  00
    NACK      00 00 FF  FF 00  00
    error     00 00 FF  01 FF  7F 81  00

LEN counts TFI and PD; LEN + LCS and TFI + PD + DCS are 0 modulo 256. Bytes before a start code and the zero after a
frame may be any number. Pure: bytes in, frames out.
"""

from dataclasses import dataclass
from enum import Enum, auto

HOST_TO_PN532 = 0xD4
PN532_TO_HOST = 0xD5
MAX_BODY_BYTES = 265  # TFI, command and at most 263 bytes
ACK = bytes.fromhex("0000FF00FF00")
NACK = bytes.fromhex("0000FFFF0000")

_START = bytes.fromhex("00FF")  # the preamble's first zero may get lost
_NORMAL_MAX = 0xFF
_ERROR_BODY = b"\x7f"
_NORMAL_HEAD = 2  # LEN LCS
_EXTENDED_HEAD = 5  # FF FF LENM LENL LCS


class Signal(Enum):
    """What carries no data. DAMAGED: something that began like a frame and is none, or whose sum is wrong."""

    ACK = auto()
    NACK = auto()
    ERROR = auto()
    DAMAGED = auto()


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """A frame's data: ``sender`` is TFI, ``data`` what follows it. Not shown: an answer of a chip may be in it."""

    sender: int
    data: bytes

    def __repr__(self) -> str:
        return f"Body({self.sender:#x}, {len(self.data)} bytes)"


Frame = Signal | Body


def encode(data: bytes, sender: int = HOST_TO_PN532) -> bytes:
    """The frame that carries ``data``: command or response code with what belongs to it, 1 to 264 bytes."""
    body = bytes([sender]) + data
    if not 1 < len(body) <= MAX_BODY_BYTES:
        raise ValueError(f"a PN532 frame carries 1 to {MAX_BODY_BYTES - 1} bytes")
    length = len(body).to_bytes(2, "big")
    if len(body) <= _NORMAL_MAX:
        head = bytes([len(body), -len(body) & 0xFF])
    else:
        head = b"\xff\xff" + length + bytes([-sum(length) & 0xFF])
    return b"\x00" + _START + head + body + bytes([-sum(body) & 0xFF, 0x00])


class FrameReader:
    """Takes bytes as they come and gives back the frames in them. Whatever is no frame is skipped."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    @property
    def waiting(self) -> bool:
        """A frame has begun and not ended."""
        return self._bytes.startswith(_START)

    def feed(self, data: bytes) -> list[Frame]:
        self._bytes += data
        frames = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def expire(self) -> list[Frame]:
        """The rest of the frame that has begun will not come: what looked like its beginning is damaged, and what
        followed may hold good frames."""
        return [self._take(0, Signal.DAMAGED), *self.feed(b"")]

    def clear(self) -> None:
        """Forget the beginning of a frame."""
        self._bytes.clear()

    def _next(self) -> Frame | None:
        """The first frame, taken out; None until more bytes come."""
        start = self._bytes.find(_START)
        if start < 0:
            del self._bytes[: max(0, len(self._bytes) - 1)]  # a last zero may be the first half of a start code
            return None
        del self._bytes[:start]
        rest = bytes(self._bytes[len(_START) :])
        if len(rest) < _NORMAL_HEAD:
            return None
        match rest[:_NORMAL_HEAD]:
            case b"\x00\xff":
                return self._take(_NORMAL_HEAD, Signal.ACK)
            case b"\xff\x00":
                return self._take(_NORMAL_HEAD, Signal.NACK)
            case b"\xff\xff":
                if len(rest) < _EXTENDED_HEAD:
                    return None
                return self._with_body(rest, _EXTENDED_HEAD, int.from_bytes(rest[2:4], "big"), sum(rest[2:5]))
        return self._with_body(rest, _NORMAL_HEAD, rest[0], sum(rest[:2]))

    def _with_body(self, rest: bytes, head: int, length: int, head_sum: int) -> Frame | None:
        if head_sum & 0xFF or not 0 < length <= MAX_BODY_BYTES:
            return self._take(0, Signal.DAMAGED)  # no more than the start code: a good frame may begin right behind it
        end = head + length + 1
        if len(rest) < end:
            return None
        if sum(rest[head:end]) & 0xFF:
            return self._take(0, Signal.DAMAGED)
        body = rest[head : end - 1]
        if body == _ERROR_BODY:
            return self._take(end, Signal.ERROR)
        return self._take(end, Body(body[0], body[1:]))

    def _take(self, length: int, frame: Frame) -> Frame:
        """``frame``, after its start code and ``length`` bytes have been taken out."""
        del self._bytes[: len(_START) + length]
        return frame
