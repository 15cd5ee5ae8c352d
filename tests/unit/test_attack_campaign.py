"""TR-03122-3 in the simulator: a short campaign through the gate's own capture, and the rules of its verdict."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from egate_sim.people.attacks.artefact import AttackClass
from egate_sim.people.attacks.campaign import Plan, summary, trials, write_csv
from egate_sim.people.attacks.catalogue import ARTEFACTS, BY_ID
from egate_sim.people.attacks.people import Part, pairs, travellers
from egate_sim.people.attacks.trial import Trial
from egate_sim.people.attacks.verdict import judge

PRINT, VIDEO = "print-matt", "video-tablet"
MATCH = 0.4
ALARMED = Trial(PRINT, 0, 1, 2, captured=True, score=0.9, threshold=0.5, match=0.8, frames=20)
THROUGH = replace(ALARMED, score=0.1)
LOST = replace(ALARMED, captured=False, score=None, match=None)
LIVE = replace(THROUGH, artefact=None)


def campaign(missed: tuple[str, ...] = (), rejected: int = 0) -> list[Trial]:
    """Every artefact ten times, sixty bona fide; ``missed`` artefacts alarm five times in ten."""
    attacks = [
        replace(THROUGH if number < 5 and artefact.id in missed else ALARMED, artefact=artefact.id, number=number)
        for artefact in ARTEFACTS
        for number in range(10)
    ]
    return attacks + [replace(LIVE, score=0.9 if number < rejected else 0.1, number=number) for number in range(60)]


def test_a_short_campaign_through_the_gates_own_capture(tmp_path: Path) -> None:
    plan = Plan(Part.CALIBRATION, tries=1, bona_fide=1, artefacts=(VIDEO,))
    played = [trial for some in trials(plan) for trial in some]
    verdict = judge(played, MATCH)
    assert set(verdict.artefacts) == {VIDEO}
    assert all(figures.alarms == 1 for figures in verdict.artefacts.values())
    assert verdict.rejected == 0
    assert "light" in verdict.bona_fide.cues
    assert summary(plan, verdict, 1.0)["bpcer"] == 0
    write_csv(tmp_path / "tries.csv", played)
    with (tmp_path / "tries.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == ["1", "0"]
    assert all(row["light.answer"] for row in rows)


def test_who_is_calibrated_on_is_not_judged_on() -> None:
    seeds = {
        part: {person.seed for pair in pairs(part) for person in (pair.victim, pair.holder)}
        | {person.seed for person in travellers(part)}
        for part in Part
    }
    assert not seeds[Part.CALIBRATION] & seeds[Part.VERDICT]
    assert len({person.sex for pair in pairs(Part.VERDICT) for person in (pair.victim,)}) == 2


def test_a_missing_score_is_an_alarm_and_what_was_not_captured_is_none() -> None:
    assert replace(ALARMED, score=None).alarm
    assert not LOST.alarm
    assert not LOST.accepted
    assert THROUGH.accepted


def test_six_alarms_in_ten_detect_an_artefact() -> None:
    five, six = ([ALARMED] * alarms + [THROUGH] * (10 - alarms) for alarms in (5, 6))
    assert judge([*five, LIVE], MATCH).undetected == (PRINT,)
    assert judge([*six, LIVE], MATCH).undetected == ()


@pytest.mark.parametrize(("missed", "passed"), [(8, True), (9, False)])
def test_nine_undetected_fail(missed: int, *, passed: bool) -> None:
    spread = tuple(list(BY_ID)[place * 3] for place in range(missed))
    assert judge(campaign(spread), MATCH).passed is passed


@pytest.mark.parametrize(("rejected", "passed"), [(3, True), (4, False)])
def test_more_than_three_of_sixty_rejected_fail(rejected: int, *, passed: bool) -> None:
    assert judge(campaign(rejected=rejected), MATCH).passed is passed


def test_a_class_that_never_alarms_fails() -> None:
    silent = [
        replace(trial, score=0.1)
        if trial.artefact and BY_ID[trial.artefact].attack_class is AttackClass.FULL_MASK
        else trial
        for trial in campaign()
    ]
    verdict = judge(silent, MATCH)
    assert verdict.silent_classes == (AttackClass.FULL_MASK,)
    assert not verdict.passed


def test_the_goal_is_stricter_than_the_guideline() -> None:
    assert judge(campaign(rejected=1), MATCH).goal_reached
    assert not judge(campaign(rejected=2), MATCH).goal_reached
    assert not judge(campaign((PRINT,)), MATCH).goal_reached


def test_a_verdict_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="bona fide"):
        judge([ALARMED], MATCH)
