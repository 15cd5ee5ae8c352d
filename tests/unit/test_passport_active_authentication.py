"""The chip signs with every length, hash and trailer of RSA and every curve and encoding of ECDSA; and its oddities."""

import hashlib
import random

import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from ecdsa import VerifyingKey
from ecdsa.util import sigdecode_der
from passport_terminal import OK, Terminal

from egate_sim.passport import crypto
from egate_sim.passport.active_authentication import EcdsaSigner, SignatureEncoding
from egate_sim.passport.authority_keys import CURVES, HASH_FUNCTIONS, Ecdsa
from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.contents import MasterFile, Passport
from egate_sim.passport.keys import ActiveAuthenticationKey, RsaKey
from egate_sim.passport.master_files import atr_info
from egate_sim.passport.rsa_pool import PUBLIC_EXPONENT, Slot, rsa_primes

SECRET = crypto.mrz_secret("L898902C<369080619406236")
CHALLENGE = b"CHALLENG"
TRAILERS = {"sha1": "BC", "sha224": "38CC", "sha256": "34CC", "sha384": "36CC", "sha512": "35CC"}


def session(key: ActiveAuthenticationKey, quirks: Quirks | None = None, *, extended: bool = True) -> Terminal:
    master_files = {MasterFile.ATR_INFO: atr_info(1024, 1024)} if extended else {}
    passport = Passport(("", ""), {}, SECRET, key, master_files=master_files)
    terminal = Terminal(Chip(passport, random.Random(1), quirks))
    assert terminal.authenticate(SECRET) == OK
    return terminal


def rsa_key(bits: int, digest: str = "sha1", *, names_hash: bool = False) -> RsaKey:
    primes = rsa_primes(bits, Slot.OTHER)
    return RsaKey(primes.modulus, primes.private_exponent, digest, names_hash)


def opened(key: RsaKey, signature: bytes, trailer: bytes) -> None:
    """What the verifier of ISO/IEC 9796-2, scheme 1, does with partial recovery."""
    message = pow(int.from_bytes(signature, "big"), PUBLIC_EXPONENT, key.modulus).to_bytes(len(signature), "big")
    assert message[:1] == b"\x6a"
    assert message.endswith(trailer)
    size = hashlib.new(key.digest).digest_size
    recovered, digest = message[1 : -size - len(trailer)], message[-size - len(trailer) : -len(trailer)]
    assert hashlib.new(key.digest, recovered + CHALLENGE).digest() == digest


@pytest.mark.parametrize("bits", [1024, 2048, 3072, 4096])
def test_rsa_of_every_length(bits: int) -> None:
    key = rsa_key(bits)
    signature, status = session(key).send("880000", CHALLENGE, 65536 if bits > 1024 else 256)
    assert (len(signature), status) == (bits // 8, OK)
    opened(key, signature, b"\xbc")


@pytest.mark.parametrize("digest", TRAILERS)
def test_rsa_with_every_hash(digest: str) -> None:
    key = rsa_key(1024, digest)
    opened(key, session(key).do("880000", CHALLENGE, 256), bytes.fromhex(TRAILERS[digest]))


def test_rsa_may_name_sha1() -> None:
    key = rsa_key(1024, names_hash=True)
    opened(key, session(key).do("880000", CHALLENGE, 256), b"\x33\xcc")


@pytest.mark.parametrize("explicit", [False, True], ids=["named", "explicit"])
@pytest.mark.parametrize("curve", CURVES)
def test_ecdsa_on_every_curve(curve: str, explicit: bool) -> None:
    key = EcdsaSigner(Ecdsa(curve, "sha256", explicit), b"secret")
    signature = session(key).do("880000", CHALLENGE, 256)
    half = len(signature) // 2
    assert half == (CURVES[curve].order.bit_length() + 7) // 8
    parts = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    verify(key, encode_dss_signature(*parts))


@pytest.mark.parametrize("digest", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_ecdsa_in_der_with_every_hash(digest: str) -> None:
    key = EcdsaSigner(Ecdsa("brainpoolP224r1", digest), b"secret", SignatureEncoding.DER)
    verify(key, session(key).do("880000", CHALLENGE, 256))


def verify(key: EcdsaSigner, signature: bytes) -> None:
    point = keys.PublicKeyInfo.load(key.public_key_info())["public_key"].native
    public = VerifyingKey.from_string(point, CURVES[key.algorithm.curve])
    digest = HASH_FUNCTIONS[key.algorithm.digest](CHALLENGE).digest()
    assert public.verify_digest(signature, digest, sigdecode_der, allow_truncate=True)


def test_a_signature_that_does_not_fit_needs_extended_length() -> None:
    assert session(rsa_key(2048), extended=False).send("880000", CHALLENGE, 256) == (b"", b"\x67\x00")
    assert session(rsa_key(2048)).send("880000", CHALLENGE, 256) == (b"", b"\x67\x00")
    assert session(rsa_key(1024)).send("880000", CHALLENGE, 100) == (b"", b"\x67\x00")
    assert session(rsa_key(1024)).send("880000", CHALLENGE) == (b"", b"\x67\x00")
    assert session(rsa_key(1024)).send("880000", CHALLENGE[1:], 256) == (b"", b"\x67\x00")


def test_signatures_may_be_cut_off_or_left_out() -> None:
    key = rsa_key(2048)
    assert len(session(key, Quirks(signature_bytes=128)).do("880000", CHALLENGE, 256)) == 128
    mute = session(key, Quirks(mute_at_extended=True))
    assert mute.send("880000", CHALLENGE, 65536) == (b"", OK)
    small = session(rsa_key(1024), Quirks(mute_at_extended=True))
    assert len(small.do("880000", CHALLENGE, 256)) == 128
