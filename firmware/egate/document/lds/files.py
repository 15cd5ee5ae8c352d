"""The logical data structure of the chip (Doc 9303-10): which files there are, and what the simple ones hold."""

from dataclasses import dataclass
from enum import Enum

from asn1crypto.keys import PublicKeyInfo

from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.public_keys import PublicKey, public_key
from egate.document.errors import FormatError
from egate.document.mrz.zone import Mrz

_MRZ = 0x5F1F
_LDS_VERSION = 0x5F01
_LDS_VERSION_DIGITS = 4
_TAG_LIST = 0x5C
_KIB = 1024


class Directory(Enum):
    """Where a file lies: identifiers are unique within a directory only (EF.SOD and EF.CardSecurity share theirs)."""

    MASTER_FILE = "master_file"
    LDS1 = "lds1"


@dataclass(frozen=True, slots=True)
class ElementaryFile:
    """``file_id`` for SELECT and ``short_id`` for READ BINARY, both valid in ``directory``.

    ``tag`` is that of the file's outer object, 0 where the file is a row of objects; ``data_group`` is 0 for "none";
    ``max_bytes``: several times what issuers write, and little enough that the worst content costs a decoder well under
    a tenth of a second. None for files whose content is images, or of which nobody decides by the content.
    """

    file_id: int
    short_id: int
    tag: int
    data_group: int = 0
    directory: Directory = Directory.LDS1
    max_bytes: int | None = None


def _group(number: int, tag: int, max_bytes: int | None = None) -> ElementaryFile:
    """Data groups are numbered through (Doc 9303-10, table of the file identifiers)."""
    return ElementaryFile(0x0100 + number, number, tag, number, max_bytes=max_bytes)


def _in_master_file(file_id: int, short_id: int, tag: int, max_bytes: int) -> ElementaryFile:
    return ElementaryFile(file_id, short_id, tag, directory=Directory.MASTER_FILE, max_bytes=max_bytes)


class Ef(Enum):
    """The files of the master file and of the LDS1 application; DG3 and DG4 need Terminal Authentication."""

    ATR_INFO = _in_master_file(0x2F01, 0x01, 0, 1 * _KIB)
    DIR = _in_master_file(0x2F00, 0x1E, 0, 1 * _KIB)
    CARD_ACCESS = _in_master_file(0x011C, 0x1C, 0x31, 4 * _KIB)
    CARD_SECURITY = _in_master_file(0x011D, 0x1D, 0x30, 32 * _KIB)
    COM = ElementaryFile(0x011E, 0x1E, 0x60, max_bytes=1 * _KIB)
    SOD = ElementaryFile(0x011D, 0x1D, 0x77, max_bytes=32 * _KIB)
    DG1 = _group(1, 0x61, 1 * _KIB)
    DG2 = _group(2, 0x75)
    DG3 = _group(3, 0x63)
    DG4 = _group(4, 0x76)
    DG5 = _group(5, 0x65)
    DG6 = _group(6, 0x66)
    DG7 = _group(7, 0x67)
    DG8 = _group(8, 0x68)
    DG9 = _group(9, 0x69)
    DG10 = _group(10, 0x6A)
    DG11 = _group(11, 0x6B)
    DG12 = _group(12, 0x6C)
    DG13 = _group(13, 0x6D)
    DG14 = _group(14, 0x6E, 16 * _KIB)
    DG15 = _group(15, 0x6F, 4 * _KIB)
    DG16 = _group(16, 0x70)

    @classmethod
    def of_group(cls, number: int) -> "Ef":
        """The file of data group 1 .. 16. Raises KeyError for any other number."""
        return _BY_GROUP[number]


DATA_GROUPS = tuple(ef for ef in Ef if ef.value.data_group)
_BY_GROUP = {ef.value.data_group: ef for ef in DATA_GROUPS}


@dataclass(frozen=True, slots=True)
class Com:
    """EF.COM: version of the LDS ("0107") and numbers of the data groups that the chip claims; nobody signed it."""

    lds_version: str
    data_groups: tuple[int, ...]


_GROUP_TAGS = {ef.value.tag: ef.value.data_group for ef in DATA_GROUPS}  # as EF.COM lists them


def parse_com(raw: bytes) -> Com:
    """Raises FormatError."""
    version = tlv.find(raw, Ef.COM.value.tag, _LDS_VERSION)
    tags = tlv.find(raw, Ef.COM.value.tag, _TAG_LIST)
    if len(version) != _LDS_VERSION_DIGITS or not version.isdigit():
        raise FormatError("EF.COM's version does not consist of four digits")
    return Com(version.decode("ascii"), tuple(_GROUP_TAGS[tag] for tag in tags if tag in _GROUP_TAGS))


def parse_dg1(raw: bytes) -> Mrz:
    """Raises FormatError; MrzError where the zone breaks its own rules."""
    zone = tlv.find(raw, Ef.DG1.value.tag, _MRZ)
    if not zone.isascii():
        raise FormatError("EF.DG1 holds characters that no zone has")
    return Mrz(zone.decode("ascii"))


def parse_dg15(raw: bytes) -> PublicKey:
    """The Active Authentication key. Raises FormatError, UnsupportedError."""
    with well_formed("EF.DG15"):
        return public_key(PublicKeyInfo.load(tlv.find(raw, Ef.DG15.value.tag), strict=True))
