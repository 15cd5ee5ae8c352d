"""Port: the border systems that are asked about a document. Who asks decides when, and waits how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from egate.checks import Check, CheckResult, Outcome, Reason


@dataclass(frozen=True, slots=True, repr=False)
class Query:
    """One traveller's document as its MRZ names it; fillers may stand or be left out. No more than a list needs."""

    document_number: str
    issuing_state: str
    document_type: str

    def __repr__(self) -> str:
        return "Query(...)"


@dataclass(frozen=True, slots=True)
class Answer:
    """``result``: the check BORDER_SYSTEM with OK, ALERT_LIST_HIT, LIST_STALE or LIST_UNAVAILABLE. ``list_version``
    and ``age`` tell which list answered and how old it was then; empty and None where there was none."""

    result: CheckResult
    list_version: str = ""
    age: timedelta | None = None

    def __post_init__(self) -> None:
        if self.result.check is not Check.BORDER_SYSTEM:
            raise ValueError(f"a border system does not answer {self.result.check}")


class BorderSystem(Protocol):
    """Promises: an answer comes for every query, never an exception; nothing of the query is kept."""

    def ask(self, query: Query, now: datetime) -> Answer:
        """Answer one query at the time ``now`` (aware)."""


class NoBorderSystem:
    """Stands in while no list can be used: nothing is known of anybody, so nobody is admitted."""

    def ask(self, query: Query, now: datetime) -> Answer:
        del query, now
        return Answer(CheckResult(Check.BORDER_SYSTEM, Outcome.UNDETERMINED, Reason.LIST_UNAVAILABLE))
