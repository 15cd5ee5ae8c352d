"""Active Authentication (Doc 9303-11, 6.1): the chip signs our challenge with a key that it never gives away.

This proves that the chip is not a copy, provided that Passive Authentication has bound the key in DG15 to the issuer.
"""

from egate.document.crypto.public_keys import EcKey, PublicKey, RsaKey
from egate.document.crypto.signatures import HASHES, Kind, Scheme, digest, scheme_for_oid, verify
from egate.document.crypto.symmetric import compare_digest

CHALLENGE_BYTES = 8
_MAX_DER_OVERHEAD_BYTES = 9

# ISO/IEC 9796-2, scheme 1.
_HEADER = 0x6A  # partial recovery, no padding before the recoverable part
_TRAILER_SHA1 = 0xBC
_TRAILER_EXPLICIT = 0xCC  # the byte before it names the hash by its number in ISO/IEC 10118
_TRAILER_HASHES = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}
_TRAILER_NIBBLE = 0xC


def max_signature_bytes(key: PublicKey) -> int:
    """How long an answer with this key can be; an ECDSA signature may come as a DER sequence."""
    return key.size_bytes if isinstance(key, RsaKey) else 2 * key.order_bytes + _MAX_DER_OVERHEAD_BYTES


def verify_response(key: PublicKey, algorithm: str | None, challenge: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is the chip's over ``challenge``.

    ``algorithm``: object identifier in DG14's ActiveAuthenticationInfo, None where there is none; RSA states its hash
    in the signature itself. Raises UnsupportedError.
    """
    if isinstance(key, RsaKey):
        return _verify_rsa(key, challenge, signature)
    return _verify_ecdsa(key, algorithm, challenge, signature)


def _verify_rsa(key: RsaKey, challenge: bytes, signature: bytes) -> bool:
    number = int.from_bytes(signature)
    if number >= key.modulus:
        return False
    recovered = pow(number, key.exponent, key.modulus)
    # ISO/IEC 9796-2 lets the signer give the smaller of s and n - s; only one representative ends in the trailer.
    if recovered & 0xF != _TRAILER_NIBBLE:
        recovered = key.modulus - recovered
    return representative_holds(recovered.to_bytes(key.size_bytes), challenge)


def representative_holds(representative: bytes, challenge: bytes) -> bool:
    """Whether the recovered F = 6A || M1 || H(M1 || challenge) || trailer is right, leading zeros aside."""
    f = representative.lstrip(b"\0")
    name, trailer_bytes = _trailer(f)
    if name is None or f[0] != _HEADER:
        return False
    end = len(f) - trailer_bytes
    start = end - HASHES[name].digest_size
    if start < 1:
        return False
    return compare_digest(digest(name, f[1:start] + challenge), f[start:end])


def _trailer(f: bytes) -> tuple[str | None, int]:
    """Name of the hash, None where unknown, and length of the trailer."""
    if f[-1:] == bytes([_TRAILER_SHA1]):
        return "sha1", 1
    if f[-1:] == bytes([_TRAILER_EXPLICIT]):
        return _TRAILER_HASHES.get(f[-2] if len(f) > 1 else 0), 2
    return None, 0


def _verify_ecdsa(key: EcKey, algorithm: str | None, challenge: bytes, signature: bytes) -> bool:
    """Doc 9303-11 wants r and s side by side (BSI TR-03111); some chips send a DER sequence."""
    kind = Kind.ECDSA_PLAIN if len(signature) == 2 * key.order_bytes else Kind.ECDSA
    names = (scheme_for_oid(algorithm).hash,) if algorithm is not None else tuple(HASHES)
    return any(verify(key, Scheme(kind, name), signature, challenge) for name in names)
