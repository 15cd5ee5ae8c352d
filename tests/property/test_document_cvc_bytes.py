"""Card-verifiable certificates: what breaks their form is refused, whatever it is, and by an error of ours."""

from contextlib import suppress
from datetime import date
from functools import cache

import pytest
from document_samples import FOUNDED, utopia
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.document import tlv
from egate.document.crypto.public_keys import EcKey, RsaKey
from egate.document.errors import DocumentError, FormatError, TrustError, UnsupportedError
from egate.document.lds.cvca import parse_cvca
from egate.document.pki.cvc.certificate import CvCertificate, parse_cv_certificate, parse_cv_certificates
from egate.document.pki.cvc.chain import TerminalCertificates
from egate_sim.passport.authority_keys import Ecdsa, Rsa
from egate_sim.passport.cvca import terminal_chain

KINDS = ("ecdsa", "rsa")
PROFILE, AUTHORITY, KEY, HOLDER, CHAT, EFFECTIVE, EXPIRES = 0x5F29, 0x42, 0x7F49, 0x5F20, 0x7F4C, 0x5F25, 0x5F24


@cache
def cvca(kind: str) -> bytes:
    algorithm = Ecdsa() if kind == "ecdsa" else Rsa(2048)
    return terminal_chain(utopia().country, bytes(32), FOUNDED, algorithm).trust_point.certificate


def changed(kind: str, tag: int, value: bytes | None) -> bytes:
    """The certificate with another value in one field of its body, or without it."""
    outer = tlv.find(cvca(kind), 0x7F21)
    fields = {item.tag: item.value for item in tlv.read_all(tlv.find(outer, 0x7F4E))}
    fields[tag] = value if value is not None else b""
    body = b"".join(tlv.encode(name, content) for name, content in fields.items() if name != tag or value is not None)
    return tlv.encode(0x7F21, tlv.encode(0x7F4E, body) + tlv.encode(0x5F37, tlv.find(outer, 0x5F37)))


def used_in_full(raw: bytes) -> None:
    """Everything that is ever asked of certificates."""
    certificates = parse_cv_certificates(raw)
    for certificate in certificates:
        certificate.public_key.resolve(certificate.public_key.curve())
        assert str(certificate).startswith("CvCertificate(")
    with suppress(TrustError):
        TerminalCertificates(certificates).chain([item.holder_reference for item in certificates], FOUNDED)


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=150)
def test_arbitrary_bytes_are_refused(raw: bytes) -> None:
    for wrapped in (raw, tlv.encode(0x7F21, raw), tlv.encode(0x7F21, tlv.encode(0x7F4E, raw) + b"\x5f\x37\x00")):
        with suppress(DocumentError):
            used_in_full(wrapped)


@given(st.sampled_from([PROFILE, AUTHORITY, KEY, HOLDER, CHAT, EFFECTIVE, EXPIRES]), st.binary(max_size=40))
@settings(deadline=None, max_examples=150)
def test_any_field_may_hold_anything(tag: int, value: bytes) -> None:
    for kind in KINDS:
        with suppress(DocumentError):
            used_in_full(changed(kind, tag, value))


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=150)
def test_a_damaged_certificate_never_verifies_as_another(places: list[tuple[int, int]]) -> None:
    genuine = cvca("ecdsa")
    damaged = bytearray(genuine)
    for position, value in places:
        damaged[position % len(damaged)] = value
    reference = parse_cv_certificate(genuine).holder_reference
    with suppress(DocumentError):
        certificate = parse_cv_certificate(bytes(damaged))
        TerminalCertificates([certificate]).chain([reference], FOUNDED)
        raise AssertionError("there is no terminal in it")


@given(st.binary(max_size=60))
@settings(deadline=None, max_examples=100)
def test_the_list_of_trust_points_is_read_or_refused(raw: bytes) -> None:
    with suppress(FormatError):
        assert 1 <= len(parse_cvca(raw)) <= 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_genuine_certificate_is_read(kind: str) -> None:
    certificate = parse_cv_certificate(cvca(kind))
    key = certificate.public_key.resolve(None)
    assert isinstance(key, EcKey if kind == "ecdsa" else RsaKey)
    assert (certificate.effective, certificate.role.name) == (FOUNDED, "CVCA")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("tag", "value"),
    [
        *((tag, None) for tag in (PROFILE, AUTHORITY, KEY, HOLDER, CHAT, EFFECTIVE, EXPIRES)),
        (PROFILE, b"\x01"),
        (HOLDER, b"UTSIM01"),
        (HOLDER, b"UTSIMCVCA00001234"),
        (HOLDER, b"UTSIMCVCA\x00001"),
        (AUTHORITY, b"UTSIMCVCA\x80001"),
        (EFFECTIVE, b"\x02\x06\x01\x03\x00\x01"),
        (EFFECTIVE, b"\x02\x06\x00\x01\x00\x0a"),
        (EXPIRES, b"\x02\x05\x00\x02\x02\x09"),
        (EXPIRES, b"260101"),
        (CHAT, b""),
        (CHAT, bytes.fromhex("060904007F0007030102015300")),
        (KEY, bytes.fromhex("8600")),
        (KEY, bytes.fromhex("0601FF8600")),
        (KEY, bytes.fromhex("060904007F0007020202020386008600")),
    ],
)
def test_a_field_of_another_form_is_refused(kind: str, tag: int, value: bytes | None) -> None:
    with pytest.raises(FormatError):
        parse_cv_certificate(changed(kind, tag, value))


def test_a_leap_day_is_a_date() -> None:
    certificate = parse_cv_certificate(changed("ecdsa", EXPIRES, b"\x02\x08\x00\x02\x02\x09"))
    assert certificate.expires == date(2028, 2, 29)


def key_object(*objects: tuple[int, str]) -> CvCertificate:
    content = b"".join(tlv.encode(tag, bytes.fromhex(value)) for tag, value in objects)
    return parse_cv_certificate(changed("ecdsa", KEY, content))


ECDSA_SHA256, RSA_SHA256 = "04007F00070202020203", "04007F00070202020102"


@pytest.mark.parametrize(
    ("objects", "error"),
    [
        ([(0x06, "04007F0007020202020A"), (0x86, "04")], UnsupportedError),
        ([(0x06, "2A03"), (0x86, "04")], UnsupportedError),
        ([(0x06, ECDSA_SHA256), (0x86, "04")], FormatError),
        ([(0x06, ECDSA_SHA256), (0x81, "07"), (0x86, "04")], FormatError),
        (
            [(0x06, ECDSA_SHA256), *((tag, "07") for tag in (0x81, 0x82, 0x83, 0x84, 0x85)), (0x86, "04")],
            UnsupportedError,
        ),
        ([(0x06, RSA_SHA256), (0x81, "07"), (0x82, "010001")], UnsupportedError),
        ([(0x06, RSA_SHA256), (0x82, "010001")], FormatError),
    ],
)
def test_a_key_that_cannot_be_used_says_so(objects: list[tuple[int, str]], error: type[DocumentError]) -> None:
    certificate = key_object(*objects)
    with pytest.raises(error):
        certificate.public_key.resolve(None)


def test_what_is_too_long_is_no_certificate() -> None:
    with pytest.raises(FormatError):
        parse_cv_certificate(tlv.encode(0x7F21, bytes(5000)))
