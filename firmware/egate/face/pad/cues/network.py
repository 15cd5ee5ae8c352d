"""Cue: a packaged network's opinion of single frames (texture, colour and what is around the face, all at once).

It looks at each frame twice: at the face alone (``tight``), where a picture of a picture shows in skin, shading and
grain; and at the face with what is around it (``wide``), where a border, a bezel or a hand can be seen. Which of the
two tells depends on the camera: on small, coarse frames the tight look does, because the wide one leaves the face few
pixels; on frames that show much around the face the wide one does. So both are features, and the calibration weighs
them. Where the wide square does not fit into the picture it is moved inside: borders invented by padding or reflection
look like a medium's own and were measured to mislead the network.

What it cannot see: why. What it learned on unknown cameras it may not know on this one, so it is one vote among others.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.finding.alignment import surroundings
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import PadCard
from egate.face.networks.inference import Model
from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.looks import Looks
from egate.face.pad.observation import Observation

_LOGIT_BOUND = 8.0  # one frame of which the network is wrongly certain decides nothing


class AttackNetwork:
    """Judges single frames."""

    def __init__(self, model: Model, card: PadCard) -> None:
        """Raises ModelError for a model that has no such class as the card names."""
        self._model = model
        self._card = card
        (logits,) = model.run(np.zeros((card.input.height, card.input.width, 3), np.uint8))
        if logits.ndim != 1 or len(logits) <= card.live_class:
            raise ModelError(f"{card.file}: its output has no class {card.live_class}")

    def tight(self, pixels: NDArray[np.uint8], mesh: Mesh) -> float:
        """Attack logit of the face with these points: below 0 live, above 0 attack. ``pixels``: (height, width, 3)
        uint8 RGB."""
        return self._logit(pixels, mesh, self._card.tight_scale)

    def wide(self, pixels: NDArray[np.uint8], mesh: Mesh) -> float:
        """The same of the face with what is around it."""
        return self._logit(pixels, mesh, self._card.wide_scale)

    def _logit(self, pixels: NDArray[np.uint8], mesh: Mesh, scale: float) -> float:
        spec, live = self._card.input, self._card.live_class
        (logits,) = self._model.run(surroundings(pixels, mesh.box, scale, spec.width, spec.height))
        attack = np.logaddexp.reduce(np.delete(logits.astype(np.float64), live))
        return float(np.clip(attack - logits[live], -_LOGIT_BOUND, _LOGIT_BOUND))


class NetworkCue:
    """Features ``tight`` and ``wide``: mean attack logits over good frames."""

    name = "network"

    def __init__(self, network: AttackNetwork) -> None:
        self._network = network
        self._looks = Looks()
        self._logits: list[tuple[float, float]] = []

    def observe(self, seen: Observation) -> None:
        if self._looks.due(seen):
            tight = self._network.tight(seen.pixels, seen.mesh)
            self._logits.append((tight, self._network.wide(seen.pixels, seen.mesh)))

    def features(self) -> Features | Missing:
        if not self._logits:
            return Missing.TOO_FEW_FRAMES
        tight, wide = np.mean(self._logits, axis=0)
        return {"tight": float(tight), "wide": float(wide)}

    def wipe(self) -> None:
        self._logits.clear()
        self._looks = Looks()
