"""EF.DG2: the portrait as a record of ISO/IEC 19794-5:2005 or ISO/IEC 39794-5:2019 in its CBEFF templates."""

import io
import struct
from enum import Enum

from PIL import Image

from egate_sim.passport import der
from egate_sim.passport.lds.files import TAGS, File
from egate_sim.passport.tlv import data_object

_FACIAL_FEATURES = b"\x02"
_NO_SUBTYPE = b"\x00"
_CBEFF_HEADER_VERSION = b"\x01\x01"
_FORMAT_OWNER_SC37 = b"\x01\x01"
_FACE_RECORD, _FACE_DATA_BLOCK = 0x5F2E, 0x7F2E
_IMAGE_TYPES = {"JPEG": 0, "JPEG2000": 1}  # ISO/IEC 19794-5, 5.7.2
_IMAGE_FORMATS = {"JPEG": 2, "JPEG2000": 4}  # ISO/IEC 39794-5, ImageDataFormatCode: jpeg, jpeg2000Lossy
_GENERATION, _PUBLISHED = 3, 2019


class PortraitFormat(Enum):
    """Which standard the record follows; the value is its format type (CBEFF)."""

    ISO_19794 = 0x0008
    ISO_39794 = 0x002A


def dg2(portrait: bytes, portrait_format: PortraitFormat = PortraitFormat.ISO_19794) -> bytes:
    """One face. ``portrait``: JPEG or JPEG 2000; raises ValueError for anything else."""
    if portrait_format is PortraitFormat.ISO_39794:
        return dg2_of(
            data_object(_FACE_DATA_BLOCK, data_object(0xA1, face_data_block(portrait))), portrait_format=portrait_format
        )
    return dg2_of(data_object(_FACE_RECORD, face_record(portrait)))


def dg2_of(*records: bytes, portrait_format: PortraitFormat = PortraitFormat.ISO_19794) -> bytes:
    """``records``: biometric data blocks with their tags, each in a template of its own."""
    header = data_object(
        0xA1,
        data_object(0x80, _CBEFF_HEADER_VERSION),
        data_object(0x81, _FACIAL_FEATURES),
        data_object(0x82, _NO_SUBTYPE),
        data_object(0x87, _FORMAT_OWNER_SC37),
        data_object(0x88, portrait_format.value.to_bytes(2, "big")),
    )
    templates = (data_object(0x7F60, header, record) for record in records)
    return data_object(TAGS[File.DG2], data_object(0x7F61, data_object(0x02, bytes([len(records)])), *templates))


def face_record(portrait: bytes) -> bytes:
    """ISO/IEC 19794-5:2005: record header, face information, image information, image. Raises ValueError."""
    kind, width, height = _look_at(portrait)
    return face_record_of(portrait, _IMAGE_TYPES[kind], (width, height))


def face_record_of(image: bytes, image_type: int, size: tuple[int, int]) -> bytes:
    """The same around whatever ``image`` is. ``size``: width and height as announced, in pixels."""
    # no feature points; gender, eyes, hair unspecified; no property mask; expression, pose unspecified
    face = struct.pack(">H3B3sH3s3s", 0, 0, 0, 0, bytes(3), 0, bytes(3), bytes(3))
    # full frontal; 24 bit RGB, source unspecified; device type and quality unspecified
    picture = struct.pack(">BBHHBBHH", 1, image_type, *size, 1, 0, 0, 0)
    block_length = 4 + len(face) + len(picture) + len(image)
    header = struct.pack(">4s4sIH", b"FAC", b"010", 14 + block_length, 1)
    return header + struct.pack(">I", block_length) + face + picture + image


def face_data_block(portrait: bytes) -> bytes:
    """ISO/IEC 39794-5:2019, FaceImageDataBlock with one two-dimensional representation, in DER. Raises ValueError."""
    kind, width, height = _look_at(portrait)
    size = der.explicit(7, _number(0, width), _number(1, height))
    information = der.explicit(1, _code(0, _IMAGE_FORMATS[kind]), _code(1, 1), size)  # kind 1: an MRTD's portrait
    image = der.explicit(0, der.implicit(0, portrait), information)
    representation = der.sequence(_number(0, 1), der.explicit(1, der.explicit(0, image)))
    version = der.explicit(0, _number(0, _GENERATION), _number(1, _PUBLISHED))
    return data_object(0x65, version, der.explicit(1, representation))


def _number(tag: int, value: int) -> bytes:
    """An INTEGER under a context tag."""
    return der.implicit(tag, der.integer(value)[2:])


def _code(tag: int, value: int) -> bytes:
    """A code under a context tag; the standard leaves room for codes of later editions."""
    return der.explicit(tag, _number(0, value))


def _look_at(portrait: bytes) -> tuple[str, int, int]:
    """Format, width and height. Raises ValueError where it is neither JPEG nor JPEG 2000."""
    with Image.open(io.BytesIO(portrait)) as image:
        if image.format not in _IMAGE_TYPES:
            raise ValueError("a portrait must be a JPEG or a JPEG 2000")
        return image.format, *image.size
