"""Measures of one face in one picture: figures that identify nobody."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.finding import landmarks
from egate.face.finding.alignment import aligned
from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh

_FACE_ROWS, _FACE_COLUMNS = slice(28, 104), slice(20, 92)  # the face without hair and background, in the aligned crop
_LUMA = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601


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
