"""What the printed page alone tells: is the zone right, is the document one of ours, in date, its holder old enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.document.errors import MrzError
from egate.document.mrz.formats import Format
from egate.document.mrz.repair import read_zone
from egate.document.mrz.zone import Mrz

_CREW_MEMBER_CERTIFICATE = "AC"  # Doc 9303-5, appendix C: a TD1 that is no identity card
_VISA_ALONE = (
    "this is a visa, which is valid only in its passport; lay down the passport's own page, or call an officer"
)
_OTHER_FORMAT = "this lane does not take documents of this format; an officer can"


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Rules of a lane for the printed page.

    ``min_age_years`` (0 to 120): younger travellers are referred. ``expiry_window_years`` (1 to 50): how far ahead a
    two-digit year of expiry may lie. ``supported_states``: codes of issuing states, empty for all.
    ``specimen_states``: codes that no genuine document bears; a test lane empties this. ``formats``: what the lane
    takes, passport booklets (td3) and perhaps identity cards (td1, td2); a visa never is a document of its own.
    ``assisted``: an officer stands by, so misread characters that the check digits prove may be put right; a
    self-service lane never does that.
    """

    min_age_years: int = 18
    expiry_window_years: int = 15
    supported_states: tuple[str, ...] = ()
    specimen_states: tuple[str, ...] = ("UTO",)
    formats: tuple[Format, ...] = (Format.TD3,)
    assisted: bool = False

    def __post_init__(self) -> None:
        for name, (low, high) in {"min_age_years": (0, 120), "expiry_window_years": (1, 50)}.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must lie between {low} and {high}")
        if not self.formats or any(form.is_visa for form in self.formats):
            raise ValueError("formats must name some of td1, td2 and td3; visas lie in passports")


@dataclass(frozen=True, slots=True)
class MrzInspection:
    """``mrz`` is None unless zone and check digits are right. ``checks`` always holds the five checks of a page.
    ``refusal``: for a log or an officer, what is wrong and what to do, without content; empty where a zone was read."""

    mrz: Mrz | None
    checks: tuple[CheckResult, ...]
    refusal: str = ""


def check_mrz(lines: Sequence[str], today: date, limits: DocumentLimits) -> MrzInspection:
    """Judge what the optical reader delivered. Never raises."""
    try:
        _check_format(Format.of_lines(lines), limits)
        reading = read_zone(lines, assisted=limits.assisted)
    except MrzError as error:
        return MrzInspection(None, _unread(error.reason), str(error))
    mrz = reading.mrz
    judged = (_supported(mrz, limits), _expiry(mrz, today, limits), _age(mrz, today, limits))
    repaired = tuple(f"repaired_{field}" for field in reading.repaired)
    return MrzInspection(mrz, (passed(Check.MRZ_READ, *repaired), passed(Check.MRZ_CHECK_DIGITS), *judged))


def _check_format(form: Format | None, limits: DocumentLimits) -> None:
    """First of all, because nobody need read a document twice that the lane does not take."""
    if form is not None and form not in limits.formats:
        raise MrzError(_VISA_ALONE if form.is_visa else _OTHER_FORMAT, Reason.DOCUMENT_TYPE)


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
    check, state, kind = Check.DOCUMENT_SUPPORTED, mrz.issuing_state, mrz.document_type
    if kind[0] not in mrz.format.layout.letters or kind == _CREW_MEMBER_CERTIFICATE:
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
