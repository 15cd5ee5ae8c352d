"""Writes ASN.1 in DER, value by value: certificates, lists and security infos are put together from these."""

from datetime import UTC, datetime

from asn1crypto import core

from egate_sim.passport.tlv import data_object

_FIRST_YEAR_OF_GENERALIZED_TIME = 2050  # RFC 5280, 4.1.2.5
NULL = b"\x05\x00"


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE, in the order given."""
    return data_object(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """SET OF: DER orders it by the encodings."""
    return data_object(0x31, *sorted(parts))


def integer(value: int) -> bytes:
    """INTEGER in the fewest bytes."""
    return data_object(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def enumerated(value: int) -> bytes:
    """ENUMERATED of a small number."""
    return data_object(0x0A, bytes([value]))


def boolean(value: bool) -> bytes:
    """BOOLEAN."""
    return data_object(0x01, b"\xff" if value else b"\x00")


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    encoded: bytes = core.ObjectIdentifier(dotted).dump()
    return encoded


def octet_string(content: bytes) -> bytes:
    """OCTET STRING."""
    return data_object(0x04, content)


def bit_string(content: bytes, unused_bits: int = 0) -> bytes:
    """BIT STRING."""
    return data_object(0x03, bytes([unused_bits]), content)


def utf8_string(text: str) -> bytes:
    """UTF8String."""
    return data_object(0x0C, text.encode())


def printable_string(text: str) -> bytes:
    """PrintableString."""
    return data_object(0x13, text.encode("ascii"))


def generalized_time(at: datetime) -> bytes:
    """GeneralizedTime in UTC, whole seconds."""
    return data_object(0x18, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())


def time(at: datetime) -> bytes:
    """Time of a certificate: UTCTime until 2049, GeneralizedTime later."""
    if at.astimezone(UTC).year >= _FIRST_YEAR_OF_GENERALIZED_TIME:
        return generalized_time(at)
    return data_object(0x17, at.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode())


def explicit(number: int, *parts: bytes) -> bytes:
    """A constructed context tag: around one value, or in place of the tag of a structure."""
    return data_object(0xA0 | number, *parts)


def implicit(number: int, content: bytes) -> bytes:
    """A primitive context tag in place of the value's own."""
    return data_object(0x80 | number, content)
