"""The light cue on scenes whose light is computed here: a head, paper flat and bent, a screen, a recording."""

import itertools
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.pad.calibration import read_calibration
from egate.face.pad.challenge import DURATION_MS, REST, STEP_MS, Challenge, Colour, Shown
from egate.face.pad.cue import Missing
from egate.face.pad.cues.light import LightCue
from egate.face.pad.lighting import Lighting
from egate.face.pad.observation import Observation
from egate.face.pad.patches import FACE_POINTS, sample
from egate.face.pad.response import Timeline, log_chromaticity
from egate.face.pipeline import FacePipeline

ROOT = Path(__file__).resolve().parents[2]
SIDE = 320
SKIN = np.array((0.42, 0.29, 0.22))
WALL = np.array((0.30, 0.31, 0.30))
TOP = np.array((0.1, -0.76, 0.64))  # the hall's lamp; y down
PERIOD_MS = 100

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Head:
    """A real face's points, and for every pixel whether it is face, how it is turned and where it is."""

    face: Face
    mesh: Mesh
    inside: NDArray[np.bool_]
    normals: Floats
    across: Floats


@pytest.fixture(scope="module")
def head() -> Head:
    image = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((SIDE * 2, SIDE * 2))
    pipeline = FacePipeline.load(ROOT / "models", threads=1)
    face = pipeline.find(np.asarray(image))[0]
    found = pipeline.mesh(np.asarray(image), face)
    assert found is not None
    points = found.points.copy()
    scale = 0.38 * SIDE / np.ptp(points[:, 0])
    points *= scale
    points[:, :2] += SIDE / 2 - (points[:, :2].max(axis=0) + points[:, :2].min(axis=0)) / 2
    mesh = Mesh(points)
    normals = sample(np.full((SIDE, SIDE, 3), 128, np.uint8), mesh).normals
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    places = points[FACE_POINTS, :2]
    apart = (columns[..., None] - places[:, 0]) ** 2 + (rows[..., None] - places[:, 1]) ** 2
    box = mesh.box
    across = (columns - box.centre[0]) / box.width
    inside = (across**2 + ((rows - box.centre[1]) / box.height) ** 2) < 0.33
    return Head(face, mesh, inside, normals[apart.argmin(axis=2)], across)


def hall(normals: Floats) -> Floats:
    """Light of the hall on surfaces that are turned so: (..., 1)."""
    return np.asarray(0.45 + 0.5 * np.clip(normals @ TOP, 0, None))[..., None]


def lamp_light(colour: Colour, normals: Floats, strength: float = 0.5) -> Floats:
    """Light of the face light, which is beside the camera."""
    shares = np.array((colour.red, colour.green, colour.blue))
    return np.asarray(strength * np.clip(normals[..., 2:], 0, None) * shares)


FLAT = np.array((0.0, 0.0, 1.0))
Scene = Callable[[Head, Colour], Floats]


def person(head: Head, colour: Colour) -> Floats:
    light = SKIN * (hall(head.normals) + lamp_light(colour, head.normals))
    return np.where(head.inside[..., None], light, WALL * 0.8)


def paper(head: Head, colour: Colour, bend: float = 0.0) -> Floats:
    """The person's picture, taken in other light, margins and all."""
    picture = np.where(head.inside[..., None], SKIN * (0.4 + 0.6 * head.normals[..., 2:]), 0.8)
    angle = bend * head.across
    normals = np.stack((np.sin(angle), np.zeros_like(angle), np.cos(angle)), axis=-1)
    return np.asarray(picture * (hall(normals) + lamp_light(colour, normals)))


def bent(head: Head, colour: Colour) -> Floats:
    return paper(head, colour, bend=1.0)  # 29 degrees at the cheeks


def screen(head: Head, colour: Colour) -> Floats:
    """It shines by itself, and its glass gives back little."""
    shown = np.where(head.inside[..., None], SKIN * hall(head.normals), 0.3) * np.array((0.95, 1.05, 1.3))
    return np.asarray(shown + 0.03 * (0.5 + lamp_light(colour, FLAT)))


def frame(light: Floats, chance: np.random.Generator, exposure: float = 1.0) -> NDArray[np.uint8]:
    """sRGB with the sensor's noise."""
    x = np.clip(light * exposure, 0, 1)
    srgb = np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(srgb * 255 + chance.normal(0, 2.2, light.shape), 0, 255).round()).astype(np.uint8)


def play(
    head: Head, scene: Scene, seed: int = 1, *, lag_ms: int = 0, recorded: bool = False, flicker: float = 0.0
) -> LightCue:
    """One capture at 10 frames a second. ``recorded``: what stands there answers another challenge."""
    lighting = Lighting(Challenge.draw(seed.to_bytes(16, "big")))
    other = Challenge.draw((seed + 1000).to_bytes(16, "big"))
    cue, chance = LightCue(lighting), np.random.default_rng(seed)
    lighting.showed(REST, 0)
    lamp, history, time_ms = REST, [(0, REST)], 50
    while not lighting.over:
        shone = [colour for from_ms, colour in history if from_ms <= time_ms - lag_ms][-1:] or [REST]
        falls = other.steps[lighting.steps.index(shone[0])] if recorded and shone[0] in lighting.steps else shone[0]
        exposure = 1 + flicker * chance.standard_normal()
        cue.observe(Observation(time_ms, frame(scene(head, falls), chance, exposure), head.face, head.mesh, True))
        lighting.begin(time_ms)
        lighting.saw(time_ms)
        lamp = lighting.wanted
        lighting.showed(lamp, time_ms)
        history.append((time_ms, lamp))
        time_ms += PERIOD_MS
    return cue


def features(cue: LightCue) -> dict[str, float]:
    found = cue.features()
    assert not isinstance(found, Missing), found
    return dict(found)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("lag_ms", [0, 120])
def test_a_person_answers_as_a_solid_thing_before_air(head: Head, seed: int, lag_ms: int) -> None:
    seen = features(play(head, person, seed, lag_ms=lag_ms))
    assert seen["answer"] > 0.9
    assert seen["gain"] > 0.2
    assert seen["relief"] > 0.3
    assert seen["surround"] < 0.1


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("scene", "most"), [(paper, 0.05), (bent, 0.15)])
def test_paper_answers_everywhere_alike(head: Head, seed: int, scene: Scene, most: float) -> None:
    seen = features(play(head, scene, seed))
    assert seen["answer"] > 0.9
    assert abs(seen["relief"]) < most
    assert seen["surround"] > 0.8


@pytest.mark.parametrize("seed", range(2))
def test_a_screen_hardly_answers(head: Head, seed: int) -> None:
    assert features(play(head, screen, seed))["gain"] < 0.1


def test_what_was_recorded_answers_another_challenge(head: Head) -> None:
    answers = [features(play(head, person, seed, recorded=True))["answer"] for seed in range(8)]
    assert statistics.median(answers) < 0.5
    assert max(answers) < 0.93, "less than anybody who stands there"


def test_how_often_another_challenge_comes_near_by_chance() -> None:
    """Two drawn sequences, ten frames a second: what would the one seem to answer to the other?"""
    challenges = [Challenge.draw(number.to_bytes(16, "big")) for number in range(401)]
    near = 0
    for asked, recorded in itertools.pairwise(challenges):
        shown, other = ([Shown(REST, 0), *steps(each), Shown(REST, 100 + DURATION_MS)] for each in (asked, recorded))
        times = range(50, 100 + DURATION_MS + 1200, 100)
        seen = log_chromaticity(0.8 + 0.25 * Timeline.of(times, other, 0).lamp)
        timelines = (Timeline.of(times, shown, lag_ms) for lag_ms in (0, 100, 200))
        near += any(timeline.fit(seen[timeline.frames]).answer > 0.9 for timeline in timelines)
    assert near <= 4, "one in a hundred"


def steps(challenge: Challenge) -> list[Shown]:
    return [Shown(colour, 100 + number * STEP_MS) for number, colour in enumerate(challenge.steps)]


def test_exposure_that_flickers_changes_nothing(head: Head) -> None:
    seen = features(play(head, person, flicker=0.1))
    assert seen["answer"] > 0.9
    assert seen["relief"] > 0.3


@pytest.mark.parametrize(
    ("scene", "recorded", "alarm"),
    [(person, False, False), (paper, False, True), (bent, False, True), (screen, False, True), (person, True, True)],
)
def test_the_calibration_in_use_tells_them_apart(head: Head, scene: Scene, recorded: bool, alarm: bool) -> None:
    calibration = read_calibration(ROOT / "models" / "pad.toml")
    for seed in range(3):
        result = calibration.result("light", play(head, scene, seed, recorded=recorded).features())
        assert result.score is not None
        assert (result.score >= calibration.fusions["active"].threshold) is alarm


def test_without_light_or_frames_it_says_nothing(head: Head) -> None:
    lighting = Lighting(Challenge.draw(bytes(16)))
    assert LightCue(lighting).features() is Missing.NO_LIGHT
    lighting.showed(REST, 0)
    assert LightCue(lighting).features() is Missing.TOO_SHORT
    done = play(head, person)
    done.wipe()
    assert done.features() is Missing.TOO_FEW_FRAMES


def test_a_lamp_that_failed_is_no_light_however_well_it_began(head: Head) -> None:
    lighting = Lighting(Challenge.draw(bytes(16)))
    lighting.showed(REST, 0)
    lighting.fail()
    assert lighting.over
    assert LightCue(lighting).features() is Missing.NO_LIGHT


def test_colours_drowned_in_noise_are_told_as_such(head: Head) -> None:
    chance = np.random.default_rng(5)

    def tinted(head: Head, colour: Colour) -> Floats:
        return person(head, colour) * (1 + 0.3 * chance.standard_normal(3))

    assert play(head, tinted).features() is Missing.TOO_NOISY
    assert play(head, lambda head, colour: np.ones((SIDE, SIDE, 3))).features() is Missing.TOO_NOISY
