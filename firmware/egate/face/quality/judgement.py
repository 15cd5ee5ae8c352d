"""What is wrong with a picture, what to ask of the traveller, and which of several pictures is the best."""

import math
from enum import StrEnum

from egate.face.quality.limits import QualityLimits
from egate.face.quality.measures import Measures
from egate.screens import Guidance


class Finding(StrEnum):
    """What is wrong with a picture, worst first; left and right as in the picture, which is not mirrored."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_FAR = "too_far"
    TOO_NEAR = "too_near"
    LEFT = "left"
    RIGHT = "right"
    HIGH = "high"
    LOW = "low"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    NOT_FRONTAL = "not_frontal"
    COVERED = "covered"
    UNEVEN_LIGHT = "uneven_light"
    BLURRED = "blurred"
    EYES_SHUT = "eyes_shut"
    MOUTH_OPEN = "mouth_open"
    OK = "ok"


# What the traveller is asked to do. A traveller who stands left in the picture must move to his own left. A face too
# high or too low comes into the picture from further away.
GUIDANCE: dict[Finding, Guidance | None] = {
    Finding.NO_FACE: None,
    Finding.SEVERAL_FACES: Guidance.STAND_ALONE,
    Finding.TOO_FAR: Guidance.MOVE_CLOSER,
    Finding.TOO_NEAR: Guidance.MOVE_BACK,
    Finding.LEFT: Guidance.MOVE_LEFT,
    Finding.RIGHT: Guidance.MOVE_RIGHT,
    Finding.HIGH: Guidance.MOVE_BACK,
    Finding.LOW: Guidance.MOVE_BACK,
    Finding.TOO_DARK: Guidance.ADJUST_LIGHT,
    Finding.TOO_BRIGHT: Guidance.ADJUST_LIGHT,
    Finding.NOT_FRONTAL: Guidance.FACE_FORWARD,
    Finding.COVERED: Guidance.UNCOVER_FACE,
    Finding.UNEVEN_LIGHT: Guidance.ADJUST_LIGHT,
    Finding.BLURRED: Guidance.HOLD_STILL,
    Finding.EYES_SHUT: Guidance.OPEN_EYES,
    Finding.MOUTH_OPEN: Guidance.CLOSE_MOUTH,
    Finding.OK: None,
}


# Log odds below which the mesh's network doubts a face. None of 60 webcam faces and 40 rendered ones came below it, and
# half of those on which a mask or a hand was drawn did.
_DOUBT = 20.0


def judge(measures: Measures, limits: QualityLimits) -> Finding:
    """The worst thing about a picture, in the order in which a traveller can mend it."""
    m = measures
    rules = (
        (m.eye_distance_px < limits.min_eye_distance_px, Finding.TOO_FAR),
        (m.face_share > limits.max_face_share, Finding.TOO_NEAR),
        (m.offset_x_share < -limits.max_offset_x_share, Finding.LEFT),
        (m.offset_x_share > limits.max_offset_x_share, Finding.RIGHT),
        (m.offset_y_share < -limits.max_offset_y_share, Finding.HIGH),
        (m.offset_y_share > limits.max_offset_y_share, Finding.LOW),
        (m.highlight < limits.min_highlight, Finding.TOO_DARK),
        (m.burnt_share > limits.max_burnt_share, Finding.TOO_BRIGHT),
        (abs(m.yaw_deg) > limits.max_yaw_deg, Finding.NOT_FRONTAL),
        (abs(m.pitch_deg) > limits.max_pitch_deg, Finding.NOT_FRONTAL),
        (abs(m.roll_deg) > limits.max_roll_deg, Finding.NOT_FRONTAL),
        (_is_covered(m, limits), Finding.COVERED),
        (m.side_imbalance_stops > limits.max_side_imbalance_stops, Finding.UNEVEN_LIGHT),
        (m.sharpness < limits.min_sharpness, Finding.BLURRED),
        (m.eye_opening < limits.min_eye_opening, Finding.EYES_SHUT),
        (m.mouth_opening > limits.max_mouth_opening, Finding.MOUTH_OPEN),
    )
    return next((finding for wrong, finding in rules if wrong), Finding.OK)


def _is_covered(m: Measures, limits: QualityLimits) -> bool:
    """Where the mesh's network doubts the face, less is asked of the other sign of a covered mouth."""
    doubted = m.presence_log_odds < _DOUBT
    return (
        m.presence_log_odds < limits.min_presence_log_odds
        or m.mouth_contrast < limits.min_mouth_contrast * (2 if doubted else 1)
        or m.eye_shade_stops > limits.max_eye_shade_stops
    )


def merit(measures: Measures, strength: float = 0.0) -> tuple[float, float]:
    """Which of several pictures is the best to compare: the larger. ``strength``: of the template, see
    ``verification.embedding``; it says more than all the measures together, so it comes first, and a picture that has
    none (0) after those that have.

    The measures decide among pictures that were not compared: frontal, sharp, surely a whole face, evenly lit. On press
    photographs the rank correlation with the similarity to the same person's other pictures, within the person, is 0.36
    for strength and 0.19 for the measures; docs/face-quality.md tells more.
    """
    m = measures
    frontal = -3 * math.hypot(m.yaw_deg, m.pitch_deg) / 90
    sharp = min(m.sharpness / 0.5, 1.0)
    whole = max(min((m.presence_log_odds - _DOUBT) / 10, 0.0), -2.0)
    even = -0.2 * min(m.side_imbalance_stops, 3.0)
    return strength, frontal + sharp + whole + even
