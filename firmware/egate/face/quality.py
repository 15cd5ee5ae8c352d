"""How good a picture of a face is, and the one thing that would make the next one better."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from egate.face import landmarks
from egate.face.alignment import aligned
from egate.face.detection import Face
from egate.face.landmarks import Mesh
from egate.face.limits import QualityLimits
from egate.screens import Guidance

_FACE_ROWS, _FACE_COLUMNS = slice(28, 104), slice(20, 92)  # the face without hair and background, in the aligned crop
_LUMA = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601


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


@dataclass(frozen=True, slots=True)
class Measures:
    """Quality of one face in one picture; figures that identify nobody.

    ``eye_distance_px``: between the eyes' middles. ``face_share``: the face's longer side over the picture's same side.
    ``offset_x_share``, ``offset_y_share``: centre of the face from the picture's centre, in -0.5 .. 0.5, right and
    down positive. ``yaw_deg``, ``pitch_deg``, ``roll_deg``: turned to the picture's right, down, clockwise: positive;
    rough. ``brightness``: mean luma, 0 .. 255. ``sharpness``: detail over contrast in the aligned crop; 0.19 to 0.8 in
    press photographs, 0.1 once they are blurred by 4 % of the eyes' distance. ``eye_opening``, ``mouth_opening``:
    height over width.
    """

    eye_distance_px: float
    face_share: float
    offset_x_share: float
    offset_y_share: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    brightness: float
    sharpness: float
    eye_opening: float
    mouth_opening: float

    def rounded(self) -> dict[str, float]:
        """By name, to three decimals, for a record."""
        return {name: round(value, 3) for name, value in asdict(self).items()}


def measure(pixels: NDArray[np.uint8], face: Face, mesh: Mesh) -> Measures:
    """Measure ``face`` in ``pixels``, (height, width, 3) uint8 RGB."""
    height, width = pixels.shape[:2]
    centre_x, centre_y = face.box.centre
    right_eye, left_eye = mesh.five[:2]
    across = left_eye - right_eye
    luma = np.asarray(aligned(pixels, mesh.five)[_FACE_ROWS, _FACE_COLUMNS] @ _LUMA, np.float32)
    yaw, pitch = _turn(mesh)
    return Measures(
        eye_distance_px=float(np.hypot(*across)),
        face_share=max(face.box.width / width, face.box.height / height),
        offset_x_share=centre_x / width - 0.5,
        offset_y_share=centre_y / height - 0.5,
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=float(np.degrees(np.arctan2(across[1], across[0]))),
        brightness=float(luma.mean()),
        sharpness=_sharpness(luma),
        eye_opening=_eye_opening(mesh),
        mouth_opening=_ratio(
            mesh, (landmarks.LIP_UPPER, landmarks.LIP_LOWER), (landmarks.MOUTH_RIGHT, landmarks.MOUTH_LEFT)
        ),
    )


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


def _turn(mesh: Mesh) -> tuple[float, float]:
    """Yaw and pitch in degrees, from the depths at both cheeks and at forehead and chin. Roll is taken out first."""
    points = mesh.points
    across = points[landmarks.LEFT_CHEEK] - points[landmarks.RIGHT_CHEEK]
    down = points[landmarks.CHIN] - points[landmarks.FOREHEAD]
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    return float(yaw), float(pitch)


def _sharpness(luma: NDArray[np.float32]) -> float:
    """Variance of the Laplacian over the variance of luma. Taken after a 3 x 3 mean and over two pixels, because the
    sensor's noise would pass for detail otherwise."""
    smooth = np.lib.stride_tricks.sliding_window_view(luma, (3, 3)).mean(axis=(2, 3))
    around = smooth[:-4, 2:-2] + smooth[4:, 2:-2] + smooth[2:-2, :-4] + smooth[2:-2, 4:]
    laplacian = 4 * smooth[2:-2, 2:-2] - around
    spread = float(luma.var())
    return float(laplacian.var()) / spread if spread > 1.0 else 0.0  # below one grey level there is nothing to see


def _eye_opening(mesh: Mesh) -> float:
    """The wider eye: one is enough to tell a blink from a wink or a squint into the light."""
    right = _ratio(
        mesh,
        (landmarks.RIGHT_LID_UPPER, landmarks.RIGHT_LID_LOWER),
        (landmarks.RIGHT_EYE_OUTER, landmarks.RIGHT_EYE_INNER),
    )
    left = _ratio(
        mesh,
        (landmarks.LEFT_LID_UPPER, landmarks.LEFT_LID_LOWER),
        (landmarks.LEFT_EYE_OUTER, landmarks.LEFT_EYE_INNER),
    )
    return max(right, left)


def _ratio(mesh: Mesh, height: Sequence[int], width: Sequence[int]) -> float:
    def distance(pair: Sequence[int]) -> float:
        return float(np.linalg.norm(mesh.points[pair[0], :2] - mesh.points[pair[1], :2]))

    return distance(height) / max(distance(width), 1e-6)
