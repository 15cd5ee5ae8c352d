"""The facial record of ISO/IEC 19794-5:2005: a header and one block a face, all of fixed layout."""

import struct
from collections.abc import Iterator
from typing import Any

from egate.document.errors import FormatError
from egate.document.lds.faces import MAX_FACES, Face

_FILE_HEADER = struct.Struct(">4s4sIH")  # "FAC\0", version, length of the record, number of faces
_FACE_HEADER = struct.Struct(">IH14x")  # length of the face's block, number of feature points; 20 bytes in all
_FEATURE_POINT_BYTES = 8
_IMAGE_HEADER = struct.Struct(">BBHH6x")  # face image type, data type, width, height; 12 bytes in all
_FORMAT_ID = b"FAC\0"


def faces(record: bytes) -> Iterator[Face]:
    """The faces of one record, in order. Raises FormatError at the first that is not there.

    Sex, colours, expression, pose and feature points are passed over: issuers leave them at 00 or FF.
    """
    format_id, _, _, count = _unpack(_FILE_HEADER, record, 0)
    if format_id != _FORMAT_ID or count == 0:
        raise FormatError("the record is not a facial record of ISO/IEC 19794-5")
    block = _FILE_HEADER.size
    for _ in range(min(count, MAX_FACES)):
        block_bytes, points = _unpack(_FACE_HEADER, record, block)
        header = block + _FACE_HEADER.size + points * _FEATURE_POINT_BYTES
        _, _, width, height = _unpack(_IMAGE_HEADER, record, header)
        start, end = header + _IMAGE_HEADER.size, min(block + block_bytes, len(record))
        if start >= end:
            raise FormatError("the facial record holds no image")
        yield Face(record[start:end], width, height)
        block = end


def _unpack(layout: struct.Struct, data: bytes, offset: int) -> tuple[Any, ...]:
    if offset + layout.size > len(data):
        raise FormatError("the facial record ends within a header")
    return layout.unpack_from(data, offset)
