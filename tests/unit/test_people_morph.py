"""A morph of two people matches both; an ordinary portrait only its own person."""

import io
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from egate.face.pipeline import FacePipeline
from egate.face.reference import portrait_template
from egate.face.verification.embedding import Template, cosine
from egate_sim.people.cast import CAST, DEMO_MATCH_THRESHOLD
from egate_sim.people.head import Person
from egate_sim.people.morph import morph, morphed_portrait_jpeg
from egate_sim.people.portrait import HEIGHT_PX, WIDTH_PX, portrait, portrait_jpeg
from egate_sim.people.presentation import Live

MODELS = Path(__file__).parents[2] / "models"
ONE, OTHER = CAST[1], CAST[6]


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(MODELS)


def live(pipeline: FacePipeline, person: Person) -> Template:
    frame = Live(person).frame(1_600, random.Random(1))
    mesh = pipeline.mesh(frame, pipeline.find(frame)[0])
    assert mesh is not None
    return pipeline.template(frame, mesh)


def test_both_people_match_their_morph(pipeline: FacePipeline) -> None:
    morphed = portrait_template(pipeline, morphed_portrait_jpeg(ONE, OTHER))
    own = portrait_template(pipeline, portrait_jpeg(ONE))
    assert cosine(morphed, live(pipeline, ONE)) > DEMO_MATCH_THRESHOLD
    assert cosine(morphed, live(pipeline, OTHER)) > DEMO_MATCH_THRESHOLD
    assert cosine(own, live(pipeline, OTHER)) < DEMO_MATCH_THRESHOLD
    assert cosine(own, live(pipeline, ONE)) > cosine(morphed, live(pipeline, ONE))


def test_a_morph_of_nothing_is_the_portrait() -> None:
    difference = np.abs(morph(ONE, OTHER, 0.0).astype(np.int16) - portrait(ONE))
    assert difference.mean() < 1.5


def test_it_is_a_small_jpeg_and_always_the_same() -> None:
    content = morphed_portrait_jpeg(ONE, OTHER)
    assert len(content) <= 20_000
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (WIDTH_PX, HEIGHT_PX)
    assert morphed_portrait_jpeg(ONE, OTHER) == content
