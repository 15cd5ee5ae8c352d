"""Cue: a second packaged network's opinion, once a presentation or twice.

It was made by others than the first network and on other pictures, so it errs on other faces: alone it is weaker on one
camera and stronger on the next, and that is what a second vote is for. It is slow, a hundred milliseconds a frame, so
very few crops are taken aside, and judged only when a result is asked for: frames keep coming in at their pace.

The network is a learned tree: eight leaves, each with a value, and the share with which the picture reaches each leaf.
The more the reached leaves' values depart from zero, the more it looks like an attack. These sums span several powers
of ten, so their logarithm is the feature.

What it cannot see: why, and media that fill its tight crop without a flaw.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.finding.alignment import surroundings
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import BroadPadCard
from egate.face.networks.inference import Model
from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.looks import Looks
from egate.face.pad.observation import Observation

_LOOKS = 2
_LEAST = 1e-4  # sums below it are all the same: no doubt at all
_MOST = 10.0


class BroadNetwork:
    """Judges single frames."""

    def __init__(self, model: Model, card: BroadPadCard) -> None:
        """Raises ModelError for a model whose outputs are not two rows of leaves."""
        self._model = model
        self._card = card
        outputs = model.run(np.zeros((card.input.height, card.input.width, 3), np.uint8))
        if [output.shape for output in outputs] != [(card.leaves,)] * 2:
            raise ModelError(f"{card.file}: its outputs are not two rows of {card.leaves} leaves")

    def crop(self, pixels: NDArray[np.uint8], mesh: Mesh) -> NDArray[np.uint8]:
        """What the network is to see of the face with these points in (height, width, 3) uint8 RGB."""
        spec = self._card.input
        return surroundings(pixels, mesh.box, self._card.crop_scale, spec.width, spec.height)

    def departure(self, crop: NDArray[np.uint8]) -> float:
        """log10 of the sum over the leaves, -4 .. 1; the larger, the more like an attack."""
        values, shares = self._model.run(crop)
        return float(np.log10(np.clip(float(np.abs(values) @ np.abs(shares)), _LEAST, _MOST)))


class BroadNetworkCue:
    """Feature ``departure``: mean over the frames that were looked at."""

    name = "broad_network"

    def __init__(self, network: BroadNetwork) -> None:
        self._network = network
        self._looks = Looks(_LOOKS)
        self._waiting: list[NDArray[np.uint8]] = []
        self._found: list[float] = []

    def observe(self, seen: Observation) -> None:
        if self._looks.due(seen):
            self._waiting.append(self._network.crop(seen.pixels, seen.mesh))

    def features(self) -> Features | Missing:
        self._found.extend(self._network.departure(crop) for crop in self._waiting)
        self._forget_crops()
        return {"departure": float(np.mean(self._found))} if self._found else Missing.TOO_FEW_FRAMES

    def wipe(self) -> None:
        self._forget_crops()
        self._found.clear()
        self._looks = Looks(_LOOKS)

    def _forget_crops(self) -> None:
        for crop in self._waiting:
            crop.fill(0)
        self._waiting.clear()
