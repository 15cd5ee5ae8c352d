"""What an inspection has found so far, and the verdicts that follow. No chip here: bytes come in, checks come out.

What takes the processor long is put off to the time in which the radio is busy; whoever asks for a verdict has it
finished first.
"""

from dataclasses import dataclass
from datetime import date, datetime

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.document.chip.access import Access
from egate.document.chip.pace import MappingProof
from egate.document.chip.spare_time import SpareTime
from egate.document.crypto.public_keys import PublicKey
from egate.document.errors import DocumentError, FormatError, TransportError, UnsupportedError
from egate.document.inspection.authenticity import KeyFile, Method, Proof, judge_authenticity, judge_silence
from egate.document.inspection.known_documents import DocumentModel, judge_model
from egate.document.lds.face_image import Portrait, parse_dg2
from egate.document.lds.files import Com, Ef, parse_com, parse_dg1, parse_dg15
from egate.document.lds.security_infos import PaceInfo, SecurityInfos, parse_card_access, parse_dg14
from egate.document.mrz.formats import Field
from egate.document.mrz.zone import Mrz
from egate.document.pki.card_security import verify_card_security
from egate.document.pki.passive_auth import (
    PassiveAuthentication,
    SignatureVerdict,
    conclude,
    judge_data_group,
    judge_data_groups,
    judge_signature,
)
from egate.document.pki.sod import SecurityObject, parse_sod
from egate.document.pki.steps import Step
from egate.document.pki.trust import TrustStore

# A zone may differ from its chip in what is optional, and then in the composite digit as well.
_MAY_DIFFER = {Field.OPTIONAL_DATA, Field.MORE_OPTIONAL_DATA, Field.COMPOSITE}
_KEY_FILES = (Ef.DG15, Ef.DG14)


def verdict(check: Check, error: DocumentError, *details: str) -> CheckResult:
    """What we do not know leaves a check open; a protocol that we lack is not supported; all else failed."""
    outcome = Outcome.UNDETERMINED if isinstance(error, UnsupportedError) else Outcome.FAILED
    if error.reason is Reason.ACCESS_UNSUPPORTED:
        outcome = Outcome.NOT_SUPPORTED
    return CheckResult(check, outcome, error.reason, details)


@dataclass(frozen=True, slots=True)
class Context:
    """What a chip is judged against. ``mrz``: the printed zone; ``now``: trusted time, aware; ``model``: what is known
    of documents of this kind."""

    mrz: Mrz
    trust: TrustStore
    now: datetime
    model: DocumentModel | None = None


class Findings:
    """``complete``: every data group was asked for, so that a missing one is missing. ``spare_time`` is where work
    waits."""

    def __init__(self, context: Context, spare_time: SpareTime) -> None:
        self._context, self._spare_time = context, spare_time
        self.complete = False
        self.sod: SecurityObject | None = None
        self.dg1: Mrz | None = None
        self.portrait: Portrait | None = None
        self.key: PublicKey | None = None
        self.security_infos = SecurityInfos(())
        self.access: Access | None = None
        self.protected: tuple[str, ...] = ()
        self._com: Com | None = None
        self._asked: set[Ef] = set()
        self._steps: dict[int, Step] = {}
        self._errors: dict[Ef, DocumentError] = {}
        self._denied: CheckResult | None = None
        self._signature: SignatureVerdict | None = None
        self._proofs: list[Proof] = []
        self._stopped = Reason.NOT_DONE

    # While the chip is read

    def opened(self, access: Access) -> None:
        self.access = access

    def interrupted(self, error: TransportError) -> None:
        """Chip or reader went away: what is not done by now is aborted, not failed."""
        self._stopped = error.reason

    def broken_off(self, error: DocumentError) -> None:
        """The chip did not let us in, or broke the session in a way that nothing repairs."""
        self._denied = verdict(Check.CHIP_ACCESS, error)

    def miss(self, ef: Ef, error: DocumentError) -> None:
        """The chip did not give this file."""
        self._asked.add(ef)
        self._errors[ef] = error

    def proved(self, proof: Proof) -> None:
        """The chip tried to prove that it is no copy."""
        self._proofs.append(proof)

    def take(self, ef: Ef, raw: bytes) -> None:
        """Judge a file as read, and decode it as far as its form allows."""
        self._asked.add(ef)
        group = ef.value.data_group
        if group and self.sod is not None:
            self._steps[group] = judge_data_group(self.sod, group, raw)
        try:
            self._decode(ef, raw)
        except DocumentError as error:
            self._errors[ef] = error

    def _decode(self, ef: Ef, raw: bytes) -> None:
        match ef:
            case Ef.SOD:
                self.sod = parse_sod(raw)
                self._spare_time.add(self._judge_signature)
            case Ef.COM:
                self._com = parse_com(raw)
            case Ef.DG1:
                self.dg1 = parse_dg1(raw)
            case Ef.DG2:
                self.portrait = parse_dg2(raw)
            case Ef.DG14:
                self.security_infos = parse_dg14(raw)
            case Ef.DG15:
                self.key = parse_dg15(raw)

    def _judge_signature(self) -> None:
        if self.sod is not None:
            context = self._context
            self._signature = judge_signature(self.sod, context.mrz, context.trust, context.now)

    def verified_card_security(self, raw: bytes) -> SecurityInfos:
        """What its issuer says in EF.CardSecurity. Raises FormatError, TrustError, UnsupportedError."""
        context = self._context
        return verify_card_security(raw, context.trust, context.now, context.mrz)

    @property
    def data_groups(self) -> tuple[int, ...]:
        """What SOD lists; where there is none, what EF.COM claims."""
        if self.sod is not None:
            return tuple(self.sod.hashes)
        return self._com.data_groups if self._com is not None else ()

    @property
    def authenticity_is_settled(self) -> bool:
        """A proof held or failed; one that could not be brought to an end settles nothing."""
        return any(proof.result.outcome in (Outcome.PASSED, Outcome.FAILED) for proof in self._proofs)

    @property
    def refusal_is_certain(self) -> bool:
        """Whether a check has failed beyond repair, whatever is still to come. Work that waits is not waited for."""
        passive = self._passive_so_far()
        known = [self._authenticity(), self._consistency(), self._access_result(), passive.result if passive else None]
        return any(result is not None and result.outcome is Outcome.FAILED for result in known)

    def has_asked_for(self, ef: Ef) -> bool:
        """Whether the chip gave this file, or refused it."""
        return ef in self._asked

    def finish_work(self) -> None:
        """Do what waited for spare time."""
        self._spare_time.finish()

    @property
    def mrz(self) -> Mrz:
        """The printed zone."""
        return self._context.mrz

    @property
    def today(self) -> date:
        return self._context.now.date()

    # Afterwards

    def conclude(self) -> tuple[tuple[CheckResult, ...], tuple[str, ...]]:
        """The checks in the order of CHIP_CHECKS, and the algorithms that were met."""
        self.finish_work()
        passive = self._passive_authentication()
        authenticity = self._authenticity() or self._aborted(Check.CHIP_AUTHENTICITY)
        checks = (
            self._access_result() or self._aborted(Check.CHIP_ACCESS),
            passive.result,
            authenticity,
            self._consistency() or self._aborted(Check.MRZ_DG1_CONSISTENCY),
            judge_model(self._context.model, self.access.protocol if self.access else None, authenticity),
            self._portrait(),
        )
        return checks, passive.algorithms

    def _aborted(self, check: Check) -> CheckResult:
        return CheckResult(check, Outcome.ABORTED, self._stopped)

    def _access_result(self) -> CheckResult | None:
        """Whether the chip let us in by the best protocol that its issuer gave it."""
        if self._denied is not None or self.access is None:
            return self._denied
        check, words = Check.CHIP_ACCESS, self.access.words
        if self._is_bound(Ef.DG14):
            signed, offered = self.security_infos, _offered(self.access.card_access)
            if not signed.contains(offered):
                return CheckResult(check, Outcome.FAILED, Reason.SECURITY_INFOS_MISMATCH, words)
            if not offered.contains(SecurityInfos(signed.of_kind(PaceInfo))):
                return CheckResult(check, Outcome.FAILED, Reason.ACCESS_DOWNGRADED, words)
        return passed(check, *words, *self.protected)

    def _is_bound(self, ef: Ef) -> bool:
        """Whether Passive Authentication has shown that the issuer wrote this file."""
        own = self._steps.get(ef.value.data_group)
        signed = self._signature is not None and self._signature.outcome is Outcome.PASSED
        return signed and own is not None and own.outcome is Outcome.PASSED

    def _passive_authentication(self) -> PassiveAuthentication:
        so_far = self._passive_so_far()
        if so_far is not None and (self.complete or so_far.result.outcome is Outcome.FAILED):
            return so_far
        return PassiveAuthentication(self._aborted(Check.PASSIVE_AUTHENTICATION), so_far.algorithms if so_far else ())

    def _passive_so_far(self) -> PassiveAuthentication | None:
        """Over the files that were asked for; None while the signature is not judged."""
        if self.sod is not None and self._signature is not None:
            asked = {ef.value.data_group for ef in self._asked} - {0}
            return conclude(self._signature, judge_data_groups(self.sod, self._steps, asked))
        error = self._errors.get(Ef.SOD)
        return PassiveAuthentication(verdict(Check.PASSIVE_AUTHENTICATION, error)) if error else None

    def _authenticity(self) -> CheckResult | None:
        key_files = tuple(KeyFile(ef, self._errors.get(ef), self._is_altered(ef)) for ef in _KEY_FILES)
        defects = self._signature.defects if self._signature is not None else ()
        result = judge_authenticity(tuple(self._proofs), key_files, self._is_bound, defects)
        if result is None and self.complete:
            return judge_silence(self.offers)
        return result

    @property
    def offers(self) -> tuple[Method, ...]:
        """How the chip can prove itself, the cheapest first."""
        found = []
        if self.mapping_proof is not None or self.security_infos.offers_mapping:
            found.append(Method.MAPPING)
        if self.security_infos.offers_chip_authentication:
            found.append(Method.CHIP_AUTHENTICATION)
        if Ef.DG15.value.data_group in self.data_groups:
            found.append(Method.ACTIVE_AUTHENTICATION)
        return tuple(found)

    @property
    def mapping_proof(self) -> MappingProof | None:
        """What PACE with Chip Authentication Mapping left behind."""
        return self.access.pace.proof if self.access is not None and self.access.pace is not None else None

    def _is_altered(self, ef: Ef) -> bool:
        own = self._steps.get(ef.value.data_group)
        return own is not None and own.outcome is not Outcome.PASSED

    def _consistency(self) -> CheckResult | None:
        check = Check.MRZ_DG1_CONSISTENCY
        if self.dg1 is None:
            error = self._errors.get(Ef.DG1)
            return verdict(check, error) if error else None
        different = self._context.mrz.differs_from(self.dg1)
        if set(different) <= _MAY_DIFFER:
            return passed(check, *different)
        return CheckResult(check, Outcome.FAILED, Reason.DG1_MISMATCH, different)

    def _portrait(self) -> CheckResult:
        """Whether there is an image; whether it can be decoded, and whose face it shows, is asked elsewhere."""
        if self.portrait is None:
            error = self._errors.get(Ef.DG2)
            return verdict(Check.PORTRAIT, error) if error else self._aborted(Check.PORTRAIT)
        return passed(Check.PORTRAIT, self.portrait.format)


def _offered(card_access: bytes) -> SecurityInfos:
    """What EF.CardAccess said; nothing where that cannot be read, since nothing was believed then either."""
    try:
        return parse_card_access(card_access)
    except FormatError:
        return SecurityInfos(())
