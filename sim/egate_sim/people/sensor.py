"""From layers of light to the bytes that a camera delivers: lens, exposure, lamp and pulse, tone, noise, compression.

Everything that does not change while a pose stays is done once, in :func:`expose`; a frame of a kept exposure then
costs one combination of layers, one table for tone and one for noise.
"""

import io
import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_hal.light import DARK, Colour
from egate_sim.people import lens
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
class Camera:
    """How a camera takes pictures. ``exposure``: light gathered, relative; ``gain``: how much of the brightness is
    amplified instead, which costs noise; ``blur_px``: softness of the lens in focus, standard deviation on the light
    grid; ``distortion``: how far the corners are drawn in (barrel), relative; ``focus_mm``, ``blur_per_dioptre_px``:
    where it is sharp, and how fast not (a lens of 4 mm at f/2.8); ``readout_ms``: from the first row to the last;
    ``shutter_ms``: each row's own time; ``jpeg_quality``: None where pictures come as they are."""

    exposure: float = 1.0
    gain: float = 1.0
    blur_px: float = 0.0
    distortion: float = 0.0
    focus_mm: float = 780.0
    blur_per_dioptre_px: float = 0.7
    readout_ms: float = 16.0
    shutter_ms: float = 5.0
    jpeg_quality: int | None = None
    noise: Noise = Noise()

    def defocus_px(self, distance_mm: float) -> float:
        """Blur of what stands at a distance."""
        return abs(1000 / distance_mm - 1000 / self.focus_mm) * self.blur_per_dioptre_px


GATE_CAMERA = Camera()


@dataclass(frozen=True, slots=True)
class Change:
    """A lamp that changed colour ``ago_ms`` before the last row of the picture was read."""

    before: Colour
    after: Colour
    ago_ms: float

    def by_row(self, camera: Camera) -> Floats:
        """Linear shares (HEIGHT, 3): each row gathers light for ``shutter_ms`` until it is read."""
        read_ms = self.ago_ms - camera.readout_ms * np.linspace(1, 0, HEIGHT)
        share = np.clip(read_ms / max(camera.shutter_ms, 1e-3), 0, 1)[:, None]
        before, after = (np.array([c.red, c.green, c.blue]) for c in (self.before, self.after))
        return np.asarray(before + share * (after - before), np.float32)


Shine = Colour | Change


@dataclass(frozen=True, slots=True)
class Exposure:
    """Layers as the sensor keeps them, by channel: ``ambient``, ``lamp`` (3, HEIGHT, WIDTH) uint16, ``blood``
    (HEIGHT, WIDTH) uint8, 255 where all is skin."""

    ambient: NDArray[np.uint16]
    lamp: NDArray[np.uint16]
    blood: NDArray[np.uint8]
    camera: Camera = GATE_CAMERA

    @property
    def nbytes(self) -> int:
        return self.ambient.nbytes + self.lamp.nbytes + self.blood.nbytes

    def developed(self, lamp: Shine = DARK, pulse: Pulse = STILL) -> NDArray[np.uint8]:
        """A clean picture (800, 600, 3)."""
        shares = (
            lamp.by_row(self.camera)[:, None, :]
            if isinstance(lamp, Change)
            else np.array([[[lamp.red, lamp.green, lamp.blue]]], np.float32)
        )
        planes = [_plane(self.ambient[c], self.lamp[c], shares[:, :, c], self.blood, pulse[c]) for c in range(3)]
        return np.asarray(Image.merge("RGB", planes).resize((FRAME_WIDTH, FRAME_HEIGHT), Image.Resampling.BICUBIC))


def _plane(
    ambient: NDArray[np.uint16], lamp: NDArray[np.uint16], shares: Floats, blood: NDArray[np.uint8], pulse: float
) -> Image.Image:
    """One channel of the small picture."""
    light: NDArray[np.uint16] = ambient
    lit = bool(shares.any())
    if lit or pulse:
        total = ambient.astype(np.float32)
        if lit:
            total += np.multiply(lamp, shares, dtype=np.float32)
        if pulse:
            total *= 1 + blood * np.float32(pulse / 255)
        light = np.minimum(total, 65_535, out=total).astype(np.uint16)
    return Image.fromarray(_tone_table()[light])


def expose(layers: Layers, camera: Camera = GATE_CAMERA, blur_px: tuple[float, float] = (0.0, 0.0)) -> Exposure:
    """What the lens lets through. ``blur_px``: standard deviation across and down, of movement and want of focus."""
    scale = _vignette() * np.float32(_STEPS * camera.exposure * camera.gain)
    across, down = (float(np.hypot(camera.blur_px, blur)) for blur in blur_px)
    kept = []
    for layer in (layers.ambient, layers.lamp):
        planes = np.ascontiguousarray((layer * scale).transpose(2, 0, 1))
        lens.soften(planes, across, down)
        if camera.distortion:
            planes = lens.distort(planes, camera.distortion)
        kept.append(np.clip(planes, 0, 65_535).astype(np.uint16))
    blood = lens.distort(layers.blood[None], camera.distortion)[0] if camera.distortion else layers.blood
    return Exposure(kept[0], kept[1], np.rint(blood * 255).astype(np.uint8), camera)


def tone(light: Floats) -> NDArray[np.uint8]:
    """Linear light to sRGB bytes, with a soft shoulder: room above white for the face light."""
    x = np.maximum(light, 0)
    x = x * (1 + x * np.float32(0.06)) / (1 + x * np.float32(0.45))
    return np.asarray(np.clip(x, 0, 1) ** np.float32(1 / 2.2) * 255 + np.float32(0.5)).astype(np.uint8)


@lru_cache(maxsize=1)
def _tone_table() -> NDArray[np.uint8]:
    return tone(np.arange(65_536, dtype=np.float32) / np.float32(_STEPS))


def noisy(picture: NDArray[np.uint8], chance: random.Random, camera: Camera = GATE_CAMERA) -> NDArray[np.uint8]:
    """The same picture as one frame of the sensor: with fresh noise, compressed where the camera does so."""
    start = chance.randrange(_TILE - picture.size)
    drawn = _quantiles()[start : start + picture.size].reshape(picture.shape)
    place = picture.astype(np.uint16)
    place <<= 8
    place |= drawn
    frame = np.asarray(_noise_table(camera.noise, camera.gain)[place])
    return frame if camera.jpeg_quality is None else compressed(frame, camera.jpeg_quality)


def compressed(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The picture after JPEG, 0 (worst) .. 95."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=quality)
    return np.asarray(Image.open(content))


@lru_cache(maxsize=1)
def _quantiles() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, _TILE, np.uint8)


@lru_cache(maxsize=16)
def _noise_table(noise: Noise, gain: float) -> NDArray[np.uint8]:
    """(65536,): byte with noise, by clean byte times 256 plus quantile of the noise."""
    normal = np.sort(np.random.default_rng(2).standard_normal(256 * 64)).reshape(256, 64).mean(axis=1)
    level = np.arange(256) / 255
    sigma = np.sqrt(gain * (noise.read**2 * (1 - level) + noise.shot**2 * level))
    value = np.arange(256)[:, None] + sigma[:, None] * normal[None, :]
    return np.asarray(np.clip(np.rint(value), 0, 255), np.uint8).ravel()


@lru_cache(maxsize=1)
def _vignette() -> Floats:
    x = np.linspace(-0.75, 0.75, WIDTH, dtype=np.float32)
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)
    return (1 - 0.10 * (x[None, :] ** 2 + y[:, None] ** 2))[:, :, None].astype(np.float32)
