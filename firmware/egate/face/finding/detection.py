"""Finds every face in a picture and six points on each: BlazeFace (Bazarevsky et al., 2019), full range.

The network looks at a 192 x 192 picture and gives, for each cell of a 48 x 48 grid, a box, six points and a logit.
Decoding turns them into faces in the picture's own pixels. It finds faces from about 7 % of the picture's longer side.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate.face.errors import ModelError, PictureError
from egate.face.networks.cards import DetectionCard
from egate.face.networks.inference import Model

_CELL_PX = 4  # one cell of the grid in input pixels
_POINTS = 6
_LOGIT_BOUND = 80.0  # beyond it the exponential overflows, and the probability is 0 or 1 anyway
_MIN_SIDE_PX, _MAX_SIDE_PX = 16, 8192


class Point(IntEnum):
    """Rows of ``Face.points``. Right and left are the person's own: the right eye lies left in the picture."""

    RIGHT_EYE = 0
    LEFT_EYE = 1
    NOSE_TIP = 2
    MOUTH = 3
    RIGHT_EAR = 4
    LEFT_EAR = 5


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in picture pixels, ``left`` and ``top`` from the upper left corner; it may reach beyond the edge."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face. ``box`` spans brows to chin; ``points``: (6, 2) float32, x and y in picture pixels, see Point;
    ``score``: probability in 0 .. 1."""

    box: Box
    points: NDArray[np.float32] = field(repr=False)
    score: float


class Detector:
    """Finds faces."""

    def __init__(self, model: Model, card: DetectionCard) -> None:
        """Raises ModelError for a model whose outputs are not BlazeFace's."""
        self._model = model
        self._card = card
        self._anchors = _anchors(card.input.width // _CELL_PX)
        boxes, logits = model.run(np.zeros((card.input.height, card.input.width, 3), np.uint8))
        if boxes.shape != (len(self._anchors), 4 + 2 * _POINTS) or logits.shape != (len(self._anchors), 1):
            raise ModelError(f"{card.file}: its outputs are not those of a full-range BlazeFace")

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Every face in ``pixels``, (height, width, 3) uint8 RGB, largest first. Raises PictureError."""
        check_picture(pixels)
        small, scale, offset = _letterboxed(pixels, self._card.input.width)
        boxes, logits = self._model.run(small)
        scores = np.reciprocal(1 + np.exp(-np.clip(logits[:, 0], -_LOGIT_BOUND, _LOGIT_BOUND)), dtype=np.float32)
        chosen = scores >= self._card.score_threshold
        if not chosen.any():
            return ()
        decoded = _decode(boxes[chosen], self._anchors[chosen], self._card.input.width)
        rows = _merged(decoded, scores[chosen], self._card.overlap_threshold)
        faces = (_face((row - offset) / scale, score) for row, score in rows)
        return tuple(sorted(faces, key=lambda face: -face.box.area))


def check_picture(pixels: NDArray[np.uint8]) -> None:
    """Raises PictureError unless ``pixels`` is (height, width, 3) uint8 with sides that a camera could deliver."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:  # noqa: PLR2004 - height, width, colour
        raise PictureError("a picture must be (height, width, 3) uint8 RGB; check the camera driver's output")
    if not all(_MIN_SIDE_PX <= side <= _MAX_SIDE_PX for side in pixels.shape[:2]):
        raise PictureError(f"a picture's sides must be {_MIN_SIDE_PX} .. {_MAX_SIDE_PX} px; check the camera's mode")


def _anchors(cells: int) -> NDArray[np.float32]:
    """(cells * cells, 2): each cell's centre, x and y, in shares of the input's side."""
    centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    x, y = np.meshgrid(centres, centres)
    return np.stack((x.ravel(), y.ravel()), axis=1)


def _letterboxed(pixels: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], float, NDArray[np.float32]]:
    """The picture shrunk into a black square; scale and offset (x, y) lead from picture pixels to the square's."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    resized = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    square = np.zeros((side, side, 3), np.uint8)
    square[top : top + size[1], left : left + size[0]] = resized
    return square, scale, np.array((left, top), np.float32)


def _decode(boxes: NDArray[np.float32], anchors: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """(n, 8, 2): upper left and lower right corner, then the six points, in input pixels."""
    pairs = boxes.reshape(len(boxes), 2 + _POINTS, 2).copy()
    centre = pairs[:, 0] + anchors * side
    half = np.abs(pairs[:, 1]) / 2
    pairs[:, 2:] += (anchors * side)[:, np.newaxis]
    pairs[:, 0], pairs[:, 1] = centre - half, centre + half
    return pairs


def _merged(
    decoded: NDArray[np.float32], scores: NDArray[np.float32], overlap: float
) -> list[tuple[NDArray[np.float32], float]]:
    """Non-maximum suppression by blending: boxes that overlap the best one are averaged into it, weighted by score."""
    left = list(np.argsort(-scores, kind="stable"))
    merged = []
    while left:
        shares = _overlaps(decoded[left[0]], decoded[left])
        together = [index for index, share in zip(left, shares, strict=True) if share > overlap] or left[:1]
        merged.append((np.average(decoded[together], axis=0, weights=scores[together]), float(scores[left[0]])))
        left = [index for index in left if index not in together]
    return merged


def _overlaps(one: NDArray[np.float32], many: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of one box with each of ``many``."""
    upper, lower = np.maximum(one[0], many[:, 0]), np.minimum(one[1], many[:, 1])
    shared = np.prod(np.clip(lower - upper, 0, None), axis=1)
    union = np.prod(one[1] - one[0]) + np.prod(many[:, 1] - many[:, 0], axis=1) - shared
    return np.asarray(shared / np.maximum(union, np.finfo(np.float32).tiny), np.float32)


def _face(pairs: NDArray[np.float32], score: float) -> Face:
    (left, top), (right, bottom) = pairs[0], pairs[1]
    box = Box(float(left), float(top), float(right - left), float(bottom - top))
    return Face(box, np.asarray(pairs[2:], np.float32), score)
