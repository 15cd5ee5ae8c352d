"""A walk through the lane's table: events in, effects and state out, chapter by chapter."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.limits import DOCUMENT_CHECKS
from egate.transaction.state import Lane
from egate.transaction.step import step

E = TypeVar("E", bound=fx.Effect)
ENTRY, EXIT = ev.Leaf.ENTRY, ev.Leaf.EXIT
FORWARD, BACKWARD = ev.Direction.FORWARD, ev.Direction.BACKWARD
MRZ_CHECKS = (
    Check.MRZ_READ, Check.MRZ_CHECK_DIGITS, Check.DOCUMENT_SUPPORTED, Check.DOCUMENT_EXPIRY, Check.AGE,
    Check.DOCUMENT_REUSE,
)  # fmt: skip
FACE_CHECKS = (Check.FACE_CAPTURE, Check.PAD, Check.FACE_VERIFICATION)


def failed(check: Check, reason: Reason) -> CheckResult:
    return CheckResult(check, Outcome.FAILED, reason)


def results(checks: Iterable[Check], *bad: CheckResult) -> tuple[CheckResult, ...]:
    """Every check passed but the bad ones."""
    replaced = {c.check: c for c in bad}
    return tuple(replaced.get(check, passed(check)) for check in checks)


@dataclass
class Walk:
    """A lane and the story told to it. Time passes one second an event unless told otherwise."""

    lane: Lane = field(default_factory=Lane)
    now_ms: int = 0
    effects: list[fx.Effect] = field(default_factory=list)
    number: int = 0

    def tell(self, event: ev.Event) -> "Walk":
        self.now_ms = event.at_ms
        self.lane, effects = step(self.lane, event)
        self.effects += effects
        return self

    def at(self) -> int:
        return self.now_ms + 1_000

    def done(self, kind: type[E]) -> list[E]:
        return [e for e in self.effects if isinstance(e, kind)]

    def summary(self) -> fx.Summary:
        (close,) = self.done(fx.CloseTransaction)
        return close.summary

    def fire(self, timer: ev.Timer) -> "Walk":
        return self.tell(ev.TimerFired(self.at(), timer, self.lane.timers[timer]))

    # Chapters

    def ready(self) -> "Walk":
        self.tell(ev.Started(self.at()))
        for leaf in ev.Leaf:
            self.tell(ev.LeafMoved(self.at(), leaf, ev.Position.CLOSED))
        self.tell(ev.Occupied(self.at(), 0, approach=False))
        return self.tell(ev.SelfTestDone(self.at()))

    def place(self) -> "Walk":
        self.number += 1
        return self.tell(ev.DocumentPlaced(self.at(), f"tx-{self.number}", self.number))

    @property
    def tx(self) -> str:
        return f"tx-{self.number}"

    def mrz(self, *bad: CheckResult) -> "Walk":
        self.tell(ev.MrzArrived(self.at()))
        return self.tell(ev.MrzChecked(self.at(), self.tx, 5, results(MRZ_CHECKS, *bad), "P", "UTO"))

    def chip(self, *bad: CheckResult) -> "Walk":
        rest = [c for c in DOCUMENT_CHECKS if c not in MRZ_CHECKS]
        return self.tell(ev.ChipRead(self.at(), self.tx, 900, results(rest, *bad), "BAC", ("3DES",), 60, 20_000))

    def seal(self, result: CheckResult) -> "Walk":
        self.tell(ev.SealArrived(self.at()))
        return self.tell(ev.SealsChecked(self.at(), self.tx, 2, result))

    def border(self, *bad: CheckResult) -> "Walk":
        return self.tell(ev.BorderAnswered(self.at(), self.tx, 3, results([Check.BORDER_SYSTEM], *bad)[0], "7"))

    def leaf(self, leaf: ev.Leaf, position: ev.Position) -> "Walk":
        return self.tell(ev.LeafMoved(self.at(), leaf, position))

    def walk(self, leaf: ev.Leaf, direction: ev.Direction, inside: int) -> "Walk":
        self.tell(ev.PersonPassed(self.at(), leaf, direction))
        return self.tell(ev.Occupied(self.at(), inside, approach=False))

    def document_removed(self) -> "Walk":
        return self.tell(ev.DocumentRemoved(self.at()))

    def press(self, press: ev.Press) -> "Walk":
        return self.tell(ev.Pressed(self.at(), press))

    def to_entry(self) -> "Walk":
        return self.ready().place().mrz().border().chip()

    def enter(self) -> "Walk":
        self.leaf(ENTRY, ev.Position.OPEN).document_removed().walk(ENTRY, FORWARD, inside=1)
        return self.leaf(ENTRY, ev.Position.CLOSED)

    def face(self, *bad: CheckResult) -> "Walk":
        return self.tell(ev.FaceDone(self.at(), self.tx, 2_000, results(FACE_CHECKS, *bad), {"match": 0.9}))

    def leave(self) -> "Walk":
        self.leaf(EXIT, ev.Position.OPEN).walk(EXIT, FORWARD, inside=0)
        return self.leaf(EXIT, ev.Position.CLOSED)
