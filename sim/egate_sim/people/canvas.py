"""What paint is laid on: the colours of the body's texels, and the tools that every layer of paint needs."""

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.atlas import HEIGHT, WIDTH
from egate_sim.people.head import Person
from egate_sim.people.looks import Colour
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal, grains

Values = NDArray[np.floating]


def ramp(value: Values, low: float, high: float) -> Floats:
    """0 at ``low``, 1 at ``high``, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def bump(value: Values, centre: float, width: float) -> Floats:
    """1 at ``centre``, falling off like a bell."""
    return np.asarray(np.exp(-(((value - centre) / width) ** 2)), np.float32)


class Canvas:
    """The body's texels, each with sRGB ``colour`` (k, 3), ``gloss`` (k,) and ``blood`` (k,), how much skin shows."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.texels = atlas.texels()
        self.random = np.random.default_rng([person.seed, 77])
        count = len(self.texels.index)
        self.colour = np.tile(np.array(person.skin, np.float32), (count, 1))
        self.gloss = np.full(count, 0.34, np.float32)
        self.blood = np.ones(count, np.float32)

    def field(self, coarsest: int, octaves: int, gain: float = 0.5) -> Floats:
        """Fractal noise (k,); its largest grain in texels."""
        whole = fractal(self.random, WIDTH, HEIGHT, coarsest, octaves, gain=gain)
        return np.asarray(whole.ravel()[self.texels.index], np.float32)

    def strands(self, grain_x: float, grain_y: float) -> Floats:
        """Noise (k,) of grains that are longer one way."""
        return np.asarray(grains(self.random, WIDTH, HEIGHT, grain_x, grain_y).ravel()[self.texels.index], np.float32)

    def lay(
        self, share: Values, colour: Colour | Values, gloss: float | None = None, *, bloodless: bool = True
    ) -> None:
        """Cover with ``colour`` where ``share`` (0..1) says."""
        if bloodless:
            self.blood *= 1 - share
        self.colour += share[:, None] * (np.asarray(colour, np.float32) - self.colour)
        if gloss is not None:
            self.gloss += share * (np.float32(gloss) - self.gloss)
