"""RSA keys of simulated authorities, every one derived from its size and slot. Simulation only.

Finding primes of 2048 bits takes a scripting language many seconds. The pool therefore remembers how far beyond its
derived starting point each prime lies: the key is as reproducible as the others and there at once. Simulated states
share these keys; what tells one authority from another is its slot. ``python -m egate_sim.passport.rsa_pool`` searches.
"""

import hashlib
import math
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import count

PUBLIC_EXPONENT = 65537
_FERMAT_BASE = 3
_SIEVE = math.prod(p for p in range(3, 6000, 2) if all(p % d for d in range(3, math.isqrt(p) + 1, 2)))


class Slot(IntEnum):
    """Whose key it is."""

    CSCA = 0
    SIGNER = 1
    OTHER = 2


@dataclass(frozen=True, slots=True)
class RsaPrimes:
    """Two primes of equal length."""

    p: int
    q: int

    @property
    def modulus(self) -> int:
        return self.p * self.q

    @property
    def private_exponent(self) -> int:
        return pow(PUBLIC_EXPONENT, -1, math.lcm(self.p - 1, self.q - 1))

    def __repr__(self) -> str:
        return f"RsaPrimes({self.modulus.bit_length()} bits)"


# (bits of the modulus, slot): how many odd numbers lie between the starting points and p and q
OFFSETS: dict[tuple[int, int], tuple[int, int]] = {
    (1024, 0): (30, 287),
    (1024, 1): (202, 112),
    (1024, 2): (329, 334),
    (2048, 0): (238, 517),
    (2048, 1): (643, 1242),
    (2048, 2): (269, 428),
    (3072, 0): (1378, 403),
    (3072, 1): (1007, 495),
    (3072, 2): (653, 1088),
    (4096, 0): (68, 665),
    (4096, 1): (772, 1139),
    (4096, 2): (448, 365),
}


@cache
def rsa_primes(bits: int, slot: int) -> RsaPrimes:
    """The key's primes. Raises KeyError for a size or slot that the pool lacks."""
    offsets = OFFSETS[bits, slot]
    p, q = (_start(bits, slot, name) + 2 * offset for name, offset in zip("pq", offsets, strict=True))
    return RsaPrimes(p, q)


def search(bits: int, slot: int) -> tuple[int, int]:
    """The offsets of one key; seconds for a long one."""
    p, q = (_first_prime(_start(bits, slot, name)) for name in "pq")
    return p, q


def _start(bits: int, slot: int, name: str) -> int:
    """An odd number of half the length whose two highest bits are set: the product has the full length."""
    half = bits // 2
    derived = hashlib.shake_256(f"egate simulation RSA {bits} {slot} {name}".encode()).digest(half // 8)
    return int.from_bytes(derived, "big") | 0b11 << (half - 2) | 1


def _first_prime(start: int) -> int:
    """Offset of the first probable prime that goes with the public exponent. Fermat's test errs on random numbers of
    this length less often than memory does."""
    for offset in count():
        candidate = start + 2 * offset
        if math.gcd(candidate, _SIEVE) == 1 and candidate % PUBLIC_EXPONENT != 1 and is_probable_prime(candidate):
            return offset
    raise AssertionError("count() does not end")


def is_probable_prime(candidate: int) -> bool:
    """Fermat's test to one base."""
    return pow(_FERMAT_BASE, candidate - 1, candidate) == 1


if __name__ == "__main__":
    for length, each in ((1024, 3), (2048, 3), (3072, 3), (4096, 3)):
        for number in range(each):
            print(f"    ({length}, {number}): {search(length, number)},", flush=True)  # noqa: T201 - a command line speaks
