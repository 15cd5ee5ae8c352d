"""Cue: depth recovered from motion.

A head has depth: when it turns by an angle, its parts move against each other by that angle times how deep they lie.
A flat medium has none: however it is held, moved or tilted, all that it shows moves by one homography. Here the patches
of a face over time are laid over one of them; the best homography is taken away from what each cell moved, and what is
left is explained as far as possible by a rotation of a rigid head of the depth that the face mesh claims. The mesh
claims depth for a photograph too, but nothing in the picture's motion will bear it out. So ``turn`` is the rotation out
of the picture plane that the pixels prove: people who stand still turn by about a degree over some seconds, and a photo
"turns" by what noise amounts to.

Landmarks are good for finding the face but not for this measurement: the network that places them has seen only heads,
so that the points of a photo move against each other nearly as those of a head do.

What it cannot see: a video replayed on a flat screen shows the turns of the head that was filmed. A mask over a head
turns with it, a sheet bent to a cylinder has depth, and eyes and mouth that are cut out move.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.cue import Features, Missing
from egate.face.pad.flow import Flow, Reference, plane_motions
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
_FLOOR_RAD = 1e-4


class GeometryCue:
    """Features, natural logarithms: ``turn`` (radians: rotation out of the plane, root mean square around its mean),
    ``turn_to_noise`` (times what the pixels' noise alone would give) and ``turn_to_deformation`` (times what is
    neither homography nor rotation). All are smaller for flat media."""

    name = "geometry"

    def __init__(self) -> None:
        self._patches: Timeline[Patch] = Timeline(_PATCHES, _INTERVAL_MS, Patch.wipe)
        self._small = False

    def observe(self, seen: Observation) -> None:
        if not self._patches.due(seen.time_ms):
            return
        cut = patch(seen.time_ms, seen.pixels, seen.mesh)
        if cut is None or cut.scale < _MIN_SCALE or cut.inside.sum() < _MIN_CELLS:
            self._small = True
            return
        self._patches.add(seen.time_ms, cut)

    def features(self) -> Features | Missing:
        if len(self._patches) < _MIN_PATCHES:
            return Missing.TOO_SMALL if self._small else Missing.TOO_FEW_FRAMES
        if self._patches.span_ms < _MIN_SPAN_MS:
            return Missing.TOO_SHORT
        patches = list(self._patches)
        middle = patches.pop(len(patches) // 2)
        reference = Reference(middle)
        try:
            flows = [reference.flow(other) for other in patches]
            return _features(flows, middle, reference.weights)
        finally:
            reference.wipe()

    def wipe(self) -> None:
        self._patches.clear()
        self._small = False


def _features(flows: list[Flow], middle: Patch, weights: NDArray[np.float64]) -> Features | Missing:
    if max(float(np.abs(flow.plane - np.eye(3)).max()) for flow in flows) < _STILL:
        return Missing.TOO_STILL
    shares = np.sqrt(weights / weights.sum())
    stacked = np.concatenate((shares, shares))
    homography, _ = np.linalg.qr(plane_motions() * stacked[:, np.newaxis])
    turns = _turns(middle.depth) * stacked[:, np.newaxis]
    turns -= homography @ (homography.T @ turns)
    explain = np.linalg.pinv(turns)
    angles, left, noise = [np.zeros(2)], [], []
    for flow in flows:
        moved = flow.cells.T.ravel() * stacked
        moved -= homography @ (homography.T @ moved)
        angle = explain @ moved
        angles.append(angle)
        left.append(float(((moved - turns @ angle) ** 2).sum()))
        noise.append(float((explain**2 @ (flow.variance.T.ravel() * stacked**2)).sum()))
    turn = float(np.sqrt(np.var(angles, axis=0).sum())) + _FLOOR_RAD
    deformation = float(np.sqrt(np.median(left))) + _FLOOR_RAD
    return {
        "turn": float(np.log(turn)),
        "turn_to_noise": float(np.log(turn / (np.sqrt(np.median(noise)) + _FLOOR_RAD))),
        "turn_to_deformation": float(np.log(turn / deformation)),
    }


def _turns(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    """(128, 2): the motion of points at ``depth`` per radian about the vertical and the horizontal axis."""
    none = np.zeros_like(depth)
    return np.column_stack((np.concatenate((depth, none)), np.concatenate((none, depth))))
