"""Encoded images as files of the chip hold them: JPEG and JPEG 2000, told by their first bytes.

Nothing is decoded here. Sizes are read from the image's own header, because the records around it are often wrong,
and because a small file may claim an image that no memory holds.
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

from egate.checks import Reason
from egate.document.errors import FormatError
from egate.document.lds.redacted import Redacted

MAX_PIXELS = 4096 * 4096  # many times what the largest portrait has


class ImageFormat(StrEnum):
    JPEG = "jpeg"
    JPEG2000 = "jpeg2000"


_JP2_SIGNATURE = bytes.fromhex("0000000c6a5020200d0a870a")
_CODESTREAM = bytes.fromhex("ff4fff51")  # SOC and SIZ, the two markers with which a codestream begins
# They count, because some issuers write the wrong data type into the header of the record.
_SIGNATURES = (
    (bytes.fromhex("ffd8ff"), ImageFormat.JPEG),
    (_JP2_SIGNATURE, ImageFormat.JPEG2000),
    (_CODESTREAM, ImageFormat.JPEG2000),
)


@dataclass(frozen=True, slots=True, repr=False)
class EncodedImage(Redacted):
    """``data`` as the chip holds it, perhaps with bytes behind the image's end, which decoders pass over.

    ``width`` and ``height`` in pixels as the image's own header says, 0 where it cannot be read that far.
    """

    data: bytes
    format: ImageFormat
    width: int
    height: int


def encoded_image(data: bytes) -> EncodedImage:
    """Raises FormatError (PORTRAIT_UNREADABLE): neither JPEG nor JPEG 2000, or more pixels than MAX_PIXELS."""
    image_format = next((named for signature, named in _SIGNATURES if data.startswith(signature)), None)
    if image_format is None:
        raise FormatError("the image is neither JPEG nor JPEG 2000", Reason.PORTRAIT_UNREADABLE)
    measure = _jpeg_size if image_format is ImageFormat.JPEG else _jpeg2000_size
    width, height = measure(data)
    check_size(width, height)
    return EncodedImage(data, image_format, width, height)


def check_size(width: int, height: int) -> None:
    """Raises FormatError (PORTRAIT_UNREADABLE) for more pixels than MAX_PIXELS."""
    if width * height > MAX_PIXELS:
        raise FormatError("the image claims more pixels than any portrait has", Reason.PORTRAIT_UNREADABLE)


_MARKER = struct.Struct(">BBH")  # FF, code, length of what follows with its own two bytes
_CODE_BYTES = _LENGTH_BYTES = 2
_FRAME = struct.Struct(">BHH")  # sample precision, height, width
# ISO/IEC 10918-1, table B.1: C0 .. CF begin a frame, but for DHT, JPG and DAC.
_FRAME_CODES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_FILL = 0xFF


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """(width, height) from the frame header; (0, 0) where the segments before it are broken."""
    at = _CODE_BYTES
    while at + _MARKER.size <= len(data):
        prefix, code, length = _MARKER.unpack_from(data, at)
        if prefix == code == _FILL:
            at += 1
            continue
        if prefix != _FILL or code == _SCAN or length < _LENGTH_BYTES:
            break
        if code in _FRAME_CODES and at + _MARKER.size + _FRAME.size <= len(data):
            _, height, width = _FRAME.unpack_from(data, at + _MARKER.size)
            return width, height
        at += _CODE_BYTES + length
    return 0, 0


_SIZ = struct.Struct(">HHIIII")  # length, capabilities, right and lower edge of the grid, image's offset in it


def _jpeg2000_size(data: bytes) -> tuple[int, int]:
    """(width, height) from the SIZ segment of the codestream (ISO/IEC 15444-1, A.5.1); (0, 0) where there is none.

    The boxes of a JP2 file around it may claim another size; it is the codestream that is decoded.
    """
    start = data.find(_CODESTREAM) + len(_CODESTREAM)
    if start < len(_CODESTREAM) or start + _SIZ.size > len(data):
        return 0, 0
    _, _, right, lower, left, upper = _SIZ.unpack_from(data, start)
    return max(right - left, 0), max(lower - upper, 0)
