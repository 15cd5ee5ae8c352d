"""Active Authentication: the example of Doc 9303-11, appendix F, and both kinds of keys with all their trailers."""

import hashlib
import random
import tomllib
from functools import cache
from pathlib import Path

import pytest
from asn1crypto.keys import PublicKeyInfo
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from egate.document.chip.active_auth import max_signature_bytes, representative_holds, verify_response
from egate.document.crypto.public_keys import EcKey, RsaKey, public_key
from egate.document.errors import UnsupportedError

EXAMPLE = tomllib.loads((Path(__file__).parents[1] / "vectors" / "active_authentication_appendix_f.toml").read_text())
CHALLENGE = bytes.fromhex("0123456789ABCDEF")
SHA256 = "0.4.0.127.0.7.1.1.4.1.3"
TRAILERS = {
    "BC": "sha1",
    "33CC": "sha1",
    "34CC": "sha256",
    "35CC": "sha512",
    "36CC": "sha384",
    "38CC": "sha224",
}


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def parsed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> RsaKey | EcKey:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public_key(PublicKeyInfo.load(der))


def sign_rsa(key: rsa.RSAPrivateKey, challenge: bytes, trailer: str, header: int = 0x6A) -> int:
    """Scheme 1 of ISO/IEC 9796-2 as Doc 9303-11, 6.1 uses it."""
    end, name = bytes.fromhex(trailer), TRAILERS.get(trailer, "sha1")
    size = key.key_size // 8
    m1 = random.Random(1).randbytes(size - 1 - hashlib.new(name).digest_size - len(end))
    f = bytes([header]) + m1 + hashlib.new(name, m1 + challenge).digest() + end
    return pow(int.from_bytes(f), key.private_numbers().d, key.private_numbers().public_numbers.n)


def test_the_worked_example_holds() -> None:
    f, challenge = bytes.fromhex(EXAMPLE["representative"]), bytes.fromhex(EXAMPLE["challenge"])
    assert representative_holds(f, challenge)
    assert representative_holds(b"\0\0" + f, challenge)
    assert not representative_holds(f, CHALLENGE)


@pytest.mark.parametrize("position", [0, 1, 50, 105, 106, 126, 127])
def test_the_worked_example_altered_does_not_hold(position: int) -> None:
    f = bytearray.fromhex(EXAMPLE["representative"])
    f[position] ^= 1
    assert not representative_holds(bytes(f), bytes.fromhex(EXAMPLE["challenge"]))


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("bits", [1024, 2048])
def test_every_trailer_of_an_rsa_signature_is_known(trailer: str, bits: int) -> None:
    key = rsa_key(bits)
    signature = sign_rsa(key, CHALLENGE, trailer).to_bytes(bits // 8)
    assert verify_response(parsed(key), None, CHALLENGE, signature)
    assert not verify_response(parsed(key), None, bytes(8), signature)


def test_the_smaller_representative_of_a_signature_counts_too() -> None:
    key = rsa_key(1024)
    modulus = key.public_key().public_numbers().n
    other = modulus - sign_rsa(key, CHALLENGE, "34CC")
    assert verify_response(parsed(key), None, CHALLENGE, other.to_bytes(128))


def test_a_number_beyond_the_modulus_is_no_signature() -> None:
    """It would recover to the same representative."""
    key = rsa_key(1024)
    number = sign_rsa(key, CHALLENGE, "34CC") + key.public_key().public_numbers().n
    assert not verify_response(parsed(key), None, CHALLENGE, number.to_bytes(129))


@pytest.mark.parametrize("trailer", ["39CC", "00CC", "BD", "1234"])
def test_an_unknown_trailer_does_not_hold(trailer: str) -> None:
    signature = sign_rsa(rsa_key(1024), CHALLENGE, trailer).to_bytes(128)
    assert not verify_response(parsed(rsa_key(1024)), None, CHALLENGE, signature)


def test_another_header_does_not_hold() -> None:
    signature = sign_rsa(rsa_key(1024), CHALLENGE, "BC", header=0x4A).to_bytes(128)
    assert not verify_response(parsed(rsa_key(1024)), None, CHALLENGE, signature)


@pytest.mark.parametrize("signature", [b"", b"\0", b"\x01", bytes(128), b"\xff" * 128, b"\xff" * 1000])
def test_what_is_no_rsa_signature_does_not_hold(signature: bytes) -> None:
    assert not verify_response(parsed(rsa_key(1024)), None, CHALLENGE, signature)


CURVES = (ec.SECP224R1(), ec.SECP256R1(), ec.SECP521R1(), ec.BrainpoolP256R1(), ec.BrainpoolP512R1())


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("stated", [SHA256, None])
def test_ecdsa_comes_plain_or_in_der_and_with_a_stated_hash_or_none(
    curve: ec.EllipticCurve, plain: bool, stated: str | None
) -> None:
    private = ec.derive_private_key(4711, curve)
    key = parsed(private)
    assert isinstance(key, EcKey)
    signature = private.sign(CHALLENGE, ec.ECDSA(hashes.SHA256()))
    if plain:
        signature = b"".join(number.to_bytes(key.order_bytes) for number in decode_dss_signature(signature))
    assert len(signature) <= max_signature_bytes(key)
    assert verify_response(key, stated, CHALLENGE, signature)
    assert not verify_response(key, stated, bytes(8), signature)


def test_the_stated_hash_is_the_one_that_counts() -> None:
    private = ec.derive_private_key(4711, ec.SECP256R1())
    signature = private.sign(CHALLENGE, ec.ECDSA(hashes.SHA384()))
    assert verify_response(parsed(private), None, CHALLENGE, signature)
    assert not verify_response(parsed(private), SHA256, CHALLENGE, signature)


@pytest.mark.parametrize("signature", [b"", bytes(64), b"\xff" * 64, b"\x30\x06\x02\x01\x00\x02\x01\x00"])
def test_what_is_no_ecdsa_signature_does_not_hold(signature: bytes) -> None:
    key = parsed(ec.derive_private_key(4711, ec.SECP256R1()))
    assert not verify_response(key, SHA256, CHALLENGE, signature)


def test_an_unknown_algorithm_is_unsupported() -> None:
    with pytest.raises(UnsupportedError):
        verify_response(parsed(ec.derive_private_key(1, ec.SECP256R1())), "1.2.3", CHALLENGE, bytes(64))
