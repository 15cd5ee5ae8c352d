"""Do two TFLite files say the same? Compared on probes: pictures with structure at every scale, always the same."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate.face.networks.cards import InputSpec, ModelCard
from egate.face.networks.inference import Model

PROBES = 8
_CELLS = (2, 4, 8, 16, 32)


def worst_cosine(one: Path, other: Path, spec: InputSpec) -> float:
    """The lowest cosine between the two files' outputs, all outputs of a probe taken together. Raises ModelError."""
    return min(_cosine(a, b) for a, b in zip(_outputs(one, spec), _outputs(other, spec), strict=True))


def _outputs(path: Path, spec: InputSpec) -> list[NDArray[np.float32]]:
    model = Model(ModelCard(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), spec), path.parent, threads=1)
    return [np.concatenate([output.ravel() for output in model.run(probe)]) for probe in probes(spec)]


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(one @ other / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-12))


def probes(spec: InputSpec) -> list[NDArray[np.uint8]]:
    """(height, width, 3) each: sums of random patterns from coarse to fine."""
    random = np.random.default_rng(20)
    pictures = []
    for _ in range(PROBES):
        total = np.zeros((spec.height, spec.width, 3))
        for cells in _CELLS:
            pattern = random.random((cells, cells, 3))
            rows, columns = (np.arange(side) * cells // side for side in (spec.height, spec.width))
            total += pattern[rows][:, columns]
        pictures.append(np.asarray(total * (255 / len(_CELLS)), np.uint8))
    return pictures
