"""What is around a face: it stands still, or it goes where the face goes."""

import itertools
from collections.abc import Mapping

import moving_face
import numpy as np
import pytest
from moving_face import HEIGHT, WIDTH, Pose, mesh, observation, picture, shown, texture

from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.parallax import ParallaxCue
from egate.face.pad.observation import Observation

SWAY = [Pose(right_px=5 * np.sin(1.7 * k), down_px=3 * np.cos(2.3 * k), scale=0.6) for k in range(9)]
STILL = [Pose(scale=0.6)] * len(SWAY)


def scene(faces: list[Pose], walls: list[Pose], *, plain: bool = False, noise: float = 1.0) -> list[Observation]:
    """A face before a wall, each of which moves as it is told; the shoulders go with the face."""
    chance = np.random.default_rng(3)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    seen = []
    for number, (face, wall) in enumerate(zip(faces, walls, strict=True)):
        behind = np.full((HEIGHT, WIDTH, 3), 150, np.uint8) if plain else picture(texture(5), wall, noise, chance)
        before = picture(texture(6), face, noise, chance)
        across, down = x - 240 - face.right_px, y - 240 - face.down_px
        person = ((across / 75) ** 2 + (down / 95) ** 2 < 1) | ((down > 100) & (np.abs(across) < 110))
        pixels = np.where(person[..., np.newaxis], before, behind)
        seen.append(observation(number * 400, pixels, mesh(face)))
    return seen


def figures(seen: list[Observation]) -> Features:
    features = shown(ParallaxCue, seen).features()
    assert isinstance(features, Mapping)
    return features


def test_a_person_moves_before_a_wall_that_stands() -> None:
    live = figures(scene(SWAY, STILL))
    assert np.exp(live["surroundings"]) < 0.006
    assert abs(live["shared"]) < 0.1


def test_a_held_photo_moves_with_its_background() -> None:
    live, held = figures(scene(SWAY, STILL)), figures(scene(SWAY, SWAY))
    moved = [np.hypot(b.right_px - a.right_px, b.down_px - a.down_px) for a, b in itertools.pairwise(SWAY)]
    eyes_px = 88 * 0.6
    assert np.exp(held["surroundings"]) == pytest.approx(np.median(moved) / eyes_px, rel=0.15)
    assert held["shared"] == pytest.approx(1, abs=0.1)
    assert held["surroundings_to_noise"] > live["surroundings_to_noise"] + 1


def test_a_film_from_a_hand_shakes_behind_a_still_face() -> None:
    assert figures(scene(STILL, SWAY))["surroundings"] > figures(scene(SWAY, STILL))["surroundings"] + 1.5


@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_a_plain_wall_and_noise_are_no_motion(noise: float) -> None:
    assert np.exp(figures(scene(SWAY, STILL, plain=True))["surroundings"]) < 0.01
    assert np.exp(figures(scene(SWAY, STILL, noise=noise))["surroundings"]) < 0.01


def test_a_passer_by_far_behind_is_no_shaking_background() -> None:
    seen = scene(SWAY, STILL)
    for number, frame in enumerate(seen):
        frame.pixels[30:90, 20 * number : 20 * number + 30] = texture(9)[:60, :30, np.newaxis]
    assert np.exp(figures(seen)["surroundings"]) < 0.01


def test_why_it_says_nothing() -> None:
    assert ParallaxCue().features() is Missing.TOO_FEW_FRAMES
    assert shown(ParallaxCue, scene(SWAY[:3], STILL[:3])).features() is Missing.TOO_FEW_FRAMES
    close = [Pose(scale=2.2)] * 5
    assert shown(ParallaxCue, moving_face.observations(close, interval_ms=400)).features() is Missing.TOO_SMALL


def test_nothing_is_left_after_wiping() -> None:
    cue = ParallaxCue()
    for frame in scene(SWAY, STILL):
        cue.observe(frame)
    assert cue._last is not None
    kept = cue._last[0]
    cue.wipe()
    assert cue.features() is Missing.TOO_FEW_FRAMES
    assert not kept.grey.any()


def test_hostile_frames_come_to_finite_figures_or_a_reason() -> None:
    chance = np.random.default_rng(11)
    for _ in range(40):
        seen = moving_face.anything(chance, int(chance.integers(0, 12)), int(chance.integers(16, 90)))
        features = shown(ParallaxCue, seen).features()
        assert isinstance(features, Missing) or all(np.isfinite(value) for value in features.values())
