"""All face models of a gate, loaded and checked once at start."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate.face.cards import Cards, read_cards
from egate.face.detection import Detector, Face
from egate.face.embedding import Embedder, Template
from egate.face.inference import Model
from egate.face.landmarks import Landmarker, Mesh
from egate.face.pad import AttackDetector


@dataclass(frozen=True, slots=True)
class FacePipeline:
    """Detection, landmarks, verification and PAD. Use it from one thread at a time."""

    cards: Cards
    models: tuple[Model, ...]
    detector: Detector
    landmarker: Landmarker
    embedder: Embedder
    attack_detector: AttackDetector

    @classmethod
    def load(cls, models_dir: Path, threads: int = 2) -> "FacePipeline":
        """Load every model in ``models_dir`` after checking it against model.toml there. Raises ModelError."""
        cards = read_cards(models_dir)
        detection = Model(cards.detection, models_dir, threads)
        landmarks = Model(cards.landmarks, models_dir, threads)
        embedding = Model(cards.embedding, models_dir, threads)
        pad = Model(cards.pad, models_dir, threads)
        return cls(
            cards,
            (detection, landmarks, embedding, pad),
            Detector(detection, cards.detection),
            Landmarker(landmarks, cards.landmarks),
            Embedder(embedding),
            AttackDetector(pad, cards.pad),
        )

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Every face in ``pixels``, (height, width, 3) uint8 RGB, largest first. Raises PictureError."""
        return self.detector.find(pixels)

    def mesh(self, pixels: NDArray[np.uint8], face: Face) -> Mesh | None:
        """The 468 points of one face that ``find`` gave for the same picture; None where a second look sees none."""
        return self.landmarker.mesh(pixels, face)

    def template(self, pixels: NDArray[np.uint8], mesh: Mesh) -> Template:
        """The template of the face with these points in the same picture. Compare templates by ``embedding.cosine``."""
        return self.embedder.template(pixels, mesh)

    def attack_score(self, pixels: NDArray[np.uint8], mesh: Mesh) -> float:
        """PAD score of the face with these points in the same picture: 0 live .. 1 attack."""
        return self.attack_detector.score(pixels, mesh)

    def wipe(self) -> None:
        """Overwrite what the inference runtime holds of the last traveller."""
        for model in self.models:
            model.wipe()
