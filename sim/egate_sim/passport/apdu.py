"""Command and response APDUs as the chip sees them (ISO/IEC 7816-4); short length fields only."""

from dataclasses import dataclass
from enum import IntEnum

_HEADER_BYTES = 4
MAX_EXPECTED = 256  # what an Le of 00 stands for


class Status(IntEnum):
    """Status words that the chip answers with."""

    OK = 0x9000
    END_OF_FILE = 0x6282
    AUTHENTICATION_FAILED = 0x6300
    WRONG_LENGTH = 0x6700
    SECURITY_NOT_SATISFIED = 0x6982
    CONDITIONS_NOT_SATISFIED = 0x6985
    NO_CURRENT_FILE = 0x6986
    MESSAGING_OBJECTS_MISSING = 0x6987
    MESSAGING_OBJECTS_INCORRECT = 0x6988
    WRONG_DATA = 0x6A80
    FILE_NOT_FOUND = 0x6A82
    WRONG_PARAMETERS = 0x6A86
    OFFSET_OUTSIDE_FILE = 0x6B00
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00


class ChipError(Exception):
    """Ends the processing of a command with a status word."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """A command APDU. ``expected``: greatest length of response data, 1 to 256; None where no data is asked for."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None

    @property
    def header(self) -> bytes:
        return bytes([self.cla, self.ins, self.p1, self.p2])


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """Response data and status word."""

    data: bytes = b""
    status: Status = Status.OK

    def encoded(self) -> bytes:
        return self.data + self.status.to_bytes(2, "big")


def decode_command(apdu: bytes) -> Command:
    """Cases 1 to 4 with short lengths. Extended lengths, which this chip does not announce, and all that is no APDU
    raise ChipError(WRONG_LENGTH)."""
    if len(apdu) < _HEADER_BYTES:
        raise ChipError(Status.WRONG_LENGTH)
    (cla, ins, p1, p2), body = apdu[:_HEADER_BYTES], apdu[_HEADER_BYTES:]
    if not body:
        return Command(cla, ins, p1, p2)
    if len(body) == 1:
        return Command(cla, ins, p1, p2, expected=body[0] or MAX_EXPECTED)
    length, rest = body[0], body[1:]
    if length == 0 or len(rest) not in (length, length + 1):
        raise ChipError(Status.WRONG_LENGTH)
    expected = None if len(rest) == length else rest[length] or MAX_EXPECTED
    return Command(cla, ins, p1, p2, rest[:length], expected)
