"""One face over time: a few patches of it, all laid over the one in the middle. Several cues read the same track."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.cue import Missing
from egate.face.pad.flow import Flow, Reference
from egate.face.pad.observation import Observation
from egate.face.pad.patch import Patch, patch
from egate.face.pad.timeline import Timeline

_PATCHES = 16
_INTERVAL_MS = 90
_MIN_PATCHES = 4
_MIN_SPAN_MS = 900
_MIN_SCALE = 0.3  # picture pixels a patch pixel: eyes some 9 px apart, below which a patch is all interpolation
_MIN_CELLS = 24  # of 64
_STILL = 1e-3  # patch pixels; less than that only a repeated picture moves


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Layers:
    """``depth``, ``inside``: the middle patch's, see Patch; ``weights``: (64,), how well its cells show motion;
    ``gradients``: (64,), its mean squared slope in grey values a pixel; ``flows``: of every other patch."""

    depth: NDArray[np.float64]
    inside: NDArray[np.bool_]
    weights: NDArray[np.float64]
    gradients: NDArray[np.float64]
    flows: tuple[Flow, ...]


class FaceTrack:
    """Watches the face itself. May be shown a frame several times, by each cue that reads it."""

    def __init__(self) -> None:
        self._patches: Timeline[Patch] = Timeline(_PATCHES, _INTERVAL_MS, Patch.wipe)
        self._small = False
        self._layers: Layers | None = None

    def observe(self, seen: Observation) -> None:
        if not self._patches.due(seen.time_ms):
            return
        cut = patch(seen.time_ms, seen.pixels, seen.mesh)
        if cut is None or cut.scale < _MIN_SCALE or cut.inside.sum() < _MIN_CELLS:
            self._small = True
            return
        self._patches.add(seen.time_ms, cut)
        self._layers = None

    def layers(self) -> Layers | Missing:
        """What moved, or why that cannot be told."""
        if len(self._patches) < _MIN_PATCHES:
            return Missing.TOO_SMALL if self._small else Missing.TOO_FEW_FRAMES
        if self._patches.span_ms < _MIN_SPAN_MS:
            return Missing.TOO_SHORT
        if self._layers is None:
            self._layers = _laid(list(self._patches))
        if max(float(np.abs(flow.plane - np.eye(3)).max()) for flow in self._layers.flows) < _STILL:
            return Missing.TOO_STILL
        return self._layers

    def wipe(self) -> None:
        self._patches.clear()
        self._small = False
        self._layers = None


def _laid(patches: list[Patch]) -> Layers:
    middle = patches.pop(len(patches) // 2)
    reference = Reference(middle)
    try:
        flows = tuple(reference.flow(other) for other in patches)
        return Layers(
            middle.depth.copy(), middle.inside.copy(), reference.weights.copy(), reference.gradients.copy(), flows
        )
    finally:
        reference.wipe()
