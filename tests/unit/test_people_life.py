"""What lives moves and answers light: pulse, blinks, looks, sway; the face light by channel, relief and distance."""

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from egate_hal.light import DARK, Colour
from egate_sim.people.cast import CAST
from egate_sim.people.life import life
from egate_sim.people.light import FACE_LIGHT_AT_FACE, GATE_LIGHT, LAMP_SHARE, face_light
from egate_sim.people.presentation import Live
from egate_sim.people.sensor import expose

FACE = np.s_[340:460, 240:360]
WALL = np.s_[40:200, 20:120]
WHITE = Colour(1.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def standing() -> Live:
    return Live(CAST[1])


def mean(picture: NDArray[np.uint8], where: tuple[slice, slice]) -> NDArray[np.float64]:
    """By channel."""
    return np.asarray(picture[where].mean(axis=(0, 1)), np.float64)


def test_the_lamp_adds_its_own_colour_to_the_face_and_hardly_any_to_the_hall(standing: Live) -> None:
    dark, red = (standing.frame(1_500, random.Random(1), lamp) for lamp in (DARK, Colour(1.0, 0.0, 0.0)))
    on_face, on_wall = mean(red, FACE) - mean(dark, FACE), mean(red, WALL) - mean(dark, WALL)
    assert on_face[0] > 15
    assert abs(on_face[1:]).max() < 0.5
    assert on_wall[0] < 2


def test_the_lamp_gives_its_share_of_the_light_on_skin_that_faces_it(standing: Live) -> None:
    layers = standing.layers(20)
    skin = layers.blood > 0.9
    share = layers.lamp[skin].sum(axis=1) / (layers.lamp[skin] + layers.ambient[skin]).sum(axis=1)
    assert np.quantile(share, 0.9) == pytest.approx(LAMP_SHARE, abs=0.06)  # what turns away gets less


def test_the_lamp_falls_off_with_the_square_of_the_distance_and_with_the_angle() -> None:
    places = np.array([(0, 0, -750), (0, 0, -1500)], np.float32)
    near, far = face_light(places, np.array([0, 0, 1], np.float32))
    assert near == pytest.approx(FACE_LIGHT_AT_FACE, rel=0.12)
    assert near / far == pytest.approx(4, rel=0.12)
    assert face_light(places[:1], np.array([1, 0, 0], np.float32))[0] < 0.2 * near
    assert face_light(places[:1], np.array([0, 0, -1], np.float32))[0] == 0


def test_a_weaker_hall_leaves_more_to_the_lamp() -> None:
    assert FACE_LIGHT_AT_FACE / (FACE_LIGHT_AT_FACE + GATE_LIGHT.from_front()) == pytest.approx(LAMP_SHARE)


def test_relief_shows_in_the_lamp_layer_more_than_a_plane_would(standing: Live) -> None:
    layers = standing.layers(20)
    face = layers.blood[230:400, 150:300] > 0.9
    lamp = (layers.lamp[230:400, 150:300] / np.maximum(layers.ambient[230:400, 150:300], 1e-3))[face][:, 1]
    assert lamp.std() / lamp.mean() > 0.1


def test_blood_pulses_in_skin_at_the_own_rate_and_nowhere_else(standing: Live) -> None:
    heart = life(standing.person).heart
    still = expose(standing.layers(20))
    times = np.arange(0, 12_000, 50)
    skin = np.array([mean(still.developed(DARK, standing.pulse(t)), FACE)[1] for t in times[::4]])
    wall = np.array([mean(still.developed(DARK, standing.pulse(t)), WALL)[1] for t in times[::4]])
    pulse = np.array([standing.pulse(t)[1] for t in times])
    assert np.corrcoef(skin, pulse[::4])[0, 1] > 0.95
    assert np.ptp(wall) == 0
    spectrum = np.abs(np.fft.rfft(pulse - pulse.mean()))
    assert np.fft.rfftfreq(len(times), 0.05)[spectrum.argmax()] == pytest.approx(heart.rate_hz, abs=0.1)


def test_green_pulses_most_and_by_less_than_one_part_in_a_hundred() -> None:
    for person in CAST:
        heart = life(person).heart
        red, green, blue = np.ptp([heart.pulse(t) for t in range(0, 5_000, 20)], axis=0)
        assert 0.002 < green <= 0.0105
        assert red < blue < green
        assert 55 <= 60 * heart.rate_hz <= 100


def test_people_blink_at_natural_and_irregular_intervals() -> None:
    for person in CAST:
        starts = np.array([start for start, _ in life(person).blinks])
        gaps = np.diff(starts)
        assert 8 <= 60 / gaps.mean() <= 30
        assert gaps.std() / gaps.mean() > 0.25
    ways = life(CAST[0])
    start, length = ways.blinks[3]
    assert ways.blink(1000 * (start + 0.4 * length)) == 1
    assert ways.blink(1000 * start - 60) == ways.lid


def test_eyes_jump_and_rest() -> None:
    ways = life(CAST[2])
    looks = np.array([ways.gaze_deg(t) for t in range(0, 20_000, 50)])
    moved = np.abs(np.diff(looks, axis=0)).max(axis=1)
    assert np.median(moved) == 0
    assert moved.max() > 2


def test_nobody_moves_in_a_loop() -> None:
    yaw = np.array([Live(CAST[4]).view(step).yaw_deg for step in range(10, 400)])
    yaw -= yaw.mean()
    lags = [float(np.corrcoef(yaw[:-lag], yaw[lag:])[0, 1]) for lag in range(8, 200)]
    assert max(lags) < 0.97
