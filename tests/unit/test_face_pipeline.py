"""The models on the one real face that is free to use, and on pictures made from it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from egate.face.errors import ModelError, PictureError
from egate.face.finding.detection import Face, Point
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import read_cards
from egate.face.pipeline import FacePipeline
from egate.face.quality.measures import measure
from egate.face.verification.embedding import Template, cosine

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
ASTRONAUT = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((640, 640))

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(MODELS, threads=1)


def framed(image: Image.Image, width: int = 900, height: int = 800, left: int = 100, top: int = 60) -> Pixels:
    frame = np.full((height, width, 3), 120, np.uint8)
    frame[top : top + image.height, left : left + image.width] = np.asarray(image)
    return frame


def test_one_face_with_its_points_in_place(pipeline: FacePipeline) -> None:
    (face,) = pipeline.find(framed(ASTRONAUT))
    right_eye, left_eye, nose, mouth = face.points[[Point.RIGHT_EYE, Point.LEFT_EYE, Point.NOSE_TIP, Point.MOUTH]]
    assert face.score > 0.8
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1]
    # Where a person sees the eyes in this picture, to a tenth of their distance.
    assert np.abs(right_eye - (377, 265)).max() < 12
    assert np.abs(left_eye - (463, 268)).max() < 12


def test_the_mesh_agrees_with_the_detector_and_is_finer(pipeline: FacePipeline) -> None:
    face, mesh = seen(pipeline, framed(ASTRONAUT))
    assert np.abs(mesh.five[:2] - face.points[:2]).max() < 12
    assert np.abs(mesh.five[:2] - [(379, 264), (464, 267)]).max() < 5


def test_two_people_are_two_faces_largest_first(pipeline: FacePipeline) -> None:
    pixels = framed(ASTRONAUT, width=1300)
    pixels[200:600, 800:1200] = np.asarray(ASTRONAUT.resize((400, 400)))
    large, small = pipeline.find(pixels)
    assert large.box.centre[0] < 700 < small.box.centre[0]
    assert large.box.area > small.box.area


def test_no_face_where_there_is_none(pipeline: FacePipeline) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    assert pipeline.find(noise) == ()
    assert pipeline.find(np.zeros((480, 640, 3), np.uint8)) == ()


@pytest.mark.parametrize("angle_deg", [-20, -10, 10, 20])
def test_a_turned_and_rescaled_copy_is_the_same_person(pipeline: FacePipeline, angle_deg: int) -> None:
    turned = ASTRONAUT.rotate(angle_deg, Image.Resampling.BICUBIC).resize((450, 450))
    one, other = (template(pipeline, framed(image)) for image in (ASTRONAUT, turned))
    assert cosine(one, other) > 0.9


def test_the_roll_is_measured(pipeline: FacePipeline) -> None:
    rolls = []
    for angle_deg in (0, 15):
        pixels = framed(ASTRONAUT.rotate(-angle_deg, Image.Resampling.BICUBIC))  # clockwise
        rolls.append(measure(pixels, *seen(pipeline, pixels)).roll_deg)
    assert rolls[1] - rolls[0] == pytest.approx(15, abs=2)


def test_blur_lowers_sharpness_and_noise_does_not_raise_it(pipeline: FacePipeline) -> None:
    noise = np.random.default_rng(2).normal(0, 4, (800, 900, 3))
    soft = framed(ASTRONAUT.filter(ImageFilter.GaussianBlur(5)))
    noisy = np.clip(soft + noise, 0, 255).astype(np.uint8)
    sharp, blurred, blurred_noisy = (sharpness(pipeline, pixels) for pixels in (framed(ASTRONAUT), soft, noisy))
    assert blurred < 0.12 < sharp
    assert blurred_noisy < 0.12


def test_the_polarity_of_the_attack_score(pipeline: FacePipeline) -> None:
    """The same face in the same place, as it is and through a display's pixel grid. One picture says nothing about
    rates (models/README.md does); it tells whether class, colour order and crop are the right way round."""
    plain = framed(ASTRONAUT.resize((560, 560)), 600, 800, 20, 120)
    assert attack_logits(pipeline, plain).max() < 0
    assert attack_logits(pipeline, on_a_display(plain, 20, 120, 560)).max() > 0


def test_wiping_leaves_the_next_result_unchanged(pipeline: FacePipeline) -> None:
    before = template(pipeline, framed(ASTRONAUT))
    pipeline.wipe()
    assert np.array_equal(before, template(pipeline, framed(ASTRONAUT)))


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((480, 640), np.uint8),
        np.zeros((480, 640, 4), np.uint8),
        np.zeros((480, 640, 3), np.float32),
        np.zeros((8, 640, 3), np.uint8),
        np.zeros((0, 0, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(pipeline: FacePipeline, pixels: Pixels) -> None:
    with pytest.raises(PictureError, match="check the camera"):
        pipeline.find(pixels)


def damaged_card(folder: Path) -> None:
    card = folder / "model.toml"
    card.write_text(card.read_text().replace("match_threshold", "mtch_threshold"))


def foreign_file_name(folder: Path) -> None:
    card = folder / "model.toml"
    card.write_text(card.read_text().replace('"face_mesh.tflite"', '"../face_mesh.tflite"'))


def cut_short(folder: Path) -> None:
    path = folder / "fr_feature_fp16.tflite"
    path.write_bytes(path.read_bytes()[:-1])


def one_bit(folder: Path) -> None:
    path = folder / "fr_liveness_fp16.tflite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def missing(folder: Path) -> None:
    (folder / "blazeface_full_range.tflite").unlink()


def exchanged(folder: Path) -> None:
    """Two sound files with their own hashes, each under the other's name on the card."""
    cards = read_cards(folder)
    path = folder / "model.toml"
    text = path.read_text()
    for one, other in ((cards.embedding.file, cards.pad.file), (cards.embedding.sha256, cards.pad.sha256)):
        text = text.replace(one, "@").replace(other, one).replace("@", other)
    path.write_text(text)


@pytest.mark.parametrize("harm", [damaged_card, foreign_file_name, cut_short, one_bit, missing, exchanged])
def test_altered_models_are_refused_with_advice(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    for path in (*MODELS.glob("*.tflite"), MODELS / "model.toml", MODELS / "pad.toml"):
        shutil.copy(path, tmp_path)
    harm(tmp_path)
    with pytest.raises(ModelError, match="install the models again"):
        FacePipeline.load(tmp_path, threads=1)


def seen(pipeline: FacePipeline, pixels: Pixels) -> tuple[Face, Mesh]:
    (face,) = pipeline.find(pixels)
    mesh = pipeline.mesh(pixels, face)
    assert mesh is not None
    return face, mesh


def template(pipeline: FacePipeline, pixels: Pixels) -> Template:
    return pipeline.template(pixels, seen(pipeline, pixels)[1])


def sharpness(pipeline: FacePipeline, pixels: Pixels) -> float:
    return measure(pixels, *seen(pipeline, pixels)).sharpness


def attack_logits(pipeline: FacePipeline, pixels: Pixels) -> NDArray[np.float64]:
    mesh, network = seen(pipeline, pixels)[1], pipeline.attack_network
    return np.array((network.tight(pixels, mesh), network.wide(pixels, mesh)))


def on_a_display(pixels: Pixels, left: int, top: int, side: int) -> Pixels:
    """A square of the picture as a display's stripes of red, green and blue show it, in a black bezel."""
    stripes = np.full((side, side, 3), 0.35, np.float32)
    for channel in range(3):
        stripes[:, channel::3, channel] = 1.0
    stripes[::3] *= 0.5
    shown = np.clip(pixels[top : top + side, left : left + side] * stripes * 1.5 + 12, 0, 255)
    frame = pixels.copy()
    frame[top - 20 : top + side + 20, left - 20 : left + side + 20] = 10
    frame[top : top + side, left : left + side] = shown.astype(np.uint8)
    return frame
