"""EF.DIR of the master file: which applications are on the chip (Doc 9303-10, ISO/IEC 7816-4)."""

from enum import Enum

from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.atr_info import objects_of

_APPLICATION_TEMPLATE = 0x61
_APPLICATION_IDENTIFIER = 0x4F
_AID_BYTES = range(5, 17)  # ISO/IEC 7816-4


class Application(Enum):
    """The applications of Doc 9303-10 by their identifiers."""

    LDS1 = bytes.fromhex("A0000002471001")
    TRAVEL_RECORDS = bytes.fromhex("A0000002472001")
    VISA_RECORDS = bytes.fromhex("A0000002472002")
    ADDITIONAL_BIOMETRICS = bytes.fromhex("A0000002472003")


def parse_dir(raw: bytes) -> tuple[bytes, ...]:
    """The application identifiers in the order of the file, those that nobody knows as well. Raises FormatError."""
    templates = [item.value for item in objects_of(raw) if item.tag == _APPLICATION_TEMPLATE]
    identifiers = tuple(tlv.find(template, _APPLICATION_IDENTIFIER) for template in templates)
    if any(len(identifier) not in _AID_BYTES for identifier in identifiers):
        raise FormatError("EF.DIR holds an application identifier of impossible length")
    return identifiers
