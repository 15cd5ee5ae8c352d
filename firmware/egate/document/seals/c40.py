"""C40, the packing of capital letters, digits and spaces that seals use: three characters in two bytes (Doc 9303-13).

A zone's filler ``<`` is written as a space. What does not fill a triple at the end is padded, or follows in plain.
"""

from egate.checks import Reason
from egate.document.errors import FormatError

_BASIC = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_BASIC = 3  # 0, 1 and 2 shift to other sets, of which 0 pads as well
_BASE = 40
_UNLATCH = 0xFE
_PLAIN_OFFSET = 1
_TRIPLE = 3
_PAIR = 2


def decode(data: bytes) -> str:
    """Raises FormatError (SEAL_FORMAT)."""
    if len(data) % _PAIR:
        raise FormatError("a packed text has an odd number of bytes", Reason.SEAL_FORMAT)
    return "".join(_decoded(data[i], data[i + 1]) for i in range(0, len(data), _PAIR))


def decode_zone(data: bytes) -> str:
    """The same for fields of a zone, with their fillers."""
    return decode(data).replace(" ", "<")


def packed_bytes(characters: int) -> int:
    """How many bytes so many characters take."""
    return -(-characters // _TRIPLE) * _PAIR


def _decoded(high: int, low: int) -> str:
    if high == _UNLATCH:
        return _plain(low)
    number = (high << 8 | low) - 1
    values = [number // _BASE**2, number // _BASE % _BASE, number % _BASE]
    while values and values[-1] == 0:
        values.pop()
    if number < 0 or any(not _FIRST_BASIC <= value < _FIRST_BASIC + len(_BASIC) for value in values):
        raise FormatError("a packed text holds something other than letters, digits and spaces", Reason.SEAL_FORMAT)
    return "".join(_BASIC[value - _FIRST_BASIC] for value in values)


def _plain(value: int) -> str:
    character = chr(value - _PLAIN_OFFSET) if value else ""
    if character not in _BASIC or not character:
        raise FormatError("a packed text ends in a character that it may not have", Reason.SEAL_FORMAT)
    return character
