"""Command and response APDUs (ISO/IEC 7816-4), and the commands that Doc 9303-10 and -11 use."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

from egate.checks import Reason
from egate.document import tlv
from egate.document.errors import DocumentError, ProtocolError

SHORT_DATA = 255
SHORT_LE = 256
EXTENDED_LE = 65536
_SW_BYTES = 2
_SW1_MORE = 0x61
_SW1_EXACT_LE = 0x6C
_SW_TRIES_LEFT = 0x63C0
_CLA_CHAINED = 0x10
_LAST_SHORT_OFFSET = 0x7FFF  # bit 8 of P1 is taken by short file identifiers

MASTER_FILE = bytes.fromhex("3f00")
LDS_APPLICATION = bytes.fromhex("a0000002471001")  # Doc 9303-10
DO_OFFSET = 0x54
DO_DATA = 0x53


class Status(IntEnum):
    """Status words that have a meaning here; any other is legal as well."""

    OK = 0x9000
    END_OF_FILE = 0x6282
    AUTHENTICATION_FAILED = 0x6300
    WRONG_LENGTH = 0x6700
    SECURITY_NOT_SATISFIED = 0x6982
    CONDITIONS_NOT_SATISFIED = 0x6985
    AUTHENTICATION_BLOCKED = 0x6983
    SM_OBJECTS_MISSING = 0x6987
    SM_OBJECTS_INCORRECT = 0x6988
    WRONG_DATA = 0x6A80
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    INCORRECT_P1_P2 = 0x6A86
    REFERENCE_NOT_FOUND = 0x6A88
    WRONG_P1_P2 = 0x6B00
    INS_NOT_SUPPORTED = 0x6D00
    CLA_NOT_SUPPORTED = 0x6E00
    NO_DIAGNOSIS = 0x6F00


class Template(IntEnum):
    """P1 and P2 of MSE:Set: what the objects of the command are for (BSI TR-03110-3, B.14)."""

    INTERNAL_AUTHENTICATION = 0x41A4
    KEY_AGREEMENT = 0x41A6
    EXTERNAL_AUTHENTICATION = 0x81A4
    SIGNATURE_VERIFICATION = 0x81B6


def status_name(status: int) -> str:
    """Code and name, as messages print it."""
    return f"{status:04X} {_NAMES.get(status, 'OTHER')}"


_NAMES = {status.value: status.name for status in Status}


def tries_left(status: int) -> int | None:
    """x of 63Cx: how often a password may still be tried; 0 where it is blocked; None where the word says nothing."""
    if status == Status.AUTHENTICATION_BLOCKED:
        return 0
    return status & 0xF if status & 0xFFF0 == _SW_TRIES_LEFT else None


class StatusError(DocumentError):
    """The chip refused a command; ``status`` is its word."""

    default_reason = Reason.CHIP_PROTOCOL

    def __init__(self, action: str, status: int, reason: Reason | None = None) -> None:
        super().__init__(f"{action}: the chip answered {status_name(status)}", reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``le``: bytes asked for, 256 or 65536 for "all you have"; None for none.

    ``extended`` asks for length fields of three bytes where short ones would do; they come by themselves where needed.
    """

    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None
    cla: int = 0x00
    extended: bool = False

    def __post_init__(self) -> None:
        if self.le is not None and not 1 <= self.le <= EXTENDED_LE:
            raise ValueError("le must lie between 1 and 65536")

    def __repr__(self) -> str:
        return f"Command({self.ins:02X} {self.p1:02X} {self.p2:02X})"

    @property
    def header(self) -> bytes:
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def is_extended(self) -> bool:
        return self.extended or len(self.data) > SHORT_DATA or (self.le or 0) > SHORT_LE

    def encode(self) -> bytes:
        """ISO/IEC 7816-3, 12.1.3: cases 1 to 4, short or extended."""
        width = 2 if self.is_extended else 1
        lead = bytes(width - 1)
        body = lead + len(self.data).to_bytes(width) + self.data if self.data else b""
        if self.le is not None:
            # 256 and 65536 are written as zero; the leading zero byte of an extended field comes once.
            le = self.le % (1 << 8 * width)
            body += (b"" if body else lead) + le.to_bytes(width)
        return self.header + body


@dataclass(frozen=True, slots=True)
class Response:
    """Data and status word of one answer."""

    data: bytes
    status: int

    def __repr__(self) -> str:
        return f"Response({len(self.data)} bytes, {status_name(self.status)})"

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """Raises ProtocolError where not even a status word came."""
        if len(raw) < _SW_BYTES:
            raise ProtocolError("the chip answered less than a status word")
        return cls(raw[:-_SW_BYTES], int.from_bytes(raw[-_SW_BYTES:]))

    @property
    def ok(self) -> bool:
        return self.status == Status.OK

    @property
    def is_length_error(self) -> bool:
        """The chip would have answered, had another length been asked for: 6700 or 6Cxx."""
        return self.status == Status.WRONG_LENGTH or self.exact_le is not None

    @property
    def exact_le(self) -> int | None:
        """xx of 6Cxx: the length that the chip wants, in bytes."""
        return (self.status & 0xFF or SHORT_LE) if self.status >> 8 == _SW1_EXACT_LE else None

    @property
    def more(self) -> int | None:
        """xx of 61xx: so many bytes more wait for GET RESPONSE."""
        return (self.status & 0xFF or SHORT_LE) if self.status >> 8 == _SW1_MORE else None


def select_application(aid: bytes = LDS_APPLICATION) -> Command:
    """No Le: some chips fail later if there was one."""
    return Command(0xA4, 0x04, 0x0C, aid)


def select_file(file_id: int) -> Command:
    return Command(0xA4, 0x02, 0x0C, file_id.to_bytes(2))


def select_master_file() -> Command:
    """What chips answer varies; it is tolerated where what follows works."""
    return Command(0xA4, 0x00, 0x0C, MASTER_FILE)


def read_binary(offset: int, le: int) -> Command:
    """Of the selected file. Beyond 32767 bytes the odd instruction is needed, whose answer is wrapped in DO 53."""
    if offset <= _LAST_SHORT_OFFSET:
        return Command(0xB0, offset >> 8, offset & 0xFF, le=le)
    width = (offset.bit_length() + 7) // 8
    return Command(0xB1, 0x00, 0x00, tlv.encode(DO_OFFSET, offset.to_bytes(width)), le)


def read_binary_sfi(short_file_id: int, le: int) -> Command:
    """Selects the file and reads from its beginning, in one round trip."""
    return Command(0xB0, 0x80 | short_file_id, 0x00, le=le)


def get_challenge(length: int) -> Command:
    return Command(0x84, 0x00, 0x00, le=length)


def external_authenticate(data: bytes) -> Command:
    return Command(0x82, 0x00, 0x00, data, le=len(data))


def internal_authenticate(challenge: bytes, le: int, extended: bool) -> Command:
    return Command(0x88, 0x00, 0x00, challenge, le=le, extended=extended)


def set_authentication_template(data: bytes) -> Command:
    """MSE:Set AT for mutual authentication. No Le: some chips fail PACE if there was one."""
    return Command(0x22, 0xC1, 0xA4, data)


def manage_security_environment(template: Template, data: bytes) -> Command:
    return Command(0x22, template >> 8, template & 0xFF, data)


def verify_certificate(data: bytes) -> Command:
    """PSO:Verify Certificate, for one that describes itself."""
    return Command(0x2A, 0x00, 0xBE, data)


def general_authenticate(data: bytes, longest_answer: int, is_last: bool) -> Command:
    """One link of a chain; ``longest_answer`` in bytes decides about extended length."""
    le = SHORT_LE if longest_answer <= SHORT_LE else EXTENDED_LE
    return Command(0x86, 0x00, 0x00, data, le=le, cla=0x00 if is_last else _CLA_CHAINED)


def chained(command: Command, link_bytes: int) -> Iterator[Command]:
    """The command in pieces (ISO/IEC 7816-4, command chaining); only the last asks for an answer."""
    for start in range(0, len(command.data), link_bytes):
        piece = command.data[start : start + link_bytes]
        if start + link_bytes < len(command.data):
            yield replace(command, data=piece, le=None, cla=command.cla | _CLA_CHAINED)
        else:
            yield replace(command, data=piece)


def get_response(le: int) -> Command:
    return Command(0xC0, 0x00, 0x00, le=le)
