"""The cue of the second packaged network: what it looks at, when it judges, and that it forgets."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from egate.face.errors import ModelError
from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import read_cards
from egate.face.networks.inference import Model
from egate.face.pad.cue import Missing
from egate.face.pad.cues.broad_network import BroadNetwork, BroadNetworkCue
from egate.face.pad.observation import Observation
from egate.face.pipeline import FacePipeline

MODELS = Path(__file__).resolve().parents[2] / "models"
ASTRONAUT = Image.open(MODELS.parent / "tests/data/astronaut.jpg").convert("RGB").resize((640, 640))

Pixels = NDArray[np.uint8]


class Kept(BroadNetwork):
    """The packaged network, keeping the very crops that it hands out and counting what it judges."""

    def __init__(self) -> None:
        card = read_cards(MODELS).broad_pad
        super().__init__(Model(card, MODELS, 1), card)
        self.crops: list[Pixels] = []
        self.judged = 0

    def crop(self, pixels: Pixels, mesh: Mesh) -> Pixels:
        self.crops.append(super().crop(pixels, mesh))
        return self.crops[-1]

    def departure(self, crop: Pixels) -> float:
        self.judged += 1
        return super().departure(crop)


@pytest.fixture
def network() -> Kept:
    return Kept()


@pytest.fixture(scope="module")
def found() -> tuple[Face, Mesh]:
    pipeline = FacePipeline.load(MODELS, threads=1)
    (face,) = pipeline.find(np.asarray(ASTRONAUT))
    mesh = pipeline.mesh(np.asarray(ASTRONAUT), face)
    assert mesh is not None
    return face, mesh


def show(cue: BroadNetworkCue, found: tuple[Face, Mesh], *times_ms: int) -> None:
    for time_ms in times_ms:
        cue.observe(Observation(time_ms, np.asarray(ASTRONAUT), *found, good=True))


def test_few_crops_are_taken_and_each_is_judged_once_when_asked(network: Kept, found: tuple[Face, Mesh]) -> None:
    cue = BroadNetworkCue(network)
    show(cue, found, *range(0, 3000, 100))
    assert (len(network.crops), network.judged) == (2, 0)
    first = cue.features()
    assert cue.features() == first
    assert network.judged == 2
    assert first == {"departure": pytest.approx(network.departure(network.crop(np.asarray(ASTRONAUT), found[1])))}


def test_no_crop_is_left_behind(network: Kept, found: tuple[Face, Mesh]) -> None:
    cue = BroadNetworkCue(network)
    show(cue, found, 0)
    assert network.crops[0].any()
    cue.features()
    assert not network.crops[0].any()
    show(cue, found, 1000)
    cue.wipe()
    assert not network.crops[1].any()
    assert cue.features() is Missing.TOO_FEW_FRAMES


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_frame_of_one_grey_gives_a_bounded_figure(network: Kept, level: int) -> None:
    assert -4 <= network.departure(np.full((256, 256, 3), level, np.uint8)) <= 1


def test_a_model_with_other_outputs_is_refused() -> None:
    card = read_cards(MODELS).broad_pad
    with pytest.raises(ModelError, match="leaves"):
        BroadNetwork(Model(card, MODELS, 1), replace(card, leaves=7))
