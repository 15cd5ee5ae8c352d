"""Eyes and mouth, from the mesh alone: shares of lengths on the same face.

After the components on open eyes, closed mouth and neutral expression in ISO/IEC 29794-5; the formulas are ours.
"""

import numpy as np

from egate.face.finding import landmarks
from egate.face.finding.landmarks import Mesh

_RIGHT = (landmarks.RIGHT_LID_UPPER, landmarks.RIGHT_LID_LOWER, landmarks.RIGHT_EYE_OUTER, landmarks.RIGHT_EYE_INNER)
_LEFT = (landmarks.LEFT_LID_UPPER, landmarks.LEFT_LID_LOWER, landmarks.LEFT_EYE_OUTER, landmarks.LEFT_EYE_INNER)


def eye_openings(mesh: Mesh) -> tuple[float, float]:
    """Height over width of the wider and of the narrower eye, 0 and more. One open eye is enough to be judged by: it
    tells a blink from a squint, and not everybody has two."""
    right, left = (_ratio(mesh, *eye) for eye in (_RIGHT, _LEFT))
    return max(right, left), min(right, left)


def mouth_opening(mesh: Mesh) -> float:
    """Height between the lips over the mouth's width, 0 and more."""
    return _ratio(mesh, landmarks.LIP_UPPER, landmarks.LIP_LOWER, landmarks.MOUTH_RIGHT, landmarks.MOUTH_LEFT)


def mouth_width(mesh: Mesh) -> float:
    """Width of the mouth over the distance of the eyes, 0 and more; a smile widens it."""
    right_eye, left_eye, _, right, left = mesh.five
    return float(np.hypot(*(left - right)) / max(np.hypot(*(left_eye - right_eye)), 1e-6))


def _ratio(mesh: Mesh, top: int, bottom: int, right: int, left: int) -> float:
    height, width = (
        float(np.hypot(*(mesh.points[a, :2] - mesh.points[b, :2]))) for a, b in ((top, bottom), (right, left))
    )
    return height / max(width, 1e-6)
