"""A PN532's end of its serial protocol, from its manual (UM0701-02, 6.2.1). It shares no code with the driver."""

from collections.abc import Generator
from enum import Enum, auto

ACK = b"\x00\x00\xff\x00\xff\x00"
SYNTAX_ERROR = b"\x00\x00\xff\x01\xff\x7f\x81\x00"
_FROM_HOST, _TO_HOST = 0xD4, 0xD5
_LONGEST = 265
_MARK = 0xFF  # twice in place of length and check: an extended frame


class Heard(Enum):
    """What a host may send beside commands."""

    ACK = auto()
    NACK = auto()


def listen() -> Generator[Heard | bytes | None, int, None]:
    """Takes one byte after the other, and gives what it completes: a command with its parameters, a ``Heard``, or None.

    A frame whose sums are wrong is passed over without a word.
    """
    heard: Heard | bytes | None = None
    while True:
        previous, byte = 0xFF, (yield heard)
        heard = None
        while (previous, byte) != (0x00, 0xFF):
            previous, byte = byte, (yield None)
        length, check = (yield None), (yield None)
        if (length, check) in ((0x00, 0xFF), (0xFF, 0x00)):
            heard = Heard.NACK if length else Heard.ACK
            continue
        if length == check == _MARK:
            high, low, check = (yield None), (yield None), (yield None)
            total, length = high + low + check, high << 8 | low
        else:
            total = length + check
        if total & 0xFF or not 0 < length <= _LONGEST:
            continue
        body = bytearray()
        for _ in range(length):
            body.append((yield None))
        check = yield None
        if not (sum(body) + check) & 0xFF and body[0] == _FROM_HOST:
            heard = bytes(body[1:])


def answer_frame(answer: bytes) -> bytes:
    """The frame of an answer: its code and what belongs to it."""
    length = len(answer) + 1
    if length > _MARK:
        high, low = divmod(length, 256)
        head = bytes([0xFF, 0xFF, high, low, (0x100 - (high + low) % 256) % 256])
    else:
        head = bytes([length, 0x100 - length])
    check = (0x100 - (_TO_HOST + sum(answer)) % 256) % 256
    return b"\x00\x00\xff" + head + bytes([_TO_HOST]) + answer + bytes([check, 0x00])
