"""Makes a trust bundle: every source is verified here, in the agency's office, and not again at the gates."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.checks import Reason
from egate.document.errors import FormatError, TrustError
from egate.document.pki.bundle import FORMAT, By, Header, Item, Section, Source, seal
from egate.document.pki.bundle_trust import certificate_item, crl_item, defect_item
from egate.document.pki.certificates import Certificate, der_of
from egate.document.pki.defect_list import read_defect_list
from egate.document.pki.master_list import read_master_list
from egate.document.pki.path import judge_path
from egate.document.pki.revocation import RevocationList
from egate.document.pki.trust import TrustStore, read_revocation_list

T = TypeVar("T")

# Simulated states put this into every certificate's name; no lane that serves a border takes such a bundle.
SIMULATION = b"EGATE SIMULATION"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was read. ``name`` stands in the bundle's list of sources."""

    name: str
    raw: bytes


@dataclass(slots=True)
class BundleBuilder:
    """Sources in, file out. The order counts: certificates first, then links, then lists which those signed.

    Every ``add_…`` verifies what it is given at ``now`` and returns what it found; it raises TrustError, whose text
    names the file.
    """

    now: datetime
    trust: TrustStore = field(default_factory=TrustStore)
    simulation: bool = False
    _sources: list[Source] = field(default_factory=list)
    _items: dict[tuple[Section, bytes], Item] = field(default_factory=dict)

    def certificate(self, file: SourceFile) -> Certificate:
        """Decoded from PEM or DER; nobody vouches for it yet."""
        try:
            return Certificate.from_der(der_of(file.raw), Reason.CERT_SIGNATURE)
        except FormatError as error:
            raise TrustError(f"{file.name}: {error}; name a certificate, PEM or DER") from error

    def add_master_list(self, file: SourceFile, anchors: Iterable[bytes]) -> tuple[int, int]:
        """``anchors``: DER of the certificates to which its signature may lead. Returns how many certificates it
        holds, and how many of its entries nobody can decode."""
        found = _named(file, lambda: read_master_list(file.raw, anchors, self.now))
        self._anchors(found.cscas)
        items = [certificate_item(Section.CSCA, each) for each in found.cscas]
        self._add("master list", file, items, found.source.signed_at)
        return len(found.cscas), found.skipped

    def add_csca(self, file: SourceFile) -> None:
        """A CSCA certificate that the operator vouches for: DER."""
        certificate = self.certificate(file)
        self._anchors([certificate])
        self._add("CSCA certificate", file, [certificate_item(Section.CSCA, certificate)])

    def add_link(self, file: SourceFile) -> None:
        """A CSCA certificate from anywhere; refused unless its signature leads to a trusted CSCA."""
        certificate = self.certificate(file)
        if not judge_path(certificate, self.trust, self.now, self.now).issuers:
            raise TrustError(f"{file.name}: no trusted CSCA signed it; it would never count; leave it out")
        self.trust = self.trust.with_links([certificate.der])
        self._add("link certificate", file, [certificate_item(Section.LINK, certificate)])

    def add_crl(self, file: SourceFile) -> RevocationList:
        crl = _named(file, lambda: read_revocation_list(file.raw, self._crl_signers))
        self._add("revocation list", file, [crl_item(crl)], crl.this_update)
        return crl

    def add_defect_list(self, file: SourceFile, pinned: Iterable[Certificate] = ()) -> int:
        """``pinned``: signers that the operator vouches for. Returns the number of entries."""
        found = _named(file, lambda: read_defect_list(file.raw, (*pinned, *self.trust.cscas), self.now))
        self._add("defect list", file, [defect_item(each) for each in found.entries], found.source.signed_at)
        return len(found.entries)

    def add_seal_signer(self, file: SourceFile) -> None:
        self._add("seal signer", file, [certificate_item(Section.SEAL_SIGNER, self.certificate(file))])

    def add_cvca(self, file: SourceFile) -> None:
        """A card-verifiable trust point, taken as it is: it serves Terminal Authentication, not the judgement."""
        self._add("CVCA certificate", file, [Item(Section.CVCA, file.raw, ((By.COUNTRY, b""),))])

    def seal(
        self, key: Ed25519PrivateKey, serial: int, issuer: str, valid: timedelta, refresh: timedelta | None = None
    ) -> bytes:
        """The bundle. ``refresh``: after which a newer one should be there, by default half of ``valid``. Raises
        TrustError where nothing to believe in was added."""
        if not any(section is Section.CSCA for section, _ in self._items):
            raise TrustError("there is no CSCA certificate; name a master list or a CSCA certificate")
        header = Header(
            format=FORMAT,
            serial=serial,
            issuer=issuer,
            issued_at=self.now,
            refresh_at=self.now + (refresh or valid / 2),
            valid_until=self.now + valid,
            simulation=self.simulation,
            sources=tuple(self._sources),
        )
        return seal(header, list(self._items.values()), key)

    def _add(self, kind: str, file: SourceFile, items: Iterable[Item], signed_at: datetime | None = None) -> None:
        count = 0
        for item in items:
            self._items.setdefault((item.section, hashlib.sha256(item.content).digest()), item)
            self.simulation |= SIMULATION in item.content
            count += 1
        digest = hashlib.sha256(file.raw).hexdigest()
        self._sources.append(Source(kind, file.name, digest, count, signed_at))

    def _anchors(self, certificates: Iterable[Certificate]) -> None:
        known = {each.der: each for each in (*self.trust.cscas, *certificates)}
        self.trust = TrustStore(tuple(known.values()), links=self.trust.links)

    def _crl_signers(self, crl: RevocationList) -> list[Certificate]:
        """Links in the builder's trust lead to an anchor, or they would not be there."""
        return [*self.trust.possible_signers(crl), *(link for link in self.trust.links if crl.may_be_of(link))]


def _named(file: SourceFile, read: Callable[[], T]) -> T:
    """Whatever is wrong is told with the name of the file."""
    try:
        return read()
    except TrustError as error:
        raise TrustError(f"{file.name}: {error}", error.reason) from error
