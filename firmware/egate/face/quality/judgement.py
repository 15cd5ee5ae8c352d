"""What is wrong with a picture, what to ask of the traveller, and which of several pictures is the best."""

from enum import StrEnum

import numpy as np

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
    Finding.BLURRED: Guidance.HOLD_STILL,
    Finding.EYES_SHUT: Guidance.OPEN_EYES,
    Finding.MOUTH_OPEN: Guidance.CLOSE_MOUTH,
    Finding.OK: None,
}


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
        (m.brightness < limits.min_brightness, Finding.TOO_DARK),
        (m.brightness > limits.max_brightness, Finding.TOO_BRIGHT),
        (abs(m.yaw_deg) > limits.max_yaw_deg, Finding.NOT_FRONTAL),
        (abs(m.pitch_deg) > limits.max_pitch_deg, Finding.NOT_FRONTAL),
        (abs(m.roll_deg) > limits.max_roll_deg, Finding.NOT_FRONTAL),
        (m.sharpness < limits.min_sharpness, Finding.BLURRED),
        (m.eye_opening < limits.min_eye_opening, Finding.EYES_SHUT),
        (m.mouth_opening > limits.max_mouth_opening, Finding.MOUTH_OPEN),
    )
    return next((finding for wrong, finding in rules if wrong), Finding.OK)


def merit(measures: Measures) -> float:
    """Which of several pictures is the best to compare: larger is better. Frontal first, then size and sharpness."""
    turned = np.hypot(measures.yaw_deg, measures.pitch_deg) / 90
    size = min(measures.eye_distance_px / 120, 1.0)
    return float(size + min(measures.sharpness, 1.0) - 2 * turned)
