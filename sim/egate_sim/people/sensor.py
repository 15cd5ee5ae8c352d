"""From layers of light to the bytes that a camera delivers: lamp and pulse, tone, noise.

Everything that does not change while a pose stays is done once, in :func:`expose`; a frame of a kept exposure then
costs one combination of layers, one table for tone and one for noise.
"""

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_hal.light import DARK, Colour
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.mesh import Floats

FRAME_WIDTH, FRAME_HEIGHT = 600, 800
Pulse = tuple[float, float, float]
"""How much more light than on average comes back from skin now: relative, red, green, blue."""
STILL: Pulse = (0.0, 0.0, 0.0)

# Kept light is 16 bits wide: 4 times white is the most, and one step is finer than a step of the darkest byte.
_STEPS = 16_384
_TILE = 1 << 21


@dataclass(frozen=True, slots=True)
class Noise:
    """Standard deviation in bytes after tone: ``read`` in the dark, ``shot`` in full light."""

    read: float = 2.3
    shot: float = 2.0


@dataclass(frozen=True, slots=True)
class Exposure:
    """Layers as the sensor keeps them, by channel: ``ambient``, ``lamp`` (3, HEIGHT, WIDTH) uint16, ``blood``
    (HEIGHT, WIDTH) float32."""

    ambient: NDArray[np.uint16]
    lamp: NDArray[np.uint16]
    blood: Floats

    def developed(self, lamp: Colour = DARK, pulse: Pulse = STILL) -> NDArray[np.uint8]:
        """A clean picture (800, 600, 3)."""
        shares = (lamp.red, lamp.green, lamp.blue)
        planes = [
            _plane(self.ambient[c], self.lamp[c] if shares[c] else None, shares[c], self.blood, pulse[c])
            for c in range(3)
        ]
        return np.asarray(Image.merge("RGB", planes).resize((FRAME_WIDTH, FRAME_HEIGHT), Image.Resampling.BICUBIC))


def _plane(
    ambient: NDArray[np.uint16], lamp: NDArray[np.uint16] | None, share: float, blood: Floats, pulse: float
) -> Image.Image:
    """One channel of the small picture."""
    light: NDArray[np.uint16] = ambient
    if lamp is not None or pulse:
        total = ambient.astype(np.float32)
        if lamp is not None:
            total += np.multiply(lamp, np.float32(share), dtype=np.float32)
        if pulse:
            total *= 1 + blood * np.float32(pulse)
        light = np.minimum(total, 65_535, out=total).astype(np.uint16)
    return Image.fromarray(_tone_table()[light])


def expose(layers: Layers) -> Exposure:
    """What the lens lets through."""
    return Exposure(_kept(layers.ambient), _kept(layers.lamp), layers.blood)


def _kept(light: Floats) -> NDArray[np.uint16]:
    steps = light * (_vignette() * np.float32(_STEPS))
    return np.ascontiguousarray(np.clip(steps, 0, 65_535).astype(np.uint16).transpose(2, 0, 1))


def tone(light: Floats) -> NDArray[np.uint8]:
    """Linear light to sRGB bytes, with a soft shoulder: room above white for the face light."""
    x = np.maximum(light, 0)
    x = x * (1 + x * np.float32(0.06)) / (1 + x * np.float32(0.45))
    return np.asarray(np.clip(x, 0, 1) ** np.float32(1 / 2.2) * 255 + np.float32(0.5)).astype(np.uint8)


@lru_cache(maxsize=1)
def _tone_table() -> NDArray[np.uint8]:
    return tone(np.arange(65_536, dtype=np.float32) / np.float32(_STEPS))


def noisy(picture: NDArray[np.uint8], chance: random.Random, noise: Noise = Noise()) -> NDArray[np.uint8]:
    """The same picture as one exposure of the sensor: with fresh noise."""
    start = chance.randrange(_TILE - picture.size)
    drawn = _quantiles()[start : start + picture.size].reshape(picture.shape)
    place = picture.astype(np.uint16)
    place <<= 8
    place |= drawn
    return np.asarray(_noise_table(noise)[place])


@lru_cache(maxsize=1)
def _quantiles() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, _TILE, np.uint8)


@lru_cache(maxsize=16)
def _noise_table(noise: Noise) -> NDArray[np.uint8]:
    """(65536,): byte with noise, by clean byte times 256 plus quantile of the noise."""
    normal = np.sort(np.random.default_rng(2).standard_normal(256 * 64)).reshape(256, 64).mean(axis=1)
    level = np.arange(256) / 255
    sigma = np.sqrt(noise.read**2 * (1 - level) + noise.shot**2 * level)
    value = np.arange(256)[:, None] + sigma[:, None] * normal[None, :]
    return np.asarray(np.clip(np.rint(value), 0, 255), np.uint8).ravel()


@lru_cache(maxsize=1)
def _vignette() -> Floats:
    x = np.linspace(-0.75, 0.75, WIDTH, dtype=np.float32)
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)
    return (1 - 0.10 * (x[None, :] ** 2 + y[:, None] ** 2))[:, :, None].astype(np.float32)
