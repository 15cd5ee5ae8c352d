"""Biometric templates are counted and named by their headers; nothing of fingers and eyes is kept."""

import pytest

from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.biometrics import BiometricFormat, BiometricType, parse_biometric_headers
from egate.document.lds.files import Ef


def template(kind: bytes, subtype: int, format_type: bytes, owner: bytes = b"\x01\x01") -> bytes:
    fields = [(0x81, kind), (0x82, bytes([subtype])), (0x87, owner), (0x88, format_type)]
    header = tlv.encode(0xA1, b"".join(tlv.encode(tag, value) for tag, value in fields))
    return tlv.encode(0x7F60, header + tlv.encode(0x5F2E, b"ridges"))


def group(*templates: bytes, announced: int | None = None, ef: Ef = Ef.DG3) -> bytes:
    count = tlv.encode(0x02, bytes([len(templates) if announced is None else announced]))
    return tlv.encode(ef.value.tag, tlv.encode(0x7F61, count + b"".join(templates)))


def test_fingers_are_counted_and_named() -> None:
    found = parse_biometric_headers(group(template(b"\x08", 9, b"\0\x07"), template(b"\x08", 10, b"\0\x01")), Ef.DG3)
    assert found.announced == 2
    assert [(item.type, item.subtype, item.format) for item in found.headers] == [
        (BiometricType.FINGER, 9, BiometricFormat.FINGER_IMAGE_19794_4),
        (BiometricType.FINGER, 10, BiometricFormat.FINGER_MINUTIAE_19794_2),
    ]
    assert "ridges" not in repr(found)


def test_eyes_are_counted_and_named() -> None:
    found = parse_biometric_headers(group(template(b"\x10", 1, b"\0\x09"), ef=Ef.DG4), Ef.DG4)
    assert [(item.type, item.format) for item in found.headers] == [
        (BiometricType.IRIS, BiometricFormat.IRIS_IMAGE_19794_6)
    ]


def test_a_group_may_be_empty() -> None:
    """As where a document's holder has no fingerprints; object 53 then holds random bytes."""
    raw = tlv.encode(0x63, tlv.encode(0x7F61, tlv.encode(0x02, b"\0") + tlv.encode(0x53, b"random")))
    assert parse_biometric_headers(raw, Ef.DG3).headers == ()


def test_another_number_than_announced_is_seen() -> None:
    found = parse_biometric_headers(group(template(b"\x08", 9, b"\0\x07"), announced=2), Ef.DG3)
    assert (found.announced, len(found.headers)) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "owner", "format_type"),
    [(b"\x08", b"\0\x01", b"\0\x07"), (b"\x08", b"\x01\x01", b"\x7f\xff"), (b"", b"", b"")],
)
def test_an_unknown_format_has_its_numbers_only(kind: bytes, owner: bytes, format_type: bytes) -> None:
    header = parse_biometric_headers(group(template(kind, 0, format_type, owner)), Ef.DG3).headers[0]
    assert header.format is None
    assert header.format_type == int.from_bytes(format_type)


def test_an_unknown_kind_is_unknown() -> None:
    header = parse_biometric_headers(group(template(b"\x40", 0, b"\0\x07")), Ef.DG3).headers[0]
    assert header.type is BiometricType.UNKNOWN


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        tlv.encode(0x63, b""),
        group(template(b"\x08", 9, b"\0\x07"))[:-1],
        group(template(bytes(4), 9, b"\0\x07")),
        group(*[template(b"\x08", 9, b"\0\x07")] * 65),
        group(template(b"\x08", 9, b"\0\x07"), ef=Ef.DG4),
    ],
)
def test_what_is_no_group_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError):
        parse_biometric_headers(raw, Ef.DG3)
