"""Keys that follow from a seed, so that the same simulated state is founded again and again. Simulation only."""

import hashlib
import math
import random
from dataclasses import dataclass
from typing import Protocol

from asn1crypto import keys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PUBLIC_EXPONENT = 65537
_MILLER_RABIN_ROUNDS = 8
_ECDSA_PLAIN = "0.4.0.127.0.7.1.1.4.1"
_ECDSA_PLAIN_ARCS = {"sha224": 2, "sha256": 3, "sha384": 4, "sha512": 5}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# ISO/IEC 10118-3 numbers the hashes; BC stands for SHA-1 alone.
_TRAILERS = {
    "sha1": b"\xbc",
    "sha224": b"\x38\xcc",
    "sha256": b"\x34\xcc",
    "sha384": b"\x36\xcc",
    "sha512": b"\x35\xcc",
}
_NAMED_SHA1 = b"\x33\xcc"
_SMALL_PRIMES = math.prod(p for p in range(3, 2000, 2) if all(p % d for d in range(3, math.isqrt(p) + 1, 2)))


def derive_secret(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """HKDF-SHA-256: one independent secret a purpose."""
    return HKDF(hashes.SHA256(), length, salt=b"egate simulation", info=purpose.encode()).derive(secret)


def derive_scalar(secret: bytes, purpose: str, bits: int) -> int:
    """A private key for an order of ``bits``. One bit is given up, so that it is below that order without a search."""
    size = (bits + 7) // 8
    return int.from_bytes(derive_secret(secret, purpose, size), "big") >> (8 * size - bits + 1) | 1


def derive_ec_key(secret: bytes, purpose: str, curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
    """A private key on ``curve``."""
    return ec.derive_private_key(derive_scalar(secret, purpose, curve.key_size), curve)


def serial_number(secret: bytes, purpose: str) -> int:
    """A positive certificate serial number of at most 20 bytes (RFC 5280, 4.1.2.2)."""
    return int.from_bytes(derive_secret(secret, f"serial {purpose}", 19), "big") + 1


class ActiveAuthenticationKey(Protocol):
    """The chip's secret of Active Authentication (Doc 9303-11, 6.1)."""

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo in DER, the content of DG15."""

    def sign(self, nonce: bytes, rng: random.Random) -> bytes:
        """Answer the terminal's eight byte challenge."""


@dataclass(frozen=True, slots=True, repr=False)
class EcdsaKey:
    """ECDSA over the nonce; the signature is r and s side by side (BSI TR-03111, plain format)."""

    private: ec.EllipticCurvePrivateKey
    digest: str = "sha256"

    @property
    def algorithm(self) -> str:
        """Object identifier that ActiveAuthenticationInfo gives."""
        return f"{_ECDSA_PLAIN}.{_ECDSA_PLAIN_ARCS[self.digest]}"

    def public_key_info(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, nonce: bytes, rng: random.Random) -> bytes:
        del rng  # the signature is deterministic (RFC 6979)
        signature = self.private.sign(nonce, ec.ECDSA(_HASHES[self.digest], deterministic_signing=True))
        size = (self.private.curve.key_size + 7) // 8
        return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(signature))


@dataclass(frozen=True, slots=True, repr=False)
class RsaKey:
    """ISO/IEC 9796-2 scheme 1: with SHA-1 the trailer is BC, as in appendix F of Doc 9303-11; others name the hash, and
    with ``names_hash`` so does that of SHA-1."""

    modulus: int
    private_exponent: int
    digest: str = "sha1"
    names_hash: bool = False

    def public_key_info(self) -> bytes:
        public = keys.RSAPublicKey({"modulus": self.modulus, "public_exponent": _PUBLIC_EXPONENT})
        info: bytes = keys.PublicKeyInfo.wrap(public, "rsa").dump()
        return info

    def sign(self, nonce: bytes, rng: random.Random) -> bytes:
        size = self.modulus.bit_length() // 8
        trailer = _NAMED_SHA1 if self.names_hash and self.digest == "sha1" else _TRAILERS[self.digest]
        digest_size = hashlib.new(self.digest).digest_size
        # all but header, digest and trailer is the recoverable part
        padding = rng.randbytes(size - 1 - digest_size - len(trailer))
        digest = hashlib.new(self.digest, padding + nonce, usedforsecurity=False).digest()
        message = int.from_bytes(b"\x6a" + padding + digest + trailer, "big")
        return pow(message, self.private_exponent, self.modulus).to_bytes(size, "big")


def generate_rsa_key(secret: bytes, purpose: str, bits: int = 1024, digest: str = "sha1") -> RsaKey:
    """A small key from a seed. Some 50 ms for 1024 bits; good enough for a chip that nobody attacks."""
    rng = random.Random(derive_secret(secret, purpose))
    while True:
        p, q = (_prime(rng, bits // 2) for _ in range(2))
        order = math.lcm(p - 1, q - 1)
        if p != q and math.gcd(_PUBLIC_EXPONENT, order) == 1:
            return RsaKey(p * q, pow(_PUBLIC_EXPONENT, -1, order), digest)


def _prime(rng: random.Random, bits: int) -> int:
    while True:
        # both highest bits set: the product of two such primes has the full length
        candidate = rng.getrandbits(bits) | (0b11 << (bits - 2)) | 1
        if math.gcd(candidate, _SMALL_PRIMES) == 1 and _is_probable_prime(candidate, rng):
            return candidate


def _is_probable_prime(candidate: int, rng: random.Random) -> bool:
    """Miller and Rabin."""
    shift = ((candidate - 1) & -(candidate - 1)).bit_length() - 1
    odd = (candidate - 1) >> shift
    bases = (rng.randrange(2, candidate - 1) for _ in range(_MILLER_RABIN_ROUNDS))
    return all(_witness_agrees(base, odd, shift, candidate) for base in bases)


def _witness_agrees(base: int, odd: int, shift: int, candidate: int) -> bool:
    power = pow(base, odd, candidate)
    if power in (1, candidate - 1):
        return True
    for _ in range(shift - 1):
        power = power * power % candidate
        if power == candidate - 1:
            return True
    return False
