"""A face is watched in steady light, so that a mask is told from skin by the blood that it lacks."""

import random
from pathlib import Path

import pytest

from egate.checks import Check, Outcome, Reason
from egate.face.capture import CaptureSession, FaceResult
from egate.face.limits import UNLIT_MS, FaceLimits
from egate.face.pad.cues.pulse import PULSE_FRAMES, PULSE_MS
from egate.face.pipeline import FacePipeline
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live, Presentation

ROOT = Path(__file__).resolve().parents[2]
STEP_MS, PATIENCE_MS = 100, 4_000


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(ROOT / "models", threads=1)


def watched(pipeline: FacePipeline, presentation: Presentation, limits: FaceLimits) -> tuple[FaceResult, int]:
    """The result of a lane without a face light, and how long it took."""
    session, chance = CaptureSession(pipeline, limits), random.Random(7)
    for time_ms in range(0, PATIENCE_MS, STEP_MS):
        session.feed(presentation.frame(time_ms, chance), time_ms)
        if session.finished:
            break
    result = session.result()
    session.wipe()
    return result, time_ms


def pad(result: FaceResult) -> tuple[Outcome, Reason]:
    (check,) = (check for check in result.checks if check.check is Check.PAD)
    return check.outcome, check.reason


def cue(result: FaceResult, name: str) -> float | None:
    (found,) = (found for found in result.cues if found.name == name)
    return found.score


@pytest.mark.parametrize("seed", [11, 20_203])
def test_a_living_face_passes_after_the_time_that_it_takes(pipeline: FacePipeline, seed: int) -> None:
    result, took_ms = watched(pipeline, Live(Person.draw(seed)), FaceLimits())
    assert pad(result) == (Outcome.PASSED, Reason.OK)
    assert took_ms >= UNLIT_MS
    assert result.frames_used >= PULSE_FRAMES


@pytest.mark.parametrize("mask", ["mask-resin", "mask-silicone", "paper-plaster"])
def test_a_mask_has_no_pulse(pipeline: FacePipeline, mask: str) -> None:
    presentation = attack(mask, Person.draw(20_001), Person.draw(20_121), 1)
    result, _ = watched(pipeline, presentation, FaceLimits())
    assert pad(result) == (Outcome.FAILED, Reason.PRESENTATION_ATTACK)
    pulse = cue(result, "pulse")
    assert pulse is not None
    assert pulse > 0.5


def test_a_lane_that_gives_no_time_asks_for_no_pulse(pipeline: FacePipeline) -> None:
    lit = CaptureSession(pipeline, FaceLimits(steady_ms=0), bytes(32))
    assert repr(lit) == f"CaptureSession(0 of {FaceLimits().frames_needed} frames)"
    unhurried = CaptureSession(pipeline, FaceLimits(steady_ms=PULSE_MS), bytes(32))
    assert repr(unhurried) == f"CaptureSession(0 of {PULSE_FRAMES} frames)"
