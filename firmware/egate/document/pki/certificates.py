"""X.509 certificates of the passport PKI (Doc 9303-12, 7.1), decoded once into what Passive Authentication asks for.

Real ones bend the rules of X.509, so only what is needed is read, and nothing is verified here but the signature.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from asn1crypto import pem
from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.core import Integer, PrintableString, Sequence, SetOf
from asn1crypto.keys import PublicKeyInfo
from asn1crypto.x509 import Certificate as Asn1Certificate
from asn1crypto.x509 import Name

from egate.checks import Reason
from egate.document.asn1 import well_formed
from egate.document.crypto.public_keys import PublicKey, public_key
from egate.document.crypto.signatures import Scheme, scheme, verify

_SUBJECT_KEY_ID = "2.5.29.14"
_KEY_USAGE = "2.5.29.15"
_PRIVATE_KEY_USAGE_PERIOD = "2.5.29.16"
_BASIC_CONSTRAINTS = "2.5.29.19"
_AUTHORITY_KEY_ID = "2.5.29.35"
_EXTENDED_KEY_USAGE = "2.5.29.37"
_NAME_CHANGE = "2.23.136.1.1.6.1"
_DOCUMENT_TYPES = "2.23.136.1.1.6.2"


class _DocumentTypes(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = PrintableString


class _DocumentTypeList(Sequence):  # type: ignore[misc] # asn1crypto has no types
    """DocumentTypeListSyntax of Doc 9303-12."""

    _fields: ClassVar[list[tuple[object, ...]]] = [("version", Integer), ("types", _DocumentTypes)]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a certificate says that its key is for. None or empty: the extension is absent.

    ``key_usage`` holds asn1crypto's names ("digital_signature", "key_cert_sign"); ``extended`` object identifiers;
    ``key_from`` and ``key_until`` bound the time in which the private key signs (PrivateKeyUsagePeriod).
    """

    is_ca: bool | None = None
    key_usage: frozenset[str] | None = None
    extended: tuple[str, ...] = ()
    key_from: datetime | None = None
    key_until: datetime | None = None

    @property
    def signs_certificates(self) -> bool:
        """The key usage decides. BasicConstraints count only in its absence, because some CSCAs in national lists
        say cA = FALSE in a certificate whose key usage is keyCertSign."""
        return "key_cert_sign" in self.key_usage if self.key_usage is not None else self.is_ca is True

    @property
    def is_bare(self) -> bool:
        """Neither extension is there, as in version 1 certificates."""
        return self.is_ca is None and self.key_usage is None

    @property
    def signs_data(self) -> bool:
        return self.key_usage is None or "digital_signature" in self.key_usage

    def key_signs_at(self, when: datetime) -> bool:
        """Whether the private key was in use then."""
        return not (self.key_from and when < self.key_from) and not (self.key_until and when > self.key_until)


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """``subject`` and ``issuer`` are names in a form that compares as RFC 5280, 7.1 wants; ``country`` is the issuer's
    C in capitals and ``subject_country`` the subject's, "" where there is none; ``document_types`` is empty where the
    extension is absent; ``name_change`` marks a link certificate between two names of one CSCA."""

    der: bytes
    subject: str
    issuer: str
    country: str
    subject_country: str
    serial: int
    subject_key_id: bytes | None
    authority_key_id: bytes | None
    not_before: datetime
    not_after: datetime
    document_types: tuple[str, ...]
    usage: Usage
    name_change: bool
    _public_key_info: PublicKeyInfo
    _key_bits: bytes
    _signature_algorithm: SignedDigestAlgorithm
    _tbs: bytes
    _signature: bytes

    def __repr__(self) -> str:
        return f"Certificate({self.country} {self.serial:x})"

    @classmethod
    def from_der(cls, der: bytes, reason: Reason = Reason.SOD_FORMAT) -> Self:
        """Raises FormatError with ``reason``."""
        with well_formed("a certificate", reason):
            return cls.from_asn1(Asn1Certificate.load(der, strict=True))

    @classmethod
    def from_asn1(cls, certificate: Asn1Certificate) -> Self:
        """To be called inside ``well_formed``."""
        tbs = certificate["tbs_certificate"]
        extensions = {item["extn_id"].dotted: item["extn_value"] for item in tbs["extensions"]}
        key_id = extensions.get(_SUBJECT_KEY_ID)
        return cls(
            der=certificate.dump(),
            subject=name_key(tbs["subject"]),
            issuer=name_key(tbs["issuer"]),
            country=_country(tbs["issuer"]),
            subject_country=_country(tbs["subject"]),
            serial=tbs["serial_number"].native,
            subject_key_id=key_id.parsed.native if key_id else None,
            authority_key_id=authority_key_id(extensions.get(_AUTHORITY_KEY_ID)),
            not_before=moment(tbs["validity"]["not_before"].native),
            not_after=moment(tbs["validity"]["not_after"].native),
            document_types=_document_types(extensions.get(_DOCUMENT_TYPES)),
            usage=_usage(extensions),
            name_change=_NAME_CHANGE in extensions,
            _public_key_info=tbs["subject_public_key_info"],
            _key_bits=tbs["subject_public_key_info"]["public_key"].contents,
            _signature_algorithm=certificate["signature_algorithm"],
            _tbs=tbs.dump(),
            _signature=certificate["signature_value"].native,
        )

    @property
    def is_ca(self) -> bool:
        return self.usage.is_ca is True

    @property
    def is_self_issued(self) -> bool:
        """Subject and issuer are one name. That says nothing about who signed."""
        return self.subject == self.issuer

    def public_key(self) -> PublicKey:
        """Raises FormatError, UnsupportedError."""
        with well_formed("the public key of a certificate", Reason.CERT_SIGNATURE):
            return public_key(self._public_key_info)

    def scheme(self) -> Scheme:
        """How its issuer signed it. Raises FormatError, UnsupportedError."""
        with well_formed("the signature algorithm of a certificate", Reason.CERT_SIGNATURE):
            return scheme(self._signature_algorithm)

    def is_signed_by(self, issuer: "Certificate") -> bool:
        """The signature alone, no names. Raises FormatError, UnsupportedError."""
        return verify(issuer.public_key(), self.scheme(), self._signature, self._tbs)

    def is_valid_at(self, when: datetime) -> bool:
        """``when`` is aware of its time zone."""
        return self.not_before <= when <= self.not_after

    def has_key_of(self, other: "Certificate") -> bool:
        """Whether both certify the same public key, byte for byte."""
        return self._key_bits == other._key_bits

    def may_have_issued(self, other: "Certificate") -> bool:
        """By key identifier or by name; several certificates of one name, with different keys, are common."""
        if other.authority_key_id is not None and self.subject_key_id == other.authority_key_id:
            return True
        return self.subject == other.issuer


def der_of(raw: bytes) -> bytes:
    """A certificate file's content in DER, whether it is PEM or DER. Raises FormatError (CERT_SIGNATURE)."""
    with well_formed("a certificate in PEM", Reason.CERT_SIGNATURE):
        return bytes(pem.unarmor(raw)[2]) if pem.detect(raw) else raw


def moment(value: object) -> datetime:
    """A decoded time that compares with others: RFC 5280 wants UTC, and what names no zone is taken so.

    Raises ValueError where there is none; to be called inside ``well_formed``.
    """
    if not isinstance(value, datetime):
        raise ValueError("not a time between the years 1 and 9999")  # noqa: TRY004 - well_formed makes it ours
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def name_key(name: Name) -> str:
    """A name in a form in which equal names are equal texts, whatever string types and cases they use."""
    return str(name.hashable)


def authority_key_id(value: Any) -> bytes | None:
    """Of an extension's value, or None."""
    found = value.parsed["key_identifier"].native if value is not None else None
    return found if isinstance(found, bytes) else None


def _country(name: Name) -> str:
    given = name.native.get("country_name", "")
    return given.upper() if isinstance(given, str) else ""


def _usage(extensions: dict[str, Any]) -> Usage:
    constraints, usage = extensions.get(_BASIC_CONSTRAINTS), extensions.get(_KEY_USAGE)
    period, extended = extensions.get(_PRIVATE_KEY_USAGE_PERIOD), extensions.get(_EXTENDED_KEY_USAGE)
    bounds = period.parsed.native if period is not None else {}
    return Usage(
        is_ca=bool(constraints.parsed["ca"].native) if constraints is not None else None,
        key_usage=frozenset(usage.parsed.native) if usage is not None else None,
        extended=tuple(item.dotted for item in extended.parsed) if extended is not None else (),
        key_from=moment(bounds["not_before"]) if bounds.get("not_before") else None,
        key_until=moment(bounds["not_after"]) if bounds.get("not_after") else None,
    )


def _document_types(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(_DocumentTypeList.load(value.native)["types"].native)
