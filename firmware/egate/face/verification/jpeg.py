"""Reads what a JPEG says about itself before any of it is decoded (ITU-T T.81, Annex B), and leaves out what shows
nothing: comments, previews, profiles, notes of the camera. Decoders read those with care for everything but hostility,
and warn about them with what stands in them.

A few bytes may declare a large picture, and a progressive one may go over it thousands of times: each scan costs time
in proportion to the picture, however short it is. So both are bounded here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from egate.face.errors import PortraitError
from egate.face.verification.dimensions import check_dimensions

_SOI = b"\xff\xd8"
_SOS, _EOI = 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF; between them lie DHT, JPG and DAC
_WITHOUT_LENGTH = frozenset((0x00, 0x01, *range(0xD0, 0xD8), 0xD8, _EOI))  # no marker, TEM, RST, SOI, EOI
_APP0, _APP1, _APP14, _COM = 0xE0, 0xE1, 0xEE, 0xFE
_NOTES = frozenset((*range(_APP0, 0xF0), _COM)) - {_APP0, _APP14}  # JFIF and Adobe's say how colours are stored
_FRAME = struct.Struct(">BHHB")  # precision, height, width, components
_FILL, _TWO_FILLS, _LEAST_LENGTH = 0xFF, b"\xff\xff", 2
_MAX_SEGMENTS = 256
_MAX_SCANS = 64  # project choice; progressive portraits have some ten

_EXIF = b"Exif\0\0"
_BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION, _SHORT = 0x0112, 3
_ENTRY_BYTES = 12
_MAX_ENTRIES = 128
_UPRIGHT, _LAST_ORIENTATION = 1, 8


@dataclass(frozen=True, slots=True, repr=False)
class Jpeg:
    """``picture``: the file without what shows nothing; ``orientation``: 1 (upright) .. 8, as Exif numbers them."""

    picture: bytes
    orientation: int


def read_jpeg(data: bytes) -> Jpeg:
    """Read the header of a JPEG. Raises PortraitError where it is not sound, or declares more than a portrait has."""
    try:
        return _read(data)
    except struct.error:
        raise PortraitError("the portrait's JPEG header is cut short") from None


def _read(data: bytes) -> Jpeg:
    if not data.startswith(_SOI):
        raise PortraitError("the portrait is neither JPEG nor JPEG 2000")
    kept, framed, orientation, scans = [_SOI], False, _UPRIGHT, len(_SOI)
    for marker, begin, end in _segments(data):
        if marker in _FRAMES:
            _, height, width, components = _FRAME.unpack_from(data, begin + 4)
            check_dimensions(width, height, components)
            framed = True
        elif marker == _APP1 and data.startswith(_EXIF, begin + 4):
            orientation = _orientation(data[begin + 4 + len(_EXIF) : end])
        if marker not in _NOTES:
            kept.append(data[begin:end])
        scans = end
    rest = data[scans:]
    if not framed:
        raise PortraitError("the portrait's JPEG header does not say how large it is")
    if rest.count(bytes((0xFF, _SOS))) > _MAX_SCANS:  # within a scan's data no marker can occur
        raise PortraitError(f"the portrait is a JPEG of more than {_MAX_SCANS} scans")
    return Jpeg(b"".join((*kept, rest)), orientation)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Each segment before the first scan: its marker, where that begins, and where the segment ends."""
    position = len(_SOI)
    for _ in range(_MAX_SEGMENTS):
        while data[position : position + 2] == _TWO_FILLS:
            position += 1
        mark, marker = struct.unpack_from(">BB", data, position)
        if mark == _FILL and marker == _SOS:
            return
        (length,) = struct.unpack_from(">H", data, position + 2)
        if mark != _FILL or marker in _WITHOUT_LENGTH or length < _LEAST_LENGTH:
            raise PortraitError("the portrait's JPEG header holds something that is no segment")
        end = position + 2 + length
        yield marker, position, end
        position = end
    raise PortraitError(f"the portrait's JPEG header holds more than {_MAX_SEGMENTS} segments")


def _orientation(tiff: bytes) -> int:
    """Of the first directory of an Exif segment; upright where that cannot be read, for it is not the picture."""
    order = _BYTE_ORDERS.get(tiff[:4])
    if order is None:
        return _UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
        for k in range(min(entries, _MAX_ENTRIES)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + k * _ENTRY_BYTES)
            if tag == _ORIENTATION:
                return value if kind == _SHORT and _UPRIGHT <= value <= _LAST_ORIENTATION else _UPRIGHT
    except struct.error:
        return _UPRIGHT
    return _UPRIGHT
