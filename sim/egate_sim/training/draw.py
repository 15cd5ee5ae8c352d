"""Draws samples: a live person or an artefact, in any room, through any camera, cut out as the gate does.

Half of the samples are live people, the other half every artefact of the catalogue alike. People are drawn from seeds
that neither the demonstrations nor the campaign use.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.cues.own_network import crop
from egate.face.pipeline import FacePipeline
from egate_hal.light import Colour
from egate_sim.people import photo
from egate_sim.people.attacks.catalogue import ARTEFACTS
from egate_sim.people.head import Person
from egate_sim.people.layers import Layers
from egate_sim.people.presentation import Live, Looped
from egate_sim.people.sensor import expose
from egate_sim.training.backgrounds import any_light, any_room
from egate_sim.training.cameras import AnyCamera

PEOPLE, HOLDERS = (100_000, 140_000), (140_000, 180_000)
_STEPS = 24
_FRAMES, _CAMERAS = 4, 3  # of one presentation, and of one frame: drawing a person is what costs
_SMALLEST, _LARGEST = 0.16, 0.62  # face box over the picture's width


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """``picture``: the gate's crop, uint8 RGB; ``artefact``: its id, empty for a live person; ``person``: seed of who
    is shown."""

    picture: NDArray[np.uint8]
    artefact: str
    person: int


def samples(seed: int, part: int, models: Path) -> Iterator[Sample]:
    """Without end; the same seed and part give the same samples."""
    chance = np.random.default_rng([seed, part])
    pipeline = FacePipeline.load(models, threads=1)
    while True:
        presentation, artefact, person = _presentation(chance)
        for step in chance.choice(_STEPS, _FRAMES, replace=False):
            layers = presentation.layers(presentation.start + int(step)).copy()
            _elsewhere(layers, any_room(chance))
            frame = expose(layers).developed(_lamp(chance))
            for _ in range(_CAMERAS):
                picture = _seen(frame, pipeline, chance)
                if picture is not None:
                    yield Sample(picture, artefact, person)


def _presentation(chance: np.random.Generator) -> tuple[Looped, str, int]:
    victim = Person.draw(int(chance.integers(*PEOPLE)))
    if chance.random() < 0.5:  # noqa: PLR2004 - as many live people as artefacts
        return Live(victim, distance_mm=float(chance.uniform(480, 1050)), light=any_light(chance)), "", victim.seed
    artefact = ARTEFACTS[int(chance.integers(len(ARTEFACTS)))]
    holder = Person.draw(int(chance.integers(*HOLDERS)))
    presentation = artefact.present(victim, holder, random.Random(int(chance.integers(2**32))))
    assert isinstance(presentation, Looped)
    return presentation, artefact.id, victim.seed


def _elsewhere(layers: Layers, room: NDArray[np.float32]) -> None:
    """Put another room where nothing was drawn over the gate's own."""
    behind = (layers.ambient == photo.hall().ambient).all(axis=2)
    layers.ambient[behind] = room[behind]


def _lamp(chance: np.random.Generator) -> Colour:
    """Some gates have a face light, and it may have any colour of a challenge."""
    if chance.random() < 0.5:  # noqa: PLR2004 - with and without alike
        return Colour(0.0, 0.0, 0.0)
    red, green, blue = chance.uniform(0.15, 1.0, 3)
    return Colour(float(red), float(green), float(blue))


def _seen(frame: NDArray[np.uint8], pipeline: FacePipeline, chance: np.random.Generator) -> NDArray[np.uint8] | None:
    """The gate's crop of what one camera takes, from any part of the frame around the face; None where no face is
    found."""
    pixels = AnyCamera.draw(chance).take(_framed(frame, chance), chance)
    faces = pipeline.find(pixels)
    mesh = pipeline.mesh(pixels, faces[0]) if faces else None
    if mesh is None or not _SMALLEST <= mesh.box.width / pixels.shape[1] <= _LARGEST:
        return None
    picture = crop(pixels, mesh)
    return picture if chance.random() < 0.5 else np.ascontiguousarray(picture[:, ::-1])  # noqa: PLR2004


def _framed(frame: NDArray[np.uint8], chance: np.random.Generator) -> NDArray[np.uint8]:
    """Cut at random, so that a face is not always surrounded by as much."""
    height, width = frame.shape[:2]
    share = chance.uniform(0.7, 1.0)
    top, left = int(chance.uniform(0, 1 - share) * height), int(chance.uniform(0, 1 - share) * width)
    return np.ascontiguousarray(frame[top : top + int(share * height), left : left + int(share * width)])
