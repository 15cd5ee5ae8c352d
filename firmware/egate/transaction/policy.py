"""Who is admitted: a pure function of evidence and limits. Admit only if every mandatory check passed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from egate.checks import Check, CheckResult, Outcome, Reason, combined
from egate.transaction.effects import Verdict
from egate.transaction.limits import DOCUMENT_CHECKS, MANDATORY, WHERE_PRESENT, HitAction, Policy

_SEVERITY = (Outcome.FAILED, Outcome.ABORTED, Outcome.UNDETERMINED, Outcome.NOT_SUPPORTED)


@dataclass(frozen=True, slots=True)
class Decision:
    """``reasons``: why not, worst first; empty exactly when admitted. ``hold``: both leaves stay shut."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    hold: bool = False

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.ADMIT) != (not self.reasons):
            raise ValueError("an admission has no reasons against it, a referral has at least one")


def decide(checks: Mapping[Check, CheckResult], blocking_faults: Iterable[str], policy: Policy) -> Decision:
    """The decision at the end of a transaction. ``checks``: the newest result of each check made.

    A mandatory check that was never made counts as undetermined; a digital seal is demanded where one came. A blocking
    fault of the lane refers, whatever the checks say: what cannot be recorded or trusted admits nobody.
    """
    reasons = _against(checks, MANDATORY, policy)
    if any(blocking_faults):
        reasons = (*reasons, Reason.DEVICE_FAULT)
    if not reasons:
        return Decision(Verdict.ADMIT, ())
    hold = Reason.ALERT_LIST_HIT in reasons and policy.alert_list_hit is HitAction.HOLD
    return Decision(Verdict.REFER, reasons, hold)


def document_objections(checks: Mapping[Check, CheckResult], policy: Policy) -> tuple[Reason, ...]:
    """Why the entry must stay shut; empty when the document may take its bearer inside."""
    return _against(checks, DOCUMENT_CHECKS, policy)


def outcome_of(checks: Iterable[CheckResult]) -> Outcome:
    """The combined outcome of some checks."""
    return combined(c.outcome for c in checks)


def _against(checks: Mapping[Check, CheckResult], mandatory: Iterable[Check], policy: Policy) -> tuple[Reason, ...]:
    made = (check for check in mandatory if not _switched_off(check, policy))
    demanded = (*made, *(check for check in WHERE_PRESENT if check in checks))
    found = [checks.get(check, CheckResult(check, Outcome.UNDETERMINED, Reason.NOT_DONE)) for check in demanded]
    objections = [c for c in found if not _satisfied(c, policy)]
    objections.sort(key=lambda c: _SEVERITY.index(c.outcome))  # stable: keeps the order of the checks
    reasons = tuple(dict.fromkeys(c.reason for c in objections))
    # What was not done because something else had failed explains nothing.
    return tuple(r for r in reasons if r is not Reason.NOT_DONE) or reasons


def _switched_off(check: Check, policy: Policy) -> bool:
    return check is Check.DOCUMENT_REUSE and policy.document_memory_s == 0


def _satisfied(result: CheckResult, policy: Policy) -> bool:
    if result.outcome is Outcome.PASSED:
        return True
    # TR-03135-2, 4.2.4: chip authenticity is mandatory whenever the chip offers it.
    not_offered = result.check is Check.CHIP_AUTHENTICITY and result.reason is Reason.NOT_OFFERED
    return not_offered and not policy.require_chip_authenticity
