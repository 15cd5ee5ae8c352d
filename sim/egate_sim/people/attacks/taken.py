"""The picture that an attacker has of the victim: taken elsewhere, in other light, by another camera."""

import io
import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_sim.people import photo
from egate_sim.people.flat import sample
from egate_sim.people.head import Person
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.light import SRGB_TO_LINEAR, Lamp, Light
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal
from egate_sim.people.pose import View
from egate_sim.people.presentation import STEP_MS, Live, draw
from egate_sim.people.sensor import FRAME_HEIGHT, FRAME_WIDTH, STILL, Pulse, expose, noisy

ROOM_LIGHT = Light(
    (Lamp((0.45, 0.55, 0.75), (0.70, 0.66, 0.60)), Lamp((-0.8, 0.2, 0.4), (0.18, 0.19, 0.22))),
    sky=(0.34, 0.34, 0.35),
    floor=(0.16, 0.15, 0.14),
)
DISTANCE_MM = 620.0
FILM_STEPS = 40
EYES_MM = 62.0
"""Between the eyes, as most adults have it."""


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """``pixels`` (400, 300, 3) uint8 sRGB; ``person`` (400, 300): where the victim is, not the wall; ``eyes``: column
    and row of the middle between the eyes; ``px_per_mm`` at the victim's eyes."""

    pixels: NDArray[np.uint8]
    person: NDArray[np.bool_]
    eyes: tuple[float, float]
    px_per_mm: float

    def at(self, x_mm: Floats, y_mm: Floats) -> Floats:
        """sRGB (k, 3) 0..255 at places about the middle between the eyes, y down, in the victim's own size."""
        picture = self.pixels.astype(np.float32)
        return sample(picture, x_mm * self.px_per_mm + self.eyes[0], y_mm * self.px_per_mm + self.eyes[1])

    def linear_at(self, x_mm: Floats, y_mm: Floats) -> Floats:
        """The same as linear light 0..1."""
        return SRGB_TO_LINEAR[np.clip(self.at(x_mm, y_mm), 0, 255).astype(np.uint8)]

    def covers(self, x_mm: Floats, y_mm: Floats) -> NDArray[np.bool_]:
        """Whether the picture reaches there."""
        height, width, _ = self.pixels.shape
        column, row = x_mm * self.px_per_mm + self.eyes[0], y_mm * self.px_per_mm + self.eyes[1]
        return np.asarray((column >= 0) & (column < width) & (row >= 0) & (row < height))

    def shows_person(self, x_mm: Floats, y_mm: Floats) -> NDArray[np.bool_]:
        """Whether the victim is shown there, and not the wall."""
        column = (x_mm * self.px_per_mm + self.eyes[0]).astype(np.int32)
        row = (y_mm * self.px_per_mm + self.eyes[1]).astype(np.int32)
        height, width = self.person.shape
        return np.asarray(
            self.covers(x_mm, y_mm) & self.person[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
        )


def take(person: Person, view: View, pulse: Pulse = STILL) -> Taken:
    """One picture, small and compressed."""
    random_ = np.random.default_rng([person.seed, 9])
    wall = np.array(random_.uniform(0.28, 0.55) * random_.uniform(0.88, 1.12, 3), np.float32)
    layers = Layers.over(np.asarray(wall * (1 + 0.12 * _clouds(random_)), np.float32))
    before = layers.ambient[:, :, 0].copy()
    draw(layers, person, view, ROOM_LIGHT)
    covered = Image.fromarray(np.asarray(layers.ambient[:, :, 0] != before, np.float32))
    picture = Image.fromarray(noisy(expose(layers).developed(pulse=pulse), random.Random(person.seed)))
    size = (FRAME_WIDTH // 2, FRAME_HEIGHT // 2)
    content = io.BytesIO()
    picture.resize(size, Image.Resampling.BILINEAR).save(content, "JPEG", quality=60)
    px_per_mm = photo.FOCAL_PX / view.distance_mm * size[0] / WIDTH
    return Taken(
        np.asarray(Image.open(content)),
        np.asarray(covered.resize(size, Image.Resampling.BOX)) > 0.5,
        (size[0] / 2 + view.right_mm * px_per_mm, size[1] / 2 - view.up_mm * px_per_mm),
        px_per_mm,
    )


def _clouds(random_: np.random.Generator) -> Floats:
    return fractal(random_, WIDTH, HEIGHT, 300, 3)[:, :, None]


@lru_cache(maxsize=24)
def still(person: Person) -> Taken:
    """A good photograph of the person, from the front."""
    chance = random.Random(f"sitting {person.seed}")
    return take(person, View(distance_mm=DISTANCE_MM, yaw_deg=chance.gauss(0, 2), up_mm=8))


@lru_cache(maxsize=8)
def _filmed(person: Person) -> Live:
    return Live(person, distance_mm=DISTANCE_MM)


@lru_cache(maxsize=48)
def film(person: Person, step: int) -> Taken:
    """One picture of a video of the person, who stands, blinks and has a pulse; it repeats after FILM_STEPS."""
    live, step = _filmed(person), Live.start + step % FILM_STEPS
    return take(person, live.view(step), live.pulse(step * STEP_MS))
