"""BER-TLV as ISO/IEC 7816-4 uses it: what the chip's files and its secure messaging are made of."""

from collections.abc import Iterator

_LONG_FORM = 0x80
_MORE_TAG_BYTES = 0x1F
_MAX_LENGTH_BYTES = 3  # more than any file needs


class TlvError(Exception):
    """The bytes are not a sequence of complete data objects."""


def data_object(tag: int, *values: bytes) -> bytes:
    """Encode one data object; ``values`` are joined. The length takes the shortest form."""
    value = b"".join(values)
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + _length(len(value)) + value


def data_objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Split ``data`` into (tag, value) pairs, one level deep. Raises TlvError."""
    at = 0
    while at < len(data):
        tag, at = _read_tag(data, at)
        length, at = _read_length(data, at)
        if at + length > len(data):
            raise TlvError("a value ends after the data")
        yield tag, data[at : at + length]
        at += length


def _length(value: int) -> bytes:
    if value < _LONG_FORM:
        return bytes([value])
    digits = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([_LONG_FORM | len(digits)]) + digits


def _read_tag(data: bytes, at: int) -> tuple[int, int]:
    end = at + 1
    if data[at] & _MORE_TAG_BYTES == _MORE_TAG_BYTES:
        while end < len(data) and data[end] & 0x80:
            end += 1
        end += 1
    if end > len(data):
        raise TlvError("a tag ends after the data")
    return int.from_bytes(data[at:end], "big"), end


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise TlvError("a length is missing")
    if data[at] < _LONG_FORM:
        return data[at], at + 1
    size = data[at] & 0x7F
    if not 1 <= size <= _MAX_LENGTH_BYTES or at + 1 + size > len(data):
        raise TlvError("a length is malformed")
    return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size
