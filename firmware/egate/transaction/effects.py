"""Everything that a lane can want. Executors of the runtime carry effects out; answers come back as events.

Effects name the transaction they serve. Those that change the world more than once (grants) carry what makes a
repetition harmless.
"""

from dataclasses import dataclass
from enum import StrEnum

from egate.checks import CheckResult, Outcome, Reason
from egate.screens import Guidance, Screen
from egate.transaction.events import Direction, Leaf, Timer


class Signal(StrEnum):
    OFF = "off"
    READY = "ready"
    WAIT = "wait"
    GO = "go"
    ASSIST = "assist"
    CLOSED = "closed"


class Verdict(StrEnum):
    """The gate admits or refers; it never refuses. ABORT: the transaction ended without a decision."""

    ADMIT = "admit"
    REFER = "refer"
    ABORT = "abort"


class Resolution(StrEnum):
    """How the transaction ended for the person."""

    PASSED = "passed"
    WALKED_AWAY = "walked_away"
    WALKED_BACK = "walked_back"
    OFFICER_FORWARD = "officer_forward"
    OFFICER_BACK = "officer_back"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class Effect:
    pass


@dataclass(frozen=True, slots=True)
class Show(Effect):
    """One instruction for the traveller and both lamps."""

    screen: Screen
    entrance: Signal
    exit_: Signal
    guidance: Guidance | None = None
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class StartTimer(Effect):
    """``after_ms`` from now; a timer of the same name that still runs is replaced."""

    timer: Timer
    after_ms: int
    serial: int


@dataclass(frozen=True, slots=True)
class RunSelfTest(Effect):
    pass


@dataclass(frozen=True, slots=True)
class SetFault(Effect):
    """Raise or clear a fault that the lane itself owns."""

    code: str
    active: bool


@dataclass(frozen=True, slots=True)
class CheckMrz(Effect):
    transaction: str


@dataclass(frozen=True, slots=True)
class CheckSeals(Effect):
    """Judge the digital seals that have come, if any, against the MRZ."""

    transaction: str


@dataclass(frozen=True, slots=True)
class ReadChip(Effect):
    transaction: str


@dataclass(frozen=True, slots=True)
class AskBorder(Effect):
    transaction: str


@dataclass(frozen=True, slots=True)
class CaptureFace(Effect):
    transaction: str
    within_ms: int


@dataclass(frozen=True, slots=True)
class StopWork(Effect):
    """Cancel whatever still runs for the transaction; its answers no longer count."""

    transaction: str


@dataclass(frozen=True, slots=True)
class GrantPassage(Effect):
    leaf: Leaf
    direction: Direction
    token: int


@dataclass(frozen=True, slots=True)
class CloseLeaf(Effect):
    leaf: Leaf


@dataclass(frozen=True, slots=True)
class ClearDoor(Effect):
    """A person has looked: the door controller may forget its latched states, and counts on from ``inside``."""

    inside: int = 0


@dataclass(frozen=True, slots=True)
class Wipe(Effect):
    """Forget everything about the traveller, now. None: what was read of a document without a transaction."""

    transaction: str | None


@dataclass(frozen=True, slots=True)
class RememberDocument(Effect):
    """Somebody has passed with the traveller's document, or may have: nobody else should for a while."""

    transaction: str


@dataclass(frozen=True, slots=True)
class OpenTransaction(Effect):
    """Remember durably that a transaction began, so that a crash cannot hide it."""

    transaction: str


@dataclass(frozen=True, slots=True)
class RecordTransition(Effect):
    transaction: str | None
    source: str
    target: str
    cause: str
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class RecordStep(Effect):
    """One thing that was done in a transaction, for the page that shows it as it happens."""

    transaction: str
    name: str
    outcome: Outcome
    reason: Reason
    took_ms: int
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """All that a record keeps of one transaction. No personal data."""

    transaction: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    resolution: Resolution
    checks: tuple[CheckResult, ...]
    stage_ms: dict[str, int]
    elapsed_ms: int
    document_type: str
    issuing_state: str
    access_protocol: str
    algorithms: tuple[str, ...]
    apdu_count: int
    byte_count: int
    list_version: str
    scores: dict[str, float]
    quality: dict[str, float]
    screens: tuple[Screen, ...]
    attention: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CloseTransaction(Effect):
    """Write the one record of the transaction, in the same commit that ends it."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class CountLate(Effect):
    """An answer came for a traveller who has gone; it was dropped."""

    kind: str
