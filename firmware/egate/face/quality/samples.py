"""Colours of a face at the points of its mesh, in linear light: what the measures of light and covering look at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.alignment import sampled, turned_square
from egate.face.finding.landmarks import Mesh

_SIDE_PX = 96
_MARGIN = 1.1
_GAMMA = 2.2  # near enough to sRGB's curve for ratios
_FLOOR = 0.002  # of full light: below it there is only noise, and logarithms would make much of it
_LUMINANCE = np.array((0.2126, 0.7152, 0.0722), np.float32)  # ITU-R BT.709


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FaceSamples:
    """``colours``: (468, 3), linear RGB in 0 .. 1 at each point of the mesh, mean of 3 x 3 pixels of a small crop."""

    colours: NDArray[np.float32]

    @classmethod
    def of(cls, pixels: NDArray[np.uint8], mesh: Mesh) -> "FaceSamples":
        """The face with these points in ``pixels``, (height, width, 3) uint8 RGB."""
        box = mesh.box
        right_eye, left_eye = mesh.five[:2]
        roll = float(np.arctan2(*(left_eye - right_eye)[::-1]))
        matrix = turned_square(box.centre, max(box.width, box.height, 1.0) * _MARGIN, roll, _SIDE_PX)
        crop = sampled(pixels, matrix, _SIDE_PX, _SIDE_PX).astype(np.float32) / 255
        places = (mesh.points[:, :2] - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
        column, row = np.rint(places).astype(np.intp).clip(1, _SIDE_PX - 2).T
        around = [crop[row + dy, column + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        return cls(np.maximum(np.mean(around, axis=0, dtype=np.float32) ** _GAMMA, _FLOOR))

    def light(self, points: Sequence[int]) -> float:
        """Median luminance at some points, above 0."""
        return float(np.median(self.colours[list(points)] @ _LUMINANCE))

    def colour(self, points: Sequence[int]) -> NDArray[np.float32]:
        """Median of log(red / green), log(blue / green) and log(luminance) at some points, (3,): differences between
        two places of one face do not depend on how much light falls on it."""
        values = self.colours[list(points)]
        green = values[:, 1]
        logs = np.log((values[:, 0] / green, values[:, 2] / green, values @ _LUMINANCE))
        return np.asarray(np.median(logs, axis=1), np.float32)

    def __repr__(self) -> str:
        return "FaceSamples()"
