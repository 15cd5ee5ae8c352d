"""Everything that can happen to a lane. Events are frozen and carry no personal data.

``at_ms`` is monotonic time in milliseconds, stamped by the runtime when the event was taken from its driver.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from egate.checks import CheckResult, Reason
from egate.screens import Guidance


class Leaf(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class Position(StrEnum):
    CLOSED = "closed"
    MOVING = "moving"
    OPEN = "open"
    BLOCKED = "blocked"


class Direction(StrEnum):
    FORWARD = "forward"
    BACKWARD = "backward"


class Press(StrEnum):
    CALL = "call"
    RELEASE_FORWARD = "release_forward"
    RELEASE_BACK = "release_back"
    RESET = "reset"


class Timer(StrEnum):
    """STAGE guards the current stage; the others run across stages."""

    STAGE = "stage"
    TRANSACTION = "transaction"
    INSIDE_ALARM = "inside_alarm"
    DOCUMENT_LEFT = "document_left"


@dataclass(frozen=True, slots=True)
class Event:
    at_ms: int


# The controller itself


@dataclass(frozen=True, slots=True)
class Started(Event):
    """Every device was opened or its fault was raised; the lane may try itself."""


@dataclass(frozen=True, slots=True)
class SelfTestDone(Event):
    """Everything the lane needs was tried. What is wrong stands in the active faults."""


@dataclass(frozen=True, slots=True)
class FaultChanged(Event):
    """A fault of the list in ``egate.faults`` began or ended."""

    code: str
    active: bool


@dataclass(frozen=True, slots=True)
class TimerFired(Event):
    """``serial`` tells a timer that still counts from one that was replaced."""

    timer: Timer
    serial: int


def _check_token(token: int) -> None:
    if not 0 < token < 2**28:
        raise ValueError("a token base lies between 1 and 2**28 - 1")


# The document reader


@dataclass(frozen=True, slots=True)
class DocumentPlaced(Event):
    """``transaction``: fresh globally unique id, used if a transaction starts; ``token``: base of its door grants."""

    transaction: str
    token: int

    def __post_init__(self) -> None:
        _check_token(self.token)
        if not self.transaction:
            raise ValueError("a placed document needs a transaction id")


@dataclass(frozen=True, slots=True)
class DocumentRemoved(Event):
    pass


@dataclass(frozen=True, slots=True)
class MrzArrived(Event):
    """Lines came; they wait in the runtime's vault, not here."""


@dataclass(frozen=True, slots=True)
class SealArrived(Event):
    """A bar code that claims to be a digital seal came; it waits in the runtime's vault, not here."""


@dataclass(frozen=True, slots=True)
class MrzUnreadable(Event):
    """The reader could not make out the lines; the traveller is asked to lay the document down again."""

    cause: str


# Answers to effects: each names the transaction it belongs to


@dataclass(frozen=True, slots=True)
class Answer(Event):
    """``took_ms``: time the effect took, devices included. A late answer for a finished traveller is dropped."""

    transaction: str
    took_ms: int


@dataclass(frozen=True, slots=True)
class MrzChecked(Answer):
    checks: tuple[CheckResult, ...]
    document_type: str = ""
    issuing_state: str = ""


@dataclass(frozen=True, slots=True)
class SealsChecked(Answer):
    """``check``: the verdict on all seals that came with the document so far."""

    check: CheckResult


@dataclass(frozen=True, slots=True)
class ChipProgress(Answer):
    """A stage of the chip reading has begun; ``fraction`` of the whole, 0 to 1."""

    part: str
    fraction: float


@dataclass(frozen=True, slots=True)
class ChipRead(Answer):
    checks: tuple[CheckResult, ...]
    access_protocol: str = ""
    algorithms: tuple[str, ...] = ()
    apdu_count: int = 0
    byte_count: int = 0

    @property
    def removed(self) -> bool:
        """The document was taken away while it was read, be it late in the reading: what may be tried again."""
        return any(c.reason is Reason.CHIP_REMOVED for c in self.checks)


@dataclass(frozen=True, slots=True)
class BorderAnswered(Answer):
    check: CheckResult
    list_version: str = ""


@dataclass(frozen=True, slots=True)
class FaceGuidance(Answer):
    """What would make the next picture better; None: nothing, hold that pose."""

    guidance: Guidance | None
    fraction: float


@dataclass(frozen=True, slots=True)
class FaceDone(Answer):
    """``scores``: name -> value of what was measured: match, match_threshold, pad, pad_threshold."""

    checks: tuple[CheckResult, ...]
    scores: dict[str, float] = field(default_factory=dict)
    quality: dict[str, float] = field(default_factory=dict)


# The door


@dataclass(frozen=True, slots=True)
class LeafMoved(Event):
    leaf: Leaf
    position: Position


@dataclass(frozen=True, slots=True)
class PersonPassed(Event):
    leaf: Leaf
    direction: Direction


@dataclass(frozen=True, slots=True)
class Occupied(Event):
    inside: int
    approach: bool


@dataclass(frozen=True, slots=True)
class GrantRefused(Event):
    """The door controller refused a grant or let it lapse; ``cause`` is its code."""

    leaf: Leaf
    cause: str


@dataclass(frozen=True, slots=True)
class EmergencyChanged(Event):
    latched: bool


# People at the lane


@dataclass(frozen=True, slots=True)
class Pressed(Event):
    """``token``: fresh base of a door grant, used where no transaction runs that could name one."""

    press: Press
    token: int = 1

    def __post_init__(self) -> None:
        _check_token(self.token)


@dataclass(frozen=True, slots=True)
class Immediate(Event):
    """Not from outside: the table uses it for what follows at once from being in a stage."""
