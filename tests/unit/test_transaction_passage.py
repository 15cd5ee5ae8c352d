"""The lane's table, walked through by events: doors, people, officers, faults."""

import pytest
from lane_walk import BACKWARD, ENTRY, EXIT, FORWARD, Walk, failed

from egate.checks import Check, Reason
from egate.screens import Screen
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.state import Stage


def test_every_grant_has_a_token_of_its_own() -> None:
    walk = Walk().to_entry().enter().face().leave().place().mrz().border().chip()
    tokens = [g.token for g in walk.done(fx.GrantPassage)]
    assert len(set(tokens)) == len(tokens) == 3


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
