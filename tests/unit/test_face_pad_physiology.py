"""A face that blinks and speaks changes in ways that no photo does."""

from collections.abc import Mapping

import moving_face
import numpy as np
import pytest
from moving_face import Pose, observations, shown

from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.physiology import PhysiologyCue
from egate.face.pad.observation import Observation
from egate.face.pad.track import FaceTrack

SWAY = [
    Pose(right_px=4 * np.sin(k), down_px=3 * np.cos(2 * k), yaw=0.02 * np.sin(k + 1), tilt=0.01 * np.cos(k))
    for k in range(10)
]
EYES, MOUTH = ((196, 198), (284, 198)), ((240, 302),)


def cue() -> PhysiologyCue:
    return PhysiologyCue(FaceTrack())


def figures(seen: list[Observation]) -> Features:
    features = shown(cue, seen).features()
    assert isinstance(features, Mapping)
    return features


def covered(seen: list[Observation], places: tuple[tuple[int, int], ...], frames: tuple[int, ...]) -> list[Observation]:
    """Lids fall, or lips part, at these places in these frames: other skin is seen there."""
    for number in frames:
        for place_x, place_y in places:
            x, y = place_x + round(SWAY[number].right_px), place_y + round(SWAY[number].down_px)
            seen[number].pixels[y - 14 : y + 14, x - 24 : x + 24] = moving_face.texture(77)[:28, :48, np.newaxis]
    return seen


@pytest.mark.parametrize("noise", [0.0, 1.0, 4.0])
def test_a_blink_shows_in_the_eyes_alone(noise: float) -> None:
    rigid = figures(observations(SWAY, noise=noise))
    blinking = figures(covered(observations(SWAY, noise=noise), EYES, (2, 7)))
    assert blinking["eyes"] > rigid["eyes"] + 0.5
    assert blinking["eyes_to_rest"] > rigid["eyes_to_rest"] + 0.5
    assert blinking["mouth"] == pytest.approx(rigid["mouth"], abs=0.5)


def test_a_mouth_that_moves_shows_in_the_mouth_alone() -> None:
    rigid, speaking = figures(observations(SWAY)), figures(covered(observations(SWAY), MOUTH, (1, 3, 6, 8)))
    assert speaking["mouth"] > rigid["mouth"] + 0.5
    assert speaking["eyes"] == pytest.approx(rigid["eyes"], abs=0.5)


def test_skin_that_stretches_is_neither_plane_nor_turn() -> None:
    rigid, alive = observations(SWAY), observations(SWAY)
    for number, frame in enumerate(alive):
        y, x = np.mgrid[0:480, 0:480]
        wave = 2.5 * np.sin(number) * np.sin(2 * np.pi * (x - 240) / 110) * np.cos(2 * np.pi * (y - 240) / 130)
        frame.pixels[:] = frame.pixels[np.clip(np.rint(y + wave), 0, 479).astype(int), x]
    assert figures(alive)["stretch"] > figures(rigid)["stretch"] + 0.5


def test_why_it_says_nothing() -> None:
    assert cue().features() is Missing.TOO_FEW_FRAMES
    assert shown(cue, observations(SWAY, interval_ms=95)).features() is Missing.TOO_SHORT
    assert shown(cue, observations([Pose()] * 6, noise=0)).features() is Missing.TOO_STILL


def test_cues_that_share_a_track_see_each_frame_once() -> None:
    track = FaceTrack()
    first, second = PhysiologyCue(track), PhysiologyCue(track)
    for frame in observations(SWAY):
        first.observe(frame)
        second.observe(frame)
    assert first.features() == second.features() == figures(observations(SWAY))
    first.wipe()
    assert second.features() is Missing.TOO_FEW_FRAMES


def test_hostile_frames_come_to_finite_figures_or_a_reason() -> None:
    chance = np.random.default_rng(13)
    for _ in range(40):
        seen = moving_face.anything(chance, int(chance.integers(0, 12)), int(chance.integers(16, 90)))
        features = shown(cue, seen).features()
        assert isinstance(features, Missing) or all(np.isfinite(value) for value in features.values())
