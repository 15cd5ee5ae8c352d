"""Cue: a packaged network's opinion of single frames (texture, colour and what is around the face, all at once).

It cannot say why, and what it learned on unknown cameras it may not know on this one; so it is one vote among others.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.finding.alignment import surroundings
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import PadCard
from egate.face.networks.inference import Model
from egate.face.pad.cue import Features, Missing
from egate.face.pad.observation import Observation


class AttackNetwork:
    """Scores single frames."""

    def __init__(self, model: Model, card: PadCard) -> None:
        """Raises ModelError for a model that has no such class as the card names."""
        self._model = model
        self._card = card
        (logits,) = model.run(np.zeros((card.input.height, card.input.width, 3), np.uint8))
        if logits.ndim != 1 or len(logits) <= card.live_class:
            raise ModelError(f"{card.file}: its output has no class {card.live_class}")

    def score(self, pixels: NDArray[np.uint8], mesh: Mesh) -> float:
        """Attack probability of the face with these points: 0 live .. 1 attack. ``pixels``: (height, width, 3) uint8
        RGB."""
        spec = self._card.input
        (logits,) = self._model.run(surroundings(pixels, mesh.box, self._card.crop_scale, spec.width, spec.height))
        exponents = np.exp(logits - logits.max())
        return float(np.clip(1.0 - exponents[self._card.live_class] / exponents.sum(), 0.0, 1.0))


class NetworkCue:
    """Feature ``attack``: the mean over the good frames, so that one odd frame decides nothing."""

    name = "network"

    def __init__(self, network: AttackNetwork) -> None:
        self._network = network
        self._scores: list[float] = []

    def observe(self, seen: Observation) -> None:
        if seen.good:
            self._scores.append(self._network.score(seen.pixels, seen.mesh))

    def features(self) -> Features | Missing:
        return {"attack": float(np.mean(self._scores))} if self._scores else Missing.TOO_FEW_FRAMES

    def wipe(self) -> None:
        self._scores.clear()
