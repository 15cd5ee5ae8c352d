"""The portrait of DG2: a facial record of ISO/IEC 19794-5:2005 inside the templates of Doc 9303-10.

Only what leads to the image is read. The image itself is decoded elsewhere. ISO/IEC 39794-5 comes later.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from egate.checks import Reason
from egate.document import tlv
from egate.document.errors import FormatError, UnsupportedError

DG2_TAG = 0x75
_GROUP = 0x7F61
_TEMPLATE = 0x7F60
_RECORD_19794 = 0x5F2E
_RECORD_39794 = 0x7F2E

_FILE_HEADER = struct.Struct(">4s4sIH")  # "FAC\0", version, length of the record, number of faces
_FACE_HEADER = struct.Struct(">IH14x")  # length of the face's block, number of feature points; 20 bytes in all
_FEATURE_POINT_BYTES = 8
_IMAGE_HEADER = struct.Struct(">BBHH6x")  # face image type, data type, width, height; 12 bytes in all
_FORMAT_ID = b"FAC\0"


class ImageFormat(StrEnum):
    JPEG = "jpeg"
    JPEG2000 = "jpeg2000"


# First bytes of a JFIF stream, of a JP2 file and of a bare JPEG 2000 codestream. They count, because some issuers
# write the wrong data type into the image header.
_SIGNATURES = (
    (bytes.fromhex("ffd8ff"), ImageFormat.JPEG),
    (bytes.fromhex("0000000c6a5020200d0a870a"), ImageFormat.JPEG2000),
    (bytes.fromhex("ff4fff51"), ImageFormat.JPEG2000),
)


@dataclass(frozen=True, slots=True)
class Portrait:
    """An encoded image as the chip holds it. ``width`` and ``height`` in pixels as announced, 0 where they are not."""

    image: bytes
    format: ImageFormat
    width: int
    height: int

    def __repr__(self) -> str:
        return f"Portrait({self.format})"


def parse_dg2(raw: bytes) -> Portrait:
    """The first portrait of EF.DG2. Raises FormatError, UnsupportedError; both with PORTRAIT_UNREADABLE."""
    try:
        template = tlv.find(raw, DG2_TAG, _GROUP, _TEMPLATE)
        records = {item.tag: item.value for item in tlv.read_all(template)}
    except FormatError as error:
        raise _unreadable(str(error)) from error
    if _RECORD_19794 in records:
        return _parse_record(records[_RECORD_19794])
    if _RECORD_39794 in records:
        raise UnsupportedError("DG2 holds a record of ISO/IEC 39794-5", Reason.PORTRAIT_UNREADABLE)
    raise _unreadable("DG2 holds no biometric data block")


def _parse_record(record: bytes) -> Portrait:
    format_id, _, _, faces = _unpack(_FILE_HEADER, record, 0)
    if format_id != _FORMAT_ID or faces == 0:
        raise _unreadable("the record is not a facial record of ISO/IEC 19794-5")
    block = _FILE_HEADER.size
    block_bytes, points = _unpack(_FACE_HEADER, record, block)
    header = block + _FACE_HEADER.size + points * _FEATURE_POINT_BYTES
    _, _, width, height = _unpack(_IMAGE_HEADER, record, header)
    start, end = header + _IMAGE_HEADER.size, min(block + block_bytes, len(record))
    if start >= end:
        raise _unreadable("the facial record holds no image")
    image = record[start:end]
    return Portrait(image, _format_of(image), width, height)


def _format_of(image: bytes) -> ImageFormat:
    for signature, image_format in _SIGNATURES:
        if image.startswith(signature):
            return image_format
    raise _unreadable("the image is neither JPEG nor JPEG 2000")


def _unpack(layout: struct.Struct, data: bytes, offset: int) -> tuple[Any, ...]:
    if offset + layout.size > len(data):
        raise _unreadable("the facial record ends within a header")
    return layout.unpack_from(data, offset)


def _unreadable(text: str) -> FormatError:
    return FormatError(text, Reason.PORTRAIT_UNREADABLE)
