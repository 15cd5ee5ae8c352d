"""Cue: a living face is never rigid.

Eyes blink and wander, lips press and part, skin stretches; a photo, and a mask, keep the face they have. After the best
homography and the turn of a rigid head are taken away from the track of a face, and brightness and contrast are free in
every cell, two things are left that only a living face changes: displacements (``stretch``), and in the cells of eyes
and mouth what no displacement explains (``eyes``, ``mouth``): a lid that falls over an iris moves neither.

What remains unexplained grows with the contrast of a cell, because hardly any two pictures lie exactly over each other;
so it is divided by the cell's squared gradient, which makes it the square of a misplacement in pixels. ``eyes_to_rest``
sets it against the rest of the face, where noise and resampling show alike.

Openness of lids and lips by the mesh is not used: over equal times it hardly told photos from people, because the
mesh's own unrest is as large as what a calm person does with mouth and eyes between two blinks.

What it cannot see: a film shows a living face. A mask with holes for eyes and mouth shows the eyes and mouth of the one
who wears it. Somebody may stare for some seconds, so that this cue alone proves little.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.cue import Features, Missing
from egate.face.pad.flow import plane_motions, turn_motions
from egate.face.pad.observation import Observation
from egate.face.pad.patch import CELLS, EYES_PX
from egate.face.pad.track import FaceTrack, Layers

_FLOOR = 1e-4
_FLAT = 1.0  # squared gradient, in grey values a pixel, of a cell that shows nothing


def _cells(rows: tuple[int, ...], columns: tuple[int, ...]) -> NDArray[np.bool_]:
    mask = np.zeros((CELLS, CELLS), bool)
    mask[np.ix_(rows, columns)] = True
    return mask.ravel()


# Where a patch shows eyes and mouth, whose middles lie where ``patch`` puts them.
_EYES = _cells((2, 3), (2, 5))
_MOUTH = _cells((5, 6), (3, 4))


class PhysiologyCue:
    """Features, natural logarithms: ``stretch`` (root mean square, distances of the eyes), ``eyes`` and ``mouth``
    (square pixels of a patch) and ``eyes_to_rest`` (times the rest of the face). All are smaller for photos."""

    name = "physiology"

    def __init__(self, track: FaceTrack) -> None:
        """``track`` may be shared with other cues of the same presentation."""
        self._track = track

    def observe(self, seen: Observation) -> None:
        self._track.observe(seen)

    def features(self) -> Features | Missing:
        layers = self._track.layers()
        if isinstance(layers, Missing):
            return layers
        left = np.array([flow.unexplained for flow in layers.flows]) / (layers.gradients + _FLAT)
        eyes = float(left[:, _EYES].mean())
        rest = float(np.median(left[:, layers.inside & ~(_EYES | _MOUTH)], axis=1).mean())
        return {
            "stretch": float(np.log(_stretch(layers) / EYES_PX + _FLOOR)),
            "eyes": float(np.log(eyes + _FLOOR)),
            "eyes_to_rest": float(np.log((eyes + _FLOOR) / (rest + _FLOOR))),
            "mouth": float(np.log(left[:, _MOUTH].mean() + _FLOOR)),
        }

    def wipe(self) -> None:
        self._track.wipe()


def _stretch(layers: Layers) -> float:
    """Root mean square, in patch pixels, of what neither a plane nor a turning head accounts for."""
    shares = np.sqrt(layers.weights / layers.weights.sum())
    stacked = np.concatenate((shares, shares))
    rigid = np.column_stack((plane_motions(), turn_motions(layers.depth))) * stacked[:, np.newaxis]
    moved = np.array([flow.cells.T.ravel() for flow in layers.flows]).T * stacked[:, np.newaxis]
    moved -= rigid @ (np.linalg.pinv(rigid) @ moved)
    return float(np.sqrt((moved**2).sum(axis=0).mean()))
