"""The cue of the packaged network: which frames it looks at, how, and what it makes of odd ones."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import read_cards
from egate.face.networks.inference import Model
from egate.face.pad.cue import Missing
from egate.face.pad.cues.looks import MOST
from egate.face.pad.cues.network import AttackNetwork, NetworkCue
from egate.face.pad.observation import Observation
from egate.face.pipeline import FacePipeline

ROOT = Path(__file__).resolve().parents[2]
ASTRONAUT = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((640, 640))

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(ROOT / "models", threads=1)


@pytest.fixture(scope="module")
def found(pipeline: FacePipeline) -> tuple[Pixels, Face, Mesh]:
    frame = np.full((800, 900, 3), 120, np.uint8)
    frame[60:700, 100:740] = np.asarray(ASTRONAUT)
    (face,) = pipeline.find(frame)
    mesh = pipeline.mesh(frame, face)
    assert mesh is not None
    return frame, face, mesh


def moved(mesh: Mesh, scale: float, x_px: float, y_px: float) -> Mesh:
    """The points made ``scale`` as large, with the middle of their box at (x_px, y_px)."""
    centre = (*mesh.box.centre, 0.0)
    return Mesh((mesh.points - centre) * scale + (x_px, y_px, 0.0))


def test_the_two_looks_are_two_crops_of_the_same_frame(
    pipeline: FacePipeline, found: tuple[Pixels, Face, Mesh]
) -> None:
    frame, _, mesh = found
    elsewhere = frame.copy()
    box = mesh.box
    elsewhere[: int(box.top - box.height * 0.2)] = 255  # above the tight square, within the wide one
    network = pipeline.attack_network
    assert network.tight(frame, mesh) == network.tight(elsewhere, mesh)
    assert network.wide(frame, mesh) != network.wide(elsewhere, mesh)


def test_few_frames_apart_are_looked_at_and_only_good_ones(
    pipeline: FacePipeline, found: tuple[Pixels, Face, Mesh]
) -> None:
    frame, face, mesh = found
    counting = Counting()
    cue = NetworkCue(counting)
    cue.observe(Observation(0, frame, face, mesh, good=False))
    assert cue.features() is Missing.TOO_FEW_FRAMES
    for time_ms in range(0, 3000, 50):
        cue.observe(Observation(time_ms, frame, face, mesh, good=True))
    assert counting.looks == MOST
    features = cue.features()
    assert not isinstance(features, Missing)
    network = pipeline.attack_network
    assert features["tight"] == pytest.approx(network.tight(frame, mesh))
    assert features["wide"] == pytest.approx(network.wide(frame, mesh))
    cue.wipe()
    assert cue.features() is Missing.TOO_FEW_FRAMES


@pytest.mark.parametrize(
    ("scale", "x_px", "y_px"),
    [(0.005, 450, 400), (0.0, 0, 0), (3.0, 450, 400), (1.0, 0, 0), (1.0, 899, 799), (1.0, -500, 2000)],
)
def test_odd_places_and_sizes_give_a_bounded_opinion(
    pipeline: FacePipeline, found: tuple[Pixels, Face, Mesh], scale: float, x_px: float, y_px: float
) -> None:
    frame, _, mesh = found
    odd = moved(mesh, scale, x_px, y_px)
    for logit in (pipeline.attack_network.tight(frame, odd), pipeline.attack_network.wide(frame, odd)):
        assert abs(logit) <= 8


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_frame_of_one_grey_gives_a_bounded_opinion(
    pipeline: FacePipeline, found: tuple[Pixels, Face, Mesh], level: int
) -> None:
    frame, _, mesh = found
    assert abs(pipeline.attack_network.tight(np.full_like(frame, level), mesh)) <= 8


class Counting(AttackNetwork):
    """The same network, counting the frames it is shown."""

    def __init__(self) -> None:
        cards = read_cards(ROOT / "models")
        super().__init__(Model(cards.pad, ROOT / "models", 1), cards.pad)
        self.looks = 0

    def tight(self, pixels: Pixels, mesh: Mesh) -> float:
        self.looks += 1
        return super().tight(pixels, mesh)
