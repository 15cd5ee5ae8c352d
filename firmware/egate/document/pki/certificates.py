"""X.509 certificates of the passport PKI (Doc 9303-12, 7.1), decoded once into what Passive Authentication asks for.

Real ones bend the rules of X.509, so only what is needed is read, and nothing is verified here but the signature.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

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
_AUTHORITY_KEY_ID = "2.5.29.35"
_BASIC_CONSTRAINTS = "2.5.29.19"
_EXTENDED_KEY_USAGE = "2.5.29.37"
_DOCUMENT_TYPES = "2.23.136.1.1.6.2"


class _DocumentTypes(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = PrintableString


class _DocumentTypeList(Sequence):  # type: ignore[misc] # asn1crypto has no types
    """DocumentTypeListSyntax of Doc 9303-12."""

    _fields: ClassVar[list[tuple[object, ...]]] = [("version", Integer), ("types", _DocumentTypes)]


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """``subject`` and ``issuer`` are names in a form that compares as RFC 5280, 7.1 wants; ``country`` is the issuer's
    C in capitals, "" where it has none; ``document_types`` is empty where the extension is absent."""

    der: bytes
    subject: str
    issuer: str
    country: str
    serial: int
    subject_key_id: bytes | None
    authority_key_id: bytes | None
    is_ca: bool
    not_before: datetime
    not_after: datetime
    document_types: tuple[str, ...]
    extended_key_usage: tuple[str, ...]
    _public_key_info: PublicKeyInfo
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
            serial=tbs["serial_number"].native,
            subject_key_id=key_id.parsed.native if key_id else None,
            authority_key_id=authority_key_id(extensions.get(_AUTHORITY_KEY_ID)),
            is_ca=_is_ca(extensions.get(_BASIC_CONSTRAINTS)),
            not_before=tbs["validity"]["not_before"].native,
            not_after=tbs["validity"]["not_after"].native,
            document_types=_document_types(extensions.get(_DOCUMENT_TYPES)),
            extended_key_usage=_usages(extensions.get(_EXTENDED_KEY_USAGE)),
            _public_key_info=tbs["subject_public_key_info"],
            _signature_algorithm=certificate["signature_algorithm"],
            _tbs=tbs.dump(),
            _signature=certificate["signature_value"].native,
        )

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

    def may_have_issued(self, other: "Certificate") -> bool:
        """By key identifier or by name; several certificates of one name, with different keys, are common."""
        if other.authority_key_id is not None and self.subject_key_id == other.authority_key_id:
            return True
        return self.subject == other.issuer


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


def _is_ca(value: Any) -> bool:
    return bool(value.parsed["ca"].native) if value is not None else False


def _document_types(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(_DocumentTypeList.load(value.native)["types"].native)


def _usages(value: Any) -> tuple[str, ...]:
    """Object identifiers of the extended key usage."""
    if value is None:
        return ()
    return tuple(item.dotted for item in value.parsed)
