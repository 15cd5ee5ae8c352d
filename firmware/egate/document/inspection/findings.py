"""What an inspection has found so far, and the verdicts that follow. No chip here: bytes come in, checks come out."""

from collections.abc import Iterator
from datetime import datetime

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.document.chip.active_auth import ActiveAuthentication, Proof
from egate.document.chip.steps import AccessProtocol
from egate.document.crypto.public_keys import PublicKey
from egate.document.errors import DocumentError, TransportError, UnsupportedError
from egate.document.inspection.known_documents import DocumentModel, judge_model
from egate.document.lds.face_image import Portrait, parse_dg2
from egate.document.lds.files import Com, Ef, parse_com, parse_dg1, parse_dg15
from egate.document.lds.security_infos import SecurityInfos, parse_dg14
from egate.document.mrz.zone import Mrz
from egate.document.pki.passive_auth import INSPECTED_GROUPS, PassiveAuthentication, passive_authentication
from egate.document.pki.sod import SecurityObject, parse_sod
from egate.document.pki.trust import TrustStore

# A zone may differ from its chip in what is optional, and then in the composite digit as well.
_MAY_DIFFER = {"optional_data", "composite"}


def verdict(check: Check, error: DocumentError, *details: str) -> CheckResult:
    """What we do not know leaves a check open; a protocol that we lack is not supported; all else failed."""
    outcome = Outcome.UNDETERMINED if isinstance(error, UnsupportedError) else Outcome.FAILED
    if error.reason is Reason.ACCESS_UNSUPPORTED:
        outcome = Outcome.NOT_SUPPORTED
    return CheckResult(check, outcome, error.reason, details)


class Findings:
    """``complete``: every data group was asked for, so that a missing one is missing. ``mrz``: the printed zone."""

    def __init__(self, mrz: Mrz) -> None:
        self.complete = False
        self.sod: SecurityObject | None = None
        self.dg1: Mrz | None = None
        self.portrait: Portrait | None = None
        self.key: PublicKey | None = None
        self._mrz = mrz
        self._com: Com | None = None
        self._security_infos = SecurityInfos(())
        self._raw: dict[Ef, bytes] = {}
        self._errors: dict[Ef, DocumentError] = {}
        self._access: CheckResult | None = None
        self._protocol: AccessProtocol | None = None
        self._signed: CheckResult | None = None
        self._stopped = Reason.NOT_DONE

    # While the chip is read

    def opened(self, access: AccessProtocol) -> None:
        self._access = passed(Check.CHIP_ACCESS, access)
        self._protocol = access

    def interrupted(self, error: TransportError) -> None:
        """Chip or reader went away: what is not done by now is aborted, not failed."""
        self._stopped = error.reason

    def broken_off(self, error: DocumentError) -> None:
        """The chip did not let us in, or broke the session in a way that nothing repairs."""
        self._access = verdict(Check.CHIP_ACCESS, error)

    def miss(self, ef: Ef, error: DocumentError) -> None:
        """The chip did not give this file."""
        self._errors[ef] = error

    def take(self, ef: Ef, raw: bytes) -> None:
        """Keep a file as read, and decode it as far as its form allows."""
        self._raw[ef] = raw
        try:
            self._decode(ef, raw)
        except DocumentError as error:
            self._errors[ef] = error

    def _decode(self, ef: Ef, raw: bytes) -> None:
        match ef:
            case Ef.SOD:
                self.sod = parse_sod(raw)
            case Ef.COM:
                self._com = parse_com(raw)
            case Ef.DG1:
                self.dg1 = parse_dg1(raw)
            case Ef.DG2:
                self.portrait = parse_dg2(raw)
            case Ef.DG14:
                self._security_infos = parse_dg14(raw)
            case Ef.DG15:
                self.key = parse_dg15(raw)

    @property
    def data_groups(self) -> tuple[int, ...]:
        """What SOD lists; where there is none, what EF.COM claims."""
        if self.sod is not None:
            return tuple(self.sod.hashes)
        return self._com.data_groups if self._com is not None else ()

    @property
    def lds_version(self) -> str:
        return self._com.lds_version if self._com is not None else ""

    def chip_not_authenticated(self, error: DocumentError) -> None:
        self._signed = verdict(Check.CHIP_AUTHENTICITY, error)

    @property
    def active_authentication_algorithm(self) -> str | None:
        """As DG14 states it. Raises FormatError."""
        return self._security_infos.active_authentication_algorithm

    def chip_signed(self, signed: ActiveAuthentication) -> None:
        """How INTERNAL AUTHENTICATE ended. A signature that is not there whole leaves the check open: the reader's
        path may have lost it."""
        check, name = Check.CHIP_AUTHENTICITY, "active_authentication"
        match signed.proof:
            case Proof.HOLDS:
                self._signed = passed(check, name, signed.key.name, signed.hash)
            case Proof.TRUNCATED | Proof.EMPTY:
                self._signed = CheckResult(check, Outcome.UNDETERMINED, Reason.AA_SIGNATURE, (name, signed.proof))
            case Proof.WRONG | Proof.REFUSED:
                self._signed = CheckResult(check, Outcome.FAILED, Reason.AA_SIGNATURE, (name, signed.proof))

    # Afterwards

    def conclude(
        self, trust: TrustStore, now: datetime, model: DocumentModel | None
    ) -> tuple[tuple[CheckResult, ...], tuple[str, ...]]:
        """The checks in the order of CHIP_CHECKS, and the algorithms that were met."""
        passive = self._passive_authentication(trust, now)
        access = self._access or self._aborted(Check.CHIP_ACCESS)
        authenticity = self._authenticity(passive)
        checks = (
            access,
            passive.result,
            authenticity,
            self._consistency(),
            judge_model(model, self._protocol, authenticity),
            self._portrait(),
        )
        return checks, passive.algorithms

    def _aborted(self, check: Check) -> CheckResult:
        return CheckResult(check, Outcome.ABORTED, self._stopped)

    def _passive_authentication(self, trust: TrustStore, now: datetime) -> PassiveAuthentication:
        check = Check.PASSIVE_AUTHENTICATION
        if self.sod is None:
            error = self._errors.get(Ef.SOD)
            return PassiveAuthentication(verdict(check, error) if error else self._aborted(check))
        if not self.complete:
            return PassiveAuthentication(self._aborted(check))
        files = {ef.value.data_group: raw for ef, raw in self._raw.items() if ef.value.data_group in INSPECTED_GROUPS}
        return passive_authentication(self.sod, files, self._mrz, trust, now)

    def _authenticity(self, passive: PassiveAuthentication) -> CheckResult:
        """What the chip proved, and whether the key with which it did so is its issuer's (9303-11, 6.1)."""
        check = Check.CHIP_AUTHENTICITY
        trouble = next(self._trouble_with_keys(), None)
        if trouble is not None:
            return trouble
        if not self.complete:
            return self._aborted(check)
        if self.key is None:
            return self._nothing_proven()
        if self._signed is None:
            return self._aborted(check)
        if self._signed.outcome is Outcome.PASSED and not passive.binds(self.sod, Ef.DG15.value.data_group):
            return CheckResult(check, Outcome.UNDETERMINED, Reason.AA_KEY, ("not_bound",))
        return self._signed

    def _trouble_with_keys(self) -> Iterator[CheckResult]:
        """Files with keys that were taken away, are malformed or are not those that the issuer signed."""
        check = Check.CHIP_AUTHENTICITY
        for ef in (Ef.DG15, Ef.DG14):
            error = self._errors.get(ef)
            group = ef.value.data_group
            if error is not None and error.reason is Reason.FILE_MISSING:
                yield CheckResult(check, Outcome.FAILED, Reason.DG_WITHHELD, (ef.name.lower(),))
            elif error is not None:
                yield verdict(check, error, ef.name.lower())
            elif ef in self._raw and self.sod is not None and not self.sod.matches(group, self._raw[ef]):
                yield CheckResult(check, Outcome.FAILED, Reason.AA_KEY, (ef.name.lower(), "hash"))

    def _nothing_proven(self) -> CheckResult:
        if self._security_infos.offers_chip_authentication:
            reason, word = Reason.ALGORITHM_UNSUPPORTED, "chip_authentication"
            return CheckResult(Check.CHIP_AUTHENTICITY, Outcome.UNDETERMINED, reason, (word,))
        return CheckResult(Check.CHIP_AUTHENTICITY, Outcome.NOT_SUPPORTED, Reason.NOT_OFFERED)

    def _consistency(self) -> CheckResult:
        check = Check.MRZ_DG1_CONSISTENCY
        if self.dg1 is None:
            error = self._errors.get(Ef.DG1)
            return verdict(check, error) if error else self._aborted(check)
        different = self._mrz.differs_from(self.dg1)
        if set(different) <= _MAY_DIFFER:
            return passed(check, *different)
        return CheckResult(check, Outcome.FAILED, Reason.DG1_MISMATCH, different)

    def _portrait(self) -> CheckResult:
        """Whether there is an image; whether it can be decoded, and whose face it shows, is asked elsewhere."""
        if self.portrait is None:
            error = self._errors.get(Ef.DG2)
            return verdict(Check.PORTRAIT, error) if error else self._aborted(Check.PORTRAIT)
        return passed(Check.PORTRAIT, self.portrait.format)
