"""The files of the eMRTD application, and those that hold little: Doc 9303-10."""

from collections.abc import Mapping
from enum import Enum, IntEnum

from egate_sim.passport.tlv import data_object


class Version(Enum):
    """Edition of the Logical Data Structure as EF.COM writes it: LDS and Unicode."""

    LDS_1_7 = ("0107", "040000")
    LDS_1_8 = ("0108", "040000")


class File(IntEnum):
    """File identifiers below the eMRTD application (Doc 9303-10)."""

    COM = 0x011E
    SOD = 0x011D
    CVCA = 0x011C
    DG1 = 0x0101
    DG2 = 0x0102
    DG3 = 0x0103
    DG4 = 0x0104
    DG5 = 0x0105
    DG6 = 0x0106
    DG7 = 0x0107
    DG8 = 0x0108
    DG9 = 0x0109
    DG10 = 0x010A
    DG11 = 0x010B
    DG12 = 0x010C
    DG13 = 0x010D
    DG14 = 0x010E
    DG15 = 0x010F
    DG16 = 0x0110

    @property
    def short_identifier(self) -> int:
        """SFI: the file identifier's last five bits."""
        return self & 0x1F

    @property
    def data_group(self) -> int:
        """The data group's number; COM, SOD and CVCA have none."""
        if self in (File.COM, File.SOD, File.CVCA):
            raise ValueError(f"{self.name} is no data group")
        return self & 0x1F


# EF.CVCA is a list of data objects without one around them
TAGS = {
    File.COM: 0x60,
    File.SOD: 0x77,
    File.DG1: 0x61,
    File.DG2: 0x75,
    File.DG3: 0x63,
    File.DG4: 0x76,
    File.DG5: 0x65,
    File.DG6: 0x66,
    File.DG7: 0x67,
    File.DG8: 0x68,
    File.DG9: 0x69,
    File.DG10: 0x6A,
    File.DG11: 0x6B,
    File.DG12: 0x6C,
    File.DG13: 0x6D,
    File.DG14: 0x6E,
    File.DG15: 0x6F,
    File.DG16: 0x70,
}


def ef_com(data_groups: Mapping[File, bytes], version: Version = Version.LDS_1_7) -> bytes:
    """The list of the data groups that are there."""
    tags = bytes(TAGS[file] for file in sorted(data_groups, key=lambda f: f.data_group))
    lds, unicode = (text.encode("ascii") for text in version.value)
    return data_object(TAGS[File.COM], data_object(0x5F01, lds), data_object(0x5F36, unicode), data_object(0x5C, tags))


def dg1(lines: tuple[str, ...]) -> bytes:
    """The MRZ."""
    return data_object(TAGS[File.DG1], data_object(0x5F1F, "".join(lines).encode("ascii")))


def dg14(infos: bytes) -> bytes:
    """``infos``: the SET OF security infos."""
    return data_object(TAGS[File.DG14], infos)


def dg15(public_key_info: bytes) -> bytes:
    """The public key of Active Authentication."""
    return data_object(TAGS[File.DG15], public_key_info)
