"""What is found wrong with a picture, and that nobody's skin is."""

import random
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from face_models import face_pipeline
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from egate.face.finding.landmarks import Mesh
from egate.face.quality.covering import presence_log_odds
from egate.face.quality.judgement import GUIDANCE, Finding, judge, merit
from egate.face.quality.limits import QualityLimits
from egate.face.quality.measures import Measures, measure
from egate.screens import Guidance
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = face_pipeline()
ASTRONAUT = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((640, 640))
PEOPLE = sorted((Person.draw(seed) for seed in range(60)), key=lambda person: sum(person.skin))
STANDING_MS = (1500, 1600, 1700, 1800, 1900)  # at least three of them lie outside a blink

Pixels = NDArray[np.uint8]


def framed(image: Image.Image) -> Pixels:
    frame = Image.new("RGB", (900, 800), (120, 120, 120))
    frame.paste(image, (100, 60))
    return np.asarray(frame)


def seen(pixels: Pixels) -> tuple[Measures, Mesh]:
    (face, *_) = PIPELINE.find(pixels)
    mesh = PIPELINE.mesh(pixels, face)
    assert mesh is not None
    return measure(pixels, face, mesh), mesh


def finding(pixels: Pixels) -> Finding:
    return judge(seen(pixels)[0], QualityLimits())


@pytest.mark.parametrize("person", [*PEOPLE[:4], *PEOPLE[-4:]], ids=lambda person: f"{sum(person.skin) / 3:.2f}")
def test_the_darkest_and_the_lightest_skin_are_equally_welcome(person: Person) -> None:
    """In the gate's own light, and with half a stop less or more of it."""
    live = Live(person)
    for stops in (-0.5, 0.0, 0.5):
        gain = 2 ** (stops / 2.2)  # of the bytes, which follow light by that power
        frames = [live.frame(t_ms, random.Random(t_ms)) * gain for t_ms in STANDING_MS]
        found = [finding(np.clip(frame, 0, 255).astype(np.uint8)) for frame in frames]
        assert set(found) <= {Finding.OK, Finding.EYES_SHUT}
        assert found.count(Finding.OK) >= 3


def test_light_measures_of_skin_hardly_follow_its_tone() -> None:
    """Highlights do, as on any sensor, and stay well inside the limits; imbalance and contrast must not."""
    dark, light = ([seen(Live(p).frame(1700, random.Random(1)))[0] for p in part] for part in (PEOPLE[:6], PEOPLE[-6:]))
    for name, most in (("side_imbalance_stops", 0.35), ("contrast", 0.25)):
        means = [float(np.mean([getattr(m, name) for m in group])) for group in (dark, light)]
        assert abs(means[0] - means[1]) < most
    assert min(m.highlight for m in dark) > 1.25 * QualityLimits().min_highlight
    assert max(m.burnt_share for m in light) < 0.1


def covered(pixels: Pixels, what: str) -> Pixels:
    """A flat mask, a hand's breadth of skin, or dark glasses on the face in ``pixels``."""
    mesh = seen(pixels)[1]
    right, left, _, *corners = mesh.five
    unit, mouth = float(np.hypot(*(left - right))), np.mean(corners, axis=0)
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    if what == "glasses":
        for eye in (right, left):
            draw.ellipse([*(eye - 0.42 * unit), *(eye + 0.42 * unit)], fill=(28, 26, 26))
    elif what == "mask":
        chin, nose = mesh.points[152, :2], mesh.points[197, :2]
        middle, reach = (chin + nose) / 2, np.array((0.95, 0.62)) * unit
        draw.ellipse([*(middle - reach), *(middle + reach)], fill=(205, 210, 212))
    else:
        cheek = np.rint(mesh.points[50, :2]).astype(int)
        skin = tuple(int(value) for value in pixels[cheek[1], cheek[0]])
        for k in range(4):
            middle = mouth + np.array((0, k - 1.5)) * 0.34 * unit
            reach = np.array((1.1, 0.17)) * unit
            draw.rounded_rectangle([*(middle - reach), *(middle + reach)], 0.16 * unit, skin, (70, 50, 40), 2)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)))


@pytest.mark.parametrize("what", ["mask", "hand", "glasses"])
@pytest.mark.parametrize("who", ["astronaut", "darkest", "lightest"])
def test_a_covered_face_is_asked_to_show_itself(who: str, what: str) -> None:
    person = {"darkest": PEOPLE[0], "lightest": PEOPLE[-1]}.get(who)
    bare = framed(ASTRONAUT) if person is None else Live(person).frame(1700, random.Random(1))
    assert finding(bare) in (Finding.OK, Finding.EYES_SHUT)
    assert finding(covered(bare, what)) is Finding.COVERED
    assert GUIDANCE[Finding.COVERED] is Guidance.UNCOVER_FACE


def test_light_from_one_side_is_uneven() -> None:
    frame = framed(ASTRONAUT)
    mesh = seen(frame)[1]
    shadow = np.where(np.arange(frame.shape[1]) < mesh.five[2, 0], 0.35, 1.0)[None, :, None]
    assert finding((frame * shadow).astype(np.uint8)) is Finding.UNEVEN_LIGHT
    assert GUIDANCE[Finding.UNEVEN_LIGHT] is Guidance.ADJUST_LIGHT


def exposed(gain: float) -> Measures:
    return seen(np.clip(framed(ASTRONAUT) * gain, 0, 255).astype(np.uint8))[0]


def test_measures_of_light_rise_and_fall_with_it() -> None:
    series = [exposed(gain) for gain in (0.25, 0.5, 1.0, 1.5)]
    for name in ("highlight", "burnt_share", "brightness"):
        values = [getattr(measures, name) for measures in series]
        assert values == sorted(values)
    veiled = (framed(ASTRONAUT) * 0.4 + 120).astype(np.uint8)
    assert seen(veiled)[0].contrast < 0.6 * series[2].contrast
    assert series[1].contrast == pytest.approx(series[2].contrast, abs=0.05)


def test_every_measure_is_a_bounded_number() -> None:
    for pixels in (framed(ASTRONAUT), np.clip(framed(ASTRONAUT) * 0.25, 0, 255).astype(np.uint8)):
        assert all(np.isfinite(value) for value in asdict(seen(pixels)[0]).values())
    mesh = seen(framed(ASTRONAUT))[1]
    assert presence_log_odds(replace(mesh, presence=1.0)) == pytest.approx(20.7, abs=0.1)
    assert presence_log_odds(replace(mesh, presence=0.0)) == pytest.approx(-20.7, abs=0.1)


def test_the_better_picture_has_the_larger_merit() -> None:
    good, _ = seen(framed(ASTRONAUT))
    blurred, _ = seen(framed(ASTRONAUT.filter(ImageFilter.GaussianBlur(4))))
    assert merit(good) > merit(blurred)
    assert merit(good) > merit(replace(good, yaw_deg=good.yaw_deg + 30))
    assert merit(good) > merit(replace(good, presence_log_odds=12.0))
    assert merit(blurred, strength=9.0) > merit(good, strength=8.0) > merit(good)


def test_blur_weakens_the_template_more_and_more() -> None:
    """What makes a picture less like the person's others makes its template shorter."""
    strengths = []
    for radius in (0, 3, 6, 9):
        pixels = framed(ASTRONAUT.filter(ImageFilter.GaussianBlur(radius)))
        strengths.append(PIPELINE.graded_template(pixels, seen(pixels)[1])[1])
    assert strengths == sorted(strengths, reverse=True)
