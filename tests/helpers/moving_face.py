"""Textured heads and photographs of them that move as they are told, with the mesh that a network would claim of both.

The mesh claims the head's depth in either case, as real networks do. Pictures are made by moving the pixels of one
random texture, so that what a cue measures can be compared with what was put in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from egate.face.finding import landmarks as lm
from egate.face.finding.detection import Box, Face
from egate.face.finding.landmarks import Mesh
from egate.face.pad.cue import Cue
from egate.face.pad.observation import Observation

Floats = NDArray[np.float64]
WIDTH, HEIGHT = 480, 480
CENTRE = np.array((240.0, 240.0))
RADIUS_PX = 110.0  # from the middle of the face to a cheek
_FIVE = {
    lm.RIGHT_EYE_OUTER: (-62, -42), lm.RIGHT_EYE_INNER: (-26, -42), lm.LEFT_EYE_OUTER: (62, -42),
    lm.LEFT_EYE_INNER: (26, -42), lm.NOSE_TIP: (0, 10), lm.MOUTH_RIGHT: (-36, 62), lm.MOUTH_LEFT: (36, 62),
}  # fmt: skip


def depth(x: Floats, y: Floats) -> Floats:
    """A head seen from before: an ellipsoid with a nose, in pixels, growing away from the camera."""
    inside = np.clip(1 - (x / 140) ** 2 - (y / 190) ** 2, 0, 1)
    return np.asarray(-120 * np.sqrt(inside) - 30 * np.exp(-((x / 18) ** 2) - ((y - 10) / 30) ** 2))


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a face is: shift in pixels, rotation in the plane and out of it in radians, size, and a tilt of the plane
    (how much smaller its far edge is) that no rotation of a head goes with."""

    right_px: float = 0.0
    down_px: float = 0.0
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    scale: float = 1.0
    tilt: float = 0.0


@lru_cache(maxsize=8)
def texture(seed: int) -> Floats:
    """(HEIGHT, WIDTH): smooth random grey, 40 .. 215."""
    spectrum = np.fft.rfft2(np.random.default_rng(seed).normal(size=(HEIGHT, WIDTH)))
    fy, fx = np.fft.fftfreq(HEIGHT)[:, np.newaxis], np.fft.rfftfreq(WIDTH)
    smooth = np.fft.irfft2(spectrum * np.exp(-((fx**2 + fy**2) / 0.03**2)), s=(HEIGHT, WIDTH))
    return np.asarray(127 + 30 * np.clip(smooth / smooth.std(), -2.9, 2.9))


def picture(skin: Floats, pose: Pose, noise: float, chance: np.random.Generator) -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3) uint8: the face at its pose, its surroundings with it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    x, y = _back(pose, x - CENTRE[0], y - CENTRE[1])
    deep = depth(x, y)
    grey = _bilinear(skin, x - pose.yaw * deep + CENTRE[0], y - pose.pitch * deep + CENTRE[1])
    grey = grey + chance.normal(scale=noise, size=grey.shape) if noise else grey
    return np.repeat(np.clip(np.rint(grey), 0, 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)


def mesh(pose: Pose) -> Mesh:
    """The points of the face at its pose, all with the depth of a head."""
    chance = np.random.default_rng(0)
    xy = chance.uniform(-1, 1, (468, 2)) * (RADIUS_PX, 130)
    for row, place in _FIVE.items():
        xy[row] = place
    deep = depth(*xy.T)
    moved = xy + np.column_stack((pose.yaw * deep, pose.pitch * deep))
    moved /= 1 + pose.tilt * moved[:, :1] / RADIUS_PX
    turn = pose.scale * np.exp(1j * pose.roll)
    turned = moved @ (1, 1j) * turn
    points = np.column_stack((turned.real + CENTRE[0] + pose.right_px, turned.imag + CENTRE[1] + pose.down_px, deep))
    return Mesh(points)


def observations(
    poses: Sequence[Pose], *, interval_ms: int = 250, seed: int = 1, noise: float = 1.0
) -> list[Observation]:
    """One observation a pose."""
    skin, chance = texture(seed), np.random.default_rng(seed)
    return [
        observation(i * interval_ms, picture(skin, pose, noise, chance), mesh(pose)) for i, pose in enumerate(poses)
    ]


def observation(time_ms: int, pixels: NDArray[np.uint8], points: Mesh) -> Observation:
    return Observation(time_ms, pixels, Face(points.box, np.zeros((6, 2), np.float32), 0.9), points, True)


def shown(make: Callable[[], Cue], seen: Sequence[Observation]) -> Cue:
    """A new cue that has watched all of it."""
    cue = make()
    for frame in seen:
        cue.observe(frame)
    return cue


def anything(chance: np.random.Generator, frames: int, side: int) -> list[Observation]:
    """Frames of noise whose points lie anywhere, far outside the picture too, or all in one place."""
    seen = []
    for number in range(frames):
        spread = chance.choice((0.0, 1.0, float(side), 1e6))
        points = chance.normal(scale=spread, size=(468, 3)) + chance.uniform(-side, 2 * side, 3)
        pixels = chance.integers(0, 256, (side, side, 3), dtype=np.uint8)
        if chance.random() < 0.3:
            pixels = np.full((side, side, 3), chance.integers(256), np.uint8)
        box = Box(*(float(value) for value in chance.uniform(-side, 2 * side, 4)))
        face = Face(box, np.zeros((6, 2), np.float32), 0.9)
        seen.append(Observation(number * int(chance.integers(1, 900)), pixels, face, Mesh(points), bool(number % 2)))
    return seen


def _back(pose: Pose, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """From the picture to the face as it lies unmoved, all but what depth does."""
    z = ((x - pose.right_px) + 1j * (y - pose.down_px)) / (pose.scale * np.exp(1j * pose.roll))
    x, y = z.real, z.imag
    far = 1 / (1 - pose.tilt * x / RADIUS_PX)
    return x * far, y * far


def _bilinear(grey: Floats, x: Floats, y: Floats) -> Floats:
    x, y = np.clip(x, 0, WIDTH - 1.001), np.clip(y, 0, HEIGHT - 1.001)
    x0, y0 = x.astype(int), y.astype(int)
    fx, fy = x - x0, y - y0
    upper = grey[y0, x0] * (1 - fx) + grey[y0, x0 + 1] * fx
    lower = grey[y0 + 1, x0] * (1 - fx) + grey[y0 + 1, x0 + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)
