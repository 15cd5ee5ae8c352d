"""The chip's own symmetric arithmetic of Doc 9303-11: key derivation, ciphers, message authentication, padding."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import IntEnum

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

MAC_BYTES = 8
_DES_BLOCK, _AES_BLOCK = 8, 16


class PaddingError(Exception):
    """Data that should end in the padding of ISO/IEC 9797-1, method 2, does not."""


class SessionCipher(IntEnum):
    """Cipher and MAC of a session; the value is the last arc of the protocols' object identifiers."""

    TDES = 1
    AES_128 = 2
    AES_192 = 3
    AES_256 = 4

    @property
    def key_bytes(self) -> int:
        """Length of one key."""
        return {SessionCipher.AES_192: 24, SessionCipher.AES_256: 32}.get(self, 16)

    @property
    def block_bytes(self) -> int:
        """Length of a block, which is also that of the send sequence counter."""
        return _DES_BLOCK if self is SessionCipher.TDES else _AES_BLOCK


class Purpose(IntEnum):
    """The counters of key derivation (Doc 9303-11, 9.7.1 and 9.7.3)."""

    ENCRYPTION = 1
    MAC = 2
    PASSWORD = 3


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What two sides share after an agreement."""

    cipher: SessionCipher
    encryption: bytes
    mac: bytes


def mrz_secret(information: str) -> bytes:
    """SHA-1 over the MRZ information: the password of PACE. Its first 16 bytes are the key seed of BAC."""
    return hashlib.sha1(information.encode("ascii"), usedforsecurity=False).digest()


def key_seed(information: str) -> bytes:
    """Doc 9303-11, appendix D.2."""
    return mrz_secret(information)[:16]


def derive_key(cipher: SessionCipher, secret: bytes, purpose: Purpose) -> bytes:
    """The key derivation function; SHA-256 where SHA-1 is too short."""
    strong = cipher in (SessionCipher.AES_192, SessionCipher.AES_256)
    digest = hashlib.new("sha256" if strong else "sha1", secret + purpose.to_bytes(4, "big"), usedforsecurity=False)
    key = digest.digest()[: cipher.key_bytes]
    return bytes(map(_odd_parity, key)) if cipher is SessionCipher.TDES else key


def derive_keys(secret: bytes, cipher: SessionCipher = SessionCipher.TDES) -> Keys:
    """Both keys that follow from a shared secret or, in BAC, from a key seed."""
    encryption, mac = (derive_key(cipher, secret, purpose) for purpose in (Purpose.ENCRYPTION, Purpose.MAC))
    return Keys(cipher, encryption, mac)


def encrypt(cipher: SessionCipher, key: bytes, data: bytes, iv: bytes = b"") -> bytes:
    """CBC over whole blocks; without ``iv`` it is zero."""
    return _run(_cbc(cipher, key, iv).encryptor(), data)


def decrypt(cipher: SessionCipher, key: bytes, data: bytes, iv: bytes = b"") -> bytes:
    """The inverse of encrypt."""
    return _run(_cbc(cipher, key, iv).decryptor(), data)


def encrypt_block(cipher: SessionCipher, key: bytes, block: bytes) -> bytes:
    """One block by itself, as initialisation vectors are made."""
    return encrypt(cipher, key, block)


def mac(cipher: SessionCipher, key: bytes, message: bytes) -> bytes:
    """The eight byte checksum of a message that is padded to whole blocks already."""
    return retail_mac(key, message) if cipher is SessionCipher.TDES else _cmac(key, message)


def authentication_token(cipher: SessionCipher, key: bytes, message: bytes) -> bytes:
    """The checksum over a public key; CMAC needs no padding, the MAC of Triple-DES does (Doc 9303-11, 4.4.3.4)."""
    return retail_mac(key, pad(message, _DES_BLOCK)) if cipher is SessionCipher.TDES else _cmac(key, message)


def retail_mac(key: bytes, padded: bytes) -> bytes:
    """ISO/IEC 9797-1, MAC algorithm 3, over whole blocks.

    DES in CBC with the first half of the key; the last block passes through both halves as well, which is Triple-DES.
    """
    state = bytes(_DES_BLOCK)
    if len(padded) > _DES_BLOCK:
        single = Cipher(TripleDES(key[:8] * 3), modes.CBC(state)).encryptor()
        state = _run(single, padded[:-_DES_BLOCK])[-_DES_BLOCK:]
    return encrypt(SessionCipher.TDES, key, xor(state, padded[-_DES_BLOCK:]))


def same(left: bytes, right: bytes) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(left, right)


def xor(left: bytes, right: bytes) -> bytes:
    """Both operands are equally long."""
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def pad(data: bytes, block: int) -> bytes:
    """Padding method 2: one 80, then zeros to the block's end."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes:
    """Raises PaddingError."""
    stripped = data.rstrip(b"\x00")
    if not stripped.endswith(b"\x80"):
        raise PaddingError("no padding found")
    return stripped[:-1]


def _cbc(cipher: SessionCipher, key: bytes, iv: bytes) -> Cipher[modes.CBC]:
    algorithm = TripleDES(key + key[:8]) if cipher is SessionCipher.TDES else algorithms.AES(key)
    return Cipher(algorithm, modes.CBC(iv or bytes(cipher.block_bytes)))


def _run(context: CipherContext, data: bytes) -> bytes:
    return context.update(data) + context.finalize()


def _cmac(key: bytes, message: bytes) -> bytes:
    context = CMAC(algorithms.AES(key))
    context.update(message)
    return context.finalize()[:MAC_BYTES]


def _odd_parity(byte: int) -> int:
    """DES keys carry seven bits a byte; the eighth makes the number of ones odd."""
    upper = byte & 0xFE
    return upper | (upper.bit_count() & 1 ^ 1)
