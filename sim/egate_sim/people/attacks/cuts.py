"""Where scissors went. Places are in mm about the middle between the printed eyes, in the victim's own size, y down."""

import numpy as np
from numpy.typing import NDArray

from egate_sim.people.attacks.taken import EYES_MM, Taken
from egate_sim.people.mesh import Floats

Chosen = NDArray[np.bool_]


def head_and_neck(taken: Taken, x: Floats, y: Floats) -> Chosen:
    """Along the outline of head and neck, straight across above the shoulders."""
    return np.asarray(taken.shows_person(x, y) & (y < 108))


def oval(taken: Taken, x: Floats, y: Floats) -> Chosen:
    """Along the outline of the face, from hairline to chin."""
    return np.asarray((x / 74) ** 2 + ((y - 24) / 96) ** 2 < 1)


def eye_holes(x: Floats, y: Floats) -> Chosen:
    """Almonds around both eyes."""
    return np.asarray(((np.abs(x) - EYES_MM / 2) / 17) ** 2 + (y / 9) ** 2 < 1)


def mouth_hole(x: Floats, y: Floats) -> Chosen:
    """Around the lips."""
    return np.asarray((x / 27) ** 2 + ((y - 66) / 13) ** 2 < 1)


def nose_hole(x: Floats, y: Floats) -> Chosen:
    """A triangle from the root of the nose to its wings."""
    return np.asarray((y > 6) & (y < 46) & (np.abs(x) < 4 + 0.36 * (y - 6)))


def eyes_and_mouth(x: Floats, y: Floats) -> Chosen:
    return eye_holes(x, y) | mouth_hole(x, y)


def eyes_and_nose(x: Floats, y: Floats) -> Chosen:
    return eye_holes(x, y) | nose_hole(x, y)


def lenses(taken: Taken, x: Floats, y: Floats) -> Chosen:
    """Spectacles: two large lenses with their rims, and the bridge between them."""
    return _lens(x, y, 0.0) | ((np.abs(x) < 12) & (np.abs(y + 5) < 2.2))


def rims(x: Floats, y: Floats) -> Chosen:
    """What of the spectacles is frame."""
    return ~_lens(x, y, 3.0)


def _lens(x: Floats, y: Floats, in_mm: float) -> Chosen:
    across, down = (np.abs(x) - EYES_MM / 2 - 1) / (27 - in_mm), (y - 3) / (21 - in_mm)
    return np.asarray(np.abs(across) ** 3 + np.abs(down) ** 3 < 1)
