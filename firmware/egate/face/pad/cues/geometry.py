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

from egate.face.pad.cue import Features, Missing
from egate.face.pad.flow import plane_motions, turn_motions
from egate.face.pad.observation import Observation
from egate.face.pad.track import FaceTrack, Layers

_FLOOR_RAD = 1e-4


class GeometryCue:
    """Features, natural logarithms: ``turn`` (radians: rotation out of the plane, root mean square around its mean),
    ``turn_to_noise`` (times what the pixels' noise alone would give) and ``turn_to_deformation`` (times what is
    neither homography nor rotation). All are smaller for flat media."""

    name = "geometry"

    def __init__(self, track: FaceTrack) -> None:
        """``track`` may be shared with other cues of the same presentation."""
        self._track = track

    def observe(self, seen: Observation) -> None:
        self._track.observe(seen)

    def features(self) -> Features | Missing:
        layers = self._track.layers()
        return layers if isinstance(layers, Missing) else _features(layers)

    def wipe(self) -> None:
        self._track.wipe()


def _features(layers: Layers) -> Features:
    shares = np.sqrt(layers.weights / layers.weights.sum())
    stacked = np.concatenate((shares, shares))
    homography, _ = np.linalg.qr(plane_motions() * stacked[:, np.newaxis])
    turns = turn_motions(layers.depth) * stacked[:, np.newaxis]
    turns -= homography @ (homography.T @ turns)
    explain = np.linalg.pinv(turns)
    angles, left, noise = [np.zeros(2)], [], []
    for flow in layers.flows:
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
