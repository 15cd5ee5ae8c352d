"""Eight classes of four artefacts: each is seen by the gate as a face, answers the face light as its material does,
and differs from try to try."""

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from egate.face.pipeline import FacePipeline
from egate_hal.light import DARK, Colour
from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.catalogue import ARTEFACTS, BY_ID, attack
from egate_sim.people.attacks.taken import film
from egate_sim.people.cast import CAST, holder_of

MODELS = Path(__file__).parents[2] / "models"
VICTIM, HOLDER = CAST[1], holder_of(CAST[1])
SHOWN_MS = 1_500
WHITE = Colour(1.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(MODELS)


def test_there_are_eight_classes_of_four_artefacts() -> None:
    assert Counter(artefact.attack_class for artefact in ARTEFACTS) == dict.fromkeys(AttackClass, 4)
    assert len(BY_ID) == len(ARTEFACTS)
    assert all(artefact.varied and artefact.given_away_by for artefact in ARTEFACTS)


@pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.id)
def test_the_gate_takes_it_for_a_face(artefact: Artefact, pipeline: FacePipeline) -> None:
    frame = attack(artefact.id, VICTIM, HOLDER).frame(SHOWN_MS, random.Random(1))
    assert pipeline.find(frame)


def brightening(artefact_id: str, pipeline: FacePipeline) -> float:
    """How much brighter the middle of the face becomes in the full face light, relative."""
    shown = attack(artefact_id, VICTIM, HOLDER)
    dark, lit = (shown.frame(SHOWN_MS, random.Random(1), lamp).astype(np.float64) for lamp in (DARK, WHITE))
    box = pipeline.find(dark.astype(np.uint8))[0].box
    rows = slice(int(box.top + 0.3 * box.height), int(box.top + 0.7 * box.height))
    columns = slice(int(box.left + 0.3 * box.width), int(box.left + 0.7 * box.width))
    return float(lit[rows, columns].mean() / dark[rows, columns].mean() - 1)


def test_paper_and_masks_answer_the_face_light_and_screens_hardly_do(pipeline: FacePipeline) -> None:
    paper, screen, mask = (brightening(name, pipeline) for name in ("bent-cylinder", "video-monitor", "mask-silicone"))
    assert paper > 0.15
    assert mask > 0.15
    assert screen < paper / 3


def test_no_material_of_an_artefact_has_a_pulse_and_the_wearers_skin_keeps_it() -> None:
    hood = attack("mask-hood", VICTIM, HOLDER).layers(12)
    nose = attack("partial-nose", VICTIM, HOLDER).layers(12)
    face = (slice(250, 350), slice(180, 270))
    assert hood.blood[face].mean() < 0.3
    assert nose.blood[face].mean() < 0.9
    assert nose.blood[200:250, 180:270].mean() > 0.3


def test_tries_differ_and_equal_tries_are_equal() -> None:
    first, again, other = (attack("print-matt", VICTIM, HOLDER, number) for number in (0, 0, 1))
    one, same, different = (shown.frame(SHOWN_MS, random.Random(1)) for shown in (first, again, other))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, different)


def test_a_video_shows_another_face_from_step_to_step() -> None:
    one, other = (film(VICTIM, step).pixels.astype(np.int16) for step in (2, 6))
    assert np.abs(one - other)[120:260, 80:220].mean() > 2
