"""What the gate's camera looks at when nobody is there, and how large things are in its picture.

Light is computed on a grid of 450 x 600 and brought to the camera's 600 x 800, about as sharp as a fixed-focus lens;
noise is added per camera pixel (``sensor.py``).
"""

from functools import lru_cache

import numpy as np
from PIL import Image

from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.light import FACE_LIGHT_AT_FACE, GATE_LIGHT, LAMP_DISTANCE_MM
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal

FOCAL_PX = 1050.0
"""Focal length on the light grid: 1400 pixels of the camera; a face of 150 mm at 800 mm is 262 pixels wide."""


@lru_cache(maxsize=4)
def hall(seed: int = 1) -> Layers:
    """The empty gate as layers; :meth:`Layers.copy` it to draw over. The face light reaches it weakly: metres away."""
    light, depth_m = corridor(seed)
    falloff = (LAMP_DISTANCE_MM / 1000 / depth_m[:, :, None]) ** 2
    layers = Layers.over(light)
    layers.lamp[:] = np.minimum(light, 0.6) * (falloff * np.float32(FACE_LIGHT_AT_FACE / GATE_LIGHT.from_front()))
    return layers


@lru_cache(maxsize=4)
def corridor(seed: int = 1) -> tuple[Floats, Floats]:
    """The empty gate (600, 450, 3): a corridor in perspective, glass on both sides, lamps above, far out of focus; and
    how far away each place is, in metres (600, 450)."""
    random_ = np.random.default_rng([seed, 5])
    x = (np.arange(WIDTH, dtype=np.float32) - WIDTH / 2) / FOCAL_PX
    y = (HEIGHT / 2 - np.arange(HEIGHT, dtype=np.float32)) / FOCAL_PX
    x, y = np.broadcast_arrays(x[None, :] + np.float32(0.03), y[:, None] + np.float32(0.06))
    # Distance in metres at which the line of sight meets a wall, the floor or the ceiling; the end wall is at 14 m.
    with np.errstate(divide="ignore"):
        wall = 0.9 / np.abs(x)
        floor = np.where(y < 0, 1.5 / np.abs(y), np.inf)
        ceiling = np.where(y > 0, 1.3 / np.abs(y), np.inf)
    depth = np.minimum(np.minimum(wall, floor), np.minimum(ceiling, 14.0))
    light = np.empty((HEIGHT, WIDTH, 3), np.float32)
    light[:] = (0.30, 0.31, 0.32)
    light[wall == depth] = (0.34, 0.37, 0.39)
    light[floor == depth] = (0.20, 0.20, 0.21)
    light[ceiling == depth] = (0.50, 0.50, 0.49)
    light[(ceiling == depth) & (np.mod(depth, 3.0) < 1.1) & (np.abs(x * depth) < 0.4)] = (1.5, 1.45, 1.35)
    light[(wall == depth) & (np.mod(depth, 2.2) < 0.16)] = (0.12, 0.13, 0.14)
    light *= (0.75 + 0.25 * np.exp(-depth / 8))[:, :, None]
    _distant_people(light, random_)
    light *= 1 + 0.03 * fractal(random_, WIDTH, HEIGHT, 120, 3)[:, :, None]
    return _defocus(light, 9), np.asarray(depth, np.float32)


def _distant_people(light: Floats, random_: np.random.Generator) -> None:
    """Blurred figures of those who wait."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    for _ in range(3):
        centre, metres = random_.uniform(0.05, 0.95) * WIDTH, random_.uniform(6, 11)
        scale = FOCAL_PX / metres
        head = HEIGHT / 2 + (0.06 - 0.05 / metres) * FOCAL_PX + random_.uniform(-0.1, 0.1) * scale
        cloth, skin = random_.uniform(0.03, 0.25, 3), np.array([0.45, 0.3, 0.22]) * random_.uniform(0.3, 1.1)
        body = (np.abs(columns - centre) < 0.21 * scale) & (rows > head + 0.13 * scale)
        face = (columns - centre) ** 2 + ((rows - head) * 0.8) ** 2 < (0.10 * scale) ** 2
        light[body] = cloth
        light[face] = skin


def _defocus(light: Floats, factor: int) -> Floats:
    """Blurred by shrinking and growing again."""
    out = np.empty_like(light)
    for channel in range(3):
        plane = Image.fromarray(np.ascontiguousarray(light[:, :, channel]))
        small = plane.resize((WIDTH // factor, HEIGHT // factor), Image.Resampling.BOX)
        out[:, :, channel] = np.asarray(small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    return np.maximum(out, 0)
