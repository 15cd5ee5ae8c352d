"""Block ciphers, key derivation and the key sets of sessions (Doc 9303-11, 9.7 and 9.8).

Two-key 3DES is what Basic Access Control has; ``cryptography`` keeps it among its retired algorithms. PACE and Chip
Authentication choose between it and AES.
"""

import hashlib
from collections.abc import Callable
from enum import IntEnum, StrEnum
from hmac import compare_digest
from typing import Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.cmac import CMAC

from egate.document.errors import FormatError

RandomBytes = Callable[[int], bytes]

MAC_BYTES = 8
_DES_KEY_BYTES = 8
_DES_BLOCK_BYTES = 8
_AES_BLOCK_BYTES = 16
_SHA1_BYTES = 20

__all__ = [
    "MAC_BYTES",
    "AesSuite",
    "BlockCipher",
    "KeyUse",
    "RandomBytes",
    "Suite",
    "TripleDesSuite",
    "adjust_parity",
    "compare_digest",
    "pad",
    "unpad",
]


class KeyUse(IntEnum):
    """The counter that sets keys from one secret apart (9303-11, 9.7.1)."""

    ENC = 1
    MAC = 2
    PASSWORD = 3


class BlockCipher(StrEnum):
    """The ciphers that PACE and Chip Authentication can name, weakest first; 3DES with two keys."""

    TRIPLE_DES = "3des"
    AES_128 = "aes128"
    AES_192 = "aes192"
    AES_256 = "aes256"

    @property
    def key_bytes(self) -> int:
        return _KEY_BYTES[self]

    @property
    def block_bytes(self) -> int:
        return _DES_BLOCK_BYTES if self is BlockCipher.TRIPLE_DES else _AES_BLOCK_BYTES

    def derive_key(self, secret: bytes, use: KeyUse) -> bytes:
        """The first bytes of H(secret || counter). H is SHA-1 where its digest is long enough, else SHA-256."""
        hash_name = "sha1" if self.key_bytes <= _SHA1_BYTES else "sha256"
        digest = hashlib.new(hash_name, secret + use.to_bytes(4), usedforsecurity=False).digest()
        key = digest[: self.key_bytes]
        return adjust_parity(key) if self is BlockCipher.TRIPLE_DES else key

    def suite(self, secret: bytes) -> "Suite":
        """Both session keys from one shared secret."""
        keys = (self.derive_key(secret, use) for use in (KeyUse.ENC, KeyUse.MAC))
        return TripleDesSuite(*keys) if self is BlockCipher.TRIPLE_DES else AesSuite(*keys)

    def encrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """CBC over whole blocks; IV zero unless given."""
        encryptor = self._cbc(key, iv).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def decrypt(self, key: bytes, data: bytes, iv: bytes | None = None) -> bytes:
        """CBC over whole blocks; IV zero unless given. Raises FormatError for anything but whole blocks."""
        if len(data) % self.block_bytes:
            raise FormatError("a cryptogram does not consist of whole blocks")
        decryptor = self._cbc(key, iv).decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def _cbc(self, key: bytes, iv: bytes | None) -> Cipher[CBC]:
        algorithm: BlockCipherAlgorithm = _two_key(key) if self is BlockCipher.TRIPLE_DES else AES(key)
        return Cipher(algorithm, CBC(iv or bytes(self.block_bytes)))


_KEY_BYTES = {
    BlockCipher.TRIPLE_DES: 2 * _DES_KEY_BYTES,
    BlockCipher.AES_128: 16,
    BlockCipher.AES_192: 24,
    BlockCipher.AES_256: 32,
}


def pad(data: bytes, block_bytes: int) -> bytes:
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


class Suite(Protocol):
    """An encryption key and a MAC key with the algorithms that go with them; ``repr`` shows neither.

    A session counts its messages; ``counter`` is that send sequence counter, a block long and reduced to it.
    """

    @property
    def block_bytes(self) -> int: ...

    def encrypt(self, data: bytes, counter: int | None = None) -> bytes:
        """CBC over whole blocks, with the IV that belongs to ``counter``; IV zero without one."""
        ...

    def decrypt(self, data: bytes, counter: int | None = None) -> bytes:
        """The reverse. Raises FormatError for anything but whole blocks."""
        ...

    def mac(self, data: bytes) -> bytes:
        """Of one message outside secure messaging, 8 bytes."""
        ...

    def session_mac(self, data: bytes, counter: int) -> bytes:
        """Of one message in secure messaging: counter || data, padded; 8 bytes."""
        ...


class TripleDesSuite:
    """3DES in CBC mode with IV zero, and the retail MAC."""

    block_bytes = _DES_BLOCK_BYTES

    def __init__(self, enc_key: bytes, mac_key: bytes) -> None:
        """Keys of 16 bytes each."""
        self._enc_key = enc_key
        self._mac_key = mac_key

    def encrypt(self, data: bytes, counter: int | None = None) -> bytes:
        return BlockCipher.TRIPLE_DES.encrypt(self._enc_key, data)

    def decrypt(self, data: bytes, counter: int | None = None) -> bytes:
        return BlockCipher.TRIPLE_DES.decrypt(self._enc_key, data)

    def mac(self, data: bytes) -> bytes:
        """ISO/IEC 9797-1 MAC algorithm 3 ("retail MAC") over ``data`` padded by method 2.

        Single DES chains all blocks but the last, which 3DES with both keys finishes.
        """
        padded = pad(data, self.block_bytes)
        head, last = padded[: -self.block_bytes], padded[-self.block_bytes :]
        chain = bytes(self.block_bytes)
        if head:
            chainer = Cipher(TripleDES(self._mac_key[:_DES_KEY_BYTES] * 3), CBC(chain)).encryptor()
            chain = (chainer.update(head) + chainer.finalize())[-self.block_bytes :]
        return BlockCipher.TRIPLE_DES.encrypt(self._mac_key, last, chain)

    def session_mac(self, data: bytes, counter: int) -> bytes:
        return self.mac(_counter_block(counter, self.block_bytes) + data)


class AesSuite:
    """AES in CBC mode with the encrypted counter as IV, and CMAC cut to 8 bytes (9303-11, 9.8)."""

    block_bytes = _AES_BLOCK_BYTES

    def __init__(self, enc_key: bytes, mac_key: bytes) -> None:
        """Keys of 16, 24 or 32 bytes."""
        self._enc_key = enc_key
        self._mac_key = mac_key

    def encrypt(self, data: bytes, counter: int | None = None) -> bytes:
        return BlockCipher.AES_128.encrypt(self._enc_key, data, self._iv(counter))

    def decrypt(self, data: bytes, counter: int | None = None) -> bytes:
        return BlockCipher.AES_128.decrypt(self._enc_key, data, self._iv(counter))

    def mac(self, data: bytes) -> bytes:
        """CMAC pads by its own rule."""
        cmac = CMAC(AES(self._mac_key))
        cmac.update(data)
        return cmac.finalize()[:MAC_BYTES]

    def session_mac(self, data: bytes, counter: int) -> bytes:
        return self.mac(pad(_counter_block(counter, self.block_bytes) + data, self.block_bytes))

    def _iv(self, counter: int | None) -> bytes | None:
        if counter is None:
            return None
        return BlockCipher.AES_128.encrypt(self._enc_key, _counter_block(counter, self.block_bytes))


def _counter_block(counter: int, block_bytes: int) -> bytes:
    return (counter % (1 << 8 * block_bytes)).to_bytes(block_bytes)


def _two_key(key: bytes) -> TripleDES:
    """Keying option 2 written out: the third key is the first."""
    return TripleDES(key + key[:_DES_KEY_BYTES])
