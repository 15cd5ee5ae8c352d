"""Whom to believe: trust anchors, link certificates, revocation lists and known defects, and how to find them.

Every certificate in a list that a pinned key vouches for is a trust anchor by itself: self-signed ones, link
certificates, and self-issued ones with a key of their own alike. A *link* is a CSCA certificate that nobody vouched
for; it counts only within a chain of signatures that leads to an anchor.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypeVar

from egate.checks import Reason
from egate.document.errors import FormatError, TrustError
from egate.document.pki.certificates import Certificate
from egate.document.pki.defects import Defect, DefectEntry, Document
from egate.document.pki.master_list import read_master_list
from egate.document.pki.revocation import RevocationList
from egate.document.pki.rules import TrustRules

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class TrustStore:
    """Held in memory. ``skipped``: entries of a master list that could not be decoded; ``rules``: how strictly to
    judge. ``BundleTrust`` adds what a trust bundle holds; the inspection asks both the same questions."""

    cscas: tuple[Certificate, ...] = ()
    revocation_lists: tuple[RevocationList, ...] = ()
    skipped: int = 0
    links: tuple[Certificate, ...] = ()
    defects: tuple[DefectEntry, ...] = ()
    seal_signers: tuple[Certificate, ...] = ()
    rules: TrustRules = field(default_factory=TrustRules)

    def __repr__(self) -> str:
        return f"TrustStore({len(self.cscas)} CSCA, {len(self.revocation_lists)} CRL, {len(self.defects)} defects)"

    @classmethod
    def from_certificates(cls, certificates: Iterable[bytes]) -> "TrustStore":
        """From DER certificates that the operator himself vouches for. Raises TrustError."""
        return TrustStore(decode_certificates(certificates))

    @classmethod
    def from_master_list(cls, raw: bytes, anchors: Iterable[bytes], now: datetime) -> "TrustStore":
        """A signed master list. ``anchors``: DER of the pinned certificates, each the list's signer or the CSCA that
        issued the signer; ``now``: trusted time. Raises TrustError."""
        master_list = read_master_list(raw, anchors, now)
        return TrustStore(master_list.cscas, skipped=master_list.skipped)

    def with_revocation_list(self, raw: bytes) -> Self:
        """The same trust and one CRL more, which one of the trusted CSCAs must have signed. Raises TrustError."""
        added = read_revocation_list(raw, self.possible_signers)
        return replace(self, revocation_lists=(*self.revocation_lists, added))

    def with_links(self, certificates: Iterable[bytes]) -> Self:
        """The same trust and DER CSCA certificates for which nobody vouched. Raises TrustError."""
        return replace(self, links=(*self.links, *decode_certificates(certificates)))

    def with_defects(self, entries: Iterable[DefectEntry]) -> Self:
        """The same trust and what a verified list says about documents."""
        return replace(self, defects=(*self.defects, *entries))

    def under(self, rules: TrustRules) -> Self:
        """The same trust, judged by other rules."""
        return replace(self, rules=rules)

    # What the inspection asks

    def issuers_of(self, certificate: Certificate) -> tuple[Certificate, ...]:
        """Every CSCA certificate that may have issued this one: those with its key identifier first, and of those the
        anchors. Several of one name with different keys are common."""
        key_id = certificate.authority_key_id
        found = _unique([*self._authorities(certificate.issuer, key_id)])
        return tuple(sorted(found, key=lambda csca: (csca.subject_key_id != key_id, not self.is_anchor(csca))))

    def is_anchor(self, certificate: Certificate) -> bool:
        """Whether a path may end here."""
        return any(csca.der == certificate.der for csca in self.cscas)

    def twins_of(self, csca: Certificate) -> tuple[Certificate, ...]:
        """All certificates of the same key, this one included: what compromises the key concerns each of them."""
        named = self._authorities(csca.subject, csca.subject_key_id)
        return tuple(_unique([csca, *(other for other in named if other.has_key_of(csca))]))

    def lists_of(self, certificate: Certificate, issuer: Certificate | None) -> tuple[RevocationList, ...]:
        """The newest CRLs in which this certificate would stand, by its issuer's name or key."""
        key_id = issuer.subject_key_id if issuer is not None else certificate.authority_key_id
        newest: dict[tuple[str, bytes | None], RevocationList] = {}
        for each in self._lists(certificate.issuer, key_id):
            known = newest.get((each.issuer, each.authority_key_id))
            if known is None or known.this_update < each.this_update:
                newest[each.issuer, each.authority_key_id] = each
        return tuple(newest.values())

    def defects_of(self, signer: Certificate, document: Document) -> tuple[Defect, ...]:
        """What lists say about this document."""
        entries = (entry for entry in self._entries(signer) if entry.concerns(signer, document))
        return tuple(dict.fromkeys(defect for entry in entries for defect in entry.defects))

    def possible_signers(self, crl: RevocationList) -> tuple[Certificate, ...]:
        """CSCA certificates whose key may have signed this list."""
        found = self._authorities(crl.issuer, crl.authority_key_id)
        return tuple(_unique([csca for csca in found if self.is_anchor(csca)]))

    def seal_signers_of(self, country: str) -> tuple[Certificate, ...]:
        """Certificates that may have signed a visible digital seal of this country (two letters, capitals)."""
        return tuple(each for each in self.seal_signers if each.subject_country == country)

    # Where the answers come from

    def _authorities(self, subject: str, key_id: bytes | None) -> Iterator[Certificate]:
        """CSCA certificates with this name or, where it is given, this key identifier."""
        for csca in (*self.cscas, *self.links):
            if csca.subject == subject or (key_id is not None and csca.subject_key_id == key_id):
                yield csca

    def _lists(self, issuer: str, key_id: bytes | None) -> Iterator[RevocationList]:
        for each in self.revocation_lists:
            if each.issuer == issuer or (key_id is not None and each.authority_key_id == key_id):
                yield each

    def _entries(self, signer: Certificate) -> Iterator[DefectEntry]:
        """Entries that may concern what this certificate signed; more than those that do is no harm."""
        del signer
        yield from self.defects


def decode_certificates(certificates: Iterable[bytes]) -> tuple[Certificate, ...]:
    """DER. Raises TrustError."""
    try:
        return tuple(Certificate.from_der(der, Reason.CERT_SIGNATURE) for der in certificates)
    except FormatError as error:
        raise TrustError(f"{error}; install a DER certificate") from error


def read_revocation_list(
    raw: bytes, possible_signers: Callable[[RevocationList], Iterable[Certificate]]
) -> RevocationList:
    """A CRL that one of ``possible_signers`` signed. Raises TrustError."""
    try:
        crl = RevocationList.from_der(raw)
    except FormatError as error:
        raise TrustError(f"the revocation list cannot be used: {error}") from error
    if not any(crl.is_signed_by(csca) for csca in possible_signers(crl)):
        raise TrustError("no trusted CSCA signed the revocation list; check that it belongs to the master list")
    return crl


def _unique(certificates: Iterable[Certificate]) -> list[Certificate]:
    """The same certificate once, in the order of the first."""
    return list({each.der: each for each in certificates}.values())
