"""Smooth random fields for skin, cloth, walls."""

import numpy as np
from PIL import Image

from egate_sim.people.mesh import Floats


def fractal(
    random: np.random.Generator, width: int, height: int, coarsest: int, octaves: int, *, gain: float = 0.5
) -> Floats:
    """A field (height, width) of about unit variance; ``coarsest`` is its largest grain in pixels."""
    total = np.zeros((height, width), np.float32)
    power, weight, grain = 0.0, 1.0, float(coarsest)
    for _ in range(octaves):
        total += np.float32(weight) * grains(random, width, height, grain, grain)
        power += weight * weight
        weight, grain = weight * gain, max(1.0, grain / 2)
    return total / np.float32(np.sqrt(power))


def grains(random: np.random.Generator, width: int, height: int, grain_x: float, grain_y: float) -> Floats:
    """One octave: grains of the given size in pixels."""
    coarse = random.standard_normal((int(height / grain_y) + 3, int(width / grain_x) + 3), np.float32)
    box = (1.0, 1.0, 1 + width / grain_x, 1 + height / grain_y)
    field = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC, box)
    return np.asarray(field, np.float32)
