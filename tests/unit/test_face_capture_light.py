"""A capture on a lane with a face light: when the challenge begins and ends, and what becomes of it in trouble."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from egate.checks import Check, CheckResult, Outcome, Reason
from egate.face.capture import CaptureSession, FaceResult
from egate.face.limits import UNLIT_MS, FaceLimits
from egate.face.pad.challenge import DURATION_MS, REST, STEPS, Challenge, Colour
from egate.face.pad.cue import Missing
from egate.face.pipeline import FacePipeline
from egate.face.quality.judgement import Finding
from egate.screens import Guidance

ROOT = Path(__file__).resolve().parents[2]
PERIOD_MS = 100
ENTROPY = bytes(range(32))

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(ROOT / "models", threads=1)


@pytest.fixture(scope="module")
def good() -> Pixels:
    frame = Image.new("RGB", (700, 640), (120, 120, 120))
    frame.paste(Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((560, 560)), (70, 40))
    return np.asarray(frame)


EMPTY = np.full((640, 700, 3), 120, np.uint8)


class Lane:
    """Feeds a session as the gate does, the lamp driven between frames; ``colours``: each that it was told to show."""

    def __init__(self, session: CaptureSession, works: bool = True, period_ms: int = PERIOD_MS) -> None:
        self.session, self.works, self.period_ms = session, works, period_ms
        self.changes_ms: list[int] = []
        self.colours: list[Colour] = []
        self.now_ms = 0

    def feed(self, frame: Pixels) -> float:
        colour = self.session.lamp
        if colour is not None and self.works and self.colours[-1:] != [colour]:
            self.colours.append(colour)
            self.changes_ms.append(self.now_ms)
            self.session.lamp_showed(colour, self.now_ms)
        self.now_ms += self.period_ms
        return self.session.feed(frame, self.now_ms).progress

    def finish(self, frame: Pixels) -> FaceResult:
        while not self.session.finished:
            self.feed(frame)
            assert self.now_ms < 10_000, "it never ends"
        return self.session.result()


def pad(result: FaceResult) -> CheckResult:
    return next(check for check in result.checks if check.check is Check.PAD)


def light(result: FaceResult) -> Missing | None:
    return next(cue.missing for cue in result.cues if cue.name == "light")


def test_the_challenge_follows_the_first_good_frame_and_all_ends_within_three_seconds(
    pipeline: FacePipeline, good: Pixels
) -> None:
    lane = Lane(CaptureSession(pipeline, FaceLimits(), ENTROPY))
    progress = [lane.feed(good)]
    assert (lane.colours, lane.now_ms) == ([REST], PERIOD_MS)
    while len(lane.colours) < 1 + STEPS + 1:
        progress.append(lane.feed(good))
    assert tuple(lane.colours[1:]) == (*Challenge.draw(ENTROPY).steps, REST)
    assert lane.now_ms >= PERIOD_MS + DURATION_MS
    assert progress[-1] == pytest.approx(0.5)
    white_ms = lane.now_ms
    while not lane.session.finished:
        progress.append(lane.feed(good))
    assert lane.session.lamp == REST
    assert lane.now_ms - white_ms == FaceLimits().steady_ms
    assert lane.now_ms <= 3000
    assert progress == sorted(progress)
    assert progress[-1] == 1.0


def test_what_is_compared_was_taken_in_white_light(pipeline: FacePipeline, good: Pixels) -> None:
    lane = Lane(CaptureSession(pipeline, FaceLimits(), ENTROPY))
    dyed = (good * np.array((1.0, 0.8, 0.5))).astype(np.uint8)
    while not lane.session.finished:
        white = lane.session.lamp == REST
        lane.feed(good if white else dyed)
        assert lane.now_ms < 10_000, "it never ends"
    picture = lane.session.best_picture()
    assert picture is not None
    assert np.array_equal(picture, good)


def test_who_walks_on_is_asked_to_stand_still(pipeline: FacePipeline, good: Pixels) -> None:
    session = CaptureSession(pipeline, FaceLimits())
    picture = Image.fromarray(good)
    for step in range(9):
        side = 460 + 36 * step
        near = picture.resize((side * 700 // 640, side), Image.Resampling.BILINEAR)
        frame = Image.new("RGB", (900, 800), (120, 120, 120))
        frame.paste(near, (450 - near.width // 2, 400 - near.height // 2))
        report = session.feed(np.asarray(frame), step * 200)
    assert report.finding is Finding.OK
    assert report.guidance is Guidance.HOLD_STILL
    assert not session.finished
    reports = [session.feed(np.asarray(frame), 1600 + step * 100) for step in range(1, 20)]
    assert session.finished
    assert reports[-1].guidance is None


def test_a_picture_that_does_not_answer_is_an_alarm(pipeline: FacePipeline, good: Pixels) -> None:
    """A still picture has nothing to say to the lamp, nor to the cues over time."""
    result = Lane(CaptureSession(pipeline, FaceLimits(), ENTROPY)).finish(good)
    assert pad(result).outcome is Outcome.FAILED
    assert pad(result).reason in (Reason.PRESENTATION_ATTACK, Reason.PAD_MISSING)
    assert light(result) is None


def test_without_entropy_there_is_no_lamp_and_no_challenge(pipeline: FacePipeline, good: Pixels) -> None:
    lane = Lane(CaptureSession(pipeline, FaceLimits()))
    result = lane.finish(good)
    assert lane.colours == []
    assert lane.now_ms == UNLIT_MS + PERIOD_MS
    assert "light" not in {cue.name for cue in result.cues}


def test_who_goes_away_meets_another_challenge(pipeline: FacePipeline, good: Pixels) -> None:
    lane = Lane(CaptureSession(pipeline, FaceLimits(), ENTROPY))
    for _ in range(9):
        lane.feed(good)
    assert len(lane.colours) > 1
    begun = len(lane.colours)
    lane.feed(EMPTY)
    assert lane.session.lamp == REST
    lane.finish(good)
    assert lane.colours[begun] == REST
    assert tuple(lane.colours[begun + 1 :]) == (*Challenge.draw(ENTROPY, 1).steps, REST)


@pytest.mark.parametrize("told", [True, False])
def test_a_lamp_that_fails_ends_the_capture_with_an_alarm(pipeline: FacePipeline, good: Pixels, told: bool) -> None:
    """Told by its driver at once, or never heard of."""
    lane = Lane(CaptureSession(pipeline, FaceLimits(), ENTROPY), works=False)
    if told:
        lane.session.lamp_failed()
    result = lane.finish(good)
    assert lane.now_ms < 3100
    assert pad(result).outcome is Outcome.FAILED
    assert light(result) is Missing.NO_LIGHT


def test_a_lamp_that_fails_half_way_leaves_the_answer_unknown(pipeline: FacePipeline, good: Pixels) -> None:
    lane = Lane(CaptureSession(pipeline, FaceLimits(), ENTROPY))
    for _ in range(12):
        lane.feed(good)
    lane.session.lamp_failed()
    assert light(lane.finish(good)) is Missing.NO_LIGHT
    assert lane.now_ms <= 12 * PERIOD_MS + FaceLimits().steady_ms + PERIOD_MS


def test_too_little_entropy_is_refused(pipeline: FacePipeline) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        CaptureSession(pipeline, FaceLimits(), bytes(8))


@pytest.mark.parametrize("period_ms", [67, 250, 400])
def test_steps_last_as_long_as_frames_need(pipeline: FacePipeline, good: Pixels, period_ms: int) -> None:
    """On a slow machine no step is passed over; on a fast one the pace of steps stays."""
    lane = Lane(CaptureSession(pipeline, FaceLimits(), ENTROPY), period_ms=period_ms)
    lane.finish(good)
    assert tuple(lane.colours[1 : 1 + STEPS]) == Challenge.draw(ENTROPY).steps
    pauses = np.diff(lane.changes_ms[1:])
    assert pauses.min() >= 255
    assert pauses.max() <= max(335, 2 * period_ms)
