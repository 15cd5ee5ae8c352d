"""How one picture of a face lies over another: one homography for all of it, and what each part moved beside that.

Lucas and Kanade (1981) in the inverse form of Baker and Matthews (2004): all that depends on the reference alone is
computed once. In each cell, brightness and contrast may differ freely; only displacement counts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.patch import CELL_PX, CELLS, CENTRES, SIDE_PX, Patch, warped

_STEPS = 4
_TRUST = 20.0  # grey values squared: cells without texture are held near the others' motion instead of going astray
_CONTRAST = 50.0  # brings grey values to the size of gradients, so that the equations are well scaled
_OUTLIER_PX = 1.0  # a cell that moves this much unlike the others has half a say in the common motion
_FITS = 2
_MAX_PX = 6.0  # more than that within a cell of 12 px is no displacement but a mistake

_TO_PIXELS = np.array([(SIDE_PX, 0, SIDE_PX / 2), (0, SIDE_PX, SIDE_PX / 2), (0, 0, 1)], np.float64)
_TO_POSITIONS = np.linalg.inv(_TO_PIXELS)

POSITIONS = CENTRES / SIDE_PX - 0.5
"""(64, 2): the middle of every cell in shares of the patch's side, from its middle."""


def plane_motions() -> NDArray[np.float64]:
    """(128, 8): how the cells of a plane can move, to first order; first what all of them move across, then down."""
    x, y = POSITIONS.T
    one, none = np.ones_like(x), np.zeros_like(x)
    across = (one, x, y, none, none, none, x * x, x * y)
    down = (none, none, none, one, x, y, x * y, y * y)
    return np.column_stack([np.concatenate(pair) for pair in zip(across, down, strict=True)])


def turn_motions(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """(128, 2): how cells at ``depth`` (64,) move per radian about the vertical and about the horizontal axis."""
    none = np.zeros_like(depth)
    return np.column_stack((np.concatenate((depth, none)), np.concatenate((none, depth))))


_PLANE = plane_motions()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Flow:
    """``plane``: (3, 3), the homography from the reference's patch pixels to the other's; ``cells``: (64, 2), what each
    cell moved beside it in patch pixels; ``variance``: (64, 2), of ``cells``, from ``unexplained``: (64,), the mean
    square of what displacement, brightness and contrast leave of the difference between the pixels."""

    plane: NDArray[np.float64]
    cells: NDArray[np.float64]
    variance: NDArray[np.float64]
    unexplained: NDArray[np.float64]


class Reference:
    """The patch that others are laid over."""

    def __init__(self, patch: Patch) -> None:
        """``patch`` is not kept, but figures are from which it could be drawn."""
        grey = patch.grey
        dy, dx = (np.asarray(slope, np.float32) for slope in np.gradient(grey))
        light = _by_cell(grey) / _CONTRAST
        basis = np.stack((_by_cell(dx), _by_cell(dy), light, np.ones_like(light)), axis=-1)
        normal = basis.transpose(0, 2, 1) @ basis + np.diag((_TRUST, _TRUST, 1e-3, 1e-3))
        inverse = np.linalg.inv(normal)
        self._grey = grey.copy()
        self._basis = basis
        self._solve = inverse @ basis.transpose(0, 2, 1)
        self._spread = np.stack((inverse[:, 0, 0], inverse[:, 1, 1]), axis=1)
        self.gradients = (normal[:, 0, 0] + normal[:, 1, 1] - 2 * _TRUST) / CELL_PX**2
        self.weights = patch.inside / (self._spread.mean(axis=1) + 1e-4)

    def flow(self, patch: Patch) -> Flow:
        """How ``patch`` lies over this reference."""
        plane = np.eye(3)
        for _ in range(_STEPS):
            cells, _ = self._moved(warped(patch.grey, plane))
            plane = _composed(plane, self._common(cells))
        cells, unexplained = self._moved(warped(patch.grey, plane))
        return Flow(plane, np.clip(cells, -_MAX_PX, _MAX_PX), self._spread * unexplained[:, np.newaxis], unexplained)

    def wipe(self) -> None:
        for array in (self._grey, self._basis, self._solve, self._spread, self.weights, self.gradients):
            array.fill(0)

    def _moved(self, grey: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Each cell's displacement (64, 2) and its mean square of what that leaves unexplained (64,)."""
        difference = _by_cell(np.subtract(self._grey, grey))[..., np.newaxis]
        solution = self._solve @ difference
        left = difference - self._basis @ solution
        return solution[:, :2, 0], (left**2).sum(axis=(1, 2)) / (CELL_PX**2 - 4)

    def _common(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """The motion (8,) of all cells as one plane; outliers count for less from fit to fit."""
        weights = self.weights * (np.hypot(*cells.T) < _MAX_PX)
        counted = weights
        moved, motion = cells.T.ravel(), np.zeros(8)
        for _ in range(_FITS):
            weighted = _PLANE * np.concatenate((counted, counted))[:, np.newaxis]
            motion = np.linalg.solve(weighted.T @ _PLANE + 1e-9 * np.eye(8), weighted.T @ moved)
            unlike = ((moved - _PLANE @ motion) ** 2).reshape(2, -1).sum(axis=0)
            counted = weights / (1 + unlike / _OUTLIER_PX**2)
        return motion


def _by_cell(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """(64, 144): the pixels of every cell."""
    cells = grey.reshape(CELLS, CELL_PX, CELLS, CELL_PX).swapaxes(1, 2)
    return cells.reshape(CELLS**2, CELL_PX**2).astype(np.float64)


def _composed(homography: NDArray[np.float64], motion: NDArray[np.float64]) -> NDArray[np.float64]:
    """``homography`` after a further ``motion`` (8,) of the plane, kept from turning the plane edge on."""
    shift_x, xx, xy, shift_y, yx, yy, far_x, far_y = np.clip(motion, -_MAX_PX * 4, _MAX_PX * 4) / SIDE_PX
    step = np.array([(1 + xx, xy, shift_x), (yx, 1 + yy, shift_y), (-far_x, -far_y, 1)])
    joined = homography @ _TO_PIXELS @ step @ _TO_POSITIONS
    return np.asarray(joined / joined[2, 2])
