"""What a lane knows. Frozen: a step returns a new value, so that a run can be replayed and compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from egate.checks import Check, CheckResult, Reason
from egate.faults import FAULTS
from egate.screens import Guidance, Screen
from egate.transaction.effects import Resolution, Show, Verdict
from egate.transaction.events import BorderAnswered, ChipRead, FaceDone, MrzChecked, Position, Timer
from egate.transaction.limits import Limits


class Stage(StrEnum):
    """The stages of a lane; a one-step or two-step topology leaves some out."""

    OUT_OF_SERVICE = "out_of_service"
    SELF_TEST = "self_test"
    IDLE = "idle"
    DOCUMENT_PRESENT = "document_present"
    READING_DOCUMENT = "reading_document"
    ENTRY_OPEN = "entry_open"
    ENTERING = "entering"
    SINGLE_PERSON_CHECK = "single_person_check"
    ENTRY_CLOSED = "entry_closed"
    CAPTURING_FACE = "capturing_face"
    DECIDING = "deciding"
    EXIT_OPEN = "exit_open"
    PASSING = "passing"
    CLEAR_CHECK = "clear_check"
    WIPE = "wipe"
    REFERRED = "referred"
    HOLD = "hold"
    OBSTRUCTED = "obstructed"
    EMERGENCY_OPEN = "emergency_open"
    FAULT = "fault"


def _nothing() -> MappingProxyType[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Transaction:
    """The evidence gathered about one traveller, without anything personal."""

    id: str
    token: int
    began_ms: int
    checks: Mapping[Check, CheckResult] = field(default_factory=_nothing)
    verdict: Verdict | None = None
    reasons: tuple[Reason, ...] = ()
    resolution: Resolution | None = None
    attention: tuple[str, ...] = ()
    stage_ms: Mapping[str, int] = field(default_factory=_nothing)
    screens: tuple[Screen, ...] = ()
    chip_tries: int = 0
    again: bool = False  # the document should be laid down once more
    grants: int = 0
    exit_granted: bool = False
    entered: bool = False
    mrz: MrzChecked | None = None
    chip: ChipRead | None = None
    border: BorderAnswered | None = None
    face: FaceDone | None = None
    guidance: Guidance | None = None
    progress: float = 0.0

    def with_checks(self, *results: CheckResult) -> "Transaction":
        """The transaction with these results added; a newer result of a check replaces the older."""
        return replace(self, checks=MappingProxyType({**self.checks, **{r.check: r for r in results}}))

    def with_attention(self, code: str) -> "Transaction":
        """Note once that a person should look at something."""
        return self if code in self.attention else replace(self, attention=(*self.attention, code))


@dataclass(frozen=True, slots=True)
class Lane:
    """The whole state of a lane: its stage, what the sensors last said, the running transaction."""

    limits: Limits = field(default_factory=Limits)
    stage: Stage = Stage.OUT_OF_SERVICE
    since_ms: int = 0
    started: bool = False
    tested: bool = False
    transaction: Transaction | None = None
    document: bool = False
    entry: Position = Position.MOVING  # unknown until the door has told
    exit: Position = Position.MOVING
    inside: int = 0
    approach: bool = False
    counted: bool = False
    """The door has told how many are inside; until then it may be anybody."""
    unaccounted: bool = False
    """The door stopped counting while somebody was inside: only a person who looks can say that the lane is empty."""
    emergency: bool = False
    faults: frozenset[str] = frozenset()
    timers: Mapping[Timer, int] = field(default_factory=_nothing)
    serial: int = 0
    shown: Show | None = None

    @property
    def blocking_faults(self) -> tuple[str, ...]:
        """Active faults that keep the lane closed, sorted."""
        return tuple(sorted(c for c in self.faults if FAULTS[c].blocks_lane))

    @property
    def door_faults(self) -> tuple[str, ...]:
        """Active faults of the door or its link, sorted."""
        return tuple(c for c in self.blocking_faults if c.startswith("door."))

    @property
    def clear(self) -> bool:
        """Both leaves closed and nobody between them."""
        shut = self.entry is Position.CLOSED and self.exit is Position.CLOSED
        return shut and self.counted and not self.maybe_inside

    @property
    def maybe_inside(self) -> bool:
        """Somebody is between the leaves, or may be."""
        return self.inside > 0 or self.unaccounted
