"""Basic Access Control (Doc 9303-11, 4.3): who has seen the printed page may talk to the chip."""

import hashlib
from dataclasses import dataclass

from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.crypto.symmetric import MAC_BYTES, BlockCipher, RandomBytes, Suite, compare_digest
from egate.document.errors import AccessError

CHALLENGE_BYTES = 8
KEY_BYTES = 16
_CRYPTOGRAM_BYTES = 2 * CHALLENGE_BYTES + KEY_BYTES


def document_keys(mrz_information: bytes) -> Suite:
    """K_Enc and K_MAC of a document, from ``Mrz.mrz_information``."""
    digest = hashlib.sha1(mrz_information, usedforsecurity=False).digest()
    return BlockCipher.TRIPLE_DES.suite(digest[:KEY_BYTES])


@dataclass(frozen=True, slots=True, repr=False)
class MutualAuthentication:
    """One run on our side: the document's keys, both challenges, our half of the session's key seed."""

    keys: Suite
    rnd_ic: bytes
    rnd_ifd: bytes
    k_ifd: bytes

    @classmethod
    def begin(cls, keys: Suite, rnd_ic: bytes, random_bytes: RandomBytes) -> "MutualAuthentication":
        """Raises AccessError where the chip's challenge has not 8 bytes."""
        if len(rnd_ic) != CHALLENGE_BYTES:
            raise AccessError("the chip's challenge has not 8 bytes")
        return cls(keys, rnd_ic, random_bytes(CHALLENGE_BYTES), random_bytes(KEY_BYTES))

    def command_data(self) -> bytes:
        """E_IFD || M_IFD for EXTERNAL AUTHENTICATE, 40 bytes."""
        cryptogram = self.keys.encrypt(self.rnd_ifd + self.rnd_ic + self.k_ifd)
        return cryptogram + self.keys.mac(cryptogram)

    def finish(self, response: bytes) -> SecureMessaging:
        """Verify E_IC || M_IC and derive the session. Raises AccessError: the chip does not know the keys."""
        cryptogram, mac = response[:_CRYPTOGRAM_BYTES], response[_CRYPTOGRAM_BYTES:]
        if len(response) != _CRYPTOGRAM_BYTES + MAC_BYTES or not compare_digest(self.keys.mac(cryptogram), mac):
            raise AccessError("the chip's proof in mutual authentication is wrong")
        plain = self.keys.decrypt(cryptogram)
        if plain[: 2 * CHALLENGE_BYTES] != self.rnd_ic + self.rnd_ifd:
            raise AccessError("the chip answered to other challenges than ours")
        k_ic = plain[2 * CHALLENGE_BYTES :]
        seed = bytes(ours ^ theirs for ours, theirs in zip(self.k_ifd, k_ic, strict=True))
        counter = self.rnd_ic[CHALLENGE_BYTES // 2 :] + self.rnd_ifd[CHALLENGE_BYTES // 2 :]
        return SecureMessaging(BlockCipher.TRIPLE_DES.suite(seed), int.from_bytes(counter))
