"""A capture session from its first frame to its wiped end, with the real models on a real face."""

import io
import itertools
import random
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from egate.checks import Check, Outcome, Reason
from egate.face import outcome
from egate.face.capture import CaptureSession, FaceResult
from egate.face.limits import UNLIT_MS, FaceLimits
from egate.face.pipeline import FacePipeline
from egate.face.quality.judgement import GUIDANCE, Finding
from egate.face.quality.limits import QualityLimits
from egate.screens import Guidance
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait_jpeg
from egate_sim.people.presentation import Live

ROOT = Path(__file__).resolve().parents[2]
ASTRONAUT = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((640, 640))
PORTRAIT = (ROOT / "tests/data/astronaut.jpg").read_bytes()

ENOUGH = 1 + UNLIT_MS // 100  # frames, a tenth of a second apart

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(ROOT / "models", threads=1)


@pytest.fixture
def session(pipeline: FacePipeline) -> CaptureSession:
    return CaptureSession(pipeline, FaceLimits())


def framed(image: Image.Image, left: int = 100, top: int = 60) -> Pixels:
    frame = Image.new("RGB", (900, 800), (120, 120, 120))
    frame.paste(image, (left, top))
    return np.asarray(frame)


GOOD = framed(ASTRONAUT)
EMPTY = np.full((800, 900, 3), 120, np.uint8)
TWO = framed(ASTRONAUT.resize((440, 440)), left=0).copy()
TWO[300:740, 450:890] = np.asarray(ASTRONAUT.resize((440, 440)))


def by_check(result: FaceResult) -> dict[Check, tuple[Outcome, Reason]]:
    return {c.check: (c.outcome, c.reason) for c in result.checks}


def feed(session: CaptureSession, *frames: Pixels, start_ms: int = 0) -> list[Finding]:
    return [session.feed(frame, start_ms + 100 * k).finding for k, frame in enumerate(frames)]


def live(session: CaptureSession, person: Person) -> None:
    """Somebody stands there for as long as it takes, blinks included, and for four seconds at most."""
    presentation, chance = Live(person), random.Random(1)
    frames = (presentation.frame(100 * k, chance) for k in range(40))
    any(session.feed(frame, 100 * k) and session.finished for k, frame in enumerate(frames))


def test_the_bearer_of_the_portrait_passes_all_three_checks(session: CaptureSession) -> None:
    person = Person.draw(3)
    live(session, person)
    assert session.finished
    result = session.verify(portrait_jpeg(person))
    assert {c.outcome for c in result.checks} == {Outcome.PASSED}
    assert {c.check for c in result.checks} == {Check.FACE_CAPTURE, Check.PAD, Check.FACE_VERIFICATION}
    assert result.match_score is not None
    assert result.match_score > 0.8
    assert result.pad_score is not None
    assert result.pad_score < result.pad_threshold
    assert result.frames_used >= FaceLimits().frames_needed


def test_one_picture_over_and_over_matches_and_is_never_live(session: CaptureSession) -> None:
    """Nothing moves in it, whatever the cues of single frames say: an alarm."""
    feed(session, *[GOOD] * ENOUGH)
    assert session.finished
    checks = by_check(session.verify(PORTRAIT))
    assert checks[Check.FACE_VERIFICATION] == (Outcome.PASSED, Reason.OK)
    assert checks[Check.PAD][0] is Outcome.FAILED


def test_a_face_is_watched_for_long_enough_to_show_motion(pipeline: FacePipeline) -> None:
    session = CaptureSession(pipeline, FaceLimits(steady_ms=0))
    progress = [session.feed(GOOD, 300 * k).progress for k in range(6)]
    assert progress == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert session.finished


@pytest.mark.parametrize(
    ("frame", "finding"),
    [
        (EMPTY, Finding.NO_FACE),
        (TWO, Finding.SEVERAL_FACES),
        (framed(ASTRONAUT.resize((300, 300)), 280, 260), Finding.TOO_FAR),
        (framed(ASTRONAUT, left=-210), Finding.LEFT),
        (framed(ASTRONAUT, left=380), Finding.RIGHT),
        (framed(ASTRONAUT, top=-150), Finding.HIGH),
        (framed(ASTRONAUT, top=430), Finding.LOW),
        (framed(ImageEnhance.Brightness(ASTRONAUT).enhance(0.2)), Finding.TOO_DARK),
        (framed(ImageEnhance.Brightness(ASTRONAUT).enhance(1.8)), Finding.TOO_BRIGHT),
        (framed(ASTRONAUT.rotate(30)), Finding.NOT_FRONTAL),
        (framed(ASTRONAUT.filter(ImageFilter.GaussianBlur(6))), Finding.BLURRED),
        (GOOD, Finding.OK),
    ],
    ids=lambda value: value.value if isinstance(value, Finding) else "",
)
def test_each_finding_has_its_picture(session: CaptureSession, frame: Pixels, finding: Finding) -> None:
    assert feed(session, frame) == [finding]


def test_a_face_that_fills_the_picture_is_too_near(pipeline: FacePipeline) -> None:
    session = CaptureSession(pipeline, FaceLimits(quality=QualityLimits(max_face_share=0.2)))
    assert feed(session, GOOD) == [Finding.TOO_NEAR]


def test_shut_eyes_and_an_open_mouth_are_told_by_their_limits(pipeline: FacePipeline) -> None:
    wide = CaptureSession(pipeline, FaceLimits(quality=QualityLimits(min_eye_opening=0.9)))
    assert feed(wide, GOOD) == [Finding.EYES_SHUT]
    tight = CaptureSession(pipeline, FaceLimits(quality=QualityLimits(max_mouth_opening=0.001)))
    assert feed(tight, GOOD) == [Finding.MOUTH_OPEN]


def test_guidance_leads_the_traveller_to_the_middle() -> None:
    """The camera faces the traveller: left in the picture is the traveller's right, so left is where to go."""
    assert GUIDANCE[Finding.LEFT] is Guidance.MOVE_LEFT
    assert GUIDANCE[Finding.RIGHT] is Guidance.MOVE_RIGHT
    assert set(GUIDANCE) == set(Finding)


def test_a_second_face_starts_the_collection_again(session: CaptureSession) -> None:
    feed(session, GOOD, GOOD, GOOD, TWO)
    assert session.feed(GOOD, 400).progress == 0
    assert session.feed(GOOD, 700).progress == pytest.approx(0.2)


def test_another_person_in_the_same_place_starts_the_collection_again(session: CaptureSession) -> None:
    """Nobody collects live frames of one face and lets another be compared."""
    feed(session, GOOD, GOOD, GOOD, GOOD)
    stranger = Live(Person.draw(3))
    reports = [session.feed(stranger.frame(500, random.Random(k)), 400 + 100 * k) for k in range(2)]
    assert [report.finding for report in reports] == [Finding.OK, Finding.OK]
    assert [report.progress for report in reports] == pytest.approx([0, 100 / UNLIT_MS])


def test_frames_too_close_in_time_count_once(session: CaptureSession) -> None:
    for time_ms in (0, 10, 20, 59, UNLIT_MS):
        session.feed(GOOD, time_ms)
    assert session.result().frames_used == 2
    session.feed(GOOD, UNLIT_MS + 60)
    assert session.result().frames_used == 3


def test_another_person_is_a_mismatch(session: CaptureSession) -> None:
    """A rendered person with the astronaut's portrait."""
    live(session, Person.draw(3))
    assert session.finished
    result = session.verify(PORTRAIT)
    assert by_check(result)[Check.FACE_VERIFICATION] == (Outcome.FAILED, Reason.FACE_MISMATCH)
    assert result.match_score is not None
    assert result.match_score < result.match_threshold


def test_a_stricter_match_threshold_turns_a_pass_into_a_mismatch(pipeline: FacePipeline) -> None:
    session = CaptureSession(pipeline, FaceLimits(match_threshold=0.999999))
    feed(session, *[GOOD] * 5)
    result = session.verify(encoded(ASTRONAUT.rotate(8)))
    assert by_check(result)[Check.FACE_VERIFICATION] == (Outcome.FAILED, Reason.FACE_MISMATCH)
    assert result.match_threshold == 0.999999


def test_a_stricter_attack_threshold_turns_a_pass_into_an_alarm(pipeline: FacePipeline) -> None:
    session = CaptureSession(pipeline, FaceLimits(attack_threshold=1e-9))
    live(session, Person.draw(3))
    assert by_check(session.result())[Check.PAD] == (Outcome.FAILED, Reason.PRESENTATION_ATTACK)


@pytest.mark.parametrize("limits", [FaceLimits(match_threshold=0.3), FaceLimits(attack_threshold=0.9)])
def test_thresholds_laxer_than_the_card_are_refused(pipeline: FacePipeline, limits: FaceLimits) -> None:
    with pytest.raises(ValueError, match="threshold: 0"):
        CaptureSession(pipeline, limits)


def test_nothing_seen_is_no_capture_a_pad_alarm_and_no_verdict(session: CaptureSession) -> None:
    expected = {
        Check.FACE_CAPTURE: (Outcome.UNDETERMINED, Reason.CAMERA),
        Check.PAD: (Outcome.FAILED, Reason.PAD_MISSING),
        Check.FACE_VERIFICATION: (Outcome.UNDETERMINED, Reason.NO_FACE),
    }
    assert by_check(session.verify(PORTRAIT, timed_out=True)) == expected
    feed(session, EMPTY)
    expected[Check.FACE_CAPTURE] = (Outcome.UNDETERMINED, Reason.NO_FACE)
    result = session.verify(PORTRAIT, timed_out=True)
    assert by_check(result) == expected
    assert (result.match_score, result.pad_score, result.frames_used) == (None, None, 0)


def test_a_poor_face_at_timeout_is_compared_and_not_captured(session: CaptureSession) -> None:
    feed(session, *[framed(ASTRONAUT, left=-210)] * 3)
    result = session.verify(PORTRAIT, timed_out=True)
    assert by_check(result)[Check.FACE_CAPTURE] == (Outcome.UNDETERMINED, Reason.LOW_QUALITY)
    assert result.checks[0].details == ("left", "timeout")
    assert result.match_score is not None
    assert by_check(result)[Check.PAD] == (Outcome.FAILED, Reason.PAD_MISSING)
    assert result.frames_used == 0


def test_two_people_to_the_end(session: CaptureSession) -> None:
    feed(session, GOOD, TWO, TWO)
    result = session.result(timed_out=True)
    assert by_check(result)[Check.FACE_CAPTURE] == (Outcome.UNDETERMINED, Reason.SEVERAL_FACES)
    assert by_check(result)[Check.FACE_VERIFICATION] == (Outcome.UNDETERMINED, Reason.NOT_DONE)


@pytest.mark.parametrize(
    ("portrait", "reason"),
    [(b"", Reason.PORTRAIT_UNREADABLE), (PORTRAIT[:2000], Reason.PORTRAIT_UNREADABLE), (None, Reason.NO_FACE)],
)
def test_a_portrait_of_no_use_decides_nothing(session: CaptureSession, portrait: bytes | None, reason: Reason) -> None:
    feed(session, *[GOOD] * 5)
    result = session.verify(encoded(Image.new("RGB", (300, 400), (90, 120, 90))) if portrait is None else portrait)
    assert by_check(result)[Check.FACE_VERIFICATION] == (Outcome.UNDETERMINED, reason)
    assert result.match_score is None


def test_a_score_that_is_no_number_is_an_alarm_and_no_match() -> None:
    assert outcome.presentation(float("nan"), 0.5).outcome is Outcome.FAILED
    assert outcome.verification(float("nan"), 0.4).outcome is Outcome.FAILED


@pytest.mark.parametrize(("score", "passed"), [(0.0, True), (0.4999, True), (0.5, False), (1.0, False)])
def test_one_is_an_attack(score: float, passed: bool) -> None:
    assert (outcome.presentation(score, 0.5).outcome is Outcome.PASSED) is passed


def test_the_session_keeps_its_own_copy_and_wipes_it(session: CaptureSession) -> None:
    frame = GOOD.copy()
    feed(session, frame)
    frame.fill(7)
    kept = session.best_picture()
    assert kept is not None
    assert np.array_equal(kept, GOOD)
    held = [array for array in arrays_of(session) if array.size > 1]
    assert any(array.any() for array in held)
    session.wipe()
    assert not any(array.any() for array in held)
    assert session.best_picture() is None
    assert session.result().pad_score is None


def arrays_of(session: CaptureSession) -> list[NDArray[np.generic]]:
    streak = session._streak
    shots = [shot for shot in (session._streak.best, session._fallback) if shot is not None]
    return [*streak.templates, *itertools.chain.from_iterable((s.pixels, s.mesh.points, s.face.points) for s in shots)]


def test_nothing_printed_shows_the_traveller(session: CaptureSession) -> None:
    feed(session, GOOD)
    assert repr(session) == "CaptureSession(1 of 5 frames)"
    assert "array" not in repr(session._streak.best)


def encoded(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()
