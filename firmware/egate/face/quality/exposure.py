"""How a face is lit, as the camera recorded it. No measure here compares a face with how light skin should be: a limit
on the mean would call dark skin badly lit and light skin well lit whatever the lamps do.

After the components on exposure, dynamic range and uniformity of illumination in ISO/IEC 29794-5; the formulas
are ours.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.quality.samples import FaceSamples

_BURNT = 245.0  # luma from which a sensor's curve shows nothing any more
_BRIGHT, _DARKEST, _BRIGHTEST = 0.90, 0.05, 0.95  # quantiles: single pixels say nothing

# Rows of the mesh, mirrored in the face's middle.
_RIGHT_SIDE = (50, 101, 118, 117, 100, 119, 123, 187, 205)
_LEFT_SIDE = (280, 330, 347, 346, 329, 348, 352, 411, 425)


def highlight(luma: NDArray[np.float32]) -> float:
    """Luma that a tenth of the face exceeds, 0 .. 255; more light, higher. Skin of every tone, the whites of the eyes
    and teeth reflect enough there, so that a face below a limit was given too little light."""
    return float(np.quantile(luma, _BRIGHT))


def burnt_share(luma: NDArray[np.float32]) -> float:
    """Share of the face, 0 .. 1, that is as good as white; more light, higher."""
    return float(np.mean(luma >= _BURNT))


def contrast(luma: NDArray[np.float32]) -> float:
    """Michelson's contrast of the face's dark and bright parts, 0 .. 1: lower with a veil of stray light or dirt on the
    lens, unchanged by exposure."""
    dark, bright = (float(value) for value in np.quantile(luma, (_DARKEST, _BRIGHTEST)))
    return (bright - dark) / max(bright + dark, 1.0)


def side_imbalance_stops(samples: FaceSamples) -> float:
    """How much brighter one cheek is than the other, in stops (powers of two of light), 0 .. 8. Both are the same
    person's, so that the tone of the skin cancels out."""
    right, left = samples.light(_RIGHT_SIDE), samples.light(_LEFT_SIDE)
    return float(min(abs(np.log2(right / left)), 8.0))
