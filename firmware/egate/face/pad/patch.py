"""The face cut out upright and at one size, so that pictures of it can be laid over each other.

A patch is all that the cues over time keep of a frame: 96 x 96 grey values and how deep the face is in each cell.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.alignment import similarity
from egate.face.finding.landmarks import Mesh

SIDE_PX = 96
CELL_PX = 12
CELLS = SIDE_PX // CELL_PX  # a side
EYES_PX = 30.2
"""How far the middles of the eyes lie apart in a patch."""

_GREEN = 1  # half of a sensor's pixels see green, so it is the sharpest and least noisy channel
_MIDDLES = (np.arange(CELLS) + 0.5) * CELL_PX - 0.5
CENTRES = np.stack(np.meshgrid(_MIDDLES, _MIDDLES), axis=-1).reshape(-1, 2)
"""(64, 2): the middle of every cell, x and y in patch pixels, row by row."""

_REACH_PX = 6.0  # a cell's depth is that of the points around its middle; beyond, the cell shows no face
_FIVE = np.array([(32.8, 36.3), (63.0, 36.3), (48.0, 53.6), (35.6, 71.2), (60.6, 71.2)])
_KERNEL = np.array([1, 4, 6, 4, 1], np.float32) / 16


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Patch:
    """``time_ms``: monotonic; ``grey``: (96, 96) float32, 0 .. 255, smoothed; ``depth``: (64,) cell by cell, in patch
    pixels, growing away from the camera; ``inside``: (64,) bool, the cells that show the face; ``scale``: picture
    pixels a patch pixel."""

    time_ms: int
    grey: NDArray[np.float32]
    depth: NDArray[np.float64]
    inside: NDArray[np.bool_]
    scale: float

    def wipe(self) -> None:
        self.grey.fill(0)
        self.depth.fill(0)
        self.inside.fill(False)

    def __repr__(self) -> str:
        return f"Patch({self.time_ms})"


def to_picture(mesh: Mesh) -> NDArray[np.float64]:
    """The (2, 3) matrix that leads from patch pixels to picture pixels."""
    return similarity(_FIVE, mesh.five)


def patch(time_ms: int, pixels: NDArray[np.uint8], mesh: Mesh) -> Patch | None:
    """Cut the face with these points out of ``pixels``, (height, width, 3) uint8 RGB; None where the points span no
    face at all."""
    matrix = to_picture(mesh)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if not scale > 1e-3 or not np.isfinite(matrix).all():  # noqa: PLR2004 - a face of a tenth of a pixel
        return None
    grey = _smooth(_cut(pixels, matrix, scale))
    turn = matrix[:, :2] / scale**2
    points = (mesh.points[:, :2] - matrix[:, 2]) @ turn  # the inverse of a rotation with scale is its transpose
    distances = ((CENTRES[:, np.newaxis] - points) ** 2).sum(axis=2)
    weights = np.exp(-distances / (2 * (_REACH_PX / 2) ** 2)) + np.finfo(np.float64).tiny
    depth = weights @ (mesh.points[:, 2] / scale) / weights.sum(axis=1)
    return Patch(time_ms, grey, depth, distances.min(axis=1) < _REACH_PX**2, scale)


def overview(time_ms: int, pixels: NDArray[np.uint8], inside: NDArray[np.bool_]) -> Patch:
    """The whole picture squeezed into a patch without depth; ``inside``: the cells of interest."""
    rows, columns = pixels.shape[:2]
    block = max(1, min(rows, columns) // SIDE_PX)
    high, wide = rows // block, columns // block
    green = pixels[: high * block, : wide * block, _GREEN]
    shrunk = green.astype(np.float32) if block == 1 else _averaged(green, block)
    across, down = wide / SIDE_PX, high / SIDE_PX
    grey = warped(shrunk, np.array([(across, 0, across / 2 - 0.5), (0, down, down / 2 - 0.5)]))
    return Patch(time_ms, _smooth(grey), np.zeros(CELLS**2), inside, columns / SIDE_PX)


def warped(grey: NDArray[np.float32], matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    """(96, 96): ``grey`` at ``matrix`` @ (x, y, 1) for every patch pixel, bilinear; its edge goes on beyond it.
    ``matrix``: (2, 3), or (3, 3) with a last row that leads to 1 / distance."""
    x, y = np.arange(SIDE_PX, dtype=np.float32), np.arange(SIDE_PX, dtype=np.float32)[:, np.newaxis]
    sx, sy, *far = (np.float32(a) * x + np.float32(b) * y + np.float32(c) for a, b, c in matrix)
    if far:
        near = np.reciprocal(np.maximum(far[0], np.float32(0.1)))
        sx, sy = sx * near, sy * near
    height, width = grey.shape
    sx, sy = np.clip(sx, 0, np.float32(width - 1.01)), np.clip(sy, 0, np.float32(height - 1.01))
    x0, y0 = sx.astype(np.int32), sy.astype(np.int32)
    fx, fy = sx - x0, sy - y0
    flat, first = grey.ravel(), y0 * width + x0
    upper = flat.take(first) * (1 - fx) + flat.take(first + 1) * fx
    lower = flat.take(first + width) * (1 - fx) + flat.take(first + width + 1) * fx
    return np.asarray(upper * (1 - fy) + lower * fy, np.float32)


def _cut(pixels: NDArray[np.uint8], matrix: NDArray[np.float64], scale: float) -> NDArray[np.float32]:
    """The green picture in patch pixels. Where the patch is coarser than the picture, whole blocks of the picture are
    averaged first: skipped pixels would be noise, and fine patterns would turn into coarse ones."""
    rows, columns = pixels.shape[:2]
    corners = matrix[:, :2] @ np.array([(0, SIDE_PX, 0, SIDE_PX), (0, 0, SIDE_PX, SIDE_PX)]) + matrix[:, 2:]
    block = max(1, min(round(scale), rows // 2, columns // 2))
    left, top = (np.clip(np.floor(corners.min(axis=1)) - 1, 0, (columns - 2 * block, rows - 2 * block))).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=1)) + 2, (left + 2 * block, top + 2 * block), (columns, rows))
    high, wide = (int(bottom) - top) // block, (int(right) - left) // block
    region = pixels[top : top + high * block, left : left + wide * block, _GREEN]
    shrunk = region.astype(np.float32) if block == 1 else _averaged(region, block)
    inner = matrix.copy()
    inner[:, 2] -= (left, top)
    inner /= block
    inner[:, 2] -= (block - 1) / 2 / block  # the middle of a block
    return warped(shrunk, inner)


def _averaged(region: NDArray[np.uint8], block: int) -> NDArray[np.float32]:
    """Means of blocks. Adding whole slices is many times faster than numpy's mean over two short axes."""
    total = np.zeros((region.shape[0] // block, region.shape[1]), np.uint16)
    for row in range(block):
        total += region[row::block]
    sums = np.zeros((total.shape[0], region.shape[1] // block), np.float32)
    for column in range(block):
        sums += total[:, column::block]
    return np.asarray(sums / (block * block), np.float32)


def _smooth(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """A binomial filter of five taps each way, after which gradients are well defined."""
    padded = np.pad(grey, 2, mode="edge")
    across = sum(share * padded[:, k : k + SIDE_PX] for k, share in enumerate(_KERNEL))
    return np.asarray(sum(share * across[k : k + SIDE_PX] for k, share in enumerate(_KERNEL)), np.float32)
