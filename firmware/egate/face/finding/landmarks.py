"""Finds 468 points of one face in three dimensions (Kartynnik et al., 2019), more exact than the detector's six."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.finding.alignment import sampled, turned_square
from egate.face.finding.detection import Box, Face, Point
from egate.face.networks.cards import LandmarksCard
from egate.face.networks.inference import Model

_POINTS = 468

# Rows of the mesh. Right and left are the person's own.
NOSE_TIP, FOREHEAD, CHIN, RIGHT_CHEEK, LEFT_CHEEK = 1, 10, 152, 234, 454
RIGHT_EYE_OUTER, RIGHT_EYE_INNER, RIGHT_LID_UPPER, RIGHT_LID_LOWER = 33, 133, 159, 145
LEFT_EYE_OUTER, LEFT_EYE_INNER, LEFT_LID_UPPER, LEFT_LID_LOWER = 263, 362, 386, 374
MOUTH_RIGHT, MOUTH_LEFT, LIP_UPPER, LIP_LOWER = 61, 291, 13, 14


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Mesh:
    """The points of one face, (468, 3) float64: x and y in picture pixels, depth in the same unit, growing away from
    the camera. ``presence``: probability in 0 .. 1 that these are a face's."""

    points: NDArray[np.float64]
    presence: float = 1.0

    @property
    def five(self) -> NDArray[np.float64]:
        """(5, 2): right eye, left eye, nose tip, right and left corner of the mouth; an eye is its corners' middle."""
        xy = self.points[:, :2]
        right_eye = (xy[RIGHT_EYE_OUTER] + xy[RIGHT_EYE_INNER]) / 2
        left_eye = (xy[LEFT_EYE_OUTER] + xy[LEFT_EYE_INNER]) / 2
        return np.stack((right_eye, left_eye, xy[NOSE_TIP], xy[MOUTH_RIGHT], xy[MOUTH_LEFT]))

    @property
    def box(self) -> Box:
        """The smallest upright rectangle around the points: forehead to chin, cheek to cheek."""
        left, top = self.points[:, :2].min(axis=0)
        right, bottom = self.points[:, :2].max(axis=0)
        return Box(float(left), float(top), float(right - left), float(bottom - top))

    def __repr__(self) -> str:
        return "Mesh()"


class Landmarker:
    """Finds the points of faces that the detector found."""

    def __init__(self, model: Model, card: LandmarksCard) -> None:
        """Raises ModelError for a model whose outputs are not a face mesh's."""
        self._model = model
        self._card = card
        outputs = model.run(np.zeros((card.input.height, card.input.width, 3), np.uint8))
        if sorted(output.size for output in outputs) != [1, 3 * _POINTS]:
            raise ModelError(f"{card.file}: its outputs are not those of a face mesh")
        self._mesh_first = outputs[0].size > 1

    def mesh(self, pixels: NDArray[np.uint8], face: Face) -> Mesh | None:
        """The points of ``face`` in ``pixels``, (height, width, 3) uint8 RGB; None where a second look sees no face."""
        eyes = face.points[Point.LEFT_EYE] - face.points[Point.RIGHT_EYE]
        side_px = self._card.input.width
        matrix = turned_square(
            face.box.centre, face.box.width * self._card.crop_scale, float(np.arctan2(eyes[1], eyes[0])), side_px
        )
        outputs = self._model.run(sampled(pixels, matrix, side_px, side_px))
        raw, logit = outputs if self._mesh_first else outputs[::-1]
        presence = 1 / (1 + float(np.exp(-np.clip(float(logit.ravel()[0]), -80.0, 80.0))))
        if presence < self._card.presence_threshold:
            return None
        crop = raw.reshape(_POINTS, 3).astype(np.float64)
        picture = np.empty_like(crop)
        picture[:, :2] = crop[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        picture[:, 2] = crop[:, 2] * np.hypot(matrix[0, 0], matrix[1, 0])
        return Mesh(picture, presence)
