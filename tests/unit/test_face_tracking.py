"""The tracker sees what the detector would have seen, and no second face for longer than it promises."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from face_models import face_pipeline
from numpy.typing import NDArray

from egate.face.finding.tracking import Sight, Tracker, TrackingLimits
from egate.face.quality.measures import measure
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live, Nobody, Presentation, TwoPeople

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = face_pipeline()
STEP_MS = 100
Pixels = NDArray[np.uint8]


def shown(presentation: Presentation, count: int, start_ms: int = 0) -> list[Pixels]:
    return [presentation.frame(start_ms + STEP_MS * k, random.Random(k)) for k in range(count)]


ONE, OTHER = Live(Person.draw(3)), Live(Person.draw(8))
WALK = shown(ONE, 18)


def sights(frames: list[Pixels], tracker: Tracker | None = None) -> Iterator[Sight]:
    tracker = tracker or PIPELINE.tracker()
    for k, frame in enumerate(frames):
        yield tracker.look(frame, STEP_MS * k)


def test_a_person_who_walks_up_is_followed_where_the_detector_sees_him() -> None:
    detections = 0
    for frame, sight in zip(WALK, sights(WALK), strict=True):
        (face,) = PIPELINE.find(frame)
        mesh = PIPELINE.mesh(frame, face)
        assert mesh is not None
        assert sight.mesh is not None
        eyes_px = float(np.hypot(*(mesh.five[1] - mesh.five[0])))
        apart = np.abs(sight.mesh.five - mesh.five) / eyes_px
        assert apart.max() < 0.08
        assert apart.mean() < 0.03
        assert np.abs(np.subtract(sight.faces[0].box.centre, face.box.centre)).max() < 0.15 * eyes_px
        assert sight.faces[0].box.width == pytest.approx(face.box.width, rel=0.1)
        whole, followed = measure(frame, face, mesh), measure(frame, sight.faces[0], sight.mesh)
        assert followed.yaw_deg == pytest.approx(whole.yaw_deg, abs=4)
        assert followed.pitch_deg == pytest.approx(whole.pitch_deg, abs=6)
        detections += sight.detected
    assert detections <= len(WALK) / 2


def test_the_template_is_the_same_with_and_without() -> None:
    for frame, sight in zip(WALK[10:], sights(WALK[10:]), strict=True):
        (face,) = PIPELINE.find(frame)
        mesh = PIPELINE.mesh(frame, face)
        assert mesh is not None
        assert sight.mesh is not None
        assert float(PIPELINE.template(frame, mesh) @ PIPELINE.template(frame, sight.mesh)) > 0.97


def test_a_second_face_is_noticed_within_the_stated_bound() -> None:
    limits = TrackingLimits()
    pair = shown(TwoPeople(ONE.person, OTHER.person), 8, start_ms=1500)
    for start in range(limits.every_frames):
        frames = [*WALK[10 : 11 + start], *pair]
        seen = [len(sight.faces) for sight in sights(frames)]
        assert seen[: start + 1] == [1] * (start + 1)
        assert 2 in seen[start + 1 : start + 1 + limits.every_frames]


def test_as_long_as_there_are_two_the_detector_looks_at_every_frame() -> None:
    pair = shown(TwoPeople(ONE.person, OTHER.person), 6, start_ms=1500)
    assert [len(sight.faces) for sight in sights(pair)] == [2] * 6


def test_slow_frames_are_each_searched() -> None:
    tracker, limits = PIPELINE.tracker(), TrackingLimits()
    found = [tracker.look(frame, k * limits.every_ms).detected for k, frame in enumerate(WALK[10:15])]
    assert found == [True] * 5


def test_a_thorough_look_is_the_detectors() -> None:
    tracker = PIPELINE.tracker()
    tracker.look(WALK[10], 0)
    assert not tracker.look(WALK[11], 10).detected
    assert tracker.look(WALK[12], 20, thorough=True).detected


def test_a_face_that_leaves_is_gone_at_once() -> None:
    nobody = shown(Nobody(), 1)[0]
    first, second = sights([WALK[10], nobody])
    assert first.mesh is not None
    assert second.mesh is None
    assert second.faces == ()


def test_a_jump_makes_the_detector_look() -> None:
    jumped = np.roll(WALK[11], 90, axis=1)
    _, sight = sights([WALK[10], jumped])
    (face,) = PIPELINE.find(jumped)
    assert sight.detected
    assert sight.faces[0].box.centre == pytest.approx(face.box.centre, abs=1)


def test_another_person_in_the_same_place_is_seen_as_that_person() -> None:
    """The tracker says where a face is, the capture whose: it must get the other one's template at once."""
    frames = [WALK[12], *shown(OTHER, 1, start_ms=1700)]
    *_, sight = sights(frames)
    (face,) = PIPELINE.find(frames[1])
    mesh = PIPELINE.mesh(frames[1], face)
    assert mesh is not None
    assert sight.mesh is not None
    assert float(PIPELINE.template(frames[1], mesh) @ PIPELINE.template(frames[1], sight.mesh)) > 0.97


def test_time_that_runs_backwards_is_no_reason_to_trust() -> None:
    tracker = PIPELINE.tracker()
    tracker.look(WALK[10], 1000)
    assert tracker.look(WALK[11], 900).detected


def test_what_is_kept_of_the_last_frame_is_overwritten() -> None:
    tracker = PIPELINE.tracker()
    tracker.look(WALK[10], 0)
    assert tracker._last is not None
    face, mesh = tracker._last
    tracker.forget()
    assert not face.points.any()
    assert not mesh.points.any()
    assert tracker.look(WALK[11], 10).detected


def test_limits_check_themselves() -> None:
    with pytest.raises(ValueError, match="every_frames"):
        TrackingLimits(every_frames=0)
