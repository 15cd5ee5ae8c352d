"""Draws triangles into a grid, vectorised over triangles of like size, with a depth buffer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people.mesh import Floats, Ints

# Triangles are drawn in batches whose bounding boxes fit these edges, in pixels; each is tested against the whole box.
_BOXES = (3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 1024)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which triangle is seen where. ``pixels`` (k,): flat indices of covered pixels; ``corners`` (k, 3): its vertices;
    ``weights`` (k, 3): barycentric weights of the pixel's centre."""

    pixels: NDArray[np.intp]
    corners: Ints
    weights: Floats

    def at(self, chosen: NDArray[np.intp]) -> "Coverage":
        """Only some of it: ``chosen`` are places in ``pixels``."""
        return Coverage(self.pixels[chosen], self.corners[chosen], self.weights[chosen])

    def interpolate(self, attributes: Floats) -> Floats:
        """Values (k, c) at the covered pixels from values (n, c) at the vertices."""
        out = attributes[self.corners[:, 0]] * self.weights[:, :1]
        out += attributes[self.corners[:, 1]] * self.weights[:, 1:2]
        out += attributes[self.corners[:, 2]] * self.weights[:, 2:]
        return out


def rasterise(points: Floats, triangles: Ints, width: int, height: int) -> Coverage:
    """``points`` (n, 3): x right and y down in pixels, z growing towards the viewer. Only triangles that run
    anticlockwise on paper (clockwise in a grid whose y points down) are seen."""
    corners = points[triangles]
    low = np.clip(np.ceil(corners[:, :, :2].min(axis=1) - 0.5), 0, (width, height)).astype(np.int32)
    high = np.clip(np.ceil(corners[:, :, :2].max(axis=1) - 0.5), 0, (width, height)).astype(np.int32)
    edge_a, edge_b = corners[:, 1, :2] - corners[:, 0, :2], corners[:, 2, :2] - corners[:, 0, :2]
    area = edge_a[:, 1] * edge_b[:, 0] - edge_a[:, 0] * edge_b[:, 1]
    size = (high - low).max(axis=1)
    drawn = np.flatnonzero((area > 0) & ((high - low).min(axis=1) > 0))
    drawn = drawn[np.argsort(corners[drawn, :, 2].sum(axis=1), kind="stable")]
    grid = _Grid(width, np.full(width * height, -np.inf, np.float32), np.full(width * height, -1, np.int32))
    smallest = 0
    for box in _BOXES:
        batch = drawn[(size[drawn] > smallest) & (size[drawn] <= box)]
        smallest = box
        for ids in np.array_split(batch, max(1, len(batch) * box * box // 400_000)):
            if len(ids):
                grid.draw(ids, corners[ids], low[ids], high[ids], box)
    return _coverage(points, triangles, grid.owner, width)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Flat buffers: depth of what is nearest, and which triangle that is."""

    width: int
    depth: Floats
    owner: Ints

    def draw(self, ids: NDArray[np.intp], corners: Floats, low: Ints, high: Ints, box: int) -> None:
        """Draw a batch, ordered from far to near: of several writes to one pixel the last, nearest, stays."""
        step = np.arange(box, dtype=np.int32)
        x, y = low[:, :1] + step, low[:, 1:] + step
        px, py = x + np.float32(0.5), y + np.float32(0.5)
        (ax, ay), (bx, by), (cx, cy) = (corners[:, i, :2].T[:, :, None] for i in range(3))
        scale = 1 / ((by - ay) * (cx - ax) - (bx - ax) * (cy - ay))
        # Weight of a corner: the area of the triangle that the pixel forms with the other two; linear in x and in y.
        weight_a = ((cx - bx) * (by - py) * scale)[:, :, None] + ((cy - by) * (px - bx) * scale)[:, None, :]
        weight_b = ((ax - cx) * (cy - py) * scale)[:, :, None] + ((ay - cy) * (px - cx) * scale)[:, None, :]
        inside = (weight_a >= 0) & (weight_b >= 0) & (weight_a + weight_b <= 1)
        inside &= (y < high[:, 1:])[:, :, None] & (x < high[:, :1])[:, None, :]
        za, zb, zc = (corners[:, i, 2][:, None, None] for i in range(3))
        z = (zc + weight_a * (za - zc) + weight_b * (zb - zc))[inside]
        triangle, row, column = np.nonzero(inside)
        pixel = (low[triangle, 1] + row) * self.width + low[triangle, 0] + column
        nearer = z > self.depth[pixel]
        self.depth[pixel[nearer]] = z[nearer]
        self.owner[pixel[nearer]] = ids[triangle[nearer]]


def _coverage(points: Floats, triangles: Ints, owner: Ints, width: int) -> Coverage:
    pixels = np.flatnonzero(owner >= 0)
    corners = triangles[owner[pixels]]
    a, b, c = (points[corners[:, i], :2] for i in range(3))
    px, py = pixels % width + np.float32(0.5), pixels // width + np.float32(0.5)
    area = (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]) - (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1])
    weights = np.empty((len(pixels), 3), np.float32)
    weights[:, 0] = ((c[:, 0] - b[:, 0]) * (b[:, 1] - py) + (c[:, 1] - b[:, 1]) * (px - b[:, 0])) / area
    weights[:, 1] = ((a[:, 0] - c[:, 0]) * (c[:, 1] - py) + (a[:, 1] - c[:, 1]) * (px - c[:, 0])) / area
    weights[:, 2] = 1 - weights[:, 0] - weights[:, 1]
    return Coverage(pixels, corners, weights)
