"""EF.ATR/INFO of the master file: what the chip can carry in one command (Doc 9303-10, ISO/IEC 7816-4)."""

from collections.abc import Iterator
from dataclasses import dataclass

from egate.document import tlv
from egate.document.errors import FormatError

_CARD_CAPABILITIES = 0x47
_EXTENDED_LENGTH_INFORMATION = 0x7F66
_INTEGER = 0x02
_PADDING = (0x00, 0xFF)
# ISO/IEC 7816-4, software function tables: bits of the first byte and of the third.
_SHORT_IDENTIFIERS = 0x04
_COMMAND_CHAINING = 0x80
_EXTENDED_LENGTH = 0x40
_TABLES = 3
_MAX_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class AtrInfo:
    """What the file says of the chip; None, or 0 bytes, where it says nothing.

    ``max_command_bytes`` and ``max_response_bytes`` are whole APDUs, as the chip claims them: they need not be true,
    nor small.
    """

    short_identifiers: bool | None = None
    command_chaining: bool | None = None
    extended_length: bool | None = None
    max_command_bytes: int = 0
    max_response_bytes: int = 0


def parse_atr_info(raw: bytes) -> AtrInfo:
    """Raises FormatError."""
    objects = {item.tag: item.value for item in objects_of(raw)}
    tables = objects.get(_CARD_CAPABILITIES, b"")
    command, response = _lengths(objects.get(_EXTENDED_LENGTH_INFORMATION, b""))
    first, last = tables[0] if tables else None, tables[_TABLES - 1] if len(tables) == _TABLES else None
    return AtrInfo(
        short_identifiers=_bit(first, _SHORT_IDENTIFIERS),
        command_chaining=_bit(last, _COMMAND_CHAINING),
        extended_length=_bit(last, _EXTENDED_LENGTH),
        max_command_bytes=command,
        max_response_bytes=response,
    )


def objects_of(raw: bytes) -> Iterator[tlv.Tlv]:
    """The data objects of a file of the master file, up to the padding at its end. Raises FormatError."""
    at = 0
    while at < len(raw) and raw[at] not in _PADDING:
        item = tlv.read(raw, at)
        yield item
        at += len(item.raw)


def _bit(table: int | None, mask: int) -> bool | None:
    return None if table is None else bool(table & mask)


def _lengths(content: bytes) -> tuple[int, int]:
    """(command, response): the two integers; zeros where the object is missing."""
    if not content:
        return 0, 0
    values = [item.value for item in tlv.read_all(content) if item.tag == _INTEGER]
    match values:
        case [command, response] if max(len(command), len(response)) <= _MAX_LENGTH_BYTES:
            return int.from_bytes(command), int.from_bytes(response)
    raise FormatError("EF.ATR/INFO does not tell two lengths of APDUs")
