"""Cue: what is around the face moves, or moves with it.

A gate's camera hangs still, so that what is behind a traveller stands still. In a print or on a screen the background
is part of the medium: in a hand, both move as one; and a film that was taken with a telephone in somebody's hand
carries that hand's tremor, so that its background moves even when the screen that shows it does not. Between pictures
some tenths of a second apart it is measured how far the surroundings moved, and how much of the face's motion they
shared.

The surroundings are the picture without the head and without what is below it: shoulders belong to the person. Half of
what shows motion at all must stand still; the rest may be a passer-by, hair, or a shadow.

What it cannot see: before a plain wall there is nothing whose motion shows, and it is taken for standing still.
Somebody who passes close behind the traveller is taken for surroundings that move. A photograph on a stand does not
move at all. A film from a camera on a stand, on a screen on a stand, moves like a person.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Box
from egate.face.pad.cue import Features, Missing
from egate.face.pad.flow import Reference
from egate.face.pad.observation import Observation
from egate.face.pad.patch import CELL_PX, CENTRES, SIDE_PX, Patch, overview

_INTERVAL_MS = 330  # far enough apart that a person has moved
_PAIRS = 48
_MIN_PAIRS = 3
_MIN_CELLS = 6
_HEAD_WIDE, _HEAD_ABOVE, _CHIN = 0.78, 1.05, 0.5  # from the middle of the mesh's box, in its sides; hair included
_CORE = 0.35  # the inner part of the face's box, which hair and background don't reach
_FLOOR = 5e-4  # shares of the distance between the eyes
_STANDING = 0.5


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two pictures, in distances between the eyes: how far the surroundings moved, the standard deviation of that by
    the pixels' noise, the face's motion, (2,), and the motion that the surroundings' would have brought it, (2,)."""

    around: float
    noise: float
    face: NDArray[np.float64]
    carried: NDArray[np.float64]


class ParallaxCue:
    """Features: ``surroundings``, natural logarithm of how far they moved from picture to picture, in distances of the
    eyes; ``surroundings_to_noise``, the same times what noise would give; ``shared``, the share of the face's motion in
    which they took part, -1 .. 1. All are larger for attacks."""

    name = "parallax"

    def __init__(self) -> None:
        self._last: tuple[Patch, Box] | None = None
        self._pairs: list[_Pair] = []
        self._small = False

    def observe(self, seen: Observation) -> None:
        if self._last is not None and seen.time_ms - self._last[0].time_ms < _INTERVAL_MS:
            return
        five = seen.mesh.five
        eyes_px = float(np.hypot(*(five[1] - five[0])))
        box = seen.mesh.box
        steps = np.array((seen.pixels.shape[1], seen.pixels.shape[0])) / SIDE_PX
        around = _outside_of_head(box, steps)
        if not eyes_px > 1 or around.sum() < _MIN_CELLS or not _core(box, steps).any():
            self._small = True
            return
        now = overview(seen.time_ms, seen.pixels, around)
        if self._last is not None:
            if len(self._pairs) < _PAIRS:
                self._pairs.append(_compared(self._last[0], now, self._last[1], steps, eyes_px))
            self._last[0].wipe()
        self._last = (now, box)

    def features(self) -> Features | Missing:
        if len(self._pairs) < _MIN_PAIRS:
            return Missing.TOO_SMALL if self._small and not self._pairs else Missing.TOO_FEW_FRAMES
        moved = float(np.median([pair.around for pair in self._pairs])) + _FLOOR
        noise = float(np.median([pair.noise for pair in self._pairs])) + _FLOOR
        together = sum(float(pair.face @ pair.carried) for pair in self._pairs)
        alone = sum(float(pair.face @ pair.face) + _FLOOR**2 for pair in self._pairs)
        return {
            "surroundings": float(np.log(moved)),
            "surroundings_to_noise": float(np.log(moved / noise)),
            "shared": float(np.clip(together / alone, -1, 1)),
        }

    def wipe(self) -> None:
        if self._last is not None:
            self._last[0].wipe()
        self._last = None
        self._pairs.clear()
        self._small = False


def _compared(before: Patch, after: Patch, box: Box, steps: NDArray[np.float64], eyes_px: float) -> _Pair:
    """``box``: the face in the picture before; ``steps``: picture pixels a pixel of an overview, across and down."""
    reference = Reference(before)
    flow = reference.flow(after)
    weights = reference.weights * after.inside
    reference.wipe()
    lifted = np.column_stack((CENTRES, np.ones(len(CENTRES)))) @ flow.plane.T
    whole = lifted[:, :2] / np.maximum(lifted[:, 2:], 0.1) - CENTRES
    unit = steps / eyes_px
    around = np.hypot(*((whole + flow.cells) * unit).T)
    noise = np.sqrt((flow.variance * unit**2).sum(axis=1))
    core = _core(box, steps) / (flow.variance.sum(axis=1) + 1e-4)
    core /= core.sum()
    return _Pair(
        _quantile(around, weights), _quantile(noise, weights), core @ (whole + flow.cells) * unit, core @ whole * unit
    )


def _quantile(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The value below which a share of _STANDING of the weight lies; 0 where nothing has weight."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, _STANDING * total[-1])]) if total[-1] > 0 else 0.0


def _outside_of_head(box: Box, steps: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(64,): the cells that hardly show the head or what is below it."""
    x, y = ((CENTRES + 0.5) * steps).T
    margin = steps * CELL_PX / 4
    beside = np.abs(x - box.centre[0]) - margin[0] > _HEAD_WIDE * box.width
    over = y + margin[1] < box.centre[1] - _HEAD_ABOVE * box.height
    low = y + margin[1] > box.centre[1] + _CHIN * box.height
    return np.asarray((beside | over) & ~low)


def _core(box: Box, steps: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(64,): the cells whose middle lies well inside the face."""
    x, y = ((CENTRES + 0.5) * steps).T
    return np.asarray(
        (np.abs(x - box.centre[0]) < _CORE * box.width + steps[0] * 2)
        & (np.abs(y - box.centre[1]) < _CORE * box.height + steps[1] * 2)
    )
