"""The steps of which a verdict on signatures consists: each has an outcome of its own, and the worst one counts."""

from collections.abc import Iterable
from dataclasses import dataclass

from egate.checks import Outcome, Reason, combined
from egate.document.errors import DocumentError, UnsupportedError

# These leave a check open, because they show nothing about the document.
_OPEN = (Reason.ALGORITHM_WEAK, Reason.TRUST_STALE, Reason.CSCA_UNKNOWN, Reason.KNOWN_DEFECT)
_BEST_FIRST = (Outcome.PASSED, Outcome.UNDETERMINED, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step's outcome. ``subject`` is a coded word: which data group, which certificate."""

    outcome: Outcome
    reason: Reason
    subject: str

    @property
    def word(self) -> str:
        return f"{self.subject}:{self.reason}"


def step(subject: str, reason: Reason = Reason.OK, outcome: Outcome | None = None) -> Step:
    """``outcome``: by default the one that goes with ``reason``."""
    if reason is Reason.OK:
        return Step(Outcome.PASSED, reason, subject)
    return Step(outcome or (Outcome.UNDETERMINED if reason in _OPEN else Outcome.FAILED), reason, subject)


def broken(subject: str, error: DocumentError) -> Step:
    """What we do not know stays open; what is malformed failed."""
    return step(subject, error.reason, Outcome.UNDETERMINED if isinstance(error, UnsupportedError) else Outcome.FAILED)


def rank(steps: Iterable[Step]) -> int:
    """The less, the better: to choose between several ways to the same end."""
    return _BEST_FIRST.index(combined(each.outcome for each in steps))
