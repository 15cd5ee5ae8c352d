"""Turns an aligned face into a template, and compares templates."""

from typing import NewType

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.alignment import aligned
from egate.face.finding.landmarks import Mesh
from egate.face.networks.inference import Model

# 512 float32 of length one. Biometric data: never logged, stored or sent; overwritten after use.
Template = NewType("Template", NDArray[np.float32])


class Embedder:
    """Makes templates."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def template(self, pixels: NDArray[np.uint8], mesh: Mesh) -> Template:
        """The template of the face with these points in ``pixels``, (height, width, 3) uint8 RGB."""
        (output,) = self._model.run(aligned(pixels, mesh.five, self._model.card.input.width))
        length = float(np.linalg.norm(output))
        return Template(output / np.float32(length if length > 0 else 1))


def cosine(one: Template, other: Template) -> float:
    """Similarity in -1 .. 1; 1 is the same face. Symmetric."""
    return float(np.clip(np.dot(one, other), -1.0, 1.0))
