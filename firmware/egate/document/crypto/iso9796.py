"""RSA signatures with message recovery: ISO/IEC 9796-2, digital signature scheme 1, as Doc 9303-11, 6.1 uses it.

The signer puts part of its message into the signature. What the public key opens is the representative

    header || padding || recoverable part || hash of the whole message || trailer

and whoever verifies knows the rest of the message: here our challenge.
"""

from egate.document.crypto.public_keys import RsaKey
from egate.document.crypto.signatures import HASHES, digest
from egate.document.crypto.symmetric import compare_digest

_HEADER_BITS, _HEADER = 0b1100_0000, 0b0100_0000
_PARTIAL_RECOVERY = 0b0010_0000  # the message continues outside the signature
_RESERVED = 0b0001_0000
_PADDING_NIBBLE, _LAST_PADDING_NIBBLE = 0xB, 0xA
_TRAILER_NIBBLE = 0xC
_TRAILER_IMPLICIT = 0xBC
_TRAILER_EXPLICIT = 0xCC  # the byte before it names the hash by its number in ISO/IEC 10118
_TRAILER_HASHES = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}


def verify(key: RsaKey, signature: bytes, challenge: bytes) -> str | None:
    """The hash with which ``signature`` holds over a message that ends in ``challenge``; None where it does not."""
    number = int.from_bytes(signature)
    if number >= key.modulus:
        return None
    opened = pow(number, key.exponent, key.modulus)
    # The signer may give the smaller of s and n - s; only one representative ends in the trailer.
    if opened & 0xF != _TRAILER_NIBBLE:
        opened = key.modulus - opened
    return verify_representative(opened.to_bytes(key.size_bytes), challenge)


def verify_representative(representative: bytes, challenge: bytes) -> str | None:
    """As ``verify``, of what the public key has opened; leading zeros do not count."""
    opened = representative.lstrip(b"\0")
    name, trailer_bytes = _trailer(opened)
    start = _recoverable_from(opened)
    if name is None or start is None:
        return None
    end = len(opened) - trailer_bytes
    split = end - HASHES[name].digest_size
    if split < start:
        return None
    message = _message(opened[0], opened[start:split], challenge)
    if message is None or not compare_digest(digest(name, message), opened[split:end]):
        return None
    return name


def _trailer(opened: bytes) -> tuple[str | None, int]:
    """Name of the hash, None where unknown, and length of the trailer. The implicit one means SHA-1 in Doc 9303."""
    last = opened[-1:]
    if last == bytes([_TRAILER_IMPLICIT]):
        return "sha1", 1
    if last == bytes([_TRAILER_EXPLICIT]) and len(opened) > 1:
        return _TRAILER_HASHES.get(opened[-2]), 2
    return None, 0


def _recoverable_from(opened: bytes) -> int | None:
    """Where the recoverable part begins: after nibbles B and the nibble A that ends them. None: no such header."""
    if not opened or opened[0] & (_HEADER_BITS | _RESERVED) != _HEADER:
        return None
    nibble = opened[0] & 0xF
    at = 1
    while nibble == _PADDING_NIBBLE and at < len(opened):
        high, nibble = opened[at] >> 4, opened[at] & 0xF
        if high != _PADDING_NIBBLE:
            return None
        at += 1
    return at if nibble == _LAST_PADDING_NIBBLE else None


def _message(header: int, recovered: bytes, challenge: bytes) -> bytes | None:
    """The whole message. Recovered in full it must contain the challenge, or it would prove nothing about now."""
    if header & _PARTIAL_RECOVERY:
        return recovered + challenge
    return recovered if recovered.endswith(challenge) else None
