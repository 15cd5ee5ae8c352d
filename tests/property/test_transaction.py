"""Any event may come in any stage: what must hold whatever happens."""

from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.faults import FAULTS
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.limits import MANDATORY
from egate.transaction.state import Lane, Stage
from egate.transaction.step import step

IDS = st.sampled_from(["tx-1", "tx-2", "gone"])
MS = st.integers(0, 3_000)
RESTING = {Stage.IDLE, Stage.OUT_OF_SERVICE, Stage.SELF_TEST, Stage.EMERGENCY_OPEN, Stage.FAULT}


@st.composite
def check_results(draw: st.DrawFn) -> tuple[CheckResult, ...]:
    """Mostly good, so that runs get deep into the lane."""
    bad = draw(st.none() | st.sampled_from(MANDATORY))
    outcome = draw(st.sampled_from([o for o in Outcome if o is not Outcome.PASSED]))
    return tuple(CheckResult(c, outcome, Reason.NOT_DONE) if c is bad else passed(c) for c in Check)


SEALS = st.sampled_from(
    [passed(Check.DIGITAL_SEAL), CheckResult(Check.DIGITAL_SEAL, Outcome.FAILED, Reason.SEAL_SIGNATURE)]
)

TOLD = st.one_of(
    st.builds(ev.Started, MS),
    st.builds(ev.SelfTestDone, MS),
    st.builds(ev.FaultChanged, MS, st.sampled_from(sorted(FAULTS)), st.booleans()),
    st.builds(ev.DocumentPlaced, MS, IDS, st.integers(1, 9)),
    st.builds(ev.DocumentRemoved, MS),
    st.builds(ev.MrzArrived, MS),
    st.builds(ev.SealArrived, MS),
    st.builds(ev.SealsChecked, MS, IDS, MS, SEALS),
    st.builds(ev.MrzUnreadable, MS, st.just("framing")),
    st.builds(ev.MrzChecked, MS, IDS, MS, check_results()),
    st.builds(ev.ChipRead, MS, IDS, MS, check_results()),
    st.builds(ev.BorderAnswered, MS, IDS, MS, st.just(passed(Check.BORDER_SYSTEM))),
    st.builds(ev.FaceGuidance, MS, IDS, MS, st.none(), st.floats(0, 1)),
    st.builds(ev.FaceDone, MS, IDS, MS, check_results()),
    st.builds(ev.LeafMoved, MS, st.sampled_from(ev.Leaf), st.sampled_from(ev.Position)),
    st.builds(ev.PersonPassed, MS, st.sampled_from(ev.Leaf), st.sampled_from(ev.Direction)),
    st.builds(ev.Occupied, MS, st.integers(0, 2), st.booleans()),
    st.builds(ev.GrantRefused, MS, st.sampled_from(ev.Leaf), st.just("interlock")),
    st.builds(ev.EmergencyChanged, MS, st.booleans()),
    st.builds(ev.Pressed, MS, st.sampled_from(ev.Press)),
    st.builds(ev.TimerFired, MS, st.sampled_from(ev.Timer), st.integers(0, 12)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TOLD, max_size=60), st.booleans())
def test_whatever_happens(events: list[ev.Event], warm: bool) -> None:
    lane, now_ms = Lane(), 0
    if warm:  # half of the runs begin with a lane in service
        closed = [ev.LeafMoved(0, leaf, ev.Position.CLOSED) for leaf in ev.Leaf]
        events = [*closed, ev.Started(0), ev.SelfTestDone(0), *events]
    running: str | None = None
    exit_granted = False
    for told in events:
        now_ms += told.at_ms
        event = replace(told, at_ms=now_ms)
        lane, effects = step(lane, event)
        for effect in effects:
            match effect:
                case fx.OpenTransaction(transaction=tx):
                    assert running is None, "two transactions at once"
                    running, exit_granted = tx, False
                case fx.CloseTransaction(summary=summary):
                    assert summary.transaction == running, "a record of a transaction that does not run"
                    running = None
                    _well_founded(summary)
                case fx.GrantPassage(leaf=ev.Leaf.EXIT):
                    _exit_is_earned(lane, event)
                    exit_granted = True
                case fx.RememberDocument(transaction=tx):
                    assert tx == running, "the document of a traveller who has gone"
                    assert exit_granted, "nobody can have passed"
        assert (lane.transaction.id if lane.transaction else None) == running
        assert lane.transaction is None or lane.stage not in RESTING, "a traveller is remembered in a resting stage"


def _well_founded(summary: fx.Summary) -> None:
    if summary.verdict is fx.Verdict.ADMIT:
        assert not summary.reasons
        outcomes = {c.check: c.outcome for c in summary.checks}
        assert all(outcomes[check] is Outcome.PASSED for check in MANDATORY)
    else:
        assert summary.reasons, "no referral and no abort without a reason"
    assert all(ms >= 0 for ms in summary.stage_ms.values())
    assert sum(summary.stage_ms.values()) == summary.elapsed_ms


def _exit_is_earned(lane: Lane, event: ev.Event) -> None:
    released = isinstance(event, ev.Pressed) and event.press is ev.Press.RELEASE_FORWARD
    if released:
        return
    assert lane.transaction is not None
    assert lane.transaction.verdict is fx.Verdict.ADMIT
    seal = lane.transaction.checks.get(Check.DIGITAL_SEAL)
    assert seal is None or seal.outcome is Outcome.PASSED


def test_the_summary_names_nothing_personal() -> None:
    """A new field of the summary is looked at by a person before this list grows."""
    assert {f.name for f in fields(fx.Summary)} == {
        "transaction", "verdict", "reasons", "resolution", "checks", "stage_ms", "elapsed_ms", "document_type",
        "issuing_state", "access_protocol", "algorithms", "apdu_count", "byte_count", "list_version", "scores",
        "quality", "screens", "attention",
    }  # fmt: skip
