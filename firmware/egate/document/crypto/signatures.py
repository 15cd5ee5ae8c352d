"""Verifies signatures of certificates, security objects and lists: which scheme an identifier means, and does it hold.

``cryptography`` does the work where it knows the curve; ``ecdsa`` does it for the Brainpool curves that it lacks.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import ecdsa
from asn1crypto.algos import RSASSAPSSParams, SignedDigestAlgorithm
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from egate.checks import Reason
from egate.document.crypto.public_keys import NATIVE_CURVES, EcKey, PublicKey, RsaKey
from egate.document.errors import UnsupportedError

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - documents issued with it stay valid; the algorithm is recorded
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}

_HASH_OIDS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
# MD2, MD5, and RSA with either: whoever likes can forge them.
_WORTHLESS = {"1.2.840.113549.2.2", "1.2.840.113549.2.5", "1.2.840.113549.1.1.2", "1.2.840.113549.1.1.4"}


class Kind(StrEnum):
    """ECDSA_PLAIN: r and s side by side (BSI TR-03111) instead of in a DER sequence."""

    RSA_PKCS1 = "rsa"
    RSA_PSS = "rsapss"
    ECDSA = "ecdsa"
    ECDSA_PLAIN = "ecdsa_plain"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a signature was made. ``mgf_hash`` and ``salt_bytes`` belong to RSASSA-PSS."""

    kind: Kind
    hash: str
    mgf_hash: str = ""
    salt_bytes: int = 0

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.hash}"


_RSA_PSS = "1.2.840.113549.1.1.10"
_MAX_SALT_BYTES = 1024
# These name no hash; the message's own digest algorithm is meant (RFC 5652, 5.3).
_WITHOUT_HASH = {
    "1.2.840.113549.1.1.1": Kind.RSA_PKCS1,
    "1.2.840.10045.2.1": Kind.ECDSA,
}
_WITH_HASH = {
    "1.2.840.113549.1.1.5": (Kind.RSA_PKCS1, "sha1"),
    "1.3.14.3.2.29": (Kind.RSA_PKCS1, "sha1"),
    "1.2.840.113549.1.1.14": (Kind.RSA_PKCS1, "sha224"),
    "1.2.840.113549.1.1.11": (Kind.RSA_PKCS1, "sha256"),
    "1.2.840.113549.1.1.12": (Kind.RSA_PKCS1, "sha384"),
    "1.2.840.113549.1.1.13": (Kind.RSA_PKCS1, "sha512"),
    "1.2.840.10045.4.1": (Kind.ECDSA, "sha1"),
    "1.2.840.10045.4.3.1": (Kind.ECDSA, "sha224"),
    "1.2.840.10045.4.3.2": (Kind.ECDSA, "sha256"),
    "1.2.840.10045.4.3.3": (Kind.ECDSA, "sha384"),
    "1.2.840.10045.4.3.4": (Kind.ECDSA, "sha512"),
    "0.4.0.127.0.7.1.1.4.1.1": (Kind.ECDSA_PLAIN, "sha1"),
    "0.4.0.127.0.7.1.1.4.1.2": (Kind.ECDSA_PLAIN, "sha224"),
    "0.4.0.127.0.7.1.1.4.1.3": (Kind.ECDSA_PLAIN, "sha256"),
    "0.4.0.127.0.7.1.1.4.1.4": (Kind.ECDSA_PLAIN, "sha384"),
    "0.4.0.127.0.7.1.1.4.1.5": (Kind.ECDSA_PLAIN, "sha512"),
}


def hash_name(oid: str) -> str:
    """Name of a hash algorithm from its object identifier. Raises UnsupportedError."""
    _refuse_worthless(oid)
    if oid not in _HASH_OIDS:
        raise UnsupportedError(f"the hash algorithm {oid} is not supported")
    return _HASH_OIDS[oid]


def _refuse_worthless(oid: str) -> None:
    if oid in _WORTHLESS:
        raise UnsupportedError(f"the algorithm {oid} proves nothing", Reason.ALGORITHM_WEAK)


def digest(name: str, data: bytes) -> bytes:
    """``name``: one of HASHES."""
    return hashlib.new(name, data, usedforsecurity=False).digest()


def scheme_for_oid(oid: str) -> Scheme:
    """A scheme whose identifier needs no parameters. Raises UnsupportedError."""
    _refuse_worthless(oid)
    if oid not in _WITH_HASH:
        raise UnsupportedError(f"the signature algorithm {oid} is not supported")
    return Scheme(*_WITH_HASH[oid])


def scheme(identifier: SignedDigestAlgorithm, message_hash: str | None = None) -> Scheme:
    """Decode an identifier; to be called inside ``well_formed``. ``message_hash``: the digest algorithm of the
    message, for identifiers that name none. Raises UnsupportedError."""
    oid = identifier["algorithm"].dotted
    if oid == _RSA_PSS:
        return _pss_scheme(identifier)
    if oid in _WITHOUT_HASH and message_hash is not None:
        return Scheme(_WITHOUT_HASH[oid], message_hash)
    return scheme_for_oid(oid)


def _pss_scheme(identifier: SignedDigestAlgorithm) -> Scheme:
    """RFC 4055, 3.1; absent parameters mean SHA-1 throughout."""
    parameters = identifier["parameters"]
    if not isinstance(parameters, RSASSAPSSParams):
        parameters = RSASSAPSSParams()
    salt_bytes = parameters["salt_length"].native
    if not 0 <= salt_bytes <= _MAX_SALT_BYTES:
        raise UnsupportedError("the length of the RSASSA-PSS salt is out of bounds")
    mgf = parameters["mask_gen_algorithm"]
    return Scheme(
        Kind.RSA_PSS,
        hash_name(parameters["hash_algorithm"]["algorithm"].dotted),
        hash_name(mgf["parameters"]["algorithm"].dotted),
        salt_bytes,
    )


def verify(key: PublicKey, how: Scheme, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` holds. Raises UnsupportedError where the key cannot be used that way."""
    try:
        if isinstance(key, RsaKey) and how.kind in (Kind.RSA_PKCS1, Kind.RSA_PSS):
            return _verify_rsa(key, how, signature, message)
        if isinstance(key, EcKey) and how.kind in (Kind.ECDSA, Kind.ECDSA_PLAIN):
            return _verify_ecdsa(key, how, signature, message)
    except UnsupportedAlgorithm as error:
        raise UnsupportedError(f"{how.name} with {key.name} is not supported here") from error
    raise UnsupportedError(f"a key of the kind {key.name} does not go with {how.name}")


def _verify_rsa(key: RsaKey, how: Scheme, signature: bytes, message: bytes) -> bool:
    layout: padding.AsymmetricPadding = padding.PKCS1v15()
    if how.kind is Kind.RSA_PSS:
        layout = padding.PSS(padding.MGF1(HASHES[how.mgf_hash]), how.salt_bytes)
    try:
        verifier = rsa.RSAPublicNumbers(key.exponent, key.modulus).public_key()
    except ValueError as error:
        raise UnsupportedError(f"{key.name} cannot be used here") from error
    return _holds(lambda: verifier.verify(signature, message, layout, HASHES[how.hash]))


def _verify_ecdsa(key: EcKey, how: Scheme, signature: bytes, message: bytes) -> bool:
    numbers = _plain_numbers(key, signature) if how.kind is Kind.ECDSA_PLAIN else _der_numbers(signature)
    if numbers is None:
        return False
    curve = NATIVE_CURVES.get(key.curve.name)
    if curve is None:
        return _verify_with_ecdsa(key, how, numbers, message)
    native = ec.EllipticCurvePublicNumbers(key.x, key.y, curve).public_key()
    return _holds(lambda: native.verify(encode_dss_signature(*numbers), message, ec.ECDSA(HASHES[how.hash])))


def _verify_with_ecdsa(key: EcKey, how: Scheme, numbers: tuple[int, int], message: bytes) -> bool:
    verifier = ecdsa.VerifyingKey.from_public_point(key.affine_point(), key.curve, validate_point=False)
    try:
        return bool(
            verifier.verify_digest(
                b"", digest(how.hash, message), sigdecode=lambda _, order: numbers, allow_truncate=True
            )
        )
    except ecdsa.BadSignatureError:
        return False


def _plain_numbers(key: EcKey, signature: bytes) -> tuple[int, int] | None:
    """r and s of equal width, each as long as the curve's order."""
    half = key.order_bytes
    if len(signature) != 2 * half:
        return None
    return int.from_bytes(signature[:half]), int.from_bytes(signature[half:])


def _der_numbers(signature: bytes) -> tuple[int, int] | None:
    try:
        return decode_dss_signature(signature)
    except ValueError:
        return None


def _holds(verification: Callable[[], None]) -> bool:
    try:
        verification()
    except InvalidSignature:
        return False
    return True
