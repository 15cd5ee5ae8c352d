"""The lane's table, walked through by events; every case of the requirements that needs no device."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.screens import Screen
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.limits import DOCUMENT_CHECKS, HitAction, Limits, Policy
from egate.transaction.state import Lane, Stage
from egate.transaction.step import step

E = TypeVar("E", bound=fx.Effect)
ENTRY, EXIT = ev.Leaf.ENTRY, ev.Leaf.EXIT
FORWARD, BACKWARD = ev.Direction.FORWARD, ev.Direction.BACKWARD
MRZ_CHECKS = (Check.MRZ_READ, Check.MRZ_CHECK_DIGITS, Check.DOCUMENT_SUPPORTED, Check.DOCUMENT_EXPIRY, Check.AGE)
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


def test_a_genuine_traveller_is_admitted_and_forgotten() -> None:
    walk = Walk().to_entry().enter().face().leave()
    assert walk.lane.stage is Stage.IDLE
    assert walk.lane.transaction is None
    summary = walk.summary()
    assert (summary.verdict, summary.reasons, summary.resolution) == (fx.Verdict.ADMIT, (), fx.Resolution.PASSED)
    assert [g.leaf for g in walk.done(fx.GrantPassage)] == [ENTRY, EXIT]
    assert walk.done(fx.Wipe) == [fx.Wipe("tx-1")]
    assert sum(summary.stage_ms.values()) == summary.elapsed_ms


def test_the_record_is_written_before_the_traveller_is_forgotten() -> None:
    walk = Walk().to_entry().enter().face().leave()
    kinds = [type(e) for e in walk.effects]
    assert kinds.index(fx.OpenTransaction) < kinds.index(fx.CheckMrz)
    assert kinds.index(fx.CloseTransaction) < kinds.index(fx.Wipe)


def test_every_grant_has_a_token_of_its_own() -> None:
    walk = Walk().to_entry().enter().face().leave().place().mrz().border().chip()
    tokens = [g.token for g in walk.done(fx.GrantPassage)]
    assert len(set(tokens)) == len(tokens) == 3


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (Check.MRZ_CHECK_DIGITS, Reason.MRZ_CHECK_DIGIT),
        (Check.DOCUMENT_EXPIRY, Reason.EXPIRED),
        (Check.DOCUMENT_SUPPORTED, Reason.SPECIMEN),
        (Check.AGE, Reason.UNDER_AGE),
    ],
)
def test_a_bad_mrz_refers_before_the_chip_is_asked(check: Check, reason: Reason) -> None:
    walk = Walk().ready().place().mrz(failed(check, reason))
    assert walk.lane.stage is Stage.REFERRED
    assert not walk.done(fx.ReadChip)
    assert not walk.done(fx.GrantPassage)
    walk.fire(ev.Timer.STAGE)
    assert walk.summary().reasons[0] is reason
    assert walk.summary().verdict is fx.Verdict.REFER


@pytest.mark.parametrize(
    ("check", "outcome", "reason"),
    [
        (Check.PASSIVE_AUTHENTICATION, Outcome.FAILED, Reason.DG_HASH),
        (Check.PASSIVE_AUTHENTICATION, Outcome.UNDETERMINED, Reason.CSCA_UNKNOWN),
        (Check.CHIP_AUTHENTICITY, Outcome.FAILED, Reason.AA_SIGNATURE),
        (Check.MRZ_DG1_CONSISTENCY, Outcome.FAILED, Reason.DG1_MISMATCH),
    ],
)
def test_a_forged_chip_never_opens_the_entry(check: Check, outcome: Outcome, reason: Reason) -> None:
    walk = Walk().ready().place().mrz().border().chip(CheckResult(check, outcome, reason))
    assert walk.lane.stage is Stage.REFERRED
    assert not walk.done(fx.GrantPassage)
    assert walk.fire(ev.Timer.STAGE).summary().reasons == (reason,)


def test_a_passport_without_its_chip_is_marked_suspicious() -> None:
    absent = failed(Check.CHIP_ACCESS, Reason.CHIP_ABSENT), failed(Check.DOCUMENT_MODEL, Reason.CHIP_ABSENT)
    summary = Walk().ready().place().mrz().border().chip(*absent).fire(ev.Timer.STAGE).summary()
    assert (summary.reasons, summary.attention) == ((Reason.CHIP_ABSENT,), ("suspicious_document",))


def test_every_referral_shows_the_same_screen() -> None:
    outside = Walk().ready().place().mrz(failed(Check.DOCUMENT_EXPIRY, Reason.EXPIRED))
    other = Walk().to_entry().enter().face(failed(Check.FACE_VERIFICATION, Reason.FACE_MISMATCH))
    attack = Walk().to_entry().enter().face(failed(Check.PAD, Reason.PRESENTATION_ATTACK))
    hit = Walk().ready().place().mrz().border(failed(Check.BORDER_SYSTEM, Reason.ALERT_LIST_HIT)).chip().enter().face()
    assert hit.lane.stage is Stage.HOLD
    assert {w.lane.shown for w in (outside, other, attack, hit)} == {outside.lane.shown}
    assert outside.lane.shown is not None
    assert outside.lane.shown.screen is Screen.ASSIST


def test_an_alert_list_hit_waits_for_the_decision_and_is_referred_where_the_policy_says_so() -> None:
    lane = Lane(Limits(policy=Policy(alert_list_hit=HitAction.REFER)))
    walk = Walk(lane).ready().place().mrz().border(failed(Check.BORDER_SYSTEM, Reason.ALERT_LIST_HIT)).chip()
    assert walk.lane.stage is Stage.ENTRY_OPEN
    assert walk.enter().face().lane.stage is Stage.REFERRED


def test_the_border_answer_is_joined_at_the_decision() -> None:
    walk = Walk().ready().place().mrz().chip().enter().face()
    assert walk.lane.stage is Stage.DECIDING
    assert walk.border().lane.stage is Stage.EXIT_OPEN


def test_no_border_answer_refers() -> None:
    walk = Walk().ready().place().mrz().chip().enter().face().fire(ev.Timer.STAGE)
    assert walk.lane.stage is Stage.REFERRED
    assert walk.lane.transaction is not None
    assert walk.lane.transaction.reasons == (Reason.QUERY_TIMEOUT,)


def test_the_officer_lets_a_referred_person_back() -> None:
    walk = Walk().to_entry().enter().face(failed(Check.FACE_VERIFICATION, Reason.FACE_MISMATCH))
    walk.press(ev.Press.RELEASE_BACK)
    assert walk.done(fx.GrantPassage)[-1].direction is BACKWARD
    assert walk.lane.shown is not None
    assert walk.lane.shown.screen is Screen.WALK_BACK
    walk.leaf(ENTRY, ev.Position.OPEN).walk(ENTRY, BACKWARD, inside=0).leaf(ENTRY, ev.Position.CLOSED)
    summary = walk.summary()
    assert (summary.verdict, summary.resolution) == (fx.Verdict.REFER, fx.Resolution.OFFICER_BACK)
    assert walk.lane.stage is Stage.IDLE


def test_the_officer_lets_a_referred_person_forward_and_the_verdict_stays() -> None:
    walk = Walk().to_entry().enter().face(failed(Check.PAD, Reason.PRESENTATION_ATTACK))
    walk.press(ev.Press.RELEASE_FORWARD).leave()
    summary = walk.summary()
    assert (summary.verdict, summary.resolution) == (fx.Verdict.REFER, fx.Resolution.OFFICER_FORWARD)
    assert "presentation_attack" in summary.attention


def test_back_waits_for_a_free_approach() -> None:
    walk = Walk().to_entry().enter().face(failed(Check.PAD, Reason.PAD_MISSING))
    grants = len(walk.done(fx.GrantPassage))
    walk.tell(ev.Occupied(walk.at(), 1, approach=True)).press(ev.Press.RELEASE_BACK)
    assert len(walk.done(fx.GrantPassage)) == grants


def test_a_document_removed_while_read_is_tried_once_more() -> None:
    removed = CheckResult(Check.CHIP_ACCESS, Outcome.ABORTED, Reason.CHIP_REMOVED)
    walk = Walk().ready().place().mrz().border().document_removed().chip(removed)
    assert walk.lane.stage is Stage.DOCUMENT_PRESENT
    assert walk.lane.shown is not None
    assert walk.lane.shown.screen is Screen.PLACE_AGAIN
    walk.tell(ev.DocumentPlaced(walk.at(), "tx-never", 9)).mrz()
    assert len(walk.done(fx.AskBorder)) == 1
    walk.chip(removed)
    assert walk.lane.stage is Stage.REFERRED
    assert not walk.done(fx.GrantPassage)


def test_a_document_taken_before_it_was_read_is_no_referral() -> None:
    walk = Walk().ready().place().document_removed()
    assert walk.summary().verdict is fx.Verdict.ABORT
    assert walk.summary().reasons == (Reason.DOCUMENT_REMOVED,)
    assert walk.lane.stage is Stage.IDLE


def test_an_unreadable_document_is_asked_for_again() -> None:
    walk = Walk().ready().place().tell(ev.MrzUnreadable(6_000, "framing"))
    assert walk.lane.shown is not None
    assert walk.lane.shown.screen is Screen.PLACE_AGAIN
    walk.mrz()
    assert walk.lane.shown.screen is Screen.READING


def test_no_mrz_in_time_refers() -> None:
    walk = Walk().ready().place().tell(ev.MrzUnreadable(6_000, "framing")).fire(ev.Timer.STAGE)
    assert walk.lane.stage is Stage.REFERRED
    assert walk.fire(ev.Timer.STAGE).summary().reasons == (Reason.MRZ_UNREADABLE,)


def test_nobody_enters() -> None:
    walk = Walk().to_entry().leaf(ENTRY, ev.Position.OPEN).document_removed().fire(ev.Timer.STAGE)
    assert walk.done(fx.CloseLeaf) == [fx.CloseLeaf(ENTRY)]
    walk.leaf(ENTRY, ev.Position.CLOSED)
    assert walk.summary().reasons == (Reason.NOBODY_ENTERED,)
    assert walk.lane.stage is Stage.IDLE


def test_a_tailgater_is_referred_before_the_face() -> None:
    walk = Walk().to_entry().leaf(ENTRY, ev.Position.OPEN).walk(ENTRY, FORWARD, 1).walk(ENTRY, FORWARD, 2)
    assert walk.lane.stage is Stage.REFERRED
    assert not walk.done(fx.CaptureFace)
    assert walk.lane.transaction is not None
    assert walk.lane.transaction.reasons == (Reason.TAILGATING,)


def test_walking_back_cancels() -> None:
    walk = Walk().to_entry().leaf(ENTRY, ev.Position.OPEN).document_removed().walk(ENTRY, FORWARD, 1)
    walk.walk(ENTRY, BACKWARD, 0).leaf(ENTRY, ev.Position.CLOSED)
    assert walk.summary().resolution is fx.Resolution.WALKED_BACK
    assert walk.lane.stage is Stage.IDLE


def test_a_forgotten_passport_blocks_the_next_start_and_is_announced() -> None:
    walk = Walk().to_entry().leaf(ENTRY, ev.Position.OPEN).walk(ENTRY, FORWARD, 1).leaf(ENTRY, ev.Position.CLOSED)
    walk.face().leave()
    assert "document_left" in walk.summary().attention
    assert walk.lane.shown is not None
    assert walk.lane.shown.screen is Screen.DOCUMENT_LEFT
    walk.fire(ev.Timer.DOCUMENT_LEFT)
    assert walk.done(fx.SetFault) == [fx.SetFault("document.left", True)]
    walk.document_removed()
    assert walk.done(fx.SetFault)[-1] == fx.SetFault("document.left", False)
    assert walk.place().lane.stage is Stage.DOCUMENT_PRESENT


def test_a_blocking_fault_closes_the_idle_lane_until_it_is_gone() -> None:
    walk = Walk().ready().tell(ev.FaultChanged(9_000, "camera.lost", True))
    assert walk.lane.stage is Stage.OUT_OF_SERVICE
    assert walk.place().lane.transaction is None
    walk.document_removed().tell(ev.FaultChanged(12_000, "camera.lost", False))
    assert walk.tell(ev.SelfTestDone(13_000)).lane.stage is Stage.IDLE


def test_what_cannot_be_recorded_admits_nobody() -> None:
    walk = Walk().to_entry().enter().tell(ev.FaultChanged(20_000, "outbox.unwritable", True)).face()
    assert walk.lane.stage is Stage.REFERRED
    assert walk.lane.transaction is not None
    assert walk.lane.transaction.reasons == (Reason.DEVICE_FAULT,)


def test_the_door_goes_silent_in_the_middle() -> None:
    walk = Walk().to_entry().enter().tell(ev.FaultChanged(20_000, "door.silent", True))
    assert walk.lane.stage is Stage.FAULT
    assert walk.summary().verdict is fx.Verdict.ABORT
    walk.tell(ev.FaultChanged(21_000, "door.silent", False))
    assert walk.lane.stage is Stage.FAULT, "somebody is still inside"
    walk.tell(ev.Occupied(22_000, 0, approach=False))
    assert walk.lane.stage is Stage.FAULT, "a door that lost its power has forgotten who was inside"
    walk.press(ev.Press.RESET).tell(ev.SelfTestDone(23_000))
    assert walk.lane.stage is Stage.IDLE


def test_fire_opens_and_ends_everything() -> None:
    walk = Walk().to_entry().enter().tell(ev.EmergencyChanged(20_000, True))
    assert walk.lane.stage is Stage.EMERGENCY_OPEN
    assert walk.summary().reasons == (Reason.EMERGENCY,)
    walk.tell(ev.Occupied(21_000, 0, approach=False)).tell(ev.EmergencyChanged(22_000, False))
    assert walk.tell(ev.SelfTestDone(23_000)).lane.stage is Stage.IDLE


def test_an_obstructed_leaf_waits_for_a_person_to_look() -> None:
    walk = Walk().to_entry().enter().face(failed(Check.PAD, Reason.PRESENTATION_ATTACK)).press(ev.Press.RELEASE_BACK)
    walk.tell(ev.FaultChanged(30_000, "door.obstructed", True))
    assert walk.lane.stage is Stage.OBSTRUCTED
    walk.press(ev.Press.RESET)
    assert walk.done(fx.ClearDoor)
    assert walk.tell(ev.FaultChanged(32_000, "door.obstructed", False)).lane.stage is Stage.REFERRED


def test_the_call_button_brings_a_person() -> None:
    walk = Walk().to_entry().enter().press(ev.Press.CALL)
    assert walk.lane.stage is Stage.REFERRED
    assert fx.SetFault("lane.called", True) in walk.effects


def test_a_person_inside_too_long_is_alarmed() -> None:
    walk = Walk().to_entry().enter().fire(ev.Timer.TRANSACTION)
    assert walk.lane.stage is Stage.REFERRED
    walk.fire(ev.Timer.INSIDE_ALARM)
    assert fx.SetFault("lane.person_inside", True) in walk.effects


def test_a_late_answer_is_dropped_and_counted() -> None:
    walk = Walk().to_entry().enter().face().leave()
    before = walk.lane
    walk.tell(ev.BorderAnswered(walk.at(), "tx-1", 3, passed(Check.BORDER_SYSTEM), "7"))
    assert walk.lane == before
    assert walk.effects[-1] == fx.CountLate("BorderAnswered")


def test_a_replaced_timer_counts_no_more() -> None:
    walk = Walk().ready().place()
    old = walk.lane.timers[ev.Timer.STAGE]
    walk.mrz()
    before = walk.lane
    assert walk.tell(ev.TimerFired(walk.at(), ev.Timer.STAGE, old)).lane == before


def test_whoever_is_inside_after_a_restart_is_announced_and_let_out() -> None:
    walk = Walk().tell(ev.Started(0))
    for leaf in ev.Leaf:
        walk.tell(ev.LeafMoved(0, leaf, ev.Position.CLOSED))
    walk.tell(ev.Occupied(10, 1, approach=False)).tell(ev.SelfTestDone(20))
    assert walk.lane.stage is Stage.SELF_TEST
    walk.fire(ev.Timer.STAGE)
    assert walk.done(fx.SetFault) == [fx.SetFault("lane.not_clear", True)]
    walk.press(ev.Press.RELEASE_FORWARD)
    assert [(g.leaf, g.direction) for g in walk.done(fx.GrantPassage)] == [(EXIT, FORWARD)]
    walk.tell(ev.Occupied(walk.at(), 0, approach=False))
    assert walk.lane.stage is Stage.IDLE
    assert walk.done(fx.SetFault)[-1] == fx.SetFault("lane.not_clear", False)


def test_a_document_lifted_late_in_the_reading_may_be_laid_down_again() -> None:
    """Access had succeeded by then; what the lift cut off are later checks."""
    removed = CheckResult(Check.PASSIVE_AUTHENTICATION, Outcome.ABORTED, Reason.CHIP_REMOVED)
    walk = Walk().ready().place().mrz().border().chip(removed)
    assert walk.lane.stage is Stage.DOCUMENT_PRESENT
    walk.mrz().chip()
    assert walk.lane.stage is Stage.ENTRY_OPEN


def referred_inside() -> Walk:
    return Walk().to_entry().enter().face(failed(Check.FACE_VERIFICATION, Reason.FACE_MISMATCH))


def test_a_release_that_the_door_refuses_calls_the_officer_again() -> None:
    walk = referred_inside().press(ev.Press.RELEASE_BACK)
    walk.tell(ev.GrantRefused(walk.at(), ENTRY, "not_ready"))
    assert walk.lane.shown is not None
    assert (walk.lane.shown.screen, walk.lane.shown.exit_) == (Screen.ASSIST, fx.Signal.ASSIST)


def test_an_entry_that_shuts_with_somebody_inside_calls_the_officer_again() -> None:
    walk = referred_inside().press(ev.Press.RELEASE_BACK)
    walk.leaf(ENTRY, ev.Position.OPEN).leaf(ENTRY, ev.Position.CLOSED)
    assert walk.lane.shown is not None
    assert walk.lane.shown.screen is Screen.ASSIST


def test_an_officer_who_changes_his_mind_is_recorded_with_what_came_about() -> None:
    walk = referred_inside().press(ev.Press.RELEASE_FORWARD).leaf(EXIT, ev.Position.OPEN)
    walk.fire(ev.Timer.STAGE).leaf(EXIT, ev.Position.CLOSED).press(ev.Press.RELEASE_BACK)
    walk.leaf(ENTRY, ev.Position.OPEN).walk(ENTRY, BACKWARD, inside=0).leaf(ENTRY, ev.Position.CLOSED)
    assert walk.summary().resolution is fx.Resolution.OFFICER_BACK


def test_a_lane_does_not_open_before_the_door_has_counted() -> None:
    walk = Walk().tell(ev.Started(1)).tell(ev.SelfTestDone(2))
    for leaf in ev.Leaf:
        walk.leaf(leaf, ev.Position.CLOSED)
    assert walk.lane.stage is Stage.SELF_TEST
    walk.tell(ev.Occupied(walk.at(), 1, approach=False))
    assert walk.lane.stage is Stage.SELF_TEST


def test_somebody_found_inside_an_idle_lane_closes_it() -> None:
    walk = Walk().ready()
    walk.tell(ev.Occupied(walk.at(), 1, approach=False)).tell(ev.SelfTestDone(walk.at())).fire(ev.Timer.STAGE)
    assert walk.lane.stage is Stage.SELF_TEST
    assert "lane.not_clear" in walk.lane.faults


@pytest.mark.parametrize("fault", ["door.sensor", "door.hardware"])
def test_a_latched_door_fault_of_a_closed_lane_is_cleared_by_the_key(fault: str) -> None:
    walk = Walk().ready()
    walk.tell(ev.FaultChanged(walk.at(), fault, True)).press(ev.Press.RESET)
    assert walk.done(fx.ClearDoor) == [fx.ClearDoor(0)]


def test_clearing_an_obstruction_forgets_nobody() -> None:
    walk = Walk().to_entry().leaf(ENTRY, ev.Position.OPEN).document_removed().walk(ENTRY, FORWARD, inside=1)
    walk.tell(ev.FaultChanged(walk.at(), "door.obstructed", True)).press(ev.Press.RESET)
    assert walk.done(fx.ClearDoor) == [fx.ClearDoor(1)]


def test_an_emergency_leaves_the_record_of_who_has_passed() -> None:
    walk = Walk().to_entry().enter().face().leaf(EXIT, ev.Position.OPEN).walk(EXIT, FORWARD, inside=0)
    walk.tell(ev.EmergencyChanged(walk.at(), latched=True))
    summary = walk.summary()
    assert (summary.verdict, summary.resolution) == (fx.Verdict.ADMIT, fx.Resolution.PASSED)


def test_an_idle_lane_looks_whether_its_lists_still_hold() -> None:
    walk = Walk().ready().fire(ev.Timer.STAGE)
    walk.tell(ev.FaultChanged(walk.at(), "alert_list.unusable", True))
    assert walk.lane.stage is Stage.OUT_OF_SERVICE
    assert len(walk.done(fx.RunSelfTest)) > 1


def test_what_no_transaction_wants_is_forgotten_at_once() -> None:
    walk = Walk()
    walk.tell(ev.DocumentPlaced(1, "tx", 1)).tell(ev.MrzArrived(2)).tell(ev.SealArrived(3))
    assert walk.done(fx.Wipe) == [fx.Wipe(None)] * 2


# Digital seals: demanded where one came

GOOD_SEAL, BAD_SEAL = passed(Check.DIGITAL_SEAL), failed(Check.DIGITAL_SEAL, Reason.SEAL_MISMATCH)


def test_a_seal_before_the_mrz_is_judged_once_the_mrz_is_known() -> None:
    walk = Walk().ready().place()
    walk.tell(ev.SealArrived(walk.at()))
    assert not walk.done(fx.CheckSeals)
    walk.mrz()
    assert walk.done(fx.CheckSeals) == [fx.CheckSeals("tx-1")]


def test_a_seal_after_the_mrz_is_judged_when_it_comes() -> None:
    walk = Walk().ready().place().mrz()
    walk.tell(ev.SealArrived(walk.at()))
    assert walk.done(fx.CheckSeals) == [fx.CheckSeals("tx-1")] * 2


def test_a_good_seal_is_recorded_and_stands_in_nobodys_way() -> None:
    walk = Walk().ready().place().mrz().seal(GOOD_SEAL).border().chip().enter().face().leave()
    assert walk.summary().verdict is fx.Verdict.ADMIT
    assert GOOD_SEAL in walk.summary().checks


def test_a_seal_that_did_not_pass_keeps_the_entry_shut() -> None:
    unknown = CheckResult(Check.DIGITAL_SEAL, Outcome.UNDETERMINED, Reason.SEAL_SIGNER_UNKNOWN)
    for bad in (BAD_SEAL, unknown):
        walk = Walk().ready().place().mrz().seal(bad).border().chip()
        assert walk.lane.stage is Stage.REFERRED
        assert walk.lane.transaction is not None
        assert walk.lane.transaction.reasons == (bad.reason,)


@pytest.mark.parametrize("inside", [False, True])
def test_a_seal_that_comes_late_is_joined_at_the_decision(inside: bool) -> None:
    walk = Walk().to_entry()
    walk = walk.enter().seal(BAD_SEAL) if inside else walk.seal(BAD_SEAL).enter()
    walk.face()
    assert walk.lane.stage is Stage.REFERRED
    assert [g.leaf for g in walk.done(fx.GrantPassage)] == [ENTRY]


def test_a_seal_after_the_decision_asks_for_nothing() -> None:
    walk = Walk().to_entry().enter().face()
    before = len(walk.done(fx.CheckSeals))
    walk.tell(ev.SealArrived(walk.at()))
    assert len(walk.done(fx.CheckSeals)) == before
