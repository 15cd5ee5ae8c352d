"""The result that a reader plan ends with."""

from collections.abc import Generator
from dataclasses import dataclass

from egate.checks import Check, CheckResult, Outcome, Reason
from egate.document.chip.steps import AccessProtocol, Step
from egate.document.inspection.known_documents import DocumentModel, judge_missing_chip
from egate.document.lds.face_image import Portrait
from egate.document.mrz.zone import Mrz

CHIP_CHECKS = (
    Check.CHIP_ACCESS,
    Check.PASSIVE_AUTHENTICATION,
    Check.CHIP_AUTHENTICITY,
    Check.MRZ_DG1_CONSISTENCY,
    Check.DOCUMENT_MODEL,
    Check.PORTRAIT,
)


@dataclass(frozen=True, slots=True)
class ChipInspection:
    """What a chip showed. ``checks`` holds each of CHIP_CHECKS once, in that order; ``repr`` shows no content.

    ``dg1`` and ``portrait`` are there as soon as they could be read, whatever the checks say: an officer wants to see
    them. ``algorithms`` are coded words, and so is ``protected``: what Terminal Authentication led to. ``read_length``:
    what READ BINARY of this chip bore at last, in bytes.
    """

    checks: tuple[CheckResult, ...]
    access: AccessProtocol | None = None
    dg1: Mrz | None = None
    portrait: Portrait | None = None
    algorithms: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    issuing_state: str = ""
    document_type: str = ""
    apdu_count: int = 0
    bytes_read: int = 0
    read_length: int = 0

    def __post_init__(self) -> None:
        if tuple(result.check for result in self.checks) != CHIP_CHECKS:
            raise ValueError("a chip inspection holds each of its checks once, in order")

    def __repr__(self) -> str:
        checks = ", ".join(f"{result.check}: {result.outcome}" for result in self.checks)
        return f"ChipInspection({checks})"

    def result(self, check: Check) -> CheckResult:
        """One of CHIP_CHECKS."""
        return self.checks[CHIP_CHECKS.index(check)]


Plan = Generator[Step, bytes, ChipInspection]


def no_chip(model: DocumentModel | None = None) -> ChipInspection:
    """The inspection of a document in which no chip answers at all. ``model``: what is known of its kind."""
    return _unread(CheckResult(Check.CHIP_ACCESS, Outcome.FAILED, Reason.CHIP_ABSENT), judge_missing_chip(model))


def not_inspected(reason: Reason) -> ChipInspection:
    """The inspection of a chip that could not be begun, for a reason that lies with the gate."""
    return _unread(CheckResult(Check.CHIP_ACCESS, Outcome.ABORTED, reason))


def _unread(*known: CheckResult) -> ChipInspection:
    made = {result.check: result for result in known}
    return ChipInspection(
        tuple(made.get(check, CheckResult(check, Outcome.ABORTED, Reason.NOT_DONE)) for check in CHIP_CHECKS)
    )
