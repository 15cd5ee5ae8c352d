"""Measures of one face in one picture: figures that identify nobody."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.finding import landmarks
from egate.face.finding.alignment import aligned
from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.quality import covering, exposure, expression
from egate.face.quality.samples import FaceSamples

_FACE_ROWS, _FACE_COLUMNS = slice(28, 104), slice(20, 92)  # the face without hair and background, in the aligned crop
_LUMA = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601


@dataclass(frozen=True, slots=True)
class Measures:
    """Quality of one face in one picture; figures that identify nobody.

    ``eye_distance_px``: between the eyes' middles. ``face_share``: the face's longer side over the picture's same side.
    ``offset_x_share``, ``offset_y_share``: centre of the face from the picture's centre, in -0.5 .. 0.5, right and
    down positive. ``yaw_deg``, ``pitch_deg``, ``roll_deg``: turned to the picture's right, down, clockwise: positive;
    rough. ``brightness``: mean luma, 0 .. 255, for the record alone. ``sharpness``: detail over contrast in the aligned
    crop; 0.19 to 0.8 in press photographs, 0.1 once they are blurred by 4 % of the eyes' distance. ``eye_opening``,
    ``narrow_eye_opening``, ``mouth_opening``: height over width. Of the others their functions tell: see ``exposure``,
    ``expression`` and ``covering``.
    """

    eye_distance_px: float
    face_share: float
    offset_x_share: float
    offset_y_share: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    brightness: float
    highlight: float
    burnt_share: float
    contrast: float
    side_imbalance_stops: float
    sharpness: float
    eye_opening: float
    narrow_eye_opening: float
    mouth_opening: float
    mouth_width: float
    presence_log_odds: float
    mouth_contrast: float
    eye_shade_stops: float

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
    samples = FaceSamples.of(pixels, mesh)
    yaw, pitch = _turn(mesh)
    wide, narrow = expression.eye_openings(mesh)
    return Measures(
        eye_distance_px=float(np.hypot(*across)),
        face_share=max(face.box.width / width, face.box.height / height),
        offset_x_share=centre_x / width - 0.5,
        offset_y_share=centre_y / height - 0.5,
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=float(np.degrees(np.arctan2(across[1], across[0]))),
        brightness=float(luma.mean()),
        highlight=exposure.highlight(luma),
        burnt_share=exposure.burnt_share(luma),
        contrast=exposure.contrast(luma),
        side_imbalance_stops=exposure.side_imbalance_stops(samples),
        sharpness=sharpness(luma),
        eye_opening=wide,
        narrow_eye_opening=narrow,
        mouth_opening=expression.mouth_opening(mesh),
        mouth_width=expression.mouth_width(mesh),
        presence_log_odds=covering.presence_log_odds(mesh),
        mouth_contrast=covering.mouth_contrast(samples),
        eye_shade_stops=covering.eye_shade_stops(samples),
    )


def _turn(mesh: Mesh) -> tuple[float, float]:
    """Yaw and pitch in degrees, from the depths at both cheeks and at forehead and chin. Roll is taken out first."""
    points = mesh.points
    across = points[landmarks.LEFT_CHEEK] - points[landmarks.RIGHT_CHEEK]
    down = points[landmarks.CHIN] - points[landmarks.FOREHEAD]
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    return float(yaw), float(pitch)


def sharpness(luma: NDArray[np.float32]) -> float:
    """Variance of the Laplacian over the variance of luma. Taken after a 3 x 3 mean and over two pixels, because the
    sensor's noise would pass for detail otherwise."""
    smooth = np.lib.stride_tricks.sliding_window_view(luma, (3, 3)).mean(axis=(2, 3))
    around = smooth[:-4, 2:-2] + smooth[4:, 2:-2] + smooth[2:-2, :-4] + smooth[2:-2, 4:]
    laplacian = 4 * smooth[2:-2, 2:-2] - around
    spread = float(luma.var())
    return float(laplacian.var()) / spread if spread > 1.0 else 0.0  # below one grey level there is nothing to see
