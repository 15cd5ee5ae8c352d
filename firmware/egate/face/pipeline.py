"""All face models of a gate, loaded and checked once at start."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Detector, Face
from egate.face.finding.landmarks import Landmarker, Mesh
from egate.face.finding.tracking import Tracker
from egate.face.networks.cards import Cards, read_cards
from egate.face.networks.inference import Model
from egate.face.networks.manifest import Manifest
from egate.face.pad.calibration import CALIBRATION_FILE, Calibration, read_calibration
from egate.face.pad.cue import Cue
from egate.face.pad.cues.broad_network import BroadNetwork, BroadNetworkCue
from egate.face.pad.cues.context import ContextCue
from egate.face.pad.cues.geometry import GeometryCue
from egate.face.pad.cues.light import LightCue
from egate.face.pad.cues.network import AttackNetwork, NetworkCue
from egate.face.pad.cues.own_network import OwnNetwork, OwnNetworkCue
from egate.face.pad.cues.parallax import ParallaxCue
from egate.face.pad.cues.physiology import PhysiologyCue
from egate.face.pad.cues.pulse import PulseCue
from egate.face.pad.cues.texture import TextureCue
from egate.face.pad.lighting import Lighting
from egate.face.pad.presentation_test import LIVING, PresentationTest
from egate.face.pad.track import FaceTrack
from egate.face.verification.embedding import Embedder, Template


@dataclass(frozen=True, slots=True)
class FacePipeline:
    """Detection, landmarks, verification and PAD. Use it from one thread at a time."""

    cards: Cards
    models: tuple[Model, ...]
    detector: Detector
    landmarker: Landmarker
    embedder: Embedder
    attack_network: AttackNetwork
    broad_network: BroadNetwork
    own_network: OwnNetwork
    calibration: Calibration

    @classmethod
    def load(cls, models_dir: Path, threads: int = 2, manifest: Manifest | None = None) -> "FacePipeline":
        """Load every model in ``models_dir`` after checking it against model.toml there. Raises ModelError.

        With a ``manifest`` only what that lists; without one the files vouch for one another alone, which is for tools.
        """
        cards = read_cards(models_dir, manifest)
        calibration = read_calibration(models_dir / CALIBRATION_FILE, manifest)
        detection = Model(cards.detection, models_dir, threads)
        landmarks = Model(cards.landmarks, models_dir, threads)
        embedding = Model(cards.embedding, models_dir, threads)
        pad = Model(cards.pad, models_dir, threads)
        broad = Model(cards.broad_pad, models_dir, threads)
        own = Model(cards.own_pad, models_dir, threads)
        return cls(
            cards,
            (detection, landmarks, embedding, pad, broad, own),
            Detector(detection, cards.detection),
            Landmarker(landmarks, cards.landmarks),
            Embedder(embedding),
            AttackNetwork(pad, cards.pad),
            BroadNetwork(broad, cards.broad_pad),
            OwnNetwork(own),
            calibration,
        )

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Every face in ``pixels``, (height, width, 3) uint8 RGB, largest first. Raises PictureError."""
        return self.detector.find(pixels)

    def mesh(self, pixels: NDArray[np.uint8], face: Face) -> Mesh | None:
        """The 468 points of one face that ``find`` gave for the same picture; None where a second look sees none."""
        return self.landmarker.mesh(pixels, face)

    def tracker(self) -> Tracker:
        """Follows one traveller's face, from the first frame of a capture on."""
        return Tracker(self.detector, self.landmarker)

    def template(self, pixels: NDArray[np.uint8], mesh: Mesh) -> Template:
        """The template of the face with these points in the same picture. Compare templates by ``embedding.cosine``."""
        return self.embedder.template(pixels, mesh)

    def graded_template(self, pixels: NDArray[np.uint8], mesh: Mesh) -> tuple[Template, float]:
        """The same with its strength, see ``Embedder.graded``."""
        return self.embedder.graded(pixels, mesh)

    def cues(self) -> tuple[Cue, ...]:
        """Every cue that needs the camera alone, new, for one presentation."""
        track = FaceTrack()
        return (
            NetworkCue(self.attack_network),
            BroadNetworkCue(self.broad_network),
            ContextCue(),
            TextureCue(),
            OwnNetworkCue(self.own_network),
            GeometryCue(track),
            ParallaxCue(),
            PhysiologyCue(track),
            PulseCue(),
        )

    def presentation_test(self, lighting: Lighting | None = None, *, pulse: bool = True) -> PresentationTest:
        """A test of one presentation, from its first frame on; with ``lighting`` its answer to the face light counts
        too, and with ``pulse`` what only a living face has, which that light shows well enough."""
        if lighting is None:
            return PresentationTest(self.cues(), self.calibration, ("sequence",))
        required = ("sequence", "active", "answering", *((LIVING,) if pulse else ()))
        return PresentationTest((*self.cues(), LightCue(lighting)), self.calibration, required)

    def wipe(self) -> None:
        """Overwrite what the inference runtime holds of the last traveller."""
        for model in self.models:
            model.wipe()
