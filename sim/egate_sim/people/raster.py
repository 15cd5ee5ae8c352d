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
        out = np.take(attributes, self.corners[:, 0], axis=0)
        out *= self.weights[:, :1]
        for corner in (1, 2):
            part = np.take(attributes, self.corners[:, corner], axis=0)
            part *= self.weights[:, corner : corner + 1]
            out += part
        return out


def rasterise(points: Floats, triangles: Ints, width: int, height: int) -> Coverage:
    """``points`` (n, 3): x right and y down in pixels, z growing towards the viewer. Only triangles that run
    anticlockwise on paper (clockwise in a grid whose y points down) are seen."""
    corners, kept = _facing(points, triangles)
    lowest = np.minimum(np.minimum(corners[:, 0, :2], corners[:, 1, :2]), corners[:, 2, :2])
    highest = np.maximum(np.maximum(corners[:, 0, :2], corners[:, 1, :2]), corners[:, 2, :2])
    low = np.clip(np.ceil(lowest - 0.5), 0, (width, height)).astype(np.int32)
    high = np.clip(np.ceil(highest - 0.5), 0, (width, height)).astype(np.int32)
    extent = high - low
    size = np.maximum(extent[:, 0], extent[:, 1])
    drawn = np.flatnonzero((extent[:, 0] > 0) & (extent[:, 1] > 0))
    nearness = corners[drawn, 0, 2] + corners[drawn, 1, 2] + corners[drawn, 2, 2]
    drawn = drawn[np.argsort(nearness, kind="stable")]
    grid = _Grid(width, np.full(width * height, -np.inf, np.float32), np.full(width * height, -1, np.int32))
    smallest = 0
    for box in _BOXES:
        batch = drawn[(size[drawn] > smallest) & (size[drawn] <= box)]
        smallest = box
        for ids in np.array_split(batch, max(1, len(batch) * box * box // 400_000)):
            if len(ids):
                grid.draw(ids, corners[ids], low[ids], high[ids], box)
    return _coverage(corners, triangles[kept], grid.owner, width)


def _facing(points: Floats, triangles: Ints) -> tuple[Floats, NDArray[np.intp]]:
    """Corners (m, 3, 3) of the triangles that face the viewer, and which those are."""
    x, y = (np.take(points[:, axis], triangles) for axis in (0, 1))
    area = (y[:, 1] - y[:, 0]) * (x[:, 2] - x[:, 0]) - (y[:, 2] - y[:, 0]) * (x[:, 1] - x[:, 0])
    kept = np.flatnonzero(area > 0)
    return np.take(points, triangles[kept], axis=0), kept


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
        found = np.flatnonzero(inside)
        triangle, place = np.divmod(found, box * box)
        row, column = np.divmod(place, box)
        za, zb, zc = corners[:, 0, 2], corners[:, 1, 2], corners[:, 2, 2]
        wa, wb = weight_a.ravel()[found], weight_b.ravel()[found]
        z = zc[triangle] + wa * (za - zc)[triangle] + wb * (zb - zc)[triangle]
        pixel = (low[:, 1] * self.width + low[:, 0])[triangle] + row * self.width + column
        nearer = z > self.depth[pixel]
        self.depth[pixel[nearer]] = z[nearer]
        self.owner[pixel[nearer]] = ids[triangle[nearer]]


def _coverage(corners: Floats, triangles: Ints, owner: Ints, width: int) -> Coverage:
    pixels = np.flatnonzero(owner >= 0)
    owners = owner[pixels]
    # The weights of the first two corners are linear in x and y, and zero at the third: coefficients by triangle.
    x, y = corners[:, :, 0], corners[:, :, 1]
    area = (y[:, 1] - y[:, 0]) * (x[:, 2] - x[:, 0]) - (y[:, 2] - y[:, 0]) * (x[:, 1] - x[:, 0])
    plane = np.stack(
        [(y[:, 2] - y[:, 1]) / area, (x[:, 1] - x[:, 2]) / area, (y[:, 0] - y[:, 2]) / area, (x[:, 2] - x[:, 0]) / area,
         x[:, 2] - np.float32(0.5), y[:, 2] - np.float32(0.5)], axis=1,
    )  # fmt: skip
    at = np.take(plane, owners, axis=0)
    row, column = np.divmod(pixels, width)
    dx, dy = column - at[:, 4], row - at[:, 5]
    weights = np.empty((len(pixels), 3), np.float32)
    weights[:, 0] = at[:, 0] * dx + at[:, 1] * dy
    weights[:, 1] = at[:, 2] * dx + at[:, 3] * dy
    np.clip(weights, 0, 1, out=weights)
    weights[:, 2] = 1 - weights[:, 0] - weights[:, 1]
    return Coverage(pixels, np.take(triangles, owners, axis=0), weights)
