"""Builds the files of the Logical Data Structure 1.7: Doc 9303-10, with the face record of ISO/IEC 19794-5."""

import hashlib
import io
import struct
from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import ClassVar

from asn1crypto import algos, core
from PIL import Image

from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.tlv import data_object

_LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
_ACTIVE_AUTHENTICATION = "2.23.136.1.1.5"
_ECDSA_PLAIN_SHA256 = "0.4.0.127.0.7.1.1.4.1.3"
_FACIAL_FEATURES = b"\x02"
_NO_SUBTYPE = b"\x00"
_CBEFF_HEADER_VERSION = b"\x01\x01"
_FORMAT_OWNER_SC37 = b"\x01\x01"
_FORMAT_TYPE_FACE = b"\x00\x08"


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
_TAGS = {
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


def ef_com(data_groups: Mapping[File, bytes]) -> bytes:
    """The list of the data groups that are there."""
    tags = bytes(_TAGS[file] for file in sorted(data_groups, key=lambda f: f.data_group))
    return data_object(
        _TAGS[File.COM], data_object(0x5F01, b"0107"), data_object(0x5F36, b"040000"), data_object(0x5C, tags)
    )


def dg1(lines: tuple[str, str]) -> bytes:
    """The MRZ."""
    return data_object(_TAGS[File.DG1], data_object(0x5F1F, "".join(lines).encode("ascii")))


def dg2(portrait_jpeg: bytes) -> bytes:
    """One face: a CBEFF biometric information template around an ISO/IEC 19794-5 record."""
    header = data_object(
        0xA1,
        data_object(0x80, _CBEFF_HEADER_VERSION),
        data_object(0x81, _FACIAL_FEATURES),
        data_object(0x82, _NO_SUBTYPE),
        data_object(0x87, _FORMAT_OWNER_SC37),
        data_object(0x88, _FORMAT_TYPE_FACE),
    )
    template = data_object(0x7F60, header, data_object(0x5F2E, face_record(portrait_jpeg)))
    return data_object(_TAGS[File.DG2], data_object(0x7F61, data_object(0x02, b"\x01"), template))


def dg14_active_authentication() -> bytes:
    """SecurityInfos with one ActiveAuthenticationInfo: ECDSA, SHA-256, plain signature."""
    info = data_object(
        0x30,
        core.ObjectIdentifier(_ACTIVE_AUTHENTICATION).dump(),
        core.Integer(1).dump(),
        core.ObjectIdentifier(_ECDSA_PLAIN_SHA256).dump(),
    )
    return data_object(_TAGS[File.DG14], data_object(0x31, info))


def dg15(public_key_info: bytes) -> bytes:
    """The public key of Active Authentication."""
    return data_object(_TAGS[File.DG15], public_key_info)


def ef_sod(data_groups: Mapping[File, bytes], signer: Signer, digest: str, at: datetime) -> bytes:
    """The Document Signer's word for every data group, given ``at``. ``digest`` hashes the data groups."""
    security_object = _SecurityObject(
        {
            "version": 0,
            "hash_algorithm": {"algorithm": digest},
            "data_group_hash_values": [
                {"number": file.data_group, "value": hashlib.new(digest, data_groups[file]).digest()}
                for file in sorted(data_groups, key=lambda f: f.data_group)
            ],
        }
    )
    return data_object(_TAGS[File.SOD], signed_data(_LDS_SECURITY_OBJECT, security_object.dump(), signer, at))


def face_record(portrait_jpeg: bytes) -> bytes:
    """ISO/IEC 19794-5:2005: record header, face information, image information, JPEG. Raises ValueError for no JPEG."""
    with Image.open(io.BytesIO(portrait_jpeg)) as image:
        if image.format != "JPEG":
            raise ValueError("a portrait must be a JPEG")
        width, height = image.size
    # no feature points; gender, eyes, hair unspecified; no property mask; expression, pose unspecified
    face = struct.pack(">H3B3sH3s3s", 0, 0, 0, 0, bytes(3), 0, bytes(3), bytes(3))
    # full frontal, JPEG; 24 bit RGB, source unspecified; device type and quality unspecified
    picture = struct.pack(">BBHHBBHH", 1, 0, width, height, 1, 0, 0, 0)
    block_length = 4 + len(face) + len(picture) + len(portrait_jpeg)
    header = struct.pack(">4s4sIH", b"FAC", b"010", 14 + block_length, 1)
    return header + struct.pack(">I", block_length) + face + picture + portrait_jpeg


class _DataGroupHash(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped
    _fields: ClassVar = [("number", core.Integer), ("value", core.OctetString)]


class _DataGroupHashes(core.SequenceOf):  # type: ignore[misc]  # asn1crypto is untyped
    _child_spec = _DataGroupHash


class _SecurityObject(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped
    """LDSSecurityObject, version 0 (Doc 9303-10)."""

    _fields: ClassVar = [
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("data_group_hash_values", _DataGroupHashes),
    ]
