"""Card-verifiable certificates as a chip takes them in (BSI TR-03110-3, appendices C and D)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum, IntFlag

from asn1crypto import core
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from ecdsa import BadSignatureError

from egate_sim.passport.groups import EcGroup, GroupError, curve_of_order
from egate_sim.passport.tlv import TlvError, data_object, data_objects

_TERMINAL_AUTHENTICATION = "0.4.0.127.0.7.2.2.2."
_INSPECTION_SYSTEMS = "0.4.0.127.0.7.3.1.2.1"
_BODY, _SIGNATURE, _CERTIFICATE = 0x7F4E, 0x5F37, 0x7F21

# The last two arcs of an algorithm's object identifier, and its hash
_RSA = {"1.1": hashes.SHA1(), "1.2": hashes.SHA256(), "1.5": hashes.SHA512()}  # noqa: S303  # the standard has SHA-1
_RSA_PSS = {"1.3": hashes.SHA1(), "1.4": hashes.SHA256(), "1.6": hashes.SHA512()}  # noqa: S303  # likewise
_ECDSA = {"2.1": "sha1", "2.2": "sha224", "2.3": "sha256", "2.4": "sha384", "2.5": "sha512"}
_ROLE_BITS, _RIGHT_BITS = 0xC0, 0x03
_DATE_DIGITS = 6


class CvcError(Exception):
    """The bytes are no certificate that this chip can use."""


class Role(IntEnum):
    """The two highest bits of the certificate holder authorisation."""

    CVCA = 0xC0
    DV_OFFICIAL = 0x80
    DV_FOREIGN = 0x40
    TERMINAL = 0x00


class Rights(IntFlag):
    """What an inspection system may read."""

    NONE = 0
    DG3 = 1
    DG4 = 2


@dataclass(frozen=True, slots=True, repr=False)
class PublicKey:
    """A key and how it signs. ``numbers``: modulus and exponent, or nothing; ``curve`` and ``point``: of ECDSA, the
    curve None where it is that of the certificate above."""

    algorithm: str
    numbers: tuple[int, int] | None = None
    curve: EcGroup | None = None
    point: bytes = b""

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the key's holder has signed ``message``."""
        try:
            if self.numbers is not None:
                self._verify_rsa(self.numbers, signature, message)
            else:
                self._verify_ecdsa(signature, message)
        except (InvalidSignature, BadSignatureError, GroupError, ValueError):
            return False
        return True

    def completed(self, above: "PublicKey") -> "PublicKey":
        """With the domain parameters of the certificate above, where it names none."""
        return replace(self, curve=above.curve) if self.point and self.curve is None else self

    def _verify_rsa(self, numbers: tuple[int, int], signature: bytes, message: bytes) -> None:
        key = rsa.RSAPublicNumbers(numbers[1], numbers[0]).public_key()
        if self.algorithm in _RSA:
            key.verify(signature, message, padding.PKCS1v15(), _RSA[self.algorithm])
        else:
            digest = _RSA_PSS[self.algorithm]
            key.verify(signature, message, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)

    def _verify_ecdsa(self, signature: bytes, message: bytes) -> None:
        if self.curve is None:
            raise GroupError("no certificate above names the curve")
        self.curve.verify(self.point, signature, message, _ECDSA[self.algorithm])


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """``issuer`` and ``holder``: references (CAR, CHR); ``body``: what ``signature`` is over."""

    issuer: bytes
    holder: bytes
    key: PublicKey
    role: Role
    rights: Rights
    effective: date
    expires: date
    body: bytes
    signature: bytes

    @classmethod
    def parse(cls, encoded: bytes) -> "Certificate":
        """The whole certificate, or its two parts as PERFORM SECURITY OPERATION carries them. Raises CvcError."""
        try:
            outer = dict(data_objects(encoded))
            outer = dict(data_objects(outer[_CERTIFICATE])) if _CERTIFICATE in outer else outer
            content = dict(data_objects(outer[_BODY]))
            role, rights = _authorisation(content[0x7F4C])
            return cls(
                issuer=content[0x42],
                holder=content[0x5F20],
                key=_public_key(content[0x7F49]),
                role=role,
                rights=rights,
                effective=_date(content[0x5F25]),
                expires=_date(content[0x5F24]),
                body=data_object(_BODY, outer[_BODY]),
                signature=outer[_SIGNATURE],
            )
        except (TlvError, KeyError, ValueError, GroupError) as error:
            raise CvcError("not a card-verifiable certificate") from error


def _authorisation(template: bytes) -> tuple[Role, Rights]:
    objects = dict(data_objects(template))
    if _dotted(objects[0x06]) != _INSPECTION_SYSTEMS:
        raise CvcError("not for inspection systems")
    (bits,) = objects[0x53]
    return Role(bits & _ROLE_BITS), Rights(bits & _RIGHT_BITS)


def _public_key(template: bytes) -> PublicKey:
    objects = dict(data_objects(template))
    protocol = _dotted(objects[0x06])
    algorithm = protocol.removeprefix(_TERMINAL_AUTHENTICATION)
    if algorithm in _RSA or algorithm in _RSA_PSS:
        modulus, exponent = (int.from_bytes(objects[tag], "big") for tag in (0x81, 0x82))
        return PublicKey(algorithm, (modulus, exponent))
    if algorithm not in _ECDSA:
        raise CvcError("an algorithm that Terminal Authentication does not know")
    curve = curve_of_order(int.from_bytes(objects[0x85], "big")) if 0x85 in objects else None  # noqa: PLR2004  # a tag
    return PublicKey(algorithm, curve=curve, point=objects[0x86])


def _dotted(contents: bytes) -> str:
    return str(core.ObjectIdentifier.load(data_object(0x06, contents)).dotted)


def _date(digits: bytes) -> date:
    """Six digits of one byte each: year of this century, month, day."""
    if len(digits) != _DATE_DIGITS or max(digits) > 9:  # noqa: PLR2004  # a digit
        raise ValueError("not a date")
    year, month, day = (10 * digits[at] + digits[at + 1] for at in range(0, _DATE_DIGITS, 2))
    return date(2000 + year, month, day)
