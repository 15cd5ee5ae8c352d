"""Public keys of certificates and chips, also those whose curve is written out instead of named (Doc 9303-12).

A key with explicit parameters that equal a known curve is a key on that curve; any other curve is refused, because
nobody has vouched for it.
"""

from dataclasses import dataclass
from functools import cached_property

import ecdsa
from asn1crypto.keys import ECDomainParameters, PublicKeyInfo, SpecifiedECDomain
from cryptography.hazmat.primitives.asymmetric import ec
from ecdsa.ellipticcurve import Point

from egate.checks import Reason
from egate.document.errors import FormatError, UnsupportedError

_RSA = {"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"}
_EC = "1.2.840.10045.2.1"
_UNCOMPRESSED, _COMPRESSED = 4, (2, 3)
_MIN_RSA_BITS, _MAX_RSA_BITS = 1024, 8192
_MAX_EXPONENT_BITS = 64  # a larger one only costs time
_MIN_EXPONENT = 3
_UNKNOWN_CURVE = "the curve is not one of those that Doc 9303-12 builds on"
# The short SECP curves and the Edwards ones that the library has as well are not for documents.
CURVES = tuple(curve for curve in ecdsa.curves.curves if curve.name.startswith(("NIST", "BRAINPOOL")))
# Those that ``cryptography`` knows as well, by their name in CURVES.
NATIVE_CURVES: dict[str, ec.EllipticCurve] = {
    "NIST192p": ec.SECP192R1(),
    "NIST224p": ec.SECP224R1(),
    "NIST256p": ec.SECP256R1(),
    "NIST384p": ec.SECP384R1(),
    "NIST521p": ec.SECP521R1(),
    "BRAINPOOLP256r1": ec.BrainpoolP256R1(),
    "BRAINPOOLP384r1": ec.BrainpoolP384R1(),
    "BRAINPOOLP512r1": ec.BrainpoolP512R1(),
}


@dataclass(frozen=True)
class RsaKey:
    """Modulus and exponent."""

    modulus: int
    exponent: int

    def __repr__(self) -> str:
        return f"RsaKey({self.name})"

    @cached_property
    def size_bytes(self) -> int:
        return (self.modulus.bit_length() + 7) // 8

    @property
    def name(self) -> str:
        return f"rsa{self.modulus.bit_length()}"


@dataclass(frozen=True)
class EcKey:
    """A point on one of CURVES."""

    curve: ecdsa.curves.Curve
    x: int
    y: int

    def __repr__(self) -> str:
        return f"EcKey({self.name})"

    @property
    def name(self) -> str:
        return str(self.curve.name).lower()

    @property
    def order_bytes(self) -> int:
        return (int(self.curve.order).bit_length() + 7) // 8

    def affine_point(self) -> Point:
        return Point(self.curve.curve, self.x, self.y, self.curve.order)


PublicKey = RsaKey | EcKey


def public_key(info: PublicKeyInfo) -> PublicKey:
    """To be called inside ``well_formed``. Raises FormatError, UnsupportedError (algorithm, size or curve)."""
    algorithm = info["algorithm"]["algorithm"].dotted
    if algorithm in _RSA:
        return _rsa_key(info)
    if algorithm == _EC:
        return _ec_key(info)
    raise UnsupportedError(f"keys of the algorithm {algorithm} are not supported")


def _rsa_key(info: PublicKeyInfo) -> RsaKey:
    numbers = info["public_key"].parsed
    # Read without a sign, because some issuers leave out the zero byte before a high bit.
    return rsa_key(int.from_bytes(numbers["modulus"].contents), numbers["public_exponent"].native)


def rsa_key(modulus: int, exponent: int) -> RsaKey:
    """Raises UnsupportedError: a size that is not secure, or one that would only cost time."""
    if modulus.bit_length() < _MIN_RSA_BITS:
        raise UnsupportedError(f"an RSA key below {_MIN_RSA_BITS} bits proves nothing", Reason.ALGORITHM_WEAK)
    if modulus.bit_length() > _MAX_RSA_BITS:
        raise UnsupportedError(f"RSA keys above {_MAX_RSA_BITS} bits are not supported")
    if exponent < _MIN_EXPONENT or exponent % 2 == 0 or exponent.bit_length() > _MAX_EXPONENT_BITS:
        raise UnsupportedError("the RSA exponent is even, below 3 or longer than 64 bits")
    return RsaKey(modulus, exponent)


def _ec_key(info: PublicKeyInfo) -> EcKey:
    return point_on(known_curve(info["algorithm"]["parameters"]), bytes(info["public_key"]))


def point_on(curve: ecdsa.curves.Curve, point: bytes) -> EcKey:
    """A key from its point in uncompressed form. Raises FormatError: another form, or not on the curve."""
    width = (int(curve.curve.p()).bit_length() + 7) // 8
    if len(point) != 1 + 2 * width or point[0] != _UNCOMPRESSED:
        raise FormatError("the point is not written in uncompressed form")
    x, y = int.from_bytes(point[1 : 1 + width]), int.from_bytes(point[1 + width :])
    if max(x, y) >= curve.curve.p() or not curve.curve.contains_point(x, y):
        raise FormatError("the point does not lie on its curve")
    return EcKey(curve, x, y)


def known_curve(parameters: ECDomainParameters) -> ecdsa.curves.Curve:
    """One of CURVES, named or written out; to be called inside ``well_formed``. Raises UnsupportedError."""
    if parameters.name == "named":
        return _named_curve(parameters.chosen.dotted)
    if parameters.name == "specified":
        return _specified_curve(parameters.chosen)
    raise UnsupportedError("the curve is neither named nor written out")


def _named_curve(oid: str) -> ecdsa.curves.Curve:
    arcs = tuple(int(arc) for arc in oid.split("."))
    found = next((curve for curve in CURVES if curve.oid == arcs), None)
    if found is None:
        raise UnsupportedError(_UNKNOWN_CURVE)
    return found


def _specified_curve(given: SpecifiedECDomain) -> ecdsa.curves.Curve:
    if given["field_id"]["field_type"].native != "prime_field":
        raise UnsupportedError(_UNKNOWN_CURVE)
    return curve_with(
        prime=given["field_id"]["parameters"].native,
        a=int.from_bytes(given["curve"]["a"].native),
        b=int.from_bytes(given["curve"]["b"].native),
        base=bytes(given["base"]),
        order=given["order"].native,
    )


def curve_with(*, prime: int, a: int, b: int, base: bytes, order: int) -> ecdsa.curves.Curve:
    """The curve of CURVES that has all these parameters; ``base`` is an encoded point, compressed or not.

    Raises UnsupportedError where there is none.
    """
    for curve in CURVES:
        known = curve.curve
        if (prime, order) != (known.p(), curve.order) or not _is_generator(curve, base):
            continue
        if (a % prime, b % prime) == (known.a() % prime, known.b() % prime):
            return curve
    raise UnsupportedError(_UNKNOWN_CURVE)


def _is_generator(curve: ecdsa.curves.Curve, base: bytes) -> bool:
    width = (int(curve.curve.p()).bit_length() + 7) // 8
    x, y = (int(value).to_bytes(width) for value in (curve.generator.x(), curve.generator.y()))
    if base[:1] == bytes([_UNCOMPRESSED]):
        return base[1:] == x + y
    return base == bytes([_COMPRESSED[y[-1] & 1]]) + x
