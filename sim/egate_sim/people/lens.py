"""What a lens does to a picture: it softens and bends straight lines. On planes (c, HEIGHT, WIDTH) of light."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from egate_sim.people.layers import HEIGHT, WIDTH
from egate_sim.people.mesh import Floats

_LEAST_PX = 0.2
"""Less blur than this is not worth its time."""


def soften(planes: Floats, across_px: float, down_px: float) -> None:
    """Blur in place; standard deviations along rows and along columns. Three taps have at most half a pixel's
    variance, so they are applied as often as it takes."""
    for axis, sigma in ((2, across_px), (1, down_px)):
        if sigma < _LEAST_PX:
            continue
        passes = max(1, int(np.ceil(2 * sigma * sigma)))
        side = np.float32(sigma * sigma / (2 * passes))
        inner = np.moveaxis(planes, axis, 0)
        for _ in range(passes):
            middle = inner[1:-1] * (1 - 2 * side)
            middle += side * (inner[:-2] + inner[2:])
            inner[1:-1] = middle


def distort(planes: Floats, strength: float) -> Floats:
    """Barrel distortion: what lay at the corners comes in by ``strength``, relative. Bilinear."""
    place, fx, fy = _sources(strength)
    flat = planes.reshape(len(planes), -1)
    top = flat[:, place] * (1 - fx) + flat[:, place + 1] * fx
    bottom = flat[:, place + WIDTH] * (1 - fx) + flat[:, place + WIDTH + 1] * fx
    return np.asarray((top * (1 - fy) + bottom * fy).reshape(planes.shape), np.float32)


@lru_cache(maxsize=4)
def _sources(strength: float) -> tuple[NDArray[np.intp], Floats, Floats]:
    """For each pixel, flat: the pixel up and left of its source, and how far beyond that it lies."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    middle_x, middle_y = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    squared = ((x - middle_x) ** 2 + (y - middle_y) ** 2) / (middle_x**2 + middle_y**2)
    grown = 1 + np.float32(strength) * (squared - 1)  # corners stay: no black edge comes in
    x, y = middle_x + (x - middle_x) * grown, middle_y + (y - middle_y) * grown
    x, y = np.clip(x, 0, WIDTH - 1.001), np.clip(y, 0, HEIGHT - 1.001)
    column, row = x.astype(np.intp), y.astype(np.intp)
    return (row * WIDTH + column).ravel(), (x - column).ravel(), (y - row).ravel()
