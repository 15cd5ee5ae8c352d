"""The simulated camera: lens, shutter, noise, compression."""

import random
from itertools import pairwise

import numpy as np
import pytest

from egate_hal.light import DARK, Colour
from egate_sim.camera import CameraScene
from egate_sim.people import lens
from egate_sim.people.cast import CAST
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.mesh import Floats
from egate_sim.people.presentation import Live
from egate_sim.people.sensor import Camera, Change, Noise, compressed, expose, noisy, tone

RED, BLUE = Colour(1.0, 0.0, 0.0), Colour(0.0, 0.0, 1.0)


def grey(light: float = 0.2) -> Layers:
    layers = Layers.over(np.full((HEIGHT, WIDTH, 3), light, np.float32))
    layers.lamp[:] = light
    return layers


def dot() -> Floats:
    planes = np.zeros((1, HEIGHT, WIDTH), np.float32)
    planes[0, 300, 200] = 1
    return planes


@pytest.mark.parametrize(("across", "down"), [(0.6, 0.6), (1.5, 0.0), (0.0, 2.2)])
def test_blur_has_the_width_that_is_asked_for_and_keeps_the_light(across: float, down: float) -> None:
    planes = dot()
    lens.soften(planes, across, down)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    assert planes.sum() == pytest.approx(1, abs=1e-3)
    assert np.sqrt((planes[0] * (x - 200) ** 2).sum()) == pytest.approx(across, abs=0.02)
    assert np.sqrt((planes[0] * (y - 300) ** 2).sum()) == pytest.approx(down, abs=0.02)


def test_a_barrel_draws_the_picture_together_and_leaves_the_middle() -> None:
    ramp = np.broadcast_to(np.arange(WIDTH, dtype=np.float32), (1, HEIGHT, WIDTH))
    bent = lens.distort(ramp, 0.05)[0]
    assert bent[300, 225] == pytest.approx(225, abs=0.2)
    assert bent[300, 20] > 22
    assert bent[300, 430] < 428
    assert np.array_equal(np.sort(bent[300]), bent[300])


def test_light_becomes_bytes_in_order_and_white_leaves_room_for_the_lamp() -> None:
    values = tone(np.linspace(0, 1.6, 100, dtype=np.float32))
    assert all(low <= high for low, high in pairwise(values))
    assert tone(np.ones(1, np.float32))[0] < 240
    assert values[-1] == 255


def test_exposure_brightens_and_gain_brightens_with_noise() -> None:
    chance = random.Random(1)
    plain, longer, louder = (
        noisy(expose(grey(), camera).developed(), chance, camera)
        for camera in (Camera(), Camera(exposure=2.0), Camera(gain=2.0))
    )
    middle = np.s_[300:500, 200:400]
    assert longer[middle].mean() == pytest.approx(louder[middle].mean(), abs=0.5)
    assert longer[middle].mean() > plain[middle].mean() + 20
    assert louder[middle].std() > 1.2 * longer[middle].std()


def test_noise_depends_on_the_signal_and_never_repeats() -> None:
    camera, chance = Camera(noise=Noise(read=4.0, shot=1.0)), random.Random(2)
    dark, bright = (np.full((200, 200, 3), level, np.uint8) for level in (40, 220))
    assert noisy(dark, chance, camera).std() == pytest.approx(3.7, abs=0.3)
    assert noisy(bright, chance, camera).std() == pytest.approx(1.7, abs=0.3)
    assert noisy(dark, chance, camera).mean() == pytest.approx(40, abs=0.1)
    assert not np.array_equal(noisy(dark, chance, camera), noisy(dark, chance, camera))


def test_a_lamp_that_changes_while_rows_are_read_shows_both_colours() -> None:
    picture = expose(grey(), Camera(readout_ms=20, shutter_ms=5)).developed(Change(RED, BLUE, 10.0)).astype(int)
    top, bottom = picture[:300].mean(axis=(0, 1)), picture[-300:].mean(axis=(0, 1))
    assert top[0] > top[2] + 10
    assert bottom[2] > bottom[0] + 10


def test_a_lamp_that_changed_long_ago_is_the_lamp() -> None:
    kept = expose(grey())
    assert np.array_equal(kept.developed(Change(RED, BLUE, 60.0)), kept.developed(BLUE))


def test_the_scene_mixes_a_change_only_into_the_frame_that_it_falls_into() -> None:
    scene, person = CameraScene(random.Random(4)), Live(CAST[0])
    scene.show(person)
    scene.frame(0)
    scene.shine(RED, 90.0)
    mixed = scene.frame(100).astype(int)
    whole = person.exposure(100).developed(RED, person.pulse(100)).astype(int)
    dark = person.exposure(100).developed(DARK, person.pulse(100)).astype(int)
    face = np.s_[350:420, 260:340, 0]
    assert dark[face].mean() < mixed[face].mean() < whole[face].mean()
    assert scene.lamp == RED


def test_jpeg_takes_away_what_the_eye_misses() -> None:
    picture = noisy(expose(grey()).developed(), random.Random(3))
    squeezed = compressed(picture, 60)
    assert squeezed.shape == picture.shape
    assert squeezed.std() < picture.std()


def test_who_is_out_of_focus_is_softer() -> None:
    near, far = Camera(), Camera(focus_mm=300)
    sharp, soft = Live(CAST[1]), Live(CAST[1])
    soft.camera = far
    assert near.defocus_px(780) == 0
    fine = [
        np.abs(np.diff(one.exposure(2_000).developed()[300:500, 200:400, 1].astype(int))).mean()
        for one in (sharp, soft)
    ]
    assert fine[1] < 0.8 * fine[0]


def test_a_rolling_shutter_leans_what_moves_sideways() -> None:
    quick, slow = Live(CAST[1]), Live(CAST[1])
    quick.camera, slow.camera = Camera(readout_ms=0, shutter_ms=0), Camera(readout_ms=60, shutter_ms=0)
    step = max(range(9), key=lambda s: abs(quick.view(s + 0.6).right_mm - quick.view(s).right_mm))
    sides = [np.flatnonzero(one.layers(step).blood[300] > 0.5).mean() for one in (quick, slow)]
    drift = quick.view(step + 0.6).right_mm - quick.view(step).right_mm
    assert np.sign(sides[1] - sides[0]) == np.sign(drift)
