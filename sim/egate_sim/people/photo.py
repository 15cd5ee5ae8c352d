"""From linear light to the bytes that a camera delivers: the gate's corridor behind the traveller, lens, sensor.

Light is computed on a grid of 450 x 600 and brought to the camera's 600 x 800, about as sharp as a fixed-focus lens;
noise is added per camera pixel.
"""

import random
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal

WIDTH, HEIGHT = 450, 600
FRAME_WIDTH, FRAME_HEIGHT = 600, 800
FOCAL_PX = 1050.0
"""Focal length on the light grid: 1400 pixels of the camera; a face of 150 mm at 800 mm is 262 pixels wide."""

_NOISE_SIGMA = 2.1
_TILE = 1 << 21


def tone(light: Floats, exposure: float = 1.0) -> NDArray[np.uint8]:
    """Linear light to sRGB bytes, with a soft shoulder instead of hard clipping."""
    x = np.maximum(light, 0) * np.float32(exposure)
    x = x * (1 + x * np.float32(0.12)) / (1 + x * np.float32(0.28))
    return np.asarray(np.clip(x, 0, 1) ** np.float32(1 / 2.2) * 255 + np.float32(0.5)).astype(np.uint8)


def develop(light: Floats) -> NDArray[np.uint8]:
    """A clean picture (800, 600, 3) from light (600, 450, 3): shading of the lens, tone, the camera's own size."""
    picture = Image.fromarray(tone(light * _vignette()))
    return np.asarray(picture.resize((FRAME_WIDTH, FRAME_HEIGHT), Image.Resampling.BICUBIC))


def exposed(picture: NDArray[np.uint8], chance: random.Random) -> NDArray[np.uint8]:
    """The same picture as one exposure of the sensor: with fresh noise."""
    start = chance.randrange(_TILE - picture.size)
    noisy = picture.astype(np.int16)
    noisy += _noise()[start : start + picture.size].reshape(picture.shape)
    return np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)


@lru_cache(maxsize=1)
def _noise() -> NDArray[np.int16]:
    values = np.random.default_rng(1).standard_normal(_TILE, np.float32) * np.float32(_NOISE_SIGMA)
    return np.asarray(np.rint(values), np.int16)


@lru_cache(maxsize=1)
def _vignette() -> Floats:
    x = np.linspace(-0.75, 0.75, WIDTH, dtype=np.float32)
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)
    return (1 - 0.10 * (x[None, :] ** 2 + y[:, None] ** 2))[:, :, None].astype(np.float32)


@lru_cache(maxsize=4)
def corridor(seed: int = 1) -> Floats:
    """The empty gate (600, 450, 3): a corridor in perspective, glass on both sides, lamps above, far out of focus."""
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
    return _defocus(light, 9)


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
