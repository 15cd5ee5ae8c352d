"""The cues over time on rendered people and what is held before the camera in their stead, through the real networks.

Rendered people flatter these cues: their skin has no pulse and their backgrounds no traffic. What the figures are on
recordings of real people, models/README.md says.
"""

import random
from collections.abc import Mapping
from functools import cache

import numpy as np
from face_models import face_pipeline

from egate.face.pad.cue import Cue, Features
from egate.face.pad.cues.geometry import GeometryCue
from egate.face.pad.cues.parallax import ParallaxCue
from egate.face.pad.cues.physiology import PhysiologyCue
from egate.face.pad.observation import Observation
from egate.face.pad.track import FaceTrack
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.cast import holder_of
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live, Presentation

PIPELINE = face_pipeline()
VICTIM = Person.draw(3)
STEP_MS, START_MS, FRAMES = 200, 1200, 11


@cache
def figures(name: str) -> Features:
    """Every feature of ``name``, an artefact's id or "live"."""
    shown: Presentation = Live(VICTIM) if name == "live" else attack(name, VICTIM, holder_of(VICTIM))
    track = FaceTrack()
    cues: tuple[Cue, ...] = (GeometryCue(track), ParallaxCue(), PhysiologyCue(track))
    for number in range(FRAMES):
        time_ms = START_MS + number * STEP_MS
        pixels = shown.frame(time_ms, random.Random(number))
        (face, *_) = PIPELINE.find(pixels)
        mesh = PIPELINE.mesh(pixels, face)
        assert mesh is not None
        for cue in cues:
            cue.observe(Observation(time_ms, pixels, face, mesh, True))
    seen: dict[str, float] = {}
    for cue in cues:
        features = cue.features()
        assert isinstance(features, Mapping), f"{cue.name}: {features}"
        seen |= features
    return seen


def test_a_person_turns_and_a_print_does_not() -> None:
    live, flat = figures("live"), figures("print-matt")
    assert np.degrees(np.exp(live["turn"])) > 0.6
    assert np.degrees(np.exp(flat["turn"])) < 0.3
    assert flat["turn_to_noise"] < live["turn_to_noise"] - 1
    assert flat["turn_to_deformation"] < live["turn_to_deformation"] - 0.7


def test_a_print_keeps_its_expression() -> None:
    live, flat = figures("live"), figures("print-matt")
    assert flat["stretch"] < live["stretch"] - 0.3
    assert flat["eyes"] < live["eyes"] - 0.5


def test_a_film_turns_like_a_person_but_takes_its_background_along() -> None:
    live, film = figures("live"), figures("video-phone")
    assert np.degrees(np.exp(film["turn"])) > 0.6
    assert film["surroundings"] > live["surroundings"] + 1
    assert film["surroundings_to_noise"] > live["surroundings_to_noise"] + 1
    assert film["shared"] > live["shared"] + 0.3
