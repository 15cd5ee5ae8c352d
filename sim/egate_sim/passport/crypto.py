"""The chip's own arithmetic of Doc 9303-11: key derivation, two-key Triple-DES, retail MAC, padding."""

import hashlib
import hmac

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

BLOCK = 8
_ZERO_IV = bytes(BLOCK)
_ENCRYPTION, _AUTHENTICATION = 1, 2


class PaddingError(Exception):
    """Data that should end in the padding of ISO/IEC 9797-1, method 2, does not."""


def mrz_secret(information: str) -> bytes:
    """SHA-1 over the MRZ information: the password of PACE. Its first 16 bytes are the key seed of BAC."""
    return hashlib.sha1(information.encode("ascii"), usedforsecurity=False).digest()


def key_seed(information: str) -> bytes:
    """Doc 9303-11, appendix D.2."""
    return mrz_secret(information)[:16]


def derive_keys(seed: bytes) -> tuple[bytes, bytes]:
    """Encryption and authentication key, 16 bytes each (Doc 9303-11, 9.7.1; appendix D.1)."""
    return _derive(seed, _ENCRYPTION), _derive(seed, _AUTHENTICATION)


def encrypt(key: bytes, data: bytes) -> bytes:
    """Triple-DES, CBC, zero IV; ``data`` is whole blocks."""
    encryptor = Cipher(TripleDES(key + key[:8]), modes.CBC(_ZERO_IV)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def decrypt(key: bytes, data: bytes) -> bytes:
    """The inverse of encrypt; ``data`` is whole blocks."""
    decryptor = Cipher(TripleDES(key + key[:8]), modes.CBC(_ZERO_IV)).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def retail_mac(key: bytes, data: bytes) -> bytes:
    """ISO/IEC 9797-1, MAC algorithm 3, padding method 2: eight bytes.

    DES in CBC with the first half of the key; the last block passes through both halves as well, which is Triple-DES.
    """
    padded = pad(data)
    state = _ZERO_IV
    if len(padded) > BLOCK:
        single = Cipher(TripleDES(key[:8] * 3), modes.CBC(_ZERO_IV)).encryptor()
        state = (single.update(padded[:-BLOCK]) + single.finalize())[-BLOCK:]
    return encrypt(key, xor(state, padded[-BLOCK:]))


def same(left: bytes, right: bytes) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(left, right)


def xor(left: bytes, right: bytes) -> bytes:
    """Both operands are equally long."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def pad(data: bytes) -> bytes:
    """Padding method 2: one 80, then zeros to the block's end."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpad(data: bytes) -> bytes:
    """Raises PaddingError."""
    stripped = data.rstrip(b"\x00")
    if not stripped.endswith(b"\x80"):
        raise PaddingError("no padding found")
    return stripped[:-1]


def _derive(seed: bytes, counter: int) -> bytes:
    digest = hashlib.sha1(seed + counter.to_bytes(4, "big"), usedforsecurity=False).digest()
    return bytes(_odd_parity(byte) for byte in digest[:16])


def _odd_parity(byte: int) -> int:
    """DES keys carry seven bits a byte; the eighth makes the number of ones odd."""
    upper = byte & 0xFE
    return upper | (upper.bit_count() & 1 ^ 1)
