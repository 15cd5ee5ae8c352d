"""One card-verifiable certificate (TR-03110-3, C.1): how it is written, and whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, IntFlag
from typing import Final

from asn1crypto.core import ObjectIdentifier
from ecdsa.curves import Curve

from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.public_keys import PublicKey, curve_with, point_on, rsa_key
from egate.document.crypto.signatures import HASHES, Kind, Scheme
from egate.document.errors import FormatError, UnsupportedError

_CERTIFICATE: Final = 0x7F21
_BODY: Final = 0x7F4E
_SIGNATURE: Final = 0x5F37
_PROFILE: Final = 0x5F29
_AUTHORITY_REFERENCE: Final = 0x42
_PUBLIC_KEY: Final = 0x7F49
_HOLDER_REFERENCE: Final = 0x5F20
_AUTHORIZATION: Final = 0x7F4C
_EFFECTIVE: Final = 0x5F25
_EXPIRES: Final = 0x5F24
_OID: Final = 0x06
_DISCRETIONARY: Final = 0x53
_PROFILE_1: Final = b"\x00"
_REFERENCE_BYTES: Final = range(8, 17)  # country, at least one character of a name, sequence number
_UNASSIGNED: Final = {*range(0x20), *range(0x7F, 0xA0)}  # of ISO/IEC 8859-1, TR-03110-3, D.2.1.4
_MAX_BYTES: Final = 4096
_DATE_DIGITS: Final = 6
_MORE_OID_BYTES: Final = 0x80
_MODULUS, _EXPONENT = 0x81, 0x82
_PRIME, _A, _B, _BASE, _ORDER, _POINT = range(0x81, 0x87)
_DOMAIN: Final = {_PRIME, _A, _B, _BASE, _ORDER}

ID_IS: Final = "0.4.0.127.0.7.3.1.2.1"  # the template of inspection systems

_TA: Final = "0.4.0.127.0.7.2.2.2"
_RSA_KINDS: Final = {
    1: (Kind.RSA_PKCS1, "sha1"),
    2: (Kind.RSA_PKCS1, "sha256"),
    3: (Kind.RSA_PSS, "sha1"),
    4: (Kind.RSA_PSS, "sha256"),
    5: (Kind.RSA_PKCS1, "sha512"),
    6: (Kind.RSA_PSS, "sha512"),
}
_ECDSA_HASHES: Final = {1: "sha1", 2: "sha224", 3: "sha256", 4: "sha384", 5: "sha512"}


def _rsa_scheme(kind: Kind, name: str) -> Scheme:
    """RSASSA-PSS with MGF1 of the same hash and a salt as long as it (TR-03110-3, A.7.3.1)."""
    return Scheme(kind, name, name, HASHES[name].digest_size) if kind is Kind.RSA_PSS else Scheme(kind, name)


# The identifiers of Terminal Authentication (TR-03110-3, A.1.1.3).
SCHEMES: Final[Mapping[str, Scheme]] = {
    **{f"{_TA}.1.{arc}": _rsa_scheme(kind, name) for arc, (kind, name) in _RSA_KINDS.items()},
    **{f"{_TA}.2.{arc}": Scheme(Kind.ECDSA_PLAIN, name) for arc, name in _ECDSA_HASHES.items()},
}


class Role(IntEnum):
    """The two highest bits of the relative authorization (TR-03110-4)."""

    TERMINAL = 0
    FOREIGN_DV = 1
    DOMESTIC_DV = 2
    CVCA = 3


class Right(IntFlag):
    """What an inspection system may read beyond the rest (TR-03110-4)."""

    DG3 = 1
    DG4 = 2


@dataclass(frozen=True, slots=True)
class HolderAuthorization:
    """CHAT: ``terminal_type`` is an object identifier, ``bits`` the relative authorization, highest bit first."""

    terminal_type: str
    bits: bytes

    @property
    def role(self) -> Role:
        return Role(self.bits[0] >> 6)

    @property
    def rights(self) -> Right:
        """Only inspection systems have these."""
        return Right(self.bits[-1] & 0b11) if self.terminal_type == ID_IS else Right(0)


@dataclass(frozen=True, slots=True)
class CvPublicKey:
    """``oid`` says how signatures of this key are made. A key on a curve that it does not name inherits the curve."""

    oid: str
    values: Mapping[int, bytes]

    @property
    def scheme(self) -> Scheme:
        """Raises UnsupportedError."""
        if self.oid not in SCHEMES:
            raise UnsupportedError(f"keys for {self.oid} are not for Terminal Authentication")
        return SCHEMES[self.oid]

    def curve(self) -> Curve | None:
        """The curve that is written out; None where there is none. Raises FormatError, UnsupportedError."""
        given = _DOMAIN & self.values.keys()
        if self.scheme.kind is not Kind.ECDSA_PLAIN or not given:
            return None
        if given != _DOMAIN:
            raise FormatError("the domain parameters of a key are incomplete")
        prime, a, b, order = (int.from_bytes(self.values[tag]) for tag in (_PRIME, _A, _B, _ORDER))
        return curve_with(prime=prime, a=a, b=b, base=self.values[_BASE], order=order)

    def resolve(self, inherited: Curve | None) -> PublicKey:
        """The key proper. Raises FormatError, also where the curve is neither written out nor inherited;
        UnsupportedError."""
        if self.scheme.kind is Kind.ECDSA_PLAIN:
            curve = self.curve() or inherited
            if curve is None:
                raise FormatError("a key tells no curve, and there is none to inherit")
            return point_on(curve, self._value(_POINT))
        return rsa_key(int.from_bytes(self._value(_MODULUS)), int.from_bytes(self._value(_EXPONENT)))

    def _value(self, tag: int) -> bytes:
        if tag not in self.values:
            raise FormatError(f"object {tag:X} of a key is missing")
        return self.values[tag]


@dataclass(frozen=True, slots=True)
class CvCertificate:
    """``body`` is 7F4E as it was signed, header included; references are as the chip knows them, ISO/IEC 8859-1."""

    body: bytes
    signature: bytes
    authority_reference: bytes
    holder_reference: bytes
    public_key: CvPublicKey
    authorization: HolderAuthorization
    effective: date
    expires: date

    @property
    def role(self) -> Role:
        return self.authorization.role

    @property
    def algorithm(self) -> str:
        """Object identifier of the signatures that the holder makes."""
        return self.public_key.oid

    @property
    def is_self_signed(self) -> bool:
        return self.authority_reference == self.holder_reference

    def __repr__(self) -> str:
        return f"CvCertificate({self.role.name})"


def parse_cv_certificate(raw: bytes) -> CvCertificate:
    """One certificate, 7F21. Raises FormatError."""
    certificates = parse_cv_certificates(raw)
    if len(certificates) != 1:
        raise FormatError("there is not exactly one card-verifiable certificate")
    return certificates[0]


def parse_cv_certificates(raw: bytes) -> tuple[CvCertificate, ...]:
    """Certificates one after the other, as files hold chains. Raises FormatError."""
    return tuple(_certificate(item) for item in tlv.read_all(raw))


def _certificate(item: tlv.Tlv) -> CvCertificate:
    if item.tag != _CERTIFICATE or len(item.raw) > _MAX_BYTES:
        raise FormatError("a card-verifiable certificate has another tag, or is longer than any")
    parts = list(tlv.read_all(item.value))
    if [part.tag for part in parts] != [_BODY, _SIGNATURE]:
        raise FormatError("a card-verifiable certificate does not consist of body and signature")
    body, signature = parts
    fields = _objects(tlv.read_all(body.value))
    if _field(fields, _PROFILE) != _PROFILE_1:
        raise FormatError("the profile of a card-verifiable certificate is not version 1")
    return CvCertificate(
        body=body.raw,
        signature=signature.value,
        authority_reference=_reference(_field(fields, _AUTHORITY_REFERENCE)),
        holder_reference=_reference(_field(fields, _HOLDER_REFERENCE)),
        public_key=_public_key(_field(fields, _PUBLIC_KEY)),
        authorization=_authorization(_field(fields, _AUTHORIZATION)),
        effective=_date(_field(fields, _EFFECTIVE)),
        expires=_date(_field(fields, _EXPIRES)),
    )


def _objects(items: Iterable[tlv.Tlv]) -> dict[int, bytes]:
    """By tag. Raises FormatError where one comes twice: a chip might take the other one."""
    found: dict[int, bytes] = {}
    for item in items:
        if item.tag in found:
            raise FormatError(f"object {item.tag:X} comes twice")
        found[item.tag] = item.value
    return found


def _field(fields: Mapping[int, bytes], tag: int) -> bytes:
    if tag not in fields:
        raise FormatError(f"object {tag:X} of a card-verifiable certificate is missing")
    return fields[tag]


def _reference(value: bytes) -> bytes:
    if len(value) not in _REFERENCE_BYTES or not _UNASSIGNED.isdisjoint(value):
        raise FormatError("the reference of a key has a wrong length or characters that it must not have")
    return value


def _public_key(value: bytes) -> CvPublicKey:
    values = _objects(tlv.read_all(value))
    oid = _oid(values.pop(_OID, b""))
    return CvPublicKey(oid, values)


def _authorization(value: bytes) -> HolderAuthorization:
    values = _objects(tlv.read_all(value))
    bits = values.get(_DISCRETIONARY, b"")
    if not bits:
        raise FormatError("the authorization of a card-verifiable certificate is empty")
    return HolderAuthorization(_oid(values.get(_OID, b"")), bits)


def _oid(value: bytes) -> str:
    if not value or value[-1] & _MORE_OID_BYTES:
        raise FormatError("an object identifier is missing or cut short")
    with well_formed("an object identifier"):
        return str(ObjectIdentifier(contents=value).dotted)


def _date(value: bytes) -> date:
    """Six digits YYMMDD of this century, one a byte (TR-03110-3, D.2.1.3)."""
    if len(value) != _DATE_DIGITS or max(value) > 9:  # noqa: PLR2004 - the highest digit
        raise FormatError("a date does not consist of six digits")
    year, month, day = (10 * value[at] + value[at + 1] for at in (0, 2, 4))
    try:
        return date(2000 + year, month, day)
    except ValueError:
        raise FormatError("a date does not exist") from None
