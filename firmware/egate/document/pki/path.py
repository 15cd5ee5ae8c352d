"""From a signer's certificate to a trust anchor (Doc 9303-11, 5.1; 9303-12, 5): every way is tried, the best counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from egate.checks import Outcome, Reason
from egate.document.errors import DocumentError
from egate.document.pki.certificates import Certificate
from egate.document.pki.revocation import Revocation
from egate.document.pki.rules import Unproven
from egate.document.pki.steps import Step, broken, rank, step
from egate.document.pki.strength import judge_signature_strength
from egate.document.pki.trust import TrustStore

# Link certificates between the signer's CSCA and an anchor. A CSCA lives some years and a document ten.
_MAX_LINKS = 4
# No state has so many keys under one name; a bundle that does must not cost an inspection its time.
_MAX_VERIFICATIONS = 64


@dataclass(frozen=True, slots=True)
class Path:
    """``steps``: what speaks for and against the best way; ``algorithms``: those of its signatures; ``issuers``: from
    the signer's CSCA to the anchor, empty where there is no way."""

    steps: tuple[Step, ...]
    algorithms: tuple[str, ...] = ()
    issuers: tuple[Certificate, ...] = ()


def judge_path(signer: Certificate, trust: TrustStore, when: datetime, now: datetime) -> Path:
    """``when``: certificates must be valid then; ``now``: lists must be current now. Never raises."""
    search = _Search(trust)
    ways = [_judge_way(signer, way, trust, when, now) for way in search.ways(signer)]
    if not ways:
        return Path((_no_issuer(signer, trust, search.trouble),))
    return min(ways, key=lambda way: rank(way.steps))


@dataclass(slots=True)
class _Search:
    """Depth first. ``trouble``: the last error at a key or an algorithm."""

    trust: TrustStore
    trouble: DocumentError | None = None
    verifications: int = 0
    _seen: set[bytes] = field(default_factory=set)

    def ways(self, certificate: Certificate, depth: int = 0) -> Iterator[tuple[Certificate, ...]]:
        for issuer in self.trust.issuers_of(certificate):
            if issuer.der in self._seen or not self._signed(certificate, issuer):
                continue
            if self.trust.is_anchor(issuer):
                yield (issuer,)
            elif depth < _MAX_LINKS:
                self._seen.add(issuer.der)
                for rest in self.ways(issuer, depth + 1):
                    yield (issuer, *rest)
                self._seen.discard(issuer.der)

    def _signed(self, certificate: Certificate, issuer: Certificate) -> bool:
        self.verifications += 1
        if self.verifications > _MAX_VERIFICATIONS:
            return False
        try:
            return certificate.is_signed_by(issuer)
        except DocumentError as error:
            self.trouble = error
            return False


def _no_issuer(signer: Certificate, trust: TrustStore, trouble: DocumentError | None) -> Step:
    """The key that the signer names is here and did not sign: forged. A like name alone may be an unknown newer key,
    and a key that only a link without an anchor certifies is as good as unknown."""
    key_id = signer.authority_key_id
    named = [csca for csca in trust.issuers_of(signer) if trust.is_anchor(csca)]
    if key_id is not None and any(csca.subject_key_id == key_id for csca in named):
        return broken("csca", trouble) if trouble else step("csca", Reason.CERT_SIGNATURE)
    return step("csca", Reason.CSCA_UNKNOWN)


def _judge_way(
    signer: Certificate, issuers: tuple[Certificate, ...], trust: TrustStore, when: datetime, now: datetime
) -> Path:
    certificates, steps, algorithms = (signer, *issuers), [step("csca")], []
    for subject, child, issuer in zip(("ds", *["link"] * len(issuers)), certificates, issuers, strict=False):
        how, key = child.scheme(), issuer.public_key()
        algorithms += [how.name, key.name]
        steps.append(judge_signature_strength(subject, how, key, child.not_before, trust.rules))
    valid = all(issuer.is_valid_at(when) for issuer in issuers)
    steps.append(step("csca_validity", Reason.OK if valid else Reason.CERT_VALIDITY))
    usable = all(_may_issue(issuer, trust) for issuer in issuers)
    steps.append(step("csca_usage", Reason.OK if usable else Reason.CERT_USAGE))
    of_one_country = all(issuer.subject_country == signer.country for issuer in issuers)
    steps.append(step("csca_country", Reason.OK if of_one_country else Reason.CERT_COUNTRY))
    steps.append(_revocation(signer, issuers[0], trust, now))
    steps += _authorities_revocation(issuers, trust)
    if any(issuer.name_change for issuer in issuers):
        steps.append(step("csca_name_change"))
    return Path(tuple(steps), tuple(algorithms), issuers)


def _may_issue(issuer: Certificate, trust: TrustStore) -> bool:
    """An anchor that a state lists may be careless in its profile; a link for which nobody vouches may not."""
    if trust.is_anchor(issuer):
        return issuer.usage.signs_certificates or issuer.usage.is_bare
    return issuer.is_ca and issuer.usage.signs_certificates


def _revocation(signer: Certificate, issuer: Certificate, trust: TrustStore, now: datetime) -> Step:
    """A stale list still revokes what it names."""
    lists = trust.lists_of(signer, issuer)
    found = [each.revoked[signer.serial] for each in lists if signer.serial in each.revoked]
    if found:
        return _revoked("revocation", found)
    if not lists:
        return _unproven("revocation_no_list", trust.rules.missing_crl)
    if all(each.is_stale_at(now) for each in lists):
        return _unproven("revocation_stale_list", trust.rules.stale_crl)
    return step("revocation")


def _unproven(word: str, rule: Unproven) -> Step:
    return step(word, Reason.TRUST_STALE if rule is Unproven.UNDETERMINED else Reason.OK)


def _authorities_revocation(issuers: tuple[Certificate, ...], trust: TrustStore) -> Iterator[Step]:
    """A CSCA stands in the list of whoever signed it, its own where it signed itself. A compromise concerns the key,
    whichever of its certificates the list names; any other reason concerns that certificate alone."""
    for csca in issuers:
        found = _reasons(csca, trust)
        for twin in trust.twins_of(csca):
            found += [reason for reason in _reasons(twin, trust) if reason.is_compromise]
        if found:
            yield _revoked("csca_revocation", found)


def _reasons(csca: Certificate, trust: TrustStore) -> list[Revocation]:
    lists = trust.lists_of(csca, None)
    return [each.revoked[csca.serial] for each in lists if csca.serial in each.revoked]


def _revoked(subject: str, found: list[Revocation]) -> Step:
    """The gravest reason counts where several lists name it."""
    gravest = next((reason for reason in found if reason.fails), found[0])
    outcome = Outcome.FAILED if gravest.fails else Outcome.UNDETERMINED
    return step(f"{subject}_{gravest}", Reason.CERT_REVOKED, outcome)
