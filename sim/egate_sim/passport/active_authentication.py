"""Keys of Active Authentication beyond the usual ones: every curve, keys written out, signatures in DER.

``egate_sim.passport.keys`` has what most passports have.
"""

import random
from dataclasses import dataclass
from enum import Enum, auto

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from egate_sim.passport.authority_keys import CURVES, Ecdsa, authority_key, public_key_info, sign
from egate_sim.passport.rsa_pool import Slot


class SignatureEncoding(Enum):
    """How r and s travel; Doc 9303-11 asks for the plain form, some chips send the other."""

    PLAIN = auto()  # side by side (BSI TR-03111)
    DER = auto()


@dataclass(frozen=True, slots=True, repr=False)
class EcdsaSigner:
    """A key that follows from ``secret``, on any curve, named or written out as ``algorithm`` says."""

    algorithm: Ecdsa
    secret: bytes
    encoding: SignatureEncoding = SignatureEncoding.PLAIN

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo in DER, the content of DG15."""
        return public_key_info(authority_key(self.algorithm, self.secret, "Active Authentication", Slot.OTHER))

    def sign(self, nonce: bytes, rng: random.Random) -> bytes:
        """Answer the terminal's challenge."""
        del rng  # the signature is deterministic (RFC 6979)
        key = authority_key(self.algorithm, self.secret, "Active Authentication", Slot.OTHER)
        signature = sign(key, self.algorithm.digest, nonce)
        if self.encoding is SignatureEncoding.DER:
            return signature
        size = (CURVES[self.algorithm.curve].order.bit_length() + 7) // 8
        return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(signature))
