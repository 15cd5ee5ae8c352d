"""Cue: a small network of this project, trained on rendered people and rendered artefacts alone.

It sees the face with its surroundings, because hands, paper edges and bezels tell more than skin, and gives 32 numbers
instead of a verdict. The verdict is the logistic model on top of them, which is data: a site retrains that last layer
on samples of its own camera. Rendered textures are not real ones: without such samples its vote is worth little, and
the shipped fusions say how little.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.errors import ModelError
from egate.face.finding.alignment import surroundings
from egate.face.finding.landmarks import Mesh
from egate.face.networks.inference import Model
from egate.face.pad.cue import Features, Missing
from egate.face.pad.observation import Observation

SIDE_PX = 96
CROP_SCALE = 2.4
EMBEDDING = 32
_MAX_FRAMES = 6  # more of the same presentation say little that is new


def crop(pixels: NDArray[np.uint8], mesh: Mesh) -> NDArray[np.uint8]:
    """What the network sees of a face: (SIDE_PX, SIDE_PX, 3) uint8 RGB. Training cuts with the same function."""
    return surroundings(pixels, mesh.box, CROP_SCALE, SIDE_PX, SIDE_PX)


def feature(index: int) -> str:
    """Name of one number of the embedding."""
    return f"e{index:02}"


class OwnNetwork:
    """Maps crops to embeddings."""

    def __init__(self, model: Model) -> None:
        """Raises ModelError for a model that gives something else than one embedding."""
        self._model = model
        (output,) = model.run(np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8))
        if output.shape != (EMBEDDING,):
            raise ModelError(f"{model.card.file}: its output is not {EMBEDDING} numbers")

    def embedding(self, pixels: NDArray[np.uint8], mesh: Mesh) -> NDArray[np.float32]:
        """(EMBEDDING,) of the face with these points in ``pixels``, (height, width, 3) uint8 RGB."""
        (output,) = self._model.run(crop(pixels, mesh))
        return output


class OwnNetworkCue:
    """Features ``e00`` .. ``e31``: the mean embedding of the good frames."""

    name = "own_network"

    def __init__(self, network: OwnNetwork) -> None:
        self._network = network
        self._total = np.zeros(EMBEDDING, np.float64)
        self._frames = 0

    def observe(self, seen: Observation) -> None:
        if seen.good and self._frames < _MAX_FRAMES:
            self._total += self._network.embedding(seen.pixels, seen.mesh)
            self._frames += 1

    def features(self) -> Features | Missing:
        if not self._frames:
            return Missing.TOO_FEW_FRAMES
        return {feature(index): float(value) for index, value in enumerate(self._total / self._frames)}

    def wipe(self) -> None:
        self._total.fill(0)
        self._frames = 0
