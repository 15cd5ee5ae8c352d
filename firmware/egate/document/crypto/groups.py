"""Groups for key agreement: what PACE and Chip Authentication need of elliptic curves and of Diffie-Hellman groups.

Doc 9303-11, 9.4 and 9.5. Public keys travel as bytes in the form that the chip speaks: an uncompressed point, or an
integer as long as the prime. Whatever comes from a chip is validated before it is used.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, Self

from egate.document.crypto.symmetric import RandomBytes

BIAS_BYTES = 8  # so many random bytes more than the order has (FIPS 186-5, A.2.1): no scalar is likelier than another


class AgreementKind(StrEnum):
    """Over which kind of group."""

    DH = "dh"
    ECDH = "ecdh"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """``private`` is a scalar, ``public`` encoded as the group does; ``repr`` shows neither."""

    private: int = field(repr=False)
    public: bytes = field(repr=False)


class Group(Protocol):
    """A group of prime order with a generator. A mapping gives the same group with another generator."""

    @property
    def kind(self) -> AgreementKind: ...

    @property
    def name(self) -> str:
        """A coded word for records."""
        ...

    @property
    def prime(self) -> int:
        """Of the field."""
        ...

    @property
    def size_bits(self) -> int:
        """Of the prime."""
        ...

    @property
    def public_bytes(self) -> int:
        """How long a public key is."""
        ...

    @property
    def has_integrated_mapping(self) -> bool: ...

    @property
    def order(self) -> int:
        """Of the generator."""
        ...

    def key_pair(self, private: int) -> KeyPair:
        """With a given scalar, 1 to ``order`` - 1."""
        ...

    def generate(self, random_bytes: RandomBytes) -> KeyPair:
        """A fresh, uniformly chosen key pair."""
        ...

    def validate(self, public: bytes) -> None:
        """Raises FormatError unless this is the encoding of an element that generates the group."""
        ...

    def multiply(self, private: int, public: bytes) -> bytes:
        """The private scalar applied to another's key, encoded whole. Raises FormatError: the key is not valid."""
        ...

    def agree(self, private: int, public: bytes) -> bytes:
        """The shared secret as a KDF takes it: the x coordinate, or the integer as long as the prime.

        Raises FormatError: the key is not valid.
        """
        ...

    def map_generically(self, nonce: int, private: int, public: bytes) -> Self:
        """Generic mapping (9303-11, 4.4.3.3.1) with our private and the chip's public mapping key.

        Raises FormatError: the key is not valid, or the new generator would be neutral.
        """
        ...

    def map_integrated(self, pseudo_random: int) -> Self:
        """Integrated mapping (9303-11, 4.4.3.3.2) of a number below the field's prime.

        Raises FormatError where it maps to nothing of use, UnsupportedError where the group cannot be mapped so.
        """
        ...

    def compress(self, public: bytes) -> bytes:
        """Comp() of BSI TR-03110-3, which names an ephemeral key: the x coordinate, or the SHA-1 of the integer."""
        ...


def uniform_scalar(order: int, random_bytes: RandomBytes) -> int:
    """Between 1 and ``order`` - 1."""
    wide = int.from_bytes(random_bytes(width_bytes(order) + BIAS_BYTES))
    return wide % (order - 1) + 1


def width_bytes(number: int) -> int:
    """How many bytes an integer needs."""
    return (number.bit_length() + 7) // 8
