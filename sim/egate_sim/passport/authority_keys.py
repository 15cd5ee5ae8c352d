"""What simulated authorities sign with: every algorithm that Doc 9303-12 (4.4) allows, and every way to write the key.

Signatures are deterministic, so that the same state issues the same bytes: ECDSA after RFC 6979, RSASSA-PSS with a
salt that follows from the message.
"""

import hashlib
from dataclasses import dataclass
from functools import cache

import ecdsa
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from ecdsa.util import sigencode_der

from egate_sim.passport import der
from egate_sim.passport.keys import derive_scalar
from egate_sim.passport.rsa_pool import PUBLIC_EXPONENT, RsaPrimes, Slot, rsa_primes

HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 - a weak signature is what some documents show
    "sha1": hashes.SHA1(),  # noqa: S303 - early documents are signed with it
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
HASH_FUNCTIONS = {name: getattr(hashlib, name) for name in HASHES}
_HASH_OIDS = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_ECDSA_OIDS = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
_RSA_OIDS = {
    "md5": "1.2.840.113549.1.1.4",
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
_RSA_ENCRYPTION, _MGF1, _RSASSA_PSS = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.8", "1.2.840.113549.1.1.10"
_EC_PUBLIC_KEY, _PRIME_FIELD = "1.2.840.10045.2.1", "1.2.840.10045.1.1"
_PSS_TRAILER = b"\xbc"

CURVES: dict[str, ecdsa.curves.Curve] = {
    "secp224r1": ecdsa.NIST224p,
    "secp256r1": ecdsa.NIST256p,
    "secp384r1": ecdsa.NIST384p,
    "secp521r1": ecdsa.NIST521p,
    "brainpoolP224r1": ecdsa.BRAINPOOLP224r1,
    "brainpoolP256r1": ecdsa.BRAINPOOLP256r1,
    "brainpoolP320r1": ecdsa.BRAINPOOLP320r1,
    "brainpoolP384r1": ecdsa.BRAINPOOLP384r1,
    "brainpoolP512r1": ecdsa.BRAINPOOLP512r1,
}
# The faster library, where it knows the curve.
_NATIVE: dict[str, ec.EllipticCurve] = {
    "secp224r1": ec.SECP224R1(),
    "secp256r1": ec.SECP256R1(),
    "secp384r1": ec.SECP384R1(),
    "secp521r1": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
}


@dataclass(frozen=True, slots=True)
class Ecdsa:
    """``curve``: one of CURVES; ``explicit``: the key writes the curve out, as Doc 9303-12 once asked for."""

    curve: str = "brainpoolP256r1"
    digest: str = "sha256"
    explicit: bool = False

    def __post_init__(self) -> None:
        if self.curve not in CURVES:
            raise ValueError(f"{self.curve} is none of {', '.join(CURVES)}")


@dataclass(frozen=True, slots=True)
class Rsa:
    """RSASSA-PKCS1-v1_5, or with ``pss`` RSASSA-PSS. ``bits``: a length that the pool has."""

    bits: int = 3072
    digest: str = "sha256"
    pss: bool = False


Algorithm = Ecdsa | Rsa


@dataclass(frozen=True, slots=True, repr=False)
class EcKey:
    """A key that ``cryptography`` cannot hold: written out, or on a curve that it lacks."""

    curve: str
    scalar: int
    explicit: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class RsaKey:
    """A key of the pool and how it pads."""

    primes: RsaPrimes
    pss: bool


AuthorityKey = ec.EllipticCurvePrivateKey | EcKey | RsaKey


def authority_key(algorithm: Algorithm, secret: bytes, purpose: str, slot: Slot) -> AuthorityKey:
    """The key that follows from ``secret`` and ``purpose``; an RSA key follows from its ``slot`` alone."""
    if isinstance(algorithm, Rsa):
        return RsaKey(rsa_primes(algorithm.bits, slot), algorithm.pss)
    scalar = derive_scalar(secret, purpose, CURVES[algorithm.curve].order.bit_length())
    native = _NATIVE.get(algorithm.curve)
    if native is None or algorithm.explicit:
        return EcKey(algorithm.curve, scalar, algorithm.explicit)
    return ec.derive_private_key(scalar, native)


def hash_algorithm(digest: str) -> bytes:
    """AlgorithmIdentifier of a hash, parameters absent (RFC 5754, 2)."""
    return der.sequence(der.oid(_HASH_OIDS[digest]))


def public_key_info(key: AuthorityKey) -> bytes:
    """SubjectPublicKeyInfo in DER."""
    match key:
        case RsaKey(primes):
            numbers = der.sequence(der.integer(primes.modulus), der.integer(PUBLIC_EXPONENT))
            return der.sequence(der.sequence(der.oid(_RSA_ENCRYPTION), der.NULL), der.bit_string(numbers))
        case EcKey(name, scalar, explicit):
            curve = CURVES[name]
            parameters = explicit_parameters(curve) if explicit else der.oid(".".join(map(str, curve.oid)))
            point = der.bit_string(encoded_point(curve.generator * scalar))
            return der.sequence(der.sequence(der.oid(_EC_PUBLIC_KEY), parameters), point)
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_key_bits(key: AuthorityKey) -> bytes:
    """The bits whose SHA-1 a key identifier is (RFC 5280, 4.2.1.2)."""
    match key:
        case RsaKey(primes):
            return der.sequence(der.integer(primes.modulus), der.integer(PUBLIC_EXPONENT))
        case EcKey(name, scalar):
            return encoded_point(CURVES[name].generator * scalar)
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def signature_algorithm(key: AuthorityKey, digest: str) -> bytes:
    """AlgorithmIdentifier of the signatures that ``sign`` makes."""
    if not isinstance(key, RsaKey):
        return der.sequence(der.oid(_ECDSA_OIDS[digest]))
    if not key.pss:
        return der.sequence(der.oid(_RSA_OIDS[digest]), der.NULL)
    if digest == "sha1":  # all parameters have their defaults, which DER leaves out
        return der.sequence(der.oid(_RSASSA_PSS), der.sequence())
    hashed = hash_algorithm(digest)
    salt_bytes = hashlib.new(digest).digest_size
    parameters = der.sequence(
        der.explicit(0, hashed),
        der.explicit(1, der.sequence(der.oid(_MGF1), hashed)),
        der.explicit(2, der.integer(salt_bytes)),
    )
    return der.sequence(der.oid(_RSASSA_PSS), parameters)


def sign(key: AuthorityKey, digest: str, message: bytes) -> bytes:
    """The signature value; ECDSA's as a DER sequence of r and s."""
    match key:
        case RsaKey(primes, pss):
            return _sign_pss(primes, digest, message) if pss else _sign_pkcs1(primes, digest, message)
        case EcKey(name, scalar):
            signer = ecdsa.SigningKey.from_secret_exponent(scalar, CURVES[name], HASH_FUNCTIONS[digest])
            hashed = HASH_FUNCTIONS[digest](message).digest()
            signature: bytes = signer.sign_digest_deterministic(
                hashed, HASH_FUNCTIONS[digest], sigencode_der, allow_truncate=True
            )
            return signature
    return key.sign(message, ec.ECDSA(HASHES[digest], deterministic_signing=True))


def explicit_parameters(curve: ecdsa.curves.Curve) -> bytes:
    """ECParameters with every number written out (RFC 3279, 2.3.5)."""
    p = curve.curve.p()
    width = (p.bit_length() + 7) // 8
    a, b = (int(value % p).to_bytes(width, "big") for value in (curve.curve.a(), curve.curve.b()))
    return der.sequence(
        der.integer(1),
        der.sequence(der.oid(_PRIME_FIELD), der.integer(int(p))),
        der.sequence(der.octet_string(a), der.octet_string(b)),
        der.octet_string(encoded_point(curve.generator)),
        der.integer(int(curve.order)),
        der.integer(1),
    )


def encoded_point(point: ecdsa.ellipticcurve.PointJacobi) -> bytes:
    """Uncompressed: 04, x, y."""
    width = (point.curve().p().bit_length() + 7) // 8
    return b"\x04" + int(point.x()).to_bytes(width, "big") + int(point.y()).to_bytes(width, "big")


@cache
def _private_key(primes: RsaPrimes) -> rsa.RSAPrivateKey:
    p, q, d = primes.p, primes.q, primes.private_exponent
    public = rsa.RSAPublicNumbers(PUBLIC_EXPONENT, primes.modulus)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)  # our own numbers, and the check takes long


def _sign_pkcs1(primes: RsaPrimes, digest: str, message: bytes) -> bytes:
    return _private_key(primes).sign(message, padding.PKCS1v15(), HASHES[digest])


def _sign_pss(primes: RsaPrimes, digest: str, message: bytes) -> bytes:
    """EMSA-PSS (RFC 8017, 9.1.1) with a salt as long as the hash."""
    hashed = hashlib.new(digest, message).digest()
    salt = hashlib.new(digest, b"salt" + hashed).digest()
    bits = primes.modulus.bit_length() - 1
    size = (bits + 7) // 8
    seal = hashlib.new(digest, bytes(8) + hashed + salt).digest()
    block = b"\x01".rjust(size - len(seal) - len(salt) - 1, b"\x00") + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mgf1(digest, seal, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    number = int.from_bytes(bytes(masked) + seal + _PSS_TRAILER, "big")
    return _private_power(primes, number).to_bytes((primes.modulus.bit_length() + 7) // 8, "big")


def _mgf1(digest: str, seed: bytes, length: int) -> bytes:
    size = hashlib.new(digest).digest_size
    blocks = (hashlib.new(digest, seed + i.to_bytes(4, "big")).digest() for i in range(-(-length // size)))
    return b"".join(blocks)[:length]


def _private_power(primes: RsaPrimes, number: int) -> int:
    """By the Chinese remainders, four times as fast."""
    p, q, d = primes.p, primes.q, primes.private_exponent
    by_p, by_q = pow(number, d % (p - 1), p), pow(number, d % (q - 1), q)
    return by_q + q * ((by_p - by_q) * pow(q, -1, p) % p)
