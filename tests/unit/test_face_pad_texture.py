"""The cue of fine structure, on gratings, lines and blur that are drawn, and on the one real face."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from egate.face.finding.detection import Box, Face
from egate.face.finding.landmarks import Mesh
from egate.face.pad.cue import Missing
from egate.face.pad.cues.texture import TextureCue, fine_structure, lines, peak, softness
from egate.face.pad.observation import Observation

ROOT = Path(__file__).resolve().parents[2]
ASTRONAUT = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((640, 640))
FACE = Box(225.0, 130.0, 190.0, 215.0)  # of the astronaut at this size

Pixels = NDArray[np.uint8]
Y, X = np.mgrid[:128, :128].astype(np.float32)
NOISE = np.random.default_rng(8).normal(0, 3, (128, 128)).astype(np.float32)


@pytest.mark.parametrize(("across", "down"), [(0.3, 0.0), (0.0, 0.35), (0.25, 0.2)])
def test_a_grating_is_a_peak_and_noise_is_none(across: float, down: float) -> None:
    grating = 2.0 * np.cos(2 * np.pi * (across * X + down * Y), dtype=np.float32)
    assert peak(128 + NOISE) < 1.3
    assert peak(128 + NOISE + grating) > 2


def test_coarse_waves_are_features_of_a_face_and_no_peak() -> None:
    assert peak(128 + NOISE + 20 * np.cos(2 * np.pi * 0.06 * X, dtype=np.float32)) < 1.4


def test_faint_lines_across_are_found_and_only_in_their_direction() -> None:
    striped = 128 + NOISE + np.random.default_rng(9).normal(0, 1, (128, 1)).astype(np.float32)
    assert lines(128 + NOISE) < 0.3
    assert lines(striped) > 1
    assert lines(striped.T) < 0.3


def test_softness_is_of_blur_and_not_of_contrast() -> None:
    face = np.asarray(ASTRONAUT.convert("L"), np.float32)[130:345, 225:415]
    blurred = np.asarray(ASTRONAUT.convert("L").filter(ImageFilter.GaussianBlur(3)), np.float32)[130:345, 225:415]
    assert softness(blurred) > softness(face) + 0.2
    assert softness(face * 0.6 + 40) == pytest.approx(softness(face), abs=0.05)


def test_a_face_through_a_display_is_told_by_every_measure_that_its_flaw_belongs_to() -> None:
    pixels = np.asarray(ASTRONAUT)
    plain = structure(pixels)
    rows = pixels * (1 - 0.04 * (np.arange(640) % 3 == 0))[:, np.newaxis, np.newaxis]
    columns = pixels * (1 - 0.04 * (np.arange(640) % 3 == 0))[np.newaxis, :, np.newaxis]
    assert structure(rows.astype(np.uint8))["moire"] > plain["moire"] + 0.5
    assert structure(columns.astype(np.uint8))["moire"] > plain["moire"] + 0.5
    assert structure(rows.astype(np.uint8))["rows"] > plain["rows"]
    assert structure(columns.astype(np.uint8))["columns"] > plain["columns"]


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_frame_of_one_grey_gives_finite_figures(level: int) -> None:
    assert all(np.isfinite(value) for value in structure(np.full((640, 640, 3), level, np.uint8)).values())


@pytest.mark.parametrize("box", [Box(-100, -100, 190, 215), Box(500, 500, 190, 215), Box(0, 0, 640, 640)])
def test_a_face_at_the_edge_gives_finite_figures(box: Box) -> None:
    assert all(np.isfinite(value) for value in structure(np.asarray(ASTRONAUT), box).values())


@pytest.mark.parametrize(
    "box", [Box(300, 300, 0, 0), Box(300, 300, 30, 60), Box(635, 300, 190, 215), Box(-9e4, 0, 90, 90)]
)
def test_too_little_of_a_face_is_not_judged(box: Box) -> None:
    assert fine_structure(np.asarray(ASTRONAUT), box) is None


def test_the_cue_averages_good_frames_and_says_what_is_missing() -> None:
    cue = TextureCue()
    assert cue.features() is Missing.TOO_FEW_FRAMES
    cue.observe(observation(0, Box(300, 300, 10, 10)))
    assert cue.features() is Missing.TOO_SMALL
    cue.wipe()
    cue.observe(observation(0, FACE))
    features = cue.features()
    assert not isinstance(features, Missing)
    assert features == pytest.approx(structure(np.asarray(ASTRONAUT)))


def structure(pixels: Pixels, box: Box = FACE) -> dict[str, float]:
    found = fine_structure(pixels, box)
    assert found is not None
    return found


def observation(time_ms: int, box: Box) -> Observation:
    corners = ((box.left, box.top, 0.0), (box.left + box.width, box.top + box.height, 0.0))
    face = Face(box, np.zeros((6, 2), np.float32), 1.0)
    return Observation(time_ms, np.asarray(ASTRONAUT), face, Mesh(np.array(corners)), good=True)
