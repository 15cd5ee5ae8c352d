"""What the printed page alone tells: is the zone right, is the document one of ours, in date, its holder old enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.document.errors import MrzError
from egate.document.mrz.zone import Mrz


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Rules of a lane for the printed page.

    ``min_age_years`` (0 to 120): younger travellers are referred. ``expiry_window_years`` (1 to 50): how far ahead a
    two-digit year of expiry may lie. ``supported_states``: codes of issuing states, empty for all.
    ``specimen_states``: codes that no genuine document bears; a test lane empties this.
    """

    min_age_years: int = 18
    expiry_window_years: int = 15
    supported_states: tuple[str, ...] = ()
    specimen_states: tuple[str, ...] = ("UTO",)

    def __post_init__(self) -> None:
        for name, (low, high) in {"min_age_years": (0, 120), "expiry_window_years": (1, 50)}.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must lie between {low} and {high}")


@dataclass(frozen=True, slots=True)
class MrzInspection:
    """``mrz`` is None unless zone and check digits are right. ``checks`` always holds the five checks of a page."""

    mrz: Mrz | None
    checks: tuple[CheckResult, ...]


def check_mrz(lines: Sequence[str], today: date, limits: DocumentLimits) -> MrzInspection:
    """Judge what the optical reader delivered. Never raises."""
    try:
        mrz = Mrz.from_lines(lines)
    except MrzError as error:
        return MrzInspection(None, _unread(error.reason))
    judged = (_supported(mrz, limits), _expiry(mrz, today, limits), _age(mrz, today, limits))
    return MrzInspection(mrz, (passed(Check.MRZ_READ), passed(Check.MRZ_CHECK_DIGITS), *judged))


def _unread(reason: Reason) -> tuple[CheckResult, ...]:
    """The checks of a page whose zone could not be used: later ones were not begun."""
    skipped = [CheckResult(check, Outcome.ABORTED, Reason.NOT_DONE) for check in _JUDGED]
    if reason is Reason.MRZ_CHECK_DIGIT:
        return (passed(Check.MRZ_READ), CheckResult(Check.MRZ_CHECK_DIGITS, Outcome.FAILED, reason), *skipped)
    outcome = Outcome.NOT_SUPPORTED if reason is Reason.DOCUMENT_TYPE else Outcome.FAILED
    digits = CheckResult(Check.MRZ_CHECK_DIGITS, Outcome.ABORTED, Reason.NOT_DONE)
    return (CheckResult(Check.MRZ_READ, outcome, reason), digits, *skipped)


_JUDGED = (Check.DOCUMENT_SUPPORTED, Check.DOCUMENT_EXPIRY, Check.AGE)


def _supported(mrz: Mrz, limits: DocumentLimits) -> CheckResult:
    check, state = Check.DOCUMENT_SUPPORTED, mrz.issuing_state
    if not mrz.document_type.startswith("P"):
        return CheckResult(check, Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE, ("type",))
    if state in limits.specimen_states:
        return CheckResult(check, Outcome.NOT_SUPPORTED, Reason.SPECIMEN)
    if limits.supported_states and state not in limits.supported_states:
        return CheckResult(check, Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE, ("state",))
    return passed(check)


def _expiry(mrz: Mrz, today: date, limits: DocumentLimits) -> CheckResult:
    """The last day itself still counts."""
    try:
        expiry = mrz.expiry_date(today, limits.expiry_window_years)
    except MrzError as error:
        return CheckResult(Check.DOCUMENT_EXPIRY, Outcome.FAILED, error.reason)
    if expiry < today:
        return CheckResult(Check.DOCUMENT_EXPIRY, Outcome.FAILED, Reason.EXPIRED)
    return passed(Check.DOCUMENT_EXPIRY)


def _age(mrz: Mrz, today: date, limits: DocumentLimits) -> CheckResult:
    try:
        born = mrz.birth_date(today)
    except MrzError as error:
        return CheckResult(Check.AGE, Outcome.FAILED, error.reason)
    if born is None:
        return CheckResult(Check.AGE, Outcome.UNDETERMINED, Reason.DATE_INVALID)
    if age_years(born, today) < limits.min_age_years:
        return CheckResult(Check.AGE, Outcome.FAILED, Reason.UNDER_AGE)
    return passed(Check.AGE)


def age_years(born: date, today: date) -> int:
    """Completed years of life."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
