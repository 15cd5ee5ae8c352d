"""The logical data structure of the chip (Doc 9303-10): which files there are, and what the simple ones hold."""

from dataclasses import dataclass
from enum import Enum

from asn1crypto.keys import PublicKeyInfo

from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.public_keys import PublicKey, public_key
from egate.document.errors import FormatError
from egate.document.mrz.zone import Mrz

EF_ATR_INFO = 0x2F01  # in the master file, Doc 9303-10
_MRZ = 0x5F1F
_LDS_VERSION = 0x5F01
_TAG_LIST = 0x5C
# Doc 9303-10: the file with a TD3 zone has a size known beforehand, which saves a round trip.
TD3_DG1_BYTES = 93


@dataclass(frozen=True, slots=True)
class ElementaryFile:
    """``file_id`` for SELECT, ``short_id`` for READ BINARY, ``tag`` of its outer object, 0 for "no data group"."""

    file_id: int
    short_id: int
    tag: int
    data_group: int = 0


class Ef(Enum):
    """The files of the LDS1 application that an inspection reads; DG3 and DG4 need Terminal Authentication."""

    COM = ElementaryFile(0x011E, 0x1E, 0x60)
    SOD = ElementaryFile(0x011D, 0x1D, 0x77)
    DG1 = ElementaryFile(0x0101, 0x01, 0x61, 1)
    DG2 = ElementaryFile(0x0102, 0x02, 0x75, 2)
    DG14 = ElementaryFile(0x010E, 0x0E, 0x6E, 14)
    DG15 = ElementaryFile(0x010F, 0x0F, 0x6F, 15)


@dataclass(frozen=True, slots=True)
class Com:
    """EF.COM: version of the LDS ("0107") and numbers of the data groups that the chip claims; nobody signed it."""

    lds_version: str
    data_groups: tuple[int, ...]


# Tag of a data group in EF.COM -> its number, Doc 9303-10.
_GROUP_TAGS = dict(
    zip(
        (0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70),
        range(1, 17),
        strict=True,
    )
)


def parse_com(raw: bytes) -> Com:
    """Raises FormatError."""
    version = tlv.find(raw, Ef.COM.value.tag, _LDS_VERSION)
    tags = tlv.find(raw, Ef.COM.value.tag, _TAG_LIST)
    if not version.isdigit():
        raise FormatError("EF.COM's version does not consist of digits")
    return Com(version.decode("ascii"), tuple(_GROUP_TAGS[tag] for tag in tags if tag in _GROUP_TAGS))


def parse_dg1(raw: bytes) -> Mrz:
    """Raises FormatError; MrzError where the zone breaks its own rules or is not TD3."""
    zone = tlv.find(raw, Ef.DG1.value.tag, _MRZ)
    if not zone.isascii():
        raise FormatError("EF.DG1 holds characters that no zone has")
    return Mrz(zone.decode("ascii"))


def parse_dg15(raw: bytes) -> PublicKey:
    """The Active Authentication key. Raises FormatError, UnsupportedError."""
    with well_formed("EF.DG15"):
        return public_key(PublicKeyInfo.load(tlv.find(raw, Ef.DG15.value.tag), strict=True))
