"""Data objects and files of the chip, and public keys as real issuers write them."""

import hashlib

import ecdsa
import pytest
from asn1crypto import core, keys
from document_samples import passport, portrait_jpeg
from ecdsa.curves import BRAINPOOLP224r1, BRAINPOOLP256r1, BRAINPOOLP320r1, NIST256p

from egate.document import tlv
from egate.document.crypto.public_keys import EcKey, public_key
from egate.document.crypto.signatures import Kind, Scheme, verify
from egate.document.errors import FormatError, MrzError, UnsupportedError
from egate.document.lds.face_image import parse_dg2
from egate.document.lds.files import parse_com, parse_dg1, parse_dg15
from egate.document.lds.security_infos import parse_dg14
from egate_sim.passport.lds import File

# BER-TLV


@pytest.mark.parametrize(
    ("raw", "tag", "value"),
    [
        ("0400", 0x04, ""),
        ("5F1F01AA", 0x5F1F, "AA"),
        ("7F49810155", 0x7F49, "55"),
        ("04820001AA", 0x04, "AA"),
        ("0484000000 01AA", 0x04, "AA"),
        ("1F818001 00", 0x1F8180, None),
    ],
)
def test_objects_are_read_in_every_form(raw: str, tag: int, value: str | None) -> None:
    data = bytes.fromhex(raw)
    if value is None:
        with pytest.raises(FormatError, match="longer than 3"):
            tlv.read(data)
        return
    assert (tlv.read(data).tag, tlv.read(data).value) == (tag, bytes.fromhex(value))


@pytest.mark.parametrize("raw", ["", "04", "0401", "0480", "0485", "0485000000000", "04840000", "1F", "04FFFFFF"])
def test_objects_cut_short_or_without_length_are_refused(raw: str) -> None:
    with pytest.raises(FormatError):
        tlv.read(bytes.fromhex(raw + "0" * (len(raw) % 2)))


@pytest.mark.parametrize("length", [0, 127, 128, 255, 256, 65535, 65536])
def test_what_is_encoded_is_read_again(length: int) -> None:
    raw = tlv.encode(0x7F61, bytes(length))
    assert tlv.read(raw) == tlv.Tlv(0x7F61, bytes(length), raw)


def test_a_path_leads_to_a_value_or_to_an_error_that_names_the_tag() -> None:
    raw = tlv.encode(0x61, tlv.encode(0x5F1F, b"x") + tlv.encode(0x5F1F, b"y"))
    assert tlv.find(raw, 0x61, 0x5F1F) == b"x"
    with pytest.raises(FormatError, match="75 is missing"):
        tlv.find(raw, 0x61, 0x75)


# Files


def test_the_simulated_files_are_read() -> None:
    files = passport().files
    assert parse_com(files[File.COM]).data_groups == (1, 2, 14, 15)
    assert parse_dg1(files[File.DG1]).text == "".join(passport().mrz)
    assert parse_dg2(files[File.DG2]).image == portrait_jpeg()
    assert parse_dg14(files[File.DG14]).active_authentication_algorithm is not None
    assert isinstance(parse_dg15(files[File.DG15]), EcKey)


@pytest.mark.parametrize("text", ["", "A" * 88, "Ä" * 44])
def test_a_dg1_that_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises((FormatError, MrzError)):
        parse_dg1(tlv.encode(0x61, tlv.encode(0x5F1F, text.encode())))


@pytest.mark.parametrize("version", [b"v1.7", b"", b"107", b"01070"])
def test_a_com_with_a_strange_version_is_refused(version: bytes) -> None:
    with pytest.raises(FormatError):
        parse_com(tlv.encode(0x60, tlv.encode(0x5F01, version) + tlv.encode(0x5C, b"\x61")))


# Public keys


def explicit(
    curve: ecdsa.curves.Curve, point: bytes, *, b_added: int = 0, compressed: bool = False, base: bytes | None = None
) -> bytes:
    """A key whose curve is written out (RFC 3279, 2.3.5)."""
    p, width = curve.curve.p(), (curve.curve.p().bit_length() + 7) // 8
    parameters = keys.SpecifiedECDomain(
        {
            "version": "ecdpVer1",
            "field_id": {"field_type": "prime_field", "parameters": core.Integer(p)},
            "curve": {
                "a": (curve.curve.a() % p).to_bytes(width),
                "b": ((curve.curve.b() + b_added) % p).to_bytes(width),
            },
            "base": base or curve.generator.to_bytes("compressed" if compressed else "uncompressed"),
            "order": curve.order,
            "cofactor": 1,
        }
    )
    algorithm = tlv.encode(0x30, core.ObjectIdentifier("1.2.840.10045.2.1").dump() + parameters.dump())
    return tlv.encode(0x30, algorithm + tlv.encode(0x03, b"\0" + point))


@pytest.mark.parametrize("curve", [NIST256p, BRAINPOOLP224r1, BRAINPOOLP256r1, BRAINPOOLP320r1], ids=lambda c: c.name)
@pytest.mark.parametrize("compressed", [True, False])
def test_a_curve_written_out_is_recognised_and_verifies(curve: ecdsa.curves.Curve, compressed: bool) -> None:
    signing = ecdsa.SigningKey.from_secret_exponent(4711, curve)
    point = signing.verifying_key.to_string("uncompressed")
    key = public_key(keys.PublicKeyInfo.load(explicit(curve, point, compressed=compressed)))
    assert key.name == curve.name.lower()
    signature = signing.sign_digest_deterministic(
        hashlib.sha512(b"message").digest(),
        hashfunc=hashlib.sha512,
        sigencode=ecdsa.util.sigencode_der,
        allow_truncate=True,
    )
    assert verify(key, Scheme(Kind.ECDSA, "sha512"), signature, b"message")
    assert not verify(key, Scheme(Kind.ECDSA, "sha512"), signature, b"other message")


def test_a_curve_that_nobody_vouched_for_is_refused() -> None:
    point = ecdsa.SigningKey.from_secret_exponent(1, NIST256p).verifying_key.to_string("uncompressed")
    with pytest.raises(UnsupportedError, match="curve"):
        public_key(keys.PublicKeyInfo.load(explicit(NIST256p, point, b_added=1)))


def test_another_base_point_on_a_known_curve_is_refused() -> None:
    """With a base point of his own making, anybody could sign for any public key (CVE-2020-0601)."""
    point = ecdsa.SigningKey.from_secret_exponent(2, NIST256p).verifying_key.to_string("uncompressed")
    with pytest.raises(UnsupportedError, match="curve"):
        public_key(keys.PublicKeyInfo.load(explicit(NIST256p, point, base=point)))


def test_a_plain_signature_has_the_width_of_its_curve() -> None:
    signing = ecdsa.SigningKey.from_secret_exponent(4711, NIST256p)
    key = EcKey(NIST256p, signing.verifying_key.pubkey.point.x(), signing.verifying_key.pubkey.point.y())
    plain = signing.sign_deterministic(b"message", hashfunc=hashlib.sha256)
    assert verify(key, Scheme(Kind.ECDSA_PLAIN, "sha256"), plain, b"message")
    assert not verify(key, Scheme(Kind.ECDSA_PLAIN, "sha256"), plain[:32] + b"\0" + plain[32:], b"message")


def test_a_point_beside_its_curve_is_refused() -> None:
    point = bytearray(ecdsa.SigningKey.from_secret_exponent(1, NIST256p).verifying_key.to_string("uncompressed"))
    point[-1] ^= 1
    with pytest.raises(FormatError, match="not lie on"):
        public_key(keys.PublicKeyInfo.load(explicit(NIST256p, bytes(point))))


@pytest.mark.parametrize(("modulus", "exponent"), [(1 << 500, 3), (1 << 1024 | 1, 2), (1 << 1024 | 1, 1 << 70 | 1)])
def test_rsa_keys_out_of_bounds_are_refused(modulus: int, exponent: int) -> None:
    numbers = keys.RSAPublicKey({"modulus": modulus, "public_exponent": exponent})
    info = keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": numbers})
    with pytest.raises(UnsupportedError):
        public_key(info)


def test_a_key_used_for_another_algorithm_is_unsupported() -> None:
    key = parse_dg15(passport().files[File.DG15])
    with pytest.raises(UnsupportedError, match="does not go with"):
        verify(key, Scheme(Kind.RSA_PKCS1, "sha256"), b"", b"")
