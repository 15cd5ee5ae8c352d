"""Whom to believe: CSCA certificates from a signed master list (Doc 9303-12) and their revocation lists.

Every certificate in a list that a pinned key vouches for is a trust anchor by itself: self-signed ones, link
certificates, and self-issued ones with a key of their own alike. That ends each path after one step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from asn1crypto.core import Integer, Sequence, SetOf
from asn1crypto.crl import CertificateList
from asn1crypto.x509 import Certificate as Asn1Certificate

from egate.checks import Reason
from egate.document.asn1 import well_formed
from egate.document.crypto.signatures import Scheme, scheme, verify
from egate.document.errors import DocumentError, FormatError, TrustError
from egate.document.pki.certificates import Certificate, authority_key_id, name_key
from egate.document.pki.cms import SignedMessage, parse_signed_message

MASTER_LIST = "2.23.136.1.1.2"
MASTER_LIST_SIGNER = "2.23.136.1.1.3"
_AUTHORITY_KEY_ID = "2.5.29.35"
_REASON_CODE = "2.5.29.21"


class _CertificateSet(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = Asn1Certificate


class _MasterList(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("version", Integer), ("certificates", _CertificateSet)]


class Revocation(StrEnum):
    """Why a certificate was revoked (RFC 5280, 5.3.1), as far as outcomes differ. OTHER: any further reason."""

    UNSPECIFIED = "unspecified"
    CA_COMPROMISE = "ca_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RevocationList:
    """One verified CRL: serial numbers that its issuer revoked."""

    issuer: str
    next_update: datetime | None
    revoked: dict[int, Revocation]

    def is_stale_at(self, now: datetime) -> bool:
        return self.next_update is not None and self.next_update < now


@dataclass(frozen=True, slots=True, repr=False)
class TrustStore:
    """Trusted CSCA certificates and verified CRLs. ``skipped``: entries of the list that could not be decoded."""

    cscas: tuple[Certificate, ...]
    revocation_lists: tuple[RevocationList, ...] = ()
    skipped: int = 0

    def __repr__(self) -> str:
        return f"TrustStore({len(self.cscas)} CSCA, {len(self.revocation_lists)} CRL)"

    @classmethod
    def from_certificates(cls, certificates: Iterable[bytes]) -> "TrustStore":
        """From DER certificates that the operator himself vouches for. Raises TrustError."""
        try:
            return cls(tuple(Certificate.from_der(der, Reason.CERT_SIGNATURE) for der in certificates))
        except FormatError as error:
            raise TrustError(f"{error}; install a DER certificate") from error

    @classmethod
    def from_master_list(cls, raw: bytes, anchors: Iterable[bytes], now: datetime) -> "TrustStore":
        """A signed master list. ``anchors``: DER of the pinned certificates, each the list's signer or the CSCA that
        issued the signer; ``now``: trusted time. Raises TrustError."""
        try:
            message = parse_signed_message(raw, "the master list", Reason.CERT_SIGNATURE)
            pinned = [Certificate.from_der(der, Reason.CERT_SIGNATURE) for der in anchors]
            _verify_list(message, pinned, now)
            return _decode_list(message.content)
        except TrustError:
            raise
        except DocumentError as error:
            raise TrustError(f"the master list cannot be used: {error}") from error

    def with_revocation_list(self, raw: bytes) -> "TrustStore":
        """The same trust and one CRL more, which one of the trusted CSCAs must have signed. Raises TrustError."""
        try:
            return TrustStore(self.cscas, (*self.revocation_lists, _revocation_list(raw, self.cscas)), self.skipped)
        except FormatError as error:
            raise TrustError(f"the revocation list cannot be used: {error}") from error

    def issuers_of(self, certificate: Certificate) -> tuple[Certificate, ...]:
        """Every trusted certificate that may have issued this one, those with its key identifier first."""
        fitting = [csca for csca in self.cscas if csca.may_have_issued(certificate)]
        key_id = certificate.authority_key_id
        return tuple(sorted(fitting, key=lambda csca: csca.subject_key_id != key_id))

    def lists_of(self, issuer: str) -> tuple[RevocationList, ...]:
        """CRLs of the CSCA with this name."""
        return tuple(item for item in self.revocation_lists if item.issuer == issuer)


def _verify_list(message: SignedMessage, pinned: list[Certificate], now: datetime) -> None:
    if message.content_type != MASTER_LIST:
        raise TrustError("the file is signed but is not a master list; install an ICAO master list")
    signer = message.signers[0]
    certificate = message.certificate_of(signer)
    if certificate is None:
        raise TrustError("the master list does not carry its signer's certificate")
    if not message.is_signed_by(signer, certificate):
        raise TrustError("the master list was altered: its signature is wrong; install it again from its source")
    chain = [certificate]
    if certificate.der not in {anchor.der for anchor in pinned}:
        if MASTER_LIST_SIGNER not in certificate.extended_key_usage:
            raise TrustError("the master list's signer may not sign master lists")
        issuer = next((a for a in pinned if a.may_have_issued(certificate) and certificate.is_signed_by(a)), None)
        if issuer is None:
            raise TrustError("no pinned certificate vouches for the master list's signer; check the pinned file")
        chain.append(issuer)
    if not all(item.is_valid_at(now) for item in chain):
        raise TrustError("the master list's signer is not valid now; install a current list", Reason.CERT_VALIDITY)


def _decode_list(content: bytes) -> TrustStore:
    """An entry that nobody can decode is left out, because one of them must not close every lane."""
    with well_formed("the master list", Reason.CERT_SIGNATURE):
        entries = list(_MasterList.load(content)["certificates"])
    cscas = []
    for entry in entries:
        try:
            with well_formed("an entry of the master list"):
                cscas.append(Certificate.from_asn1(entry))
        except FormatError:
            continue
    return TrustStore(tuple(cscas), skipped=len(entries) - len(cscas))


def _revocation_list(raw: bytes, cscas: tuple[Certificate, ...]) -> RevocationList:
    with well_formed("a revocation list", Reason.CERT_SIGNATURE):
        crl = CertificateList.load(raw, strict=True)
        tbs = crl["tbs_cert_list"]
        extensions = {item["extn_id"].dotted: item["extn_value"] for item in tbs["crl_extensions"]}
        issuer, key_id = name_key(tbs["issuer"]), authority_key_id(extensions.get(_AUTHORITY_KEY_ID))
        how, signature, signed = scheme(crl["signature_algorithm"]), crl["signature"].native, tbs.dump()
        revoked = {item["user_certificate"].native: _reason(item) for item in tbs["revoked_certificates"]}
        result = RevocationList(issuer, tbs["next_update"].native, revoked)
    candidates = [c for c in cscas if c.subject == issuer or (key_id is not None and c.subject_key_id == key_id)]
    if not any(_signed(candidate, how, signature, signed) for candidate in candidates):
        raise TrustError("no trusted CSCA signed the revocation list; check that it belongs to the master list")
    return result


def _signed(candidate: Certificate, how: Scheme, signature: bytes, signed: bytes) -> bool:
    """A candidate whose key does not go with the algorithm did not sign."""
    try:
        return verify(candidate.public_key(), how, signature, signed)
    except DocumentError:
        return False


def _reason(entry: Any) -> Revocation:
    """A missing reason code means unspecified (RFC 5280, 5.3.1)."""
    for extension in entry["crl_entry_extensions"]:
        if extension["extn_id"].dotted == _REASON_CODE:
            stated = extension["extn_value"].parsed.native
            return Revocation(stated) if stated in set(Revocation) else Revocation.OTHER
    return Revocation.UNSPECIFIED
