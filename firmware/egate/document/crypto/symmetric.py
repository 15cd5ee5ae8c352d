"""The symmetric primitives of Basic Access Control and its secure messaging (Doc 9303-11, 4.3, 9.7 and 9.8).

3DES is what these documents have; ``cryptography`` keeps it among its retired algorithms.
"""

import hashlib
from collections.abc import Callable
from hmac import compare_digest

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC

from egate.document.errors import FormatError

RandomBytes = Callable[[int], bytes]

BLOCK_BYTES = 8
_KEY_BYTES = 8
_ZERO_IV = bytes(BLOCK_BYTES)
_ENC, _MAC = 1, 2

__all__ = ["BLOCK_BYTES", "RandomBytes", "TripleDesSuite", "compare_digest", "pad", "unpad"]


def pad(data: bytes, block_bytes: int = BLOCK_BYTES) -> bytes:
    """ISO/IEC 9797-1 padding method 2: a bit 1, then as many 0 as needed."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block_bytes)


def unpad(data: bytes) -> bytes:
    """Raises FormatError where the mark is missing."""
    stripped = data.rstrip(b"\0")
    if not stripped.endswith(b"\x80"):
        raise FormatError("the padding is wrong")
    return stripped[:-1]


def adjust_parity(key: bytes) -> bytes:
    """Odd parity in the lowest bit of each byte, as DES wants it."""
    return bytes(byte & 0xFE | (1 ^ (byte >> 1).bit_count() & 1) for byte in key)


def derive_key(seed: bytes, counter: int) -> bytes:
    """Two-key 3DES key, 16 bytes (9303-11, 9.7): the first 16 bytes of SHA-1(seed || counter), parity adjusted."""
    digest = hashlib.sha1(seed + counter.to_bytes(4), usedforsecurity=False).digest()
    return adjust_parity(digest[: 2 * _KEY_BYTES])


class TripleDesSuite:
    """Encryption and MAC keys with the algorithms that go with them. One for the document, one for each session.

    The send sequence counter of a session is a block long and goes before what is MACed. An AES suite for PACE will
    have the same methods and use the counter for its IV as well.
    """

    block_bytes = BLOCK_BYTES

    def __init__(self, enc_key: bytes, mac_key: bytes) -> None:
        """Keys of 16 bytes each."""
        self._enc_key = enc_key
        self._mac_key = mac_key

    @classmethod
    def from_seed(cls, seed: bytes) -> "TripleDesSuite":
        """Keys derived from a seed of 16 bytes."""
        return cls(derive_key(seed, _ENC), derive_key(seed, _MAC))

    def encrypt(self, data: bytes) -> bytes:
        """CBC with IV zero; whole blocks only."""
        encryptor = Cipher(_two_key(self._enc_key), CBC(_ZERO_IV)).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def decrypt(self, data: bytes) -> bytes:
        """CBC with IV zero; whole blocks only."""
        decryptor = Cipher(_two_key(self._enc_key), CBC(_ZERO_IV)).decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def mac(self, data: bytes) -> bytes:
        """ISO/IEC 9797-1 MAC algorithm 3 ("retail MAC") over ``data`` padded by method 2; 8 bytes.

        Single DES chains all blocks but the last, which 3DES with both keys finishes.
        """
        padded = pad(data)
        head, last = padded[:-BLOCK_BYTES], padded[-BLOCK_BYTES:]
        chain = _ZERO_IV
        if head:
            chainer = Cipher(TripleDES(self._mac_key[:_KEY_BYTES] * 3), CBC(_ZERO_IV)).encryptor()
            chain = (chainer.update(head) + chainer.finalize())[-BLOCK_BYTES:]
        finisher = Cipher(_two_key(self._mac_key), CBC(chain)).encryptor()
        return finisher.update(last) + finisher.finalize()


def _two_key(key: bytes) -> TripleDES:
    """Keying option 2 written out: the third key is the first."""
    return TripleDES(key + key[:_KEY_BYTES])
