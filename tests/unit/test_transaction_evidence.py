"""The lane's table, walked through by events: documents, evidence and what is decided on it."""

import pytest
from lane_walk import BACKWARD, ENTRY, EXIT, FORWARD, MRZ_CHECKS, Walk, failed

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.screens import Screen
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.limits import HitAction, Limits, Policy
from egate.transaction.state import Lane, Stage


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


def test_what_cannot_be_recorded_admits_nobody() -> None:
    walk = Walk().to_entry().enter().tell(ev.FaultChanged(20_000, "outbox.unwritable", True)).face()
    assert walk.lane.stage is Stage.REFERRED
    assert walk.lane.transaction is not None
    assert walk.lane.transaction.reasons == (Reason.DEVICE_FAULT,)


def test_a_late_answer_is_dropped_and_counted() -> None:
    walk = Walk().to_entry().enter().face().leave()
    before = walk.lane
    walk.tell(ev.BorderAnswered(walk.at(), "tx-1", 3, passed(Check.BORDER_SYSTEM), "7"))
    assert walk.lane == before
    assert walk.effects[-1] == fx.CountLate("BorderAnswered")


def test_a_document_lifted_late_in_the_reading_may_be_laid_down_again() -> None:
    """Access had succeeded by then; what the lift cut off are later checks."""
    removed = CheckResult(Check.PASSIVE_AUTHENTICATION, Outcome.ABORTED, Reason.CHIP_REMOVED)
    walk = Walk().ready().place().mrz().border().chip(removed)
    assert walk.lane.stage is Stage.DOCUMENT_PRESENT
    walk.mrz().chip()
    assert walk.lane.stage is Stage.ENTRY_OPEN


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


# Reuse: a document with which somebody has passed, or may have, is remembered at the end of the transaction

REMEMBERED = [fx.RememberDocument("tx-1")]


def test_a_document_that_was_used_lately_is_referred_and_the_staff_is_told() -> None:
    walk = Walk().ready().place().mrz(failed(Check.DOCUMENT_REUSE, Reason.REUSED))
    assert walk.lane.stage is Stage.REFERRED
    assert not walk.done(fx.ReadChip)
    summary = walk.fire(ev.Timer.STAGE).summary()
    assert (summary.reasons, summary.attention) == ((Reason.REUSED,), ("document_reused",))
    assert not walk.done(fx.RememberDocument), "who is turned away may come again when its time is over"


def test_nobody_enters_on_a_document_whose_use_was_not_asked_for() -> None:
    asked = [passed(check) for check in MRZ_CHECKS if check is not Check.DOCUMENT_REUSE]
    walk, off = (Walk(Lane(Limits(policy=Policy(document_memory_s=s)))).ready().place() for s in (600, 0))
    for each in (walk, off):
        each.tell(ev.MrzArrived(each.at())).tell(ev.MrzChecked(each.at(), each.tx, 5, tuple(asked))).border().chip()
    assert walk.lane.stage is Stage.REFERRED
    assert off.enter().face().leave().summary().verdict is fx.Verdict.ADMIT


def test_who_has_passed_is_remembered_before_the_traveller_is_forgotten() -> None:
    walk = Walk().to_entry().enter().face()
    assert not walk.done(fx.RememberDocument)
    assert walk.leave().done(fx.RememberDocument) == REMEMBERED
    kinds = [type(e) for e in walk.effects]
    assert kinds.index(fx.RememberDocument) < kinds.index(fx.Wipe)


def test_who_walked_back_or_was_let_back_may_come_again() -> None:
    back = Walk().to_entry().leaf(ENTRY, ev.Position.OPEN).document_removed().walk(ENTRY, FORWARD, 1)
    back.walk(ENTRY, BACKWARD, 0).leaf(ENTRY, ev.Position.CLOSED)
    led = Walk().to_entry().enter().face(failed(Check.FACE_VERIFICATION, Reason.FACE_MISMATCH))
    stuck = Walk().to_entry().enter().face()
    stuck.tell(ev.GrantRefused(stuck.at(), EXIT, "interlock"))
    for each in (led, stuck):
        each.press(ev.Press.RELEASE_BACK).leaf(ENTRY, ev.Position.OPEN).walk(ENTRY, BACKWARD, inside=0)
        each.leaf(ENTRY, ev.Position.CLOSED)
    assert [each.summary().resolution for each in (back, led, stuck)] == [
        fx.Resolution.WALKED_BACK, fx.Resolution.OFFICER_BACK, fx.Resolution.OFFICER_BACK,
    ]  # fmt: skip
    assert not any(each.done(fx.RememberDocument) for each in (back, led, stuck))


def test_whom_an_officer_lets_through_has_passed() -> None:
    walk = Walk().to_entry().enter().face(failed(Check.PAD, Reason.PAD_MISSING))
    assert walk.press(ev.Press.RELEASE_FORWARD).leave().done(fx.RememberDocument) == REMEMBERED


@pytest.mark.parametrize("decided", [False, True])
def test_a_fault_after_the_exit_was_granted_counts_as_passed(decided: bool) -> None:
    walk = Walk().to_entry().enter()
    walk = walk.face() if decided else walk
    walk.tell(ev.FaultChanged(walk.at(), "door.silent", True))
    assert walk.summary().verdict is fx.Verdict.ABORT
    assert walk.done(fx.RememberDocument) == (REMEMBERED if decided else [])
