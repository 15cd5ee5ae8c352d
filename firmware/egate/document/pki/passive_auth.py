"""Passive Authentication (Doc 9303-11, 5.1): did a state that we trust sign what the chip holds?

It always runs to its end, so that a record shows everything that is wrong and not only what was met first. Each step
has an outcome of its own; the worst one is the result's, and its reason is the result's reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from egate.checks import Check, CheckResult, Outcome, Reason, combined
from egate.document.errors import DocumentError, UnsupportedError
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.countries import certificate_countries
from egate.document.pki.sod import SecurityObject
from egate.document.pki.trust import Revocation, TrustStore

MANDATORY_GROUPS = (1, 2)
# What an inspection reads wherever the issuer lists it: listed and yet withheld, it was taken away.
INSPECTED_GROUPS = (1, 2, 14, 15)

# TR-03135 as quoted in our requirements: these fail, any other reason leaves it open.
_FAILING_REVOCATIONS = {
    Revocation.UNSPECIFIED,
    Revocation.CA_COMPROMISE,
    Revocation.AFFILIATION_CHANGED,
    Revocation.SUPERSEDED,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step's outcome. ``subject`` is a coded word: which data group, which certificate."""

    outcome: Outcome
    reason: Reason
    subject: str

    @property
    def word(self) -> str:
        return f"{self.subject}:{self.reason}"


@dataclass(frozen=True, slots=True)
class PassiveAuthentication:
    """``result`` with one detail a step; ``algorithms``: hash, signature and key of SOD and DS as coded words."""

    result: CheckResult
    algorithms: tuple[str, ...] = ()

    def binds(self, sod: SecurityObject | None, data_group: int) -> bool:
        """Whether this data group is proven to be the issuer's; only then its keys prove anything."""
        return self.result.outcome is Outcome.PASSED and sod is not None and data_group in sod.hashes


def passive_authentication(
    sod: SecurityObject, files: Mapping[int, bytes], mrz: Mrz, trust: TrustStore, now: datetime
) -> PassiveAuthentication:
    """``files``: data-group number -> raw bytes as read; ``mrz``: the printed zone; ``now``: trusted time, aware.

    Never raises.
    """
    algorithms = [sod.hash]
    steps = [*_data_groups(sod, files), *_signature(sod, mrz, trust, now, algorithms)]
    worst = combined(step.outcome for step in steps)
    reason = next(step.reason for step in steps if step.outcome is worst)
    words = tuple(step.word for step in steps)
    return PassiveAuthentication(
        CheckResult(Check.PASSIVE_AUTHENTICATION, worst, reason, words), tuple(dict.fromkeys(algorithms))
    )


def _step(subject: str, reason: Reason = Reason.OK, outcome: Outcome = Outcome.FAILED) -> Step:
    return Step(Outcome.PASSED if reason is Reason.OK else outcome, reason, subject)


def _data_groups(sod: SecurityObject, files: Mapping[int, bytes]) -> Iterator[Step]:
    for number in INSPECTED_GROUPS:
        subject = f"dg{number}"
        if number in files and number in sod.hashes:
            yield _step(subject, Reason.OK if sod.matches(number, files[number]) else Reason.DG_HASH)
        elif number in sod.hashes:
            yield _step(subject, Reason.DG_WITHHELD)
        elif number in MANDATORY_GROUPS:
            yield _step(subject, Reason.DG_HASH)  # nobody signed it


def _signature(
    sod: SecurityObject, mrz: Mrz, trust: TrustStore, now: datetime, algorithms: list[str]
) -> Iterator[Step]:
    signer = sod.message.signers[0]
    certificate = sod.message.certificate_of(signer)
    if certificate is None:
        yield _step("ds", Reason.CSCA_UNKNOWN, Outcome.UNDETERMINED)
        return
    try:
        algorithms += [signer.scheme().name, certificate.public_key().name]
        holds = sod.message.is_signed_by(signer, certificate)
        yield _step("sod", Reason.OK if holds else Reason.SOD_SIGNATURE)
    except DocumentError as error:
        yield _broken("sod", error)
    yield _step("ds_validity", Reason.OK if certificate.is_valid_at(now) else Reason.CERT_VALIDITY)
    # Doc 9303-12, 7.1: other signers below a CSCA (of master lists, of visas' bar codes) bear an extended key usage,
    # a Document Signer bears none.
    yield _step("ds_usage", Reason.CERT_SIGNATURE if certificate.extended_key_usage else Reason.OK)
    yield _country(certificate, mrz)
    yield _document_type(certificate, mrz)
    yield from _path(certificate, trust, now, algorithms)


def _broken(subject: str, error: DocumentError) -> Step:
    """What we do not know stays open; what is malformed failed."""
    outcome = Outcome.UNDETERMINED if isinstance(error, UnsupportedError) else Outcome.FAILED
    return _step(subject, error.reason, outcome)


def _country(certificate: Certificate, mrz: Mrz) -> Step:
    allowed = certificate_countries(mrz.issuing_state)
    if not allowed:
        return _step("country", Reason.CERT_COUNTRY, Outcome.UNDETERMINED)
    return _step("country", Reason.OK if certificate.country in allowed else Reason.CERT_COUNTRY)


def _document_type(certificate: Certificate, mrz: Mrz) -> Step:
    """A list that names the first letter alone means every type that begins with it (Doc 9303-12, 7.1)."""
    listed, printed = certificate.document_types, mrz.document_type
    fits = not listed or printed in listed or printed[:1] in listed
    return _step("document_type", Reason.OK if fits else Reason.DOCUMENT_TYPE)


def _path(certificate: Certificate, trust: TrustStore, now: datetime, algorithms: list[str]) -> Iterator[Step]:
    """From the DS to a trusted CSCA: every candidate is tried, a valid one preferred."""
    issuers, trouble = [], None
    candidates = trust.issuers_of(certificate)
    for candidate in candidates:
        try:
            if certificate.is_signed_by(candidate):
                issuers.append(candidate)
        except DocumentError as error:
            trouble = error
    if not issuers:
        yield _no_issuer(certificate, candidates, trouble)
        return
    issuer = next((item for item in issuers if item.is_valid_at(now)), issuers[0])
    algorithms += [certificate.scheme().name, issuer.public_key().name]
    yield _step("csca")
    yield _step("csca_validity", Reason.OK if issuer.is_valid_at(now) else Reason.CERT_VALIDITY)
    yield _revocation(certificate, issuer, trust, now)


def _no_issuer(certificate: Certificate, candidates: tuple[Certificate, ...], trouble: DocumentError | None) -> Step:
    """The key that the DS names is here and did not sign: forged. A like name alone may be an unknown newer key."""
    key_id = certificate.authority_key_id
    if key_id is not None and any(candidate.subject_key_id == key_id for candidate in candidates):
        return _broken("csca", trouble) if trouble else _step("csca", Reason.CERT_SIGNATURE)
    return _step("csca", Reason.CSCA_UNKNOWN, Outcome.UNDETERMINED)


def _revocation(certificate: Certificate, issuer: Certificate, trust: TrustStore, now: datetime) -> Step:
    """A stale list still revokes what it names; that it is stale is a fault of the lane, not of the document."""
    lists = trust.lists_of(certificate.issuer) or trust.lists_of(issuer.subject)
    revoked = next((item.revoked[certificate.serial] for item in lists if certificate.serial in item.revoked), None)
    if revoked is not None:
        outcome = Outcome.FAILED if revoked in _FAILING_REVOCATIONS else Outcome.UNDETERMINED
        return _step(f"revocation_{revoked}", Reason.CERT_REVOKED, outcome)
    if not lists:
        return _step("revocation_no_list")
    return _step("revocation_stale_list" if all(item.is_stale_at(now) for item in lists) else "revocation")
