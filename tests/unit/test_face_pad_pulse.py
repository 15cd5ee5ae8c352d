"""A pulse that was put into the colour of skin is found; brightness, noise and lamps are none."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import moving_face
import numpy as np
import pytest
from moving_face import HEIGHT, WIDTH, Pose, mesh, observation, shown

from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.pulse import PulseCue
from egate.face.pad.observation import Observation

SKIN = np.array((168.0, 122.0, 104.0))
BLOOD = np.array((0.2, 0.8, 0.4))  # how strongly each colour takes part, roughly as measured on skin
Colour = Callable[[float], np.ndarray]


def film(
    colour: Colour, *, seconds: float = 5, rate_hz: float = 12, noise: float = 6, seed: int = 1
) -> list[Observation]:
    """Frames of even skin of ``colour`` at a time in seconds, with the sensor's noise in every pixel."""
    chance, still = np.random.default_rng(seed), mesh(Pose())
    grain = chance.normal(scale=noise, size=(HEIGHT, WIDTH, 3))
    seen = []
    for number in range(int(seconds * rate_hz)):
        rolled = np.roll(grain, tuple(chance.integers(0, 400, 2)), axis=(0, 1))
        pixels = np.clip(colour(number / rate_hz) + rolled, 0, 255).astype(np.uint8)
        seen.append(observation(round(1000 * number / rate_hz), pixels, still))
    return seen


def beating(t: float, hz: float = 1.2, depth: float = 0.006) -> np.ndarray:
    return SKIN * (1 - depth * BLOOD * np.sin(2 * np.pi * hz * t))


def swaying(t: float) -> np.ndarray:
    return SKIN * (1 + 0.02 * np.sin(2 * np.pi * 1.1 * t))


def figures(seen: list[Observation]) -> Features:
    features = shown(PulseCue, seen).features()
    assert isinstance(features, Mapping)
    return features


@pytest.mark.parametrize("hz", [0.9, 1.3, 2.2])
def test_a_pulse_is_found_at_any_rate(hz: float) -> None:
    features = figures(film(lambda t: beating(t, hz)))
    assert features["together"] > 0.6
    assert features["rhythm"] > 0.6


def test_a_photo_has_none() -> None:
    alive, photo = figures(film(beating)), figures(film(lambda t: SKIN))
    assert photo["together"] < 0.3
    assert photo["rhythm"] < alive["rhythm"] - 0.15
    assert photo["strength"] < alive["strength"] - 0.5


def test_light_that_sways_in_brightness_is_no_pulse() -> None:
    assert figures(film(swaying))["strength"] < figures(film(beating))["strength"] - 0.5


def test_a_lamp_that_jumps_is_cut_out() -> None:
    lamps = (np.array((1.1, 0.95, 0.95)), np.array((0.95, 1.1, 0.95)), np.array((0.95, 0.95, 1.1)))
    lit = figures(film(lambda t: beating(t) * lamps[int(t / 2) % 3], seconds=6))
    assert lit["together"] > 0.6
    flicker = film(lambda t: beating(t) * lamps[int(t / 0.5) % 3], seconds=6)
    assert shown(PulseCue, flicker).features() is Missing.TOO_NOISY


def test_who_walks_up_is_not_listened_to() -> None:
    """Nor who stands in coloured light: those frames are not steady, and cut the signal."""
    seen = film(beating, seconds=3)
    walking = [replace(each, steady=each.time_ms >= 1000) for each in seen]
    assert figures(walking) == figures([each for each in seen if each.time_ms >= 1000])
    trips = [replace(each, steady=each.time_ms % 700 > 100) for each in seen]
    assert shown(PulseCue, trips).features() is Missing.TOO_SHORT


def test_why_it_says_nothing() -> None:
    assert PulseCue().features() is Missing.TOO_FEW_FRAMES
    assert shown(PulseCue, film(beating, rate_hz=4)).features() is Missing.TOO_SLOW
    assert shown(PulseCue, film(beating, seconds=0.8)).features() is Missing.TOO_SHORT
    tiny = moving_face.observations([Pose(scale=0.05)] * 3)
    assert shown(PulseCue, tiny).features() is Missing.TOO_SMALL


def test_nothing_is_left_after_wiping() -> None:
    cue = PulseCue()
    for frame in film(beating, seconds=1):
        cue.observe(frame)
    kept = [colours for run in cue._runs for colours in run.colours]
    cue.wipe()
    assert cue.features() is Missing.TOO_FEW_FRAMES
    assert kept
    assert not any(colours.any() for colours in kept)


def test_hostile_frames_come_to_finite_figures_or_a_reason() -> None:
    chance = np.random.default_rng(17)
    for _ in range(40):
        seen = moving_face.anything(chance, int(chance.integers(0, 60)), int(chance.integers(16, 90)))
        features = shown(PulseCue, seen).features()
        assert isinstance(features, Missing) or all(np.isfinite(value) for value in features.values())
