"""What a cue is shown: one frame of one unbroken presence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Observation:
    """One face in one frame. ``time_ms``: monotonic; ``pixels``: the whole frame, (height, width, 3) uint8 RGB, which
    is overwritten as soon as every cue has seen it; ``good``: the frame's quality suffices for comparing the face, so
    eyes are open, the pose is frontal and the picture is sharp; ``coloured``: the light challenge is on, so the colours
    are the lamp's as much as the face's; ``steady``: the face comes no nearer, in light that does not change."""

    time_ms: int
    pixels: NDArray[np.uint8]
    face: Face
    mesh: Mesh
    good: bool
    coloured: bool = False
    steady: bool = True

    def __repr__(self) -> str:
        return f"Observation({self.time_ms})"
