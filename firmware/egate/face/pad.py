"""Presentation attack detection (ISO/IEC 30107) on single frames: a face, or a print or screen that shows one?"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from egate.face.alignment import surroundings
from egate.face.cards import PadCard
from egate.face.errors import ModelError
from egate.face.inference import Model
from egate.face.landmarks import Mesh


class AttackDetector:
    """Scores frames by the packaged network."""

    def __init__(self, model: Model, card: PadCard) -> None:
        """Raises ModelError for a model that has no such class as the card names."""
        self._model = model
        self._card = card
        (logits,) = model.run(np.zeros((card.input.height, card.input.width, 3), np.uint8))
        if logits.ndim != 1 or len(logits) <= card.live_class:
            raise ModelError(f"{card.file}: its output has no class {card.live_class}")

    def score(self, pixels: NDArray[np.uint8], mesh: Mesh) -> float:
        """Attack score of the face with these points: 0 live .. 1 attack. ``pixels``: (height, width, 3) uint8 RGB."""
        spec = self._card.input
        (logits,) = self._model.run(surroundings(pixels, mesh.box, self._card.crop_scale, spec.width, spec.height))
        exponents = np.exp(logits - logits.max())
        return float(np.clip(1.0 - exponents[self._card.live_class] / exponents.sum(), 0.0, 1.0))


def aggregate(scores: Sequence[float]) -> float | None:
    """One score for a presentation: the mean over its frames, so that one odd frame decides nothing; None for none,
    which counts as an alarm."""
    return float(np.mean(scores)) if scores else None
