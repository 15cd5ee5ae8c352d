"""Prime-order subgroups of the integers modulo a prime: Diffie-Hellman as RFC 2631 and RFC 5114 have it."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Self

from egate.document.crypto.groups import AgreementKind, KeyPair, uniform_scalar, width_bytes
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import FormatError


@dataclass(frozen=True, slots=True)
class DhGroup:
    """``generator`` has the prime order ``order`` modulo ``prime``.

    ``order_known``: false where a chip's key states no order; ``order`` then only bounds our private keys, and the
    keys of others are held to their range alone.
    """

    name: str
    prime: int = field(repr=False)
    generator: int = field(repr=False)
    order: int = field(repr=False)
    order_known: bool = True

    kind = AgreementKind.DH

    @property
    def size_bits(self) -> int:
        return self.prime.bit_length()

    @property
    def public_bytes(self) -> int:
        return width_bytes(self.prime)

    @property
    def has_integrated_mapping(self) -> bool:
        return self.order_known

    def key_pair(self, private: int) -> KeyPair:
        return KeyPair(private, self.encode(pow(self.generator, private, self.prime)))

    def generate(self, random_bytes: RandomBytes) -> KeyPair:
        return self.key_pair(uniform_scalar(self.order, random_bytes))

    def validate(self, public: bytes) -> None:
        self._decode(public)

    def multiply(self, private: int, public: bytes) -> bytes:
        return self.encode(pow(self._decode(public), private, self.prime))

    def agree(self, private: int, public: bytes) -> bytes:
        return self.multiply(private, public)

    def map_generically(self, nonce: int, private: int, public: bytes) -> Self:
        """g^s * h, where h is the shared element."""
        shared = pow(self._decode(public), private, self.prime)
        return self._with_generator(pow(self.generator, nonce % self.order, self.prime) * shared % self.prime)

    def map_integrated(self, pseudo_random: int) -> Self:
        """The number raised to the cofactor."""
        return self._with_generator(pow(pseudo_random, (self.prime - 1) // self.order, self.prime))

    def compress(self, public: bytes) -> bytes:
        self._decode(public)
        return hashlib.sha1(public, usedforsecurity=False).digest()

    def encode(self, element: int) -> bytes:
        """An integer as long as the prime."""
        return element.to_bytes(width_bytes(self.prime))

    def _with_generator(self, generator: int) -> Self:
        if generator <= 1:
            raise FormatError("a mapping gave the neutral element")
        return replace(self, generator=generator)

    def _decode(self, public: bytes) -> int:
        """Chips differ in leading zeros; the range is what counts."""
        element = int.from_bytes(public)
        if len(public) > width_bytes(self.prime) + 1 or not 1 < element < self.prime - 1:
            raise FormatError("a public key is no number of its group's range")
        if self.order_known and pow(element, self.order, self.prime) != 1:
            raise FormatError("a public key lies outside of the subgroup")
        return element
