"""Whether something covers the face: a mask, a scarf over the mouth, a hand, dark glasses.

A part is compared with the same person's other parts, never with what skin should look like, so nothing here depends on
its tone. A head cover that leaves brows to chin free is none of its business, nor are clear glasses or a beard.
After the components on occlusion and on the visibility of eyes and mouth in ISO/IEC 29794-5; the formulas are ours.
"""

import math

import numpy as np

from egate.face.finding.landmarks import Mesh
from egate.face.quality.samples import FaceSamples

_CERTAIN = 1e-9  # the presence that is as good as one or zero

# Rows of the mesh.
_LIPS = (13, 14, 0, 17, 82, 312, 87, 317, 38, 268)
_AROUND_MOUTH = (
    18, 200, 199, 175, 83, 313, 201, 421, 208, 428, 32, 262, 204, 424, 211, 431, 164, 165, 391, 167, 393,
)  # fmt: skip
_BETWEEN_BROWS = (9, 151, 108, 337, 69, 299, 8)
_RIGHT_EYE = (228, 229, 230, 231, 31, 113, 225, 224)
_LEFT_EYE = (448, 449, 450, 451, 261, 342, 445, 444)


def presence_log_odds(mesh: Mesh) -> float:
    """How certain the mesh's network is that its points are a face's: natural logarithm of the odds, -20.7 .. 20.7. It
    was trained on whole faces, and hardly ever doubts one."""
    presence = min(max(mesh.presence, _CERTAIN), 1 - _CERTAIN)
    return math.log(presence / (1 - presence))


def mouth_contrast(samples: FaceSamples) -> float:
    """How far the lips differ from what is around them, in colour and brightness: distance of logarithms, 0 and more.
    Cloth and hands go on where the lips should be."""
    return float(np.linalg.norm(samples.colour(_LIPS) - samples.colour(_AROUND_MOUTH)))


def eye_shade_stops(samples: FaceSamples) -> float:
    """How much darker the skin around the eyes is than the forehead, the less shaded eye's, in stops; below 0 where it
    is brighter. Hair on the forehead lowers it, dark glasses raise it."""
    eyes = max(samples.light(_RIGHT_EYE), samples.light(_LEFT_EYE))
    return math.log2(samples.light(_BETWEEN_BROWS) / eyes)
