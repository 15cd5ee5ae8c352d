"""BER-TLV as chips use it (ISO/IEC 8825-1, ISO/IEC 7816-4): definite lengths, tags of up to three bytes.

Every length is checked against what is there before anything is taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from egate.document.errors import FormatError

_MORE_TAG_BYTES = 0x1F
_MAX_TAG_BYTES = 3
_LONG_LENGTH = 0x80
_MAX_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Tlv:
    """One data object. ``raw`` is the object as it came, header included; ``repr`` hides its content."""

    tag: int
    value: bytes
    raw: bytes

    def __repr__(self) -> str:
        return f"Tlv({self.tag:X}, {len(self.value)} bytes)"


def encode(tag: int, value: bytes) -> bytes:
    """One data object with the shortest length."""
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1) + encode_length(len(value)) + value


def encode_length(length: int) -> bytes:
    if length < _LONG_LENGTH:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([_LONG_LENGTH | len(octets)]) + octets


def read_header(data: bytes, offset: int = 0) -> tuple[int, int, int]:
    """(tag, offset of the value, length of the value) of the object at ``offset``; the value need not be there.

    Raises FormatError: cut short, tag of more than 3 bytes, indefinite or over-long length.
    """
    tag, at = _read_tag(data, offset)
    first = _byte(data, at)
    at += 1
    if first < _LONG_LENGTH:
        return tag, at, first
    count = first & ~_LONG_LENGTH
    if not 1 <= count <= _MAX_LENGTH_BYTES:
        raise FormatError("a length is indefinite or longer than 4 bytes")
    if at + count > len(data):
        raise FormatError("the data end within a length")
    return tag, at + count, int.from_bytes(data[at : at + count])


def _read_tag(data: bytes, offset: int) -> tuple[int, int]:
    at = offset
    last = _byte(data, at) & _MORE_TAG_BYTES != _MORE_TAG_BYTES
    while not last:
        at += 1
        if at - offset >= _MAX_TAG_BYTES:
            raise FormatError("a tag is longer than 3 bytes")
        last = _byte(data, at) < _LONG_LENGTH
    return int.from_bytes(data[offset : at + 1]), at + 1


def _byte(data: bytes, offset: int) -> int:
    if offset >= len(data):
        raise FormatError("the data end within a header")
    return data[offset]


def read_tags(data: bytes) -> tuple[int, ...]:
    """The tags of which a list of tags (object 5C) consists. Raises FormatError."""
    tags, at = [], 0
    while at < len(data):
        tag, at = _read_tag(data, at)
        tags.append(tag)
    return tuple(tags)


def read(data: bytes, offset: int = 0) -> Tlv:
    """The object at ``offset``. Raises FormatError, also where its value is not all there."""
    tag, start, length = read_header(data, offset)
    if start + length > len(data):
        raise FormatError(f"object {tag:X} claims more bytes than there are")
    return Tlv(tag, data[start : start + length], data[offset : start + length])


def read_all(data: bytes) -> Iterator[Tlv]:
    """The objects of which ``data`` consists, one after the other. Raises FormatError at the first that is wrong."""
    offset = 0
    while offset < len(data):
        tlv = read(data, offset)
        yield tlv
        offset += len(tlv.raw)


def find(data: bytes, *path: int) -> bytes:
    """Value of the object reached by ``path``, one tag a level, the first of that tag. Raises FormatError.

    The depth is the path's own, so nested input cannot exhaust the stack.
    """
    for tag in path:
        match = next((tlv for tlv in read_all(data) if tlv.tag == tag), None)
        if match is None:
            raise FormatError(f"object {tag:X} is missing")
        data = match.value
    return data
