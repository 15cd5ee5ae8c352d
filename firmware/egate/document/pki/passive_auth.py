"""Passive Authentication (Doc 9303-11, 5.1): did a state that we trust sign what the chip holds?

It comes in parts, so that nothing waits: ``judge_signature`` needs the security object alone, ``judge_data_group`` one
file; ``conclude`` puts them together. It always runs to its end, so that a record shows everything that is wrong and
not only what was met first: each step has an outcome of its own, and the worst one is the result's.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from egate.checks import Check, CheckResult, Outcome, Reason, combined
from egate.document.errors import DocumentError
from egate.document.mrz.zone import Mrz
from egate.document.pki.certificates import Certificate
from egate.document.pki.cms import SignedMessage, Signer
from egate.document.pki.countries import certificate_countries
from egate.document.pki.defects import Defect, Document, explained, judge_defects
from egate.document.pki.path import judge_path
from egate.document.pki.rules import TrustRules
from egate.document.pki.sod import SecurityObject
from egate.document.pki.steps import Step, broken, step
from egate.document.pki.strength import judge_hash, judge_signature_strength
from egate.document.pki.trust import TrustStore

MANDATORY_GROUPS = (1, 2)
# What an inspection reads wherever the issuer lists it: listed and yet withheld, it was taken away.
INSPECTED_GROUPS = (1, 2, 14, 15)


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """Whether the security object is that of a trusted state. ``signer`` is the Document Signer, None where none came
    along; ``defects`` are those that lists name for this document; ``algorithms`` coded words."""

    steps: tuple[Step, ...]
    algorithms: tuple[str, ...]
    signer: Certificate | None = None
    defects: tuple[Defect, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return combined(each.outcome for each in self.steps)


@dataclass(frozen=True, slots=True)
class PassiveAuthentication:
    """``result`` with one detail a step; ``algorithms``: hash, signature and key of SOD and DS as coded words;
    ``defects``: what lists name for this document."""

    result: CheckResult
    algorithms: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()


def judge_signature(
    sod: SecurityObject, mrz: Mrz, trust: TrustStore, now: datetime, issued: datetime | None = None
) -> SignatureVerdict:
    """Signature, certificates, lists; no data group needed. ``mrz``: the printed zone; ``now``: trusted time, aware;
    ``issued``: the day of issue where it is known (DG12), else the signing time counts. Never raises: trust that cannot
    be decoded leaves it open."""
    try:
        return _judge_signature(sod, mrz, trust, now, issued)
    except DocumentError:
        return SignatureVerdict((step("trust", Reason.TRUST_STALE),), (sod.hash,))


def _judge_signature(
    sod: SecurityObject, mrz: Mrz, trust: TrustStore, now: datetime, issued: datetime | None
) -> SignatureVerdict:
    signer = sod.message.signers[0]
    certificate = sod.message.certificate_of(signer)
    if certificate is None:
        return SignatureVerdict((step("ds", Reason.CSCA_UNKNOWN),), (sod.hash,))
    issued = issued or signer.signing_time
    defects = trust.defects_of(certificate, Document(mrz.document_type, mrz.document_number, issued))
    chain = judge_signer(sod.message, signer, certificate, trust, now)
    steps = [
        *chain.steps,
        judge_hash("hash", sod.hash, certificate.not_before, trust.rules),
        *_key_period(certificate, issued),
        judge_country(certificate, mrz),
        _document_type(certificate, mrz),
        *judge_defects(defects),
    ]
    return SignatureVerdict(explained(steps, defects), (sod.hash, *chain.algorithms), certificate, defects)


def judge_data_group(sod: SecurityObject, number: int, raw: bytes) -> Step:
    """One file as soon as it is there. ``raw``: its bytes as read. A file that nobody signed fails."""
    return step(f"dg{number}", Reason.OK if sod.matches(number, raw) else Reason.DG_HASH)


def judge_data_groups(
    sod: SecurityObject, judged: Mapping[int, Step], planned: Collection[int] = INSPECTED_GROUPS
) -> tuple[Step, ...]:
    """All files that were read, and those that were not. ``judged``: data-group number -> its step; ``planned``: what
    this inspection reads wherever SOD lists it. DG1 and DG2 are mandatory (Doc 9303-10)."""
    return tuple(_data_groups(sod, judged, planned))


def conclude(signature: SignatureVerdict, data_groups: Iterable[Step]) -> PassiveAuthentication:
    """The check as a whole."""
    steps = (*explained(data_groups, signature.defects), *signature.steps)
    worst = combined(each.outcome for each in steps)
    reason = next(each.reason for each in steps if each.outcome is worst)
    words = (*(each.word for each in steps), *(f"defect_{each.kind}" for each in signature.defects))
    result = CheckResult(Check.PASSIVE_AUTHENTICATION, worst, reason, words)
    return PassiveAuthentication(result, tuple(dict.fromkeys(signature.algorithms)), signature.defects)


def passive_authentication(
    sod: SecurityObject,
    files: Mapping[int, bytes],
    mrz: Mrz,
    trust: TrustStore,
    now: datetime,
    *,
    planned: Collection[int] = INSPECTED_GROUPS,
) -> PassiveAuthentication:
    """All at once. ``files``: data-group number -> raw bytes as read. Never raises."""
    judged = {number: judge_data_group(sod, number, raw) for number, raw in files.items()}
    return conclude(judge_signature(sod, mrz, trust, now), judge_data_groups(sod, judged, planned))


def judge_signer(
    message: SignedMessage, signer: Signer, certificate: Certificate, trust: TrustStore, now: datetime
) -> SignatureVerdict:
    """What holds for everything that a Document Signer signs: its signature, its certificate, the way to an anchor."""
    when = trust.rules.moment(now, signer.signing_time)
    steps, algorithms = [*_signature(message, signer, certificate, trust.rules)], []
    with suppress(DocumentError):  # the signature's own step says so
        algorithms += [signer.scheme().name, certificate.public_key().name]
    steps.append(step("ds_validity", Reason.OK if certificate.is_valid_at(when) else Reason.CERT_VALIDITY))
    # Doc 9303-12, 7.1: other signers below a CSCA (of master lists, of visas' bar codes) bear an extended key usage,
    # a Document Signer bears none.
    signs = certificate.usage.signs_data and not certificate.is_ca and not certificate.usage.extended
    steps.append(step("ds_usage", Reason.OK if signs else Reason.CERT_USAGE))
    path = judge_path(certificate, trust, when, now)
    return SignatureVerdict((*steps, *path.steps), (*algorithms, *path.algorithms), certificate)


def _signature(message: SignedMessage, signer: Signer, certificate: Certificate, rules: TrustRules) -> Iterator[Step]:
    try:
        holds = message.is_signed_by(signer, certificate)
        yield step("sod", Reason.OK if holds else Reason.SOD_SIGNATURE)
        how, key = signer.scheme(), certificate.public_key()
        yield judge_signature_strength("sod", how, key, certificate.not_before, rules)
    except DocumentError as error:
        yield broken("sod", error)


def _data_groups(sod: SecurityObject, judged: Mapping[int, Step], planned: Collection[int]) -> Iterator[Step]:
    for number in sorted({*judged, *planned, *MANDATORY_GROUPS}):
        if number in judged:
            yield judged[number]
        elif number in sod.hashes and number in planned:
            yield step(f"dg{number}", Reason.DG_WITHHELD)
        elif number not in sod.hashes and number in MANDATORY_GROUPS:
            yield step(f"dg{number}", Reason.DG_HASH)  # nobody signed it


def _key_period(certificate: Certificate, issued: datetime | None) -> Iterator[Step]:
    """Whether the signer's private key was in use on that day (PrivateKeyUsagePeriod, Doc 9303-12, 7.1)."""
    if issued is not None:
        yield step("ds_key_period", Reason.OK if certificate.usage.key_signs_at(issued) else Reason.CERT_VALIDITY)


def judge_country(certificate: Certificate, mrz: Mrz) -> Step:
    """C of the signer's issuer and of the signer itself, without regard to case, against the issuing state."""
    allowed = certificate_countries(mrz.issuing_state)
    if not allowed:
        return step("country", Reason.CERT_COUNTRY, Outcome.UNDETERMINED)
    fits = {certificate.country, certificate.subject_country or certificate.country} <= set(allowed)
    return step("country", Reason.OK if fits else Reason.CERT_COUNTRY)


def _document_type(certificate: Certificate, mrz: Mrz) -> Step:
    """A list that names the first letter alone means every type that begins with it (Doc 9303-12, 7.1)."""
    listed, printed = certificate.document_types, mrz.document_type
    fits = not listed or printed in listed or printed[:1] in listed
    return step("document_type", Reason.OK if fits else Reason.DOCUMENT_TYPE)
