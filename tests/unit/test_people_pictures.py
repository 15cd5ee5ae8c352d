"""What the gate's own models make of the simulated people: they are found, told apart, and attacks are noticed.

Nothing here scripts an outcome; the pictures go through the same detector, embedding and PAD network as at a gate.
"""

import io
import random
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from egate.face.pipeline import FacePipeline
from egate.face.reference import portrait_template
from egate.face.verification.embedding import cosine
from egate_sim.people.cast import CAST, DEMO_MATCH_THRESHOLD
from egate_sim.people.head import Sex
from egate_sim.people.measure import Measured, measure
from egate_sim.people.portrait import HEIGHT_PX, WIDTH_PX, portrait_jpeg
from egate_sim.people.presentation import Live, Nobody, Presentation, TwoPeople

MODELS = Path(__file__).parents[2] / "models"
STANDING_MS = (1_200.0, 1_700.0, 2_200.0)
ATTACKS = ("phone", "tablet", "print")


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(MODELS)


@pytest.fixture(scope="module", params=CAST[:2], ids=lambda person: f"seed {person.seed}")
def captured(request: pytest.FixtureRequest, pipeline: FacePipeline) -> Measured:
    return measure(pipeline, request.param)


def pictures(presentation: Presentation) -> list[NDArray[np.uint8]]:
    chance = random.Random(5)
    return [presentation.frame(t_ms, chance) for t_ms in STANDING_MS]


def test_a_live_person_is_captured_passes_pad_and_matches_the_own_portrait(captured: Measured) -> None:
    took_ms = captured.took_ms["live"]
    assert took_ms is not None
    assert took_ms <= 3_000
    assert captured.score("live") < captured.results["live"].pad_threshold / 2
    assert captured.match("live") > DEMO_MATCH_THRESHOLD


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_alarms(captured: Measured, attack: str) -> None:
    assert captured.score(attack) > captured.results[attack].pad_threshold


def test_a_replay_shows_the_victim_well_enough_to_match(captured: Measured) -> None:
    assert captured.match("tablet") > DEMO_MATCH_THRESHOLD


def test_no_two_of_the_cast_match(pipeline: FacePipeline) -> None:
    templates = [portrait_template(pipeline, portrait_jpeg(person)) for person in CAST]
    assert max(cosine(one, other) for one, other in combinations(templates, 2)) < DEMO_MATCH_THRESHOLD


def test_the_cast_are_a_dozen_and_differ_in_sex_age_and_skin() -> None:
    assert len({person.seed for person in CAST}) == len(CAST) >= 12
    assert {person.sex for person in CAST} == set(Sex)
    ages = [person.age_years for person in CAST]
    assert min(ages) < 30
    assert max(ages) > 55
    lightness = [sum(person.skin) / 3 for person in CAST]
    assert max(lightness) - min(lightness) > 0.35


def test_two_people_are_two_faces_and_nobody_is_none(pipeline: FacePipeline) -> None:
    assert [len(pipeline.find(picture)) for picture in pictures(TwoPeople(CAST[0], CAST[1]))] == [2, 2, 2]
    assert [len(pipeline.find(picture)) for picture in pictures(Nobody())] == [0, 0, 0]


def test_who_walks_up_grows_in_the_picture(pipeline: FacePipeline) -> None:
    person, chance = Live(CAST[0]), random.Random(5)
    widths = [pipeline.find(person.frame(t_ms, chance))[0].box.width for t_ms in (0.0, 300.0, 600.0, 1_000.0)]
    assert widths == sorted(widths)
    assert widths[-1] > 1.3 * widths[0]


def test_equal_seeds_give_equal_frames_and_no_frame_repeats() -> None:
    one, other = Live(CAST[0]), Live(CAST[0])
    first, again = random.Random(3), random.Random(3)
    frame = one.frame(1_500, first)
    assert np.array_equal(frame, other.frame(1_500, again))
    assert not np.array_equal(frame, one.frame(1_500, first))


def test_the_portrait_is_a_small_jpeg_and_always_the_same() -> None:
    content = portrait_jpeg(CAST[0])
    assert len(content) <= 20_000
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (WIDTH_PX, HEIGHT_PX)
    portrait_jpeg.cache_clear()
    assert portrait_jpeg(CAST[0]) == content
