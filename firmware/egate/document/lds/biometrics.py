"""Biometric information templates: how DG2, DG3 and DG4 wrap biometric data (Doc 9303-10, ISO/IEC 7816-11, CBEFF).

The header of a template says what it holds. Fingerprints and irises are counted and named by their headers alone;
their data are passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.files import Ef

RECORD = 0x5F2E
RECORD_CONSTRUCTED = 0x7F2E
_GROUP = 0x7F61
_COUNT = 0x02
_TEMPLATE = 0x7F60
_HEADER = 0xA1
_TYPE = 0x81
_SUBTYPE = 0x82
_FORMAT_OWNER = 0x87
_FORMAT_TYPE = 0x88
# Project choice: ten fingers or two eyes, with room for an issuer who stores several images of each.
_MAX_TEMPLATES = 64


class BiometricType(IntEnum):
    """Values of CBEFF that a travel document may have."""

    UNKNOWN = 0
    FACE = 0x02
    FINGER = 0x08
    IRIS = 0x10

    @classmethod
    def _missing_(cls, value: object) -> "BiometricType":
        return cls.UNKNOWN


class BiometricFormat(IntEnum):
    """Format types registered by ISO/IEC JTC 1/SC 37, whose number as an owner is 0101."""

    FINGER_MINUTIAE_19794_2 = 0x0001
    FINGER_MINUTIAE_19794_2_NORMAL = 0x0002
    FINGER_IMAGE_19794_4 = 0x0007
    FACE_IMAGE_19794_5 = 0x0008
    IRIS_IMAGE_19794_6 = 0x0009
    IRIS_IMAGE_POLAR_19794_6 = 0x000B
    FINGER_IMAGE_39794_4 = 0x0028
    FACE_IMAGE_39794_5 = 0x002A
    IRIS_IMAGE_39794_6 = 0x002C


_SC37 = 0x0101
_FORMATS = {kind.value: kind for kind in BiometricFormat}


@dataclass(frozen=True, slots=True)
class BiometricHeader:
    """``subtype`` as CBEFF numbers it (which finger, which eye; 0 for none); numbers are 0 where they are not told.

    Some issuers leave optional objects of the header out, so nothing but the record itself need be there.
    """

    type: BiometricType
    subtype: int
    format_owner: int
    format_type: int
    record_tag: int

    @property
    def format(self) -> BiometricFormat | None:
        """None for a format that is not of SC 37, or not one of those that Doc 9303 allows."""
        return _FORMATS.get(self.format_type) if self.format_owner == _SC37 else None


@dataclass(frozen=True, slots=True)
class BiometricGroup:
    """What DG3 or DG4 holds. ``announced``: how many templates the group says that it has; 0 is allowed in DG3."""

    announced: int
    headers: tuple[BiometricHeader, ...]


def templates(raw: bytes, ef: Ef) -> tuple[int, Iterator[tuple[BiometricHeader, bytes]]]:
    """(announced number, each template's header and record) of DG2, DG3 or DG4. Both parts raise FormatError."""
    objects = tlv.find(raw, ef.value.tag, _GROUP)
    announced = next((item.value for item in tlv.read_all(objects) if item.tag == _COUNT), b"")
    return _number(announced), _read(objects)


def parse_biometric_headers(raw: bytes, ef: Ef) -> BiometricGroup:
    """The headers of EF.DG3 or EF.DG4; no biometric data are kept. Raises FormatError."""
    announced, found = templates(raw, ef)
    return BiometricGroup(announced, tuple(header for header, _ in found))


def announced_templates(beginning: bytes, ef: Ef) -> int:
    """How many templates a group says that it has, from its first bytes alone. Raises FormatError."""
    for tag in (ef.value.tag, _GROUP):
        found, start, _ = tlv.read_header(beginning)
        if found != tag:
            raise FormatError(f"{ef.name} does not begin as a biometric group does")
        beginning = beginning[start:]
    count = tlv.read(beginning)
    if count.tag != _COUNT:
        raise FormatError(f"{ef.name} does not say how many templates it has")
    return _number(count.value)


def _read(objects: bytes) -> Iterator[tuple[BiometricHeader, bytes]]:
    count = 0
    for item in tlv.read_all(objects):
        if item.tag == _TEMPLATE:
            count += 1
            if count > _MAX_TEMPLATES:
                raise FormatError("the group holds more biometric templates than any document has")
            yield _template(item.value)


def _template(content: bytes) -> tuple[BiometricHeader, bytes]:
    fields: dict[int, bytes] = {}
    record_tag, record = 0, b""
    for item in tlv.read_all(content):
        if item.tag == _HEADER:
            fields = {field.tag: field.value for field in tlv.read_all(item.value)}
        elif item.tag in (RECORD, RECORD_CONSTRUCTED) and not record_tag:
            record_tag, record = item.tag, item.value
    return _header(fields, record_tag), record


def _header(fields: dict[int, bytes], record_tag: int) -> BiometricHeader:
    return BiometricHeader(
        type=BiometricType(_number(fields.get(_TYPE, b""))),
        subtype=_number(fields.get(_SUBTYPE, b"")),
        format_owner=_number(fields.get(_FORMAT_OWNER, b"")),
        format_type=_number(fields.get(_FORMAT_TYPE, b"")),
        record_tag=record_tag,
    )


_MAX_NUMBER_BYTES = 3  # the longest number of a header


def _number(value: bytes) -> int:
    if len(value) > _MAX_NUMBER_BYTES:
        raise FormatError("a number in a biometric header is longer than 3 bytes")
    return int.from_bytes(value)
