"""Certificate revocation lists (Doc 9303-12, 7.2; RFC 5280, 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.crl import CertificateList

from egate.checks import Reason
from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.signatures import scheme, verify
from egate.document.errors import DocumentError, FormatError
from egate.document.pki.certificates import Certificate, authority_key_id, moment, name_key

_AUTHORITY_KEY_ID = "2.5.29.35"
# Issuer's alternative name, CRL number, authority key identifier. A critical extension beside them (a delta list, a
# part of a list) changes what the list means, and such a list must not be used (RFC 5280, 5.2).
_UNDERSTOOD = {"2.5.29.18", "2.5.29.20", _AUTHORITY_KEY_ID}
_REASON_CODE = bytes.fromhex("551d15")
_CERTIFICATE_ISSUER = bytes.fromhex("551d1d")
_INTEGER, _OID, _OCTET_STRING = 0x02, 0x06, 0x04


class Revocation(StrEnum):
    """Why a certificate was revoked (RFC 5280, 5.3.1), as far as outcomes differ. OTHER: any further reason."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    CA_COMPROMISE = "ca_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    OTHER = "other"

    @property
    def fails(self) -> bool:
        """TR-03135 as quoted in our requirements: these fail, any other reason leaves it open."""
        return self not in (Revocation.KEY_COMPROMISE, Revocation.OTHER)

    @property
    def is_compromise(self) -> bool:
        """Whether it concerns the key, and so every certificate of that key."""
        return self in (Revocation.KEY_COMPROMISE, Revocation.CA_COMPROMISE)


_CODES = {
    0: Revocation.UNSPECIFIED,
    1: Revocation.KEY_COMPROMISE,
    2: Revocation.CA_COMPROMISE,
    3: Revocation.AFFILIATION_CHANGED,
    4: Revocation.SUPERSEDED,
}


@dataclass(frozen=True, slots=True, eq=False)
class RevocationList:
    """One CRL: serial number -> why its issuer revoked it. ``is_signed_by`` says whether it may be believed."""

    der: bytes
    issuer: str
    authority_key_id: bytes | None
    this_update: datetime
    next_update: datetime | None
    revoked: dict[int, Revocation]
    _signature_algorithm: SignedDigestAlgorithm
    _tbs: bytes
    _signature: bytes

    def __repr__(self) -> str:
        return f"RevocationList({self.this_update:%Y-%m-%d}, {len(self.revoked)} entries)"

    @classmethod
    def from_der(cls, der: bytes) -> Self:
        """Decode, believe nothing yet. Raises FormatError."""
        with well_formed("a revocation list", Reason.CERT_SIGNATURE):
            crl = CertificateList.load(der, strict=True)
            tbs = crl["tbs_cert_list"]
            extensions = {item["extn_id"].dotted: item["extn_value"] for item in tbs["crl_extensions"]}
            _refuse_critical(tbs["crl_extensions"])
            after = tbs["next_update"].native
            return cls(
                der=der,
                issuer=name_key(tbs["issuer"]),
                authority_key_id=authority_key_id(extensions.get(_AUTHORITY_KEY_ID)),
                this_update=moment(tbs["this_update"].native),
                next_update=moment(after) if after is not None else None,
                revoked=dict(_entries(tbs["revoked_certificates"].contents or b"")),
                _signature_algorithm=crl["signature_algorithm"],
                _tbs=tbs.dump(),
                _signature=crl["signature"].native,
            )

    def may_be_of(self, csca: Certificate) -> bool:
        """By name or by key identifier."""
        by_key = self.authority_key_id is not None and csca.subject_key_id == self.authority_key_id
        return by_key or csca.subject == self.issuer

    def is_signed_by(self, csca: Certificate) -> bool:
        """A certificate whose key does not go with the algorithm did not sign."""
        try:
            with well_formed("the signature algorithm of a revocation list"):
                how = scheme(self._signature_algorithm)
            return verify(csca.public_key(), how, self._signature, self._tbs)
        except DocumentError:
            return False

    def is_stale_at(self, now: datetime) -> bool:
        return self.next_update is not None and self.next_update < now


def _refuse_critical(extensions: Any) -> None:
    for item in extensions:
        if item["critical"].native and item["extn_id"].dotted not in _UNDERSTOOD:
            raise FormatError("the revocation list is a part of one, or of a kind unknown here", Reason.CERT_SIGNATURE)


def _entries(content: bytes) -> Iterator[tuple[int, Revocation]]:
    """Taken apart by hand: a list may have ten thousand entries, for which a general decoder takes a second."""
    for entry in tlv.read_all(content):
        serial, _, *extensions = tlv.read_all(entry.value)
        if serial.tag != _INTEGER:
            raise FormatError("an entry of the revocation list has no serial number", Reason.CERT_SIGNATURE)
        yield int.from_bytes(serial.value, signed=True), _reason(extensions)


def _reason(extensions: list[tlv.Tlv]) -> Revocation:
    """A missing reason code means unspecified (RFC 5280, 5.3.1)."""
    for extension in (each for outer in extensions for each in tlv.read_all(outer.value)):
        oid = tlv.find(extension.value, _OID)
        if oid == _CERTIFICATE_ISSUER:
            raise FormatError("the revocation list speaks for other issuers; such lists are not used here")
        if oid == _REASON_CODE:
            code = tlv.read(tlv.find(extension.value, _OCTET_STRING)).value
            return _CODES.get(int.from_bytes(code), Revocation.OTHER)
    return Revocation.UNSPECIFIED
