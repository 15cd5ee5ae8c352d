"""Measures the ranges within which the embedding is rounded to eight bits.

    python -m egate_sim.people.frames FRAMES.npy
    python -m egate_models.calibrate FRAMES.npy

Pictures of rendered people, because no real person's may be kept. Needed again only for another network: other pictures
give other ranges, hence another file. Run `make models` before (it makes the environments) and after.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.alignment import aligned
from egate.face.pipeline import FacePipeline
from egate_models.build import BUILD, MODELS, QUANTISER

WHOLE = BUILD / "converted/embedding/fr_feature_float32.tflite"
RANGES = MODELS / "calibration/embedding_ranges.json"


def main() -> None:
    """Find and align the faces, measure, write."""
    pipeline = FacePipeline.load(MODELS, threads=1)
    tensors = [tensor for frame in np.load(sys.argv[1]) for tensor in _tensors(pipeline, frame)]
    python = BUILD / "quantiser/bin/python"
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder) / "tensors.npy"
        np.save(pictures, np.concatenate(tensors))
        subprocess.run([python, QUANTISER, "measure", WHOLE, pictures, RANGES], check=True)  # noqa: S603 - our own script
    print(f"{RANGES}: from {len(tensors)} faces")


def _tensors(pipeline: FacePipeline, frame: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    spec = pipeline.cards.embedding.input
    meshes = (pipeline.mesh(frame, face) for face in pipeline.find(frame))
    return [spec.tensor(aligned(frame, mesh.five, spec.width)) for mesh in meshes if mesh is not None]


if __name__ == "__main__":
    main()
