"""Who stands before the camera in the pictures, and what the gate finds in each frame of it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from egate.face.finding.alignment import surroundings
from egate.face.finding.detection import Box
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import packaged_models
from egate.face.pad.challenge import Challenge
from egate.face.pad.lighting import Lighting
from egate.face.pad.observation import Observation
from egate.face.pipeline import FacePipeline
from egate_hal.light import DARK, Colour
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.cast import CAST, holder_of
from egate_sim.people.presentation import STEP_MS, Live, Presentation

VICTIM = CAST[0]
ENTROPY = bytes(range(32))
"""Of the challenge in the pictures; a gate draws its own for every capture."""
_STANDS_MS = 1_100  # has walked up, or has brought up what is shown
_LAMP_LAG_MS = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """``title``: as written beside it; ``artefact``: None for the living person."""

    title: str
    artefact: str | None

    def presentation(self) -> Presentation:
        """New, at its beginning."""
        return Live(VICTIM) if self.artefact is None else attack(self.artefact, VICTIM, holder_of(VICTIM))


LIVE = Subject("living person", None)
PRINT = Subject("matt print", "print-matt")
TABLET = Subject("video on a tablet", "video-tablet")
PHONE = Subject("video on a telephone", "video-phone")


def load() -> FacePipeline:
    """The gate's own networks and calibration."""
    return FacePipeline.load(packaged_models(), threads=1)


def observations(pipeline: FacePipeline, subject: Subject, count: int) -> Iterator[Observation]:
    """Frames in plain light, ten a second, in which a face is found, as the cues are shown them."""
    presentation, chance, tracker = subject.presentation(), random.Random(subject.title), pipeline.tracker()
    for number in range(count):
        t_ms = _STANDS_MS + number * STEP_MS
        pixels = presentation.frame(t_ms, chance)
        sight = tracker.look(pixels, t_ms)
        if sight.mesh is not None:
            yield Observation(t_ms, pixels, sight.faces[0], sight.mesh, good=True)


def under_challenge(pipeline: FacePipeline, subject: Subject, lighting: Lighting) -> Iterator[Observation]:
    """Frames from some in white light to the end of the challenge, which ``lighting`` follows."""
    presentation, chance, tracker = subject.presentation(), random.Random(subject.title), pipeline.tracker()
    lamp, t_ms, white_frames = DARK, _STANDS_MS, 6
    while not lighting.over:
        pixels = presentation.frame(t_ms, chance, lamp)
        sight = tracker.look(pixels, t_ms)
        if sight.mesh is not None:
            yield Observation(t_ms, pixels, sight.faces[0], sight.mesh, good=True, coloured=white_frames <= 0)
        white_frames -= 1
        if white_frames == 0:
            lighting.begin(t_ms)
        lighting.saw(t_ms)
        wanted = lighting.wanted
        lamp = Colour(wanted.red, wanted.green, wanted.blue)
        lighting.showed(wanted, t_ms + _LAMP_LAG_MS)
        t_ms += STEP_MS


def challenge() -> Lighting:
    """The challenge of the pictures, before its first step."""
    return Lighting(Challenge.draw(ENTROPY))


def cut(pixels: NDArray[np.uint8], mesh: Mesh, scale: float, width: int, height: int) -> NDArray[np.uint8]:
    """The face with what is around it, undistorted: ``scale`` times its height high."""
    (x, y), tall = mesh.box.centre, mesh.box.height
    wide = tall * width / height
    return surroundings(pixels, Box(x - wide / 2, y - tall / 2, wide, tall), scale, width, height)


def marked(pixels: NDArray[np.uint8], places: NDArray[np.float64], reach: float, colour: str) -> NDArray[np.uint8]:
    """A copy with a square of ``reach`` pixels around each of ``places`` (n, 2)."""
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    for x, y in places:
        pen.rectangle((x - reach, y - reach, x + reach, y + reach), outline=colour, width=2)
    return np.asarray(image)
