"""Whole captures under a face light, of rendered people and masks: who has a pulse passes, who has none does not."""

import random
from pathlib import Path

import pytest

from egate.face.capture import CaptureSession, FaceResult
from egate.face.limits import FaceLimits
from egate.face.pad.presentation_test import LIVING
from egate.face.pipeline import FacePipeline
from egate_hal.light import DARK, Colour
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live, Presentation

ROOT = Path(__file__).resolve().parents[2]
PERIOD_MS, LATE_MS = 100, 5
PERSON, HOLDER = Person.draw(20_003), Person.draw(20_101)


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(ROOT / "models", threads=1)


def capture(pipeline: FacePipeline, presentation: Presentation, limits: FaceLimits) -> tuple[FaceResult, int]:
    """What came of it, and after how many milliseconds."""
    chance = random.Random(7)
    session, lamp = CaptureSession(pipeline, limits, chance.randbytes(32)), DARK
    for time_ms in range(0, 8_000, PERIOD_MS):
        session.feed(presentation.frame(time_ms, chance, lamp), time_ms)
        if session.finished:
            break
        if session.lamp is not None:
            lamp = Colour(session.lamp.red, session.lamp.green, session.lamp.blue)
            session.lamp_showed(session.lamp, time_ms + LATE_MS)
    assert session.finished
    return session.result(), time_ms


def pulse(result: FaceResult) -> float:
    return next(cue.features["together"] for cue in result.cues if cue.name == "pulse")


def test_a_living_face_passes_within_three_seconds(pipeline: FacePipeline) -> None:
    result, took_ms = capture(pipeline, Live(PERSON), FaceLimits())
    assert pulse(result) > 0.6
    assert result.pad_score is not None
    assert result.pad_score < result.pad_threshold
    assert took_ms < 3000


@pytest.mark.parametrize("artefact", ["mask-silicone", "mask-resin", "paper-plaster"])
def test_a_mask_is_watched_for_longer_and_has_no_pulse_then_either(pipeline: FacePipeline, artefact: str) -> None:
    result, took_ms = capture(pipeline, attack(artefact, PERSON, HOLDER, 0), FaceLimits())
    assert pulse(result) < 0.4
    assert result.pad_score is not None
    assert result.pad_score >= result.pad_threshold
    assert 3000 < took_ms < 5000


def test_a_lane_in_a_hurry_asks_for_no_pulse(pipeline: FacePipeline) -> None:
    result, took_ms = capture(pipeline, attack("mask-silicone", PERSON, HOLDER, 0), FaceLimits(steady_ms=300))
    assert took_ms < 2500
    assert result.pad_score is not None
    assert result.pad_score < result.pad_threshold, "only the pulse tells this mask from a face"


def test_only_what_is_missing_beside_everything_else_is_worth_a_second_look(pipeline: FacePipeline) -> None:
    """A print has no pulse either, and nobody waits for it."""
    _, took_ms = capture(pipeline, attack("print-matt", PERSON, HOLDER, 0), FaceLimits())
    assert took_ms < 3000


def test_the_fusion_that_asks_for_a_pulse_is_calibrated(pipeline: FacePipeline) -> None:
    assert pipeline.calibration.fusions[LIVING].cues == {"pulse"}
