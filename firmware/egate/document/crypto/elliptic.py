"""Elliptic curves as groups for key agreement.

``cryptography`` multiplies where it knows the curve and one coordinate is enough. The mappings of PACE need whole
points and other generators, which it does not offer; there ``ecdsa`` multiplies, faster where gmpy2 is installed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from ecdsa.curves import Curve
from ecdsa.ellipticcurve import INFINITY, PointJacobi

from egate.document.crypto.groups import AgreementKind, KeyPair, uniform_scalar, width_bytes
from egate.document.crypto.public_keys import NATIVE_CURVES
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import FormatError, UnsupportedError

_UNCOMPRESSED = b"\x04"

Point = tuple[int, int]  # affine; the neutral element never gets so far


@dataclass(frozen=True)
class EcGroup:
    """A curve of cofactor 1, and the generator to use: its own unless a mapping chose another."""

    curve: Curve
    generator: Point | None = field(default=None, repr=False)

    kind = AgreementKind.ECDH

    @property
    def name(self) -> str:
        return str(self.curve.name).lower()

    @property
    def size_bits(self) -> int:
        return self.prime.bit_length()

    @property
    def public_bytes(self) -> int:
        return 1 + 2 * width_bytes(self.prime)

    @property
    def has_integrated_mapping(self) -> bool:
        return _is_3_mod_4(self.prime)

    @cached_property
    def prime(self) -> int:
        return int(self.curve.curve.p())

    @cached_property
    def order(self) -> int:
        return int(self.curve.order)

    @cached_property
    def _native(self) -> ec.EllipticCurve | None:
        return NATIVE_CURVES.get(self.curve.name)

    def key_pair(self, private: int) -> KeyPair:
        return KeyPair(private, self._encode(self._of_generator(private)))

    def generate(self, random_bytes: RandomBytes) -> KeyPair:
        return self.key_pair(uniform_scalar(self.order, random_bytes))

    def validate(self, public: bytes) -> None:
        self._decode(public)

    def multiply(self, private: int, public: bytes) -> bytes:
        return self._encode(self._multiply(private, self._decode(public)))

    def agree(self, private: int, public: bytes) -> bytes:
        point = self._decode(public)
        native = self._native
        if native is None:
            return self._coordinate(self._multiply(private, point)[0])
        with _native_support():
            return _native_agreement(native, private, point)

    def map_generically(self, nonce: int, private: int, public: bytes) -> Self:
        """s * G + H, where H is the shared point."""
        shared = self._multiply(private, self._decode(public))
        scalar = nonce % self.order
        mapped = self._sum(self._of_generator(scalar), shared) if scalar else shared
        return replace(self, generator=mapped)

    def map_integrated(self, pseudo_random: int) -> Self:
        return replace(self, generator=encode_point(self.curve, pseudo_random))

    def compress(self, public: bytes) -> bytes:
        return self._coordinate(self._decode(public)[0])

    def _of_generator(self, scalar: int) -> Point:
        if self.generator is not None:
            return self._multiply(scalar, self.generator)
        native = self._native
        if native is None:
            return _affine(self.curve.generator * scalar)
        with _native_support():
            return _native_point(native, scalar)

    def _multiply(self, scalar: int, point: Point) -> Point:
        return _affine(self._jacobian(point) * scalar)

    def _sum(self, one: Point, other: Point) -> Point:
        return _affine(self._jacobian(one) + self._jacobian(other))

    def _jacobian(self, point: Point) -> PointJacobi:
        return PointJacobi(self.curve.curve, *point, 1, self.order)

    def _coordinate(self, value: int) -> bytes:
        return value.to_bytes(width_bytes(self.prime))

    def _encode(self, point: Point) -> bytes:
        return _UNCOMPRESSED + b"".join(map(self._coordinate, point))

    def _decode(self, public: bytes) -> Point:
        width = width_bytes(self.prime)
        if len(public) != 1 + 2 * width or public[:1] != _UNCOMPRESSED:
            raise FormatError("a public key is no uncompressed point of its curve's length")
        x, y = int.from_bytes(public[1 : 1 + width]), int.from_bytes(public[1 + width :])
        if max(x, y) >= self.prime or not self.curve.curve.contains_point(x, y):
            raise FormatError("a public key does not lie on its curve")
        return x, y


@contextmanager
def _native_support() -> Iterator[None]:
    """What the installed ``cryptography`` lacks is no fault of the chip."""
    try:
        yield
    except UnsupportedAlgorithm as error:
        raise UnsupportedError("the curve is not supported here") from error


def _native_point(curve: ec.EllipticCurve, scalar: int) -> Point:
    numbers = ec.derive_private_key(scalar, curve).public_key().public_numbers()
    return numbers.x, numbers.y


def _native_agreement(curve: ec.EllipticCurve, scalar: int, point: Point) -> bytes:
    peer = ec.EllipticCurvePublicNumbers(*point, curve).public_key()
    return ec.derive_private_key(scalar, curve).exchange(ec.ECDH(), peer)


def _affine(point: PointJacobi) -> Point:
    """Raises FormatError for the neutral element, which an honest chip makes with negligible probability."""
    if point == INFINITY:
        raise FormatError("a key agreement gave the neutral element")
    affine = point.to_affine()
    return int(affine.x()), int(affine.y())


def _is_3_mod_4(prime: int) -> bool:
    """Whether a square root is a power. P-224 is the only curve of Doc 9303-11 where it is not."""
    return prime % 4 == 3  # noqa: PLR2004 - the condition as the standard writes it


def encode_point(curve: Curve, number: int) -> Point:
    """The point encoding of integrated mapping (9303-11, appendix B.2), for curves with p = 3 mod 4 and cofactor 1.

    Of two x coordinates at least one lies on the curve. ``inverse_root`` is y^-1 of the first if that one does.
    Raises UnsupportedError (P-224 is not for integrated mapping), FormatError for the few numbers that map nowhere.
    """
    p, a, b = int(curve.curve.p()), int(curve.curve.a()), int(curve.curve.b())
    if not _is_3_mod_4(p):
        raise UnsupportedError("integrated mapping is not defined on this curve")
    alpha = -number * number % p
    beta = (alpha + alpha * alpha) % p
    if beta == 0:
        raise FormatError("integrated mapping gave no generator")
    x2 = -b * (1 + beta) * pow(a * beta, -1, p) % p
    x3 = alpha * x2 % p
    h2 = (x2 * x2 * x2 + a * x2 + b) % p
    inverse_root = pow(h2, p - 1 - (p + 1) // 4, p)
    if inverse_root * inverse_root * h2 % p == 1:
        return x2, inverse_root * h2 % p
    return x3, inverse_root * number * number * number * h2 % p
