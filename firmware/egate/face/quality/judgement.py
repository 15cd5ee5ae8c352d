"""What is wrong with a picture, what to ask of the traveller, and which of several pictures is the best."""

import math
from dataclasses import dataclass
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


_Limit = tuple[float, Finding] | None
"""Where it lies, and what is wrong beyond it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One measure against its limits. ``finding``: what is wrong, OK where ``value`` lies between ``low`` and ``high``,
    None where there is no such limit."""

    measure: str
    value: float
    low: float | None
    high: float | None
    finding: Finding


def judged(measures: Measures, limits: QualityLimits) -> tuple[Judged, ...]:
    """Every measure that has a limit, in the order in which a traveller can mend what is wrong."""
    m, turned = measures, Finding.NOT_FRONTAL
    sides, heights = limits.max_offset_x_share, limits.max_offset_y_share
    # Where the mesh's network doubts the face, less is asked of the other sign of a covered mouth.
    min_mouth_contrast = limits.min_mouth_contrast * (2 if m.presence_log_odds < _DOUBT else 1)
    rules: tuple[tuple[str, _Limit, _Limit], ...] = (
        ("eye_distance_px", (limits.min_eye_distance_px, Finding.TOO_FAR), None),
        ("face_share", None, (limits.max_face_share, Finding.TOO_NEAR)),
        ("offset_x_share", (-sides, Finding.LEFT), (sides, Finding.RIGHT)),
        ("offset_y_share", (-heights, Finding.HIGH), (heights, Finding.LOW)),
        ("highlight", (limits.min_highlight, Finding.TOO_DARK), None),
        ("burnt_share", None, (limits.max_burnt_share, Finding.TOO_BRIGHT)),
        ("yaw_deg", (-limits.max_yaw_deg, turned), (limits.max_yaw_deg, turned)),
        ("pitch_deg", (-limits.max_pitch_deg, turned), (limits.max_pitch_deg, turned)),
        ("roll_deg", (-limits.max_roll_deg, turned), (limits.max_roll_deg, turned)),
        ("presence_log_odds", (limits.min_presence_log_odds, Finding.COVERED), None),
        ("mouth_contrast", (min_mouth_contrast, Finding.COVERED), None),
        ("eye_shade_stops", None, (limits.max_eye_shade_stops, Finding.COVERED)),
        ("side_imbalance_stops", None, (limits.max_side_imbalance_stops, Finding.UNEVEN_LIGHT)),
        ("sharpness", (limits.min_sharpness, Finding.BLURRED), None),
        ("eye_opening", (limits.min_eye_opening, Finding.EYES_SHUT), None),
        ("mouth_opening", None, (limits.max_mouth_opening, Finding.MOUTH_OPEN)),
    )
    return tuple(_against(name, getattr(m, name), low, high) for name, low, high in rules)


def _against(measure: str, value: float, low: _Limit, high: _Limit) -> Judged:
    finding = Finding.OK
    if low is not None and value < low[0]:
        finding = low[1]
    elif high is not None and value > high[0]:
        finding = high[1]
    return Judged(measure, value, low and low[0], high and high[0], finding)


def judge(measures: Measures, limits: QualityLimits) -> Finding:
    """The worst thing about a picture, in the order in which a traveller can mend it."""
    found = (each.finding for each in judged(measures, limits))
    return next((finding for finding in found if finding is not Finding.OK), Finding.OK)


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
