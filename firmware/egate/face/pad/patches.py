"""Small patches of a face and of what surrounds it: their mean light in one frame, and how the face is turned there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.landmarks import Mesh

Floats = NDArray[np.float64]

FOREHEAD, NOSE = (151, 69, 299, 104, 333, 9), (197, 195, 5, 198, 420)
CHEEKS = (119, 348, 101, 330, 36, 266, 205, 425)
SIDES = (117, 346, 50, 280, 123, 352, 147, 376, 187, 411)
JAW = (192, 416, 200, 199)
FACE_POINTS = np.array(FOREHEAD + NOSE + CHEEKS + SIDES + JAW)
"""Points of the mesh on plain skin, right and left in pairs: no brows, eyes, lips or nostrils."""

BESIDE = np.array(((-0.78, -0.2), (0.78, -0.2), (-0.78, 0.15), (0.78, 0.15)))
FARTHER = np.array(((-1.05, -0.3), (1.05, -0.3), (-1.05, 0.1), (1.05, 0.1), (-0.5, -1.0), (0.5, -1.0), (0.0, -1.1)))
AROUND = np.concatenate((BESIDE, FARTHER))
"""Places beside and above the head, from the middle of the face, in its widths and heights."""

_FACE_RADIUS, _AROUND_RADIUS = 0.035, 0.06  # of the face's width
_NEIGHBOURS = 12  # points that say how the face is turned at one of them
_DARK, _BRIGHT = 0.004, 0.93  # linear light outside of which a channel tells no colour
_VALUES = np.arange(256) / 255
_TOE = 0.04045
_LINEAR = np.where(_VALUES <= _TOE, _VALUES / 12.92, ((_VALUES + 0.055) / 1.055) ** 2.4)  # sRGB, IEC 61966-2-1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Patches:
    """``face`` (n, 3), ``around`` (m, 3): mean linear light, NaN where it is too dark, too bright or out of the
    picture. ``places`` (n, 2): where on the face, from its middle, in its widths, x right, y down. ``normals`` (n, 3):
    unit vectors out of the face; x right, y down, z towards the camera."""

    face: Floats
    around: Floats
    places: Floats
    normals: Floats

    def wipe(self) -> None:
        for values in (self.face, self.around, self.places, self.normals):
            values.fill(0)

    def __repr__(self) -> str:
        return "Patches()"


def sample(pixels: NDArray[np.uint8], mesh: Mesh) -> Patches:
    """The patches of the face with these points in ``pixels``, (height, width, 3) uint8 RGB."""
    box = mesh.box
    middle, size = np.array(box.centre), np.array((box.width, box.height))
    points = mesh.points[FACE_POINTS]
    return Patches(
        _means(pixels, points[:, :2], _FACE_RADIUS * box.width),
        _means(pixels, middle + AROUND * size, _AROUND_RADIUS * box.width),
        (points[:, :2] - middle) / box.width,
        _normals(mesh.points, points),
    )


def _means(pixels: NDArray[np.uint8], centres: Floats, radius: float) -> Floats:
    """Mean light (n, 3) of squares around ``centres`` (n, 2)."""
    height, width = pixels.shape[:2]
    out = np.full((len(centres), 3), np.nan)
    reach = max(1, round(radius))
    for row, (x, y) in enumerate(np.rint(centres).astype(int)):
        if reach <= x < width - reach and reach <= y < height - reach:
            square = pixels[y - reach : y + reach + 1, x - reach : x + reach + 1]
            mean = _LINEAR[square].mean(axis=(0, 1))
            if mean.min() >= _DARK and mean.max() <= _BRIGHT:
                out[row] = mean
    return out


def _normals(mesh: Floats, points: Floats) -> Floats:
    """(n, 3): of the plane through the nearest points of the mesh, in the sense of least squares."""
    apart = ((points[:, None, :2] - mesh[None, :, :2]) ** 2).sum(axis=2)
    near = mesh[np.argpartition(apart, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]]
    centred = near - near.mean(axis=1, keepdims=True)
    _, vectors = np.linalg.eigh(centred.transpose(0, 2, 1) @ centred)
    normals = vectors[:, :, 0]  # the direction in which they spread least
    normals[:, 2] *= -1  # the mesh's depth grows away from the camera
    return np.asarray(normals * np.where(normals[:, 2:] < 0, -1, 1))
