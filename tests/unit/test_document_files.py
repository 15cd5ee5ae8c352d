"""Data objects and files of the chip, and public keys as real issuers write them."""

import hashlib
import struct

import ecdsa
import pytest
from asn1crypto import core, keys
from document_samples import passport, portrait_jpeg
from ecdsa.curves import BRAINPOOLP224r1, BRAINPOOLP256r1, BRAINPOOLP320r1, NIST256p

from egate.checks import Reason
from egate.document import tlv
from egate.document.crypto.public_keys import EcKey, public_key
from egate.document.crypto.signatures import Kind, Scheme, verify
from egate.document.errors import FormatError, MrzError, UnsupportedError
from egate.document.lds.face_image import ImageFormat, parse_dg2
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


def test_a_com_with_a_strange_version_is_refused() -> None:
    with pytest.raises(FormatError):
        parse_com(tlv.encode(0x60, tlv.encode(0x5F01, b"v1.7") + tlv.encode(0x5C, b"\x61")))


def dg2(image: bytes, *, points: int = 0, faces: int = 1, block_bytes: int | None = None, tag: int = 0x5F2E) -> bytes:
    """A facial record after ISO/IEC 19794-5, with whatever lengths the test wants."""
    block = 20 + 8 * points + 12 + len(image)
    record = struct.pack(">4s4sIH", b"FAC\0", b"010\0", 14 + block, faces)
    record += struct.pack(">IH14x", block if block_bytes is None else block_bytes, points) + bytes(8 * points)
    record += struct.pack(">BBHH6x", 1, 0, 240, 320) + image
    template = tlv.encode(0x7F60, tlv.encode(0xA1, b"") + tlv.encode(tag, record))
    return tlv.encode(0x75, tlv.encode(0x7F61, tlv.encode(0x02, b"\x01") + template))


JPEG = bytes.fromhex("ffd8ffe0") + b"picture"


@pytest.mark.parametrize(
    ("image", "image_format"),
    [
        (JPEG, ImageFormat.JPEG),
        (bytes.fromhex("0000000c6a5020200d0a870a") + b"x", ImageFormat.JPEG2000),
        (bytes.fromhex("ff4fff51") + b"x", ImageFormat.JPEG2000),
    ],
)
@pytest.mark.parametrize("points", [0, 5])
def test_a_portrait_is_found_behind_its_feature_points(image: bytes, image_format: ImageFormat, points: int) -> None:
    portrait = parse_dg2(dg2(image, points=points))
    assert (portrait.image, portrait.format) == (image, image_format)
    assert (portrait.width, portrait.height) == (240, 320)
    assert repr(portrait) == f"Portrait({image_format})"


def test_the_shorter_of_two_lengths_bounds_the_image() -> None:
    assert parse_dg2(dg2(JPEG, block_bytes=20 + 12 + 6)).image == JPEG[:6]
    assert parse_dg2(dg2(JPEG, block_bytes=2**32 - 1)).image == JPEG


@pytest.mark.parametrize(
    "raw",
    [
        dg2(b""),
        dg2(b"GIF89a"),
        dg2(JPEG, faces=0),
        dg2(JPEG, block_bytes=0),
        dg2(JPEG, tag=0x5F2F),
        dg2(JPEG)[:60],
        dg2(JPEG).replace(b"FAC\0", b"FIR\0"),
        tlv.encode(0x61, b""),
    ],
)
def test_what_holds_no_portrait_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError) as error:
        parse_dg2(raw)
    assert error.value.reason is Reason.PORTRAIT_UNREADABLE


def test_the_successor_format_is_named_as_unsupported() -> None:
    with pytest.raises(UnsupportedError) as error:
        parse_dg2(dg2(JPEG, tag=0x7F2E))
    assert error.value.reason is Reason.PORTRAIT_UNREADABLE


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
