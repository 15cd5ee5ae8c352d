"""Command and response APDUs as the chip sees them (ISO/IEC 7816-4), with short and with extended length fields."""

from dataclasses import dataclass, field
from enum import IntEnum

_HEADER_BYTES = 4
MAX_SHORT = 256  # what an Le of 00 stands for
MAX_EXTENDED = 65536  # what an Le of 0000 stands for


class Ins(IntEnum):
    """The instructions that the chip knows."""

    MANAGE_SECURITY_ENVIRONMENT = 0x22
    PERFORM_SECURITY_OPERATION = 0x2A
    EXTERNAL_AUTHENTICATE = 0x82
    GET_CHALLENGE = 0x84
    GENERAL_AUTHENTICATE = 0x86
    INTERNAL_AUTHENTICATE = 0x88
    SELECT = 0xA4
    READ_BINARY = 0xB0
    READ_BINARY_FAR = 0xB1
    GET_RESPONSE = 0xC0


class Status(IntEnum):
    """Status words that the chip answers with."""

    OK = 0x9000
    MORE_DATA = 0x6100  # plus the number of bytes
    END_OF_FILE = 0x6282
    AUTHENTICATION_FAILED = 0x6300
    TRIES_LEFT = 0x63C0  # plus their number
    WRONG_LENGTH = 0x6700
    CHAINING_UNFINISHED = 0x6883
    SECURITY_NOT_SATISFIED = 0x6982
    AUTHENTICATION_BLOCKED = 0x6983
    CONDITIONS_NOT_SATISFIED = 0x6985
    NO_CURRENT_FILE = 0x6986
    MESSAGING_OBJECTS_MISSING = 0x6987
    MESSAGING_OBJECTS_INCORRECT = 0x6988
    WRONG_DATA = 0x6A80
    FILE_NOT_FOUND = 0x6A82
    WRONG_PARAMETERS = 0x6A86
    LENGTH_AGAINST_PARAMETERS = 0x6A87
    REFERENCE_NOT_FOUND = 0x6A88
    OFFSET_OUTSIDE_FILE = 0x6B00
    EXACT_LENGTH = 0x6C00  # plus the length to ask for
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00
    NO_DIAGNOSIS = 0x6F00


class ChipError(Exception):
    """Ends the processing of a command with a status word; ``count`` goes into its last digits."""

    def __init__(self, status: Status, count: int = 0) -> None:
        super().__init__(f"{status + count:04X}")
        self.status = status + count


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """A command APDU. ``expected``: greatest length of response data; None where no data is asked for. ``extended``:
    the length fields have the long form."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None
    extended: bool = field(default=False, compare=False)

    @property
    def header(self) -> bytes:
        return bytes([self.cla, self.ins, self.p1, self.p2])

    @property
    def parameters(self) -> tuple[int, int]:
        return self.p1, self.p2

    @property
    def asks_for_all(self) -> bool:
        """Le of zeros: as much as the chip can give."""
        return self.expected in (MAX_SHORT, MAX_EXTENDED)


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """Response data and status word."""

    data: bytes = b""
    status: int = Status.OK

    def encoded(self) -> bytes:
        return self.data + self.status.to_bytes(2, "big")


def decode_command(apdu: bytes) -> Command:
    """Cases 1 to 4, short and extended. What is no APDU raises ChipError(WRONG_LENGTH)."""
    if len(apdu) < _HEADER_BYTES:
        raise ChipError(Status.WRONG_LENGTH)
    (cla, ins, p1, p2), body = apdu[:_HEADER_BYTES], apdu[_HEADER_BYTES:]
    if not body:
        return Command(cla, ins, p1, p2)
    if len(body) == 1:
        return Command(cla, ins, p1, p2, expected=body[0] or MAX_SHORT)
    if body[0] == 0:
        data, expected = _extended_body(body[1:])
        return Command(cla, ins, p1, p2, data, expected, extended=True)
    data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
    if len(data) != body[0] or len(rest) > 1:
        raise ChipError(Status.WRONG_LENGTH)
    return Command(cla, ins, p1, p2, data, (rest[0] or MAX_SHORT) if rest else None)


def _extended_body(body: bytes) -> tuple[bytes, int | None]:
    """Data and expected length of what follows the leading zero."""
    number = int.from_bytes(body[:2], "big")
    match len(body):
        case 2:
            return b"", number or MAX_EXTENDED
        case size if number and size == 2 + number:
            return body[2:], None
        case size if number and size == 2 + number + 2:
            return body[2:-2], int.from_bytes(body[-2:], "big") or MAX_EXTENDED
    raise ChipError(Status.WRONG_LENGTH)
