"""Active Authentication: the published example and a real session, both kinds of keys, every trailer, every length."""

import hashlib
import random
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.keys import PublicKeyInfo
from chip_exchanges import EXTENDED, OK, SHORT, Respond, channel_to_chip, recorded, run
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from rsa_keys import SIZES_BITS, rsa_key

from egate.document.chip.active_auth import (
    ActiveAuthentication,
    Proof,
    authenticate_actively,
    max_signature_bytes,
    verify_response,
)
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.chip.steps import ReaderCapacity
from egate.document.crypto.iso9796 import verify_representative
from egate.document.crypto.public_keys import EcKey, RsaKey, public_key
from egate.document.crypto.symmetric import TripleDesSuite
from egate.document.errors import DocumentError, SecureMessagingError, UnsupportedError
from egate.document.lds.files import parse_dg15

VECTORS = Path(__file__).parents[1] / "vectors"
EXAMPLE = tomllib.loads((VECTORS / "active_authentication_appendix_f.toml").read_text())
SESSION = tomllib.loads((VECTORS / "active_authentication_session.toml").read_text())
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


def parsed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> RsaKey | EcKey:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public_key(PublicKeyInfo.load(der))


def sign_rsa(key: rsa.RSAPrivateKey, challenge: bytes, trailer: str, header: int = 0x6A) -> int:
    """Scheme 1 of ISO/IEC 9796-2 as Doc 9303-11, 6.1 uses it."""
    end, name = bytes.fromhex(trailer), TRAILERS.get(trailer, "sha1")
    size = key.key_size // 8
    m1 = random.Random(1).randbytes(size - 1 - hashlib.new(name).digest_size - len(end))
    return opened_by(key, bytes([header]) + m1 + hashlib.new(name, m1 + challenge).digest() + end)


def opened_by(key: rsa.RSAPrivateKey, representative: bytes) -> int:
    """The signature from which the public key recovers ``representative``."""
    numbers = key.private_numbers()
    return pow(int.from_bytes(representative), numbers.d, numbers.public_numbers.n)


def test_the_worked_example_holds() -> None:
    f, challenge = bytes.fromhex(EXAMPLE["representative"]), bytes.fromhex(EXAMPLE["challenge"])
    assert verify_representative(f, challenge) == "sha1"
    assert verify_representative(b"\0\0" + f, challenge) == "sha1"
    assert not verify_representative(f, CHALLENGE)


@pytest.mark.parametrize("position", [0, 1, 50, 105, 106, 126, 127])
def test_the_worked_example_altered_does_not_hold(position: int) -> None:
    f = bytearray.fromhex(EXAMPLE["representative"])
    f[position] ^= 1
    assert not verify_representative(bytes(f), bytes.fromhex(EXAMPLE["challenge"]))


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("bits", SIZES_BITS)
def test_every_trailer_of_an_rsa_signature_is_known(trailer: str, bits: int) -> None:
    key = rsa_key(bits)
    signature = sign_rsa(key, CHALLENGE, trailer).to_bytes(bits // 8)
    assert verify_response(parsed(key), None, CHALLENGE, signature) == TRAILERS[trailer]
    assert not verify_response(parsed(key), None, bytes(8), signature)


@pytest.mark.parametrize("padding_bytes", [1, 2, 40])
def test_a_short_recoverable_part_is_padded_by_nibbles(padding_bytes: int) -> None:
    padding = b"\xbb" * (padding_bytes - 1) + b"\xba"
    m1 = bytes(range(106 - padding_bytes))
    end = hashlib.sha1(m1 + CHALLENGE, usedforsecurity=False).digest() + b"\xbc"
    assert verify_representative(b"\x6b" + padding + m1 + end, CHALLENGE) == "sha1"
    assert not verify_representative(b"\x6a" + padding + m1 + end, CHALLENGE)
    assert not verify_representative(b"\x6b" + b"\xaa" * padding_bytes + m1 + end, CHALLENGE)


def test_a_message_that_is_recovered_in_full_must_hold_the_challenge() -> None:
    """Otherwise any signature that the chip ever made would do."""
    for message, expected in ((b"\x01" * 98 + CHALLENGE, "sha1"), (CHALLENGE + b"\x01" * 98, None)):
        end = hashlib.sha1(message, usedforsecurity=False).digest() + b"\xbc"
        assert verify_representative(b"\x4a" + message + end, CHALLENGE) == expected


@given(st.binary(max_size=200), st.binary(min_size=8, max_size=8))
@settings(deadline=None, max_examples=200)
def test_no_other_representative_holds(representative: bytes, challenge: bytes) -> None:
    assert verify_representative(representative, challenge) is None
    assert verify_representative(b"\x6a" + representative + b"\x34\xcc", challenge) is None


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


# The exchange with the chip


def test_a_real_session_is_understood() -> None:
    channel = channel_to_chip()
    suite = TripleDesSuite(bytes.fromhex(SESSION["enc"]), bytes.fromhex(SESSION["mac"]))
    channel.secure = SecureMessaging(suite, int(SESSION["counter"], 16))
    key = parse_dg15(bytes.fromhex(SESSION["dg15"]))
    exchange = authenticate_actively(channel, key, None, lambda _: bytes.fromhex(SESSION["challenge"]))
    result = run(exchange, recorded([(SESSION["command"], SESSION["response"])]))
    assert (result.proof, result.hash, result.key.name) == (Proof.HOLDS, "sha256", "rsa1792")
    assert repr(result) == "ActiveAuthentication(holds, rsa1792)"


def signing_chip(bits: int, shape: Callable[[bytes, int], bytes]) -> tuple[Respond, list[int]]:
    """A chip that signs, and the Les that it was asked for; ``shape`` makes its answer from signature and Le."""
    asked: list[int] = []

    def respond(command: bytes) -> bytes:
        assert command[:4] == bytes.fromhex("00880000")
        extended = command[4] == 0
        challenge = command[7:15] if extended else command[5:13]
        le = int.from_bytes(command[15:]) if extended else command[13] or 256
        asked.append(le)
        return shape(sign_rsa(rsa_key(bits), challenge, "34CC").to_bytes(bits // 8), le)

    return respond, asked


def whole(signature: bytes, le: int) -> bytes:
    return signature[:le] + OK


def cut_where_short(signature: bytes, le: int) -> bytes:
    return (signature if le > 256 else signature[:200]) + OK


def nothing_where_extended(signature: bytes, le: int) -> bytes:
    return (b"" if le > 256 else signature) + OK


def wrong_length_where_short(signature: bytes, le: int) -> bytes:
    return signature + OK if le > 256 else b"\x67\x00"


@pytest.mark.parametrize(
    ("bits", "capacity", "announced", "shape", "proof", "asked"),
    [
        (1024, SHORT, 0, whole, Proof.HOLDS, [256]),
        (2048, SHORT, 0, whole, Proof.HOLDS, [256]),
        (2048, EXTENDED, 4096, whole, Proof.HOLDS, [256]),
        (3072, EXTENDED, 4096, whole, Proof.HOLDS, [384]),
        (3072, EXTENDED, 0, whole, Proof.HOLDS, [256, 384]),
        (4096, EXTENDED, 0, wrong_length_where_short, Proof.HOLDS, [256, 512]),
        (4096, EXTENDED, 0, cut_where_short, Proof.HOLDS, [256, 512]),
        (4096, SHORT, 0, cut_where_short, Proof.TRUNCATED, [256]),
        (3072, EXTENDED, 4096, nothing_where_extended, Proof.HOLDS, [384, 256]),
        (3072, SHORT, 0, lambda signature, le: OK, Proof.EMPTY, [256]),
        (3072, EXTENDED, 4096, lambda signature, le: OK, Proof.EMPTY, [384, 256]),
        (2048, EXTENDED, 4096, lambda signature, le: bytes(256) + OK, Proof.WRONG, [256]),
        (2048, EXTENDED, 4096, lambda signature, le: b"\x6d\x00", Proof.REFUSED, [256]),
    ],
)
def test_the_other_length_is_tried_before_a_proof_is_called_missing(
    *, bits: int, capacity: ReaderCapacity, announced: int, shape: Any, proof: Proof, asked: list[int]
) -> None:
    respond, seen = signing_chip(bits, shape)
    channel = channel_to_chip(capacity, announced)
    exchange = authenticate_actively(channel, parsed(rsa_key(bits)), None, random.Random(2).randbytes)
    result = run(exchange, respond)
    assert (result.proof, seen) == (proof, asked)
    assert (result.hash == "sha256") is (proof is Proof.HOLDS)


def test_a_replayed_answer_is_wrong() -> None:
    """The second attempt has a challenge of its own."""
    old = sign_rsa(rsa_key(1024), CHALLENGE, "BC").to_bytes(128) + OK
    exchange = authenticate_actively(channel_to_chip(), parsed(rsa_key(1024)), None, random.Random(3).randbytes)
    assert run(exchange, lambda _: old).proof is Proof.WRONG


def test_an_answer_in_pieces_is_put_together() -> None:
    signature = b""

    def respond(command: bytes) -> bytes:
        nonlocal signature
        if command[1] == 0x88:
            signature = sign_rsa(rsa_key(3072), command[5:13], "34CC").to_bytes(384)
        first, signature = signature[:256], signature[256:]
        return first + (bytes([0x61, len(signature)]) if signature else OK)

    exchange = authenticate_actively(channel_to_chip(), parsed(rsa_key(3072)), None, random.Random(4).randbytes)
    assert run(exchange, respond).proof is Proof.HOLDS


def test_an_answer_that_was_cut_under_secure_messaging_blames_the_reader() -> None:
    suite = TripleDesSuite(bytes(16), bytes(range(16)))
    for bits, error in ((2048, UnsupportedError), (1024, SecureMessagingError)):
        channel = channel_to_chip()
        channel.secure = SecureMessaging(suite, 0)
        exchange = authenticate_actively(channel, parsed(rsa_key(bits)), None, random.Random(5).randbytes)
        with pytest.raises(error):
            run(exchange, lambda _: bytes(200) + OK)


@given(st.lists(st.binary(max_size=300), min_size=2, max_size=2), st.booleans())
@settings(deadline=None, max_examples=100)
def test_any_answers_prove_nothing(answers: list[bytes], by_curve: bool) -> None:
    key = parsed(ec.derive_private_key(7, ec.SECP256R1()) if by_curve else rsa_key(1024))
    left = iter(answers)
    exchange = authenticate_actively(channel_to_chip(EXTENDED), key, None, random.Random(6).randbytes)
    with suppress(DocumentError):
        assert run(exchange, lambda _: next(left)).proof is not Proof.HOLDS


def test_a_result_holds_with_a_hash_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="holds"):
        ActiveAuthentication(Proof.HOLDS, parsed(rsa_key(1024)), 0x9000)


def test_the_key_of_a_chip_is_not_shown() -> None:
    """It tells one document from all others."""
    assert repr(parsed(rsa_key(1024))) == "RsaKey(rsa1024)"
    assert repr(parsed(ec.derive_private_key(7, ec.SECP256R1()))) == "EcKey(nist256p)"
