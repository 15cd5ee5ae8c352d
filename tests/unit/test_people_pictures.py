"""What the gate's own models make of the simulated people: they are found, told apart, and attacks are noticed.

Nothing here scripts an outcome; the pictures go through the same detector, embedding and PAD network as at a gate.
"""

import io
import random
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from egate.face.embedding import cosine
from egate.face.pad import aggregate
from egate.face.pipeline import FacePipeline
from egate_sim.people.attacks import PHONE, TABLET, Print, ScreenReplay
from egate_sim.people.cast import CAST, DEMO_MATCH_THRESHOLD, holder_of
from egate_sim.people.head import Person
from egate_sim.people.portrait import HEIGHT_PX, WIDTH_PX, portrait, portrait_jpeg
from egate_sim.people.presentation import Live, Nobody, Presentation, TwoPeople

MODELS = Path(__file__).parents[2] / "models"
STANDING_MS = (1_200.0, 1_700.0, 2_200.0)


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(MODELS)


def pictures(presentation: Presentation) -> list[NDArray[np.uint8]]:
    chance = random.Random(5)
    return [presentation.frame(t_ms, chance) for t_ms in STANDING_MS]


def attack_score(pipeline: FacePipeline, presentation: Presentation) -> float:
    scores = [pipeline.attack_score(p, face) for p in pictures(presentation) for face in pipeline.find(p)[:1]]
    score = aggregate(scores)
    return 1.0 if score is None else score


@pytest.mark.parametrize("person", CAST[:4], ids=lambda person: f"seed {person.seed}")
def test_a_live_person_is_found_and_matches_the_own_portrait(pipeline: FacePipeline, person: Person) -> None:
    document = portrait(person)
    (in_document,) = pipeline.find(document)
    template = pipeline.template(document, in_document)
    for picture in pictures(Live(person)):
        assert picture.shape == (800, 600, 3)
        (face,) = pipeline.find(picture)
        assert face.box.width > 150
        assert cosine(pipeline.template(picture, face), template) > DEMO_MATCH_THRESHOLD


def test_no_two_of_the_cast_match(pipeline: FacePipeline) -> None:
    portraits = [portrait(person) for person in CAST]
    templates = [pipeline.template(picture, pipeline.find(picture)[0]) for picture in portraits]
    assert len(templates) >= 12
    assert max(cosine(one, other) for one, other in combinations(templates, 2)) < DEMO_MATCH_THRESHOLD


@pytest.mark.parametrize("person", CAST[:2], ids=lambda person: f"seed {person.seed}")
def test_a_live_person_passes_pad(pipeline: FacePipeline, person: Person) -> None:
    assert attack_score(pipeline, Live(person)) < pipeline.cards.pad.attack_threshold / 2


@pytest.mark.parametrize("person", CAST[:2], ids=lambda person: f"seed {person.seed}")
@pytest.mark.parametrize(
    "attack",
    [
        lambda victim, holder: ScreenReplay(victim, holder, PHONE),
        lambda victim, holder: ScreenReplay(victim, holder, TABLET),
        Print,
    ],
    ids=["phone", "tablet", "print"],
)
def test_an_attack_alarms(
    pipeline: FacePipeline, person: Person, attack: Callable[[Person, Person], Presentation]
) -> None:
    assert attack_score(pipeline, attack(person, holder_of(person))) > pipeline.cards.pad.attack_threshold


def test_an_attack_shows_the_victim(pipeline: FacePipeline) -> None:
    victim = CAST[0]
    document = portrait(victim)
    template = pipeline.template(document, pipeline.find(document)[0])
    for picture in pictures(ScreenReplay(victim, holder_of(victim))):
        assert cosine(pipeline.template(picture, pipeline.find(picture)[0]), template) > DEMO_MATCH_THRESHOLD


def test_two_people_are_two_faces_and_nobody_is_none(pipeline: FacePipeline) -> None:
    assert [len(pipeline.find(picture)) for picture in pictures(TwoPeople(CAST[0], CAST[1]))] == [2, 2, 2]
    assert [len(pipeline.find(picture)) for picture in pictures(Nobody())] == [0, 0, 0]


def test_who_walks_up_grows_in_the_picture(pipeline: FacePipeline) -> None:
    person, chance = Live(CAST[0]), random.Random(5)
    widths = [pipeline.find(person.frame(t_ms, chance))[0].box.width for t_ms in (0.0, 300.0, 600.0, 1_000.0)]
    assert widths == sorted(widths)
    assert widths[-1] > 1.5 * widths[0]


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
