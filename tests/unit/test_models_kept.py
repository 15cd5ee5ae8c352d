"""What is kept between runs: it stands only as long as what it was found with."""

from pathlib import Path

import numpy as np

from egate.face.finding.detection import Box, Face
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import Cards, read_cards
from egate.face.pad.cues.texture import TextureCue
from egate.face.quality.judgement import Finding
from egate_models.kept_faces import KeptFaces
from egate_models.kept_features import _modules

CARDS: Cards = read_cards(Path(__file__).parents[2] / "models")


def test_faces_are_kept_as_they_were_found(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    face = Face(Box(1.5, 2, 30, 40), random.random((6, 2)).astype(np.float32), 0.75)
    mesh = Mesh(random.random((468, 3)))
    kept = KeptFaces(tmp_path, CARDS, "v", "sampling")
    assert kept.load() is None
    kept.save([(face, mesh), None, Finding.NO_FACE, Finding.SEVERAL_FACES])
    found = kept.load()
    assert found is not None
    assert found[1:] == [None, Finding.NO_FACE, Finding.SEVERAL_FACES]
    assert isinstance(found[0], tuple)
    again, points = found[0]
    assert (again.box, again.score) == (face.box, face.score)
    assert np.array_equal(again.points, face.points)
    assert np.array_equal(points.points, mesh.points)
    assert KeptFaces(tmp_path, CARDS, "v", "other sampling").load() is None
    assert KeptFaces(tmp_path, CARDS, "w", "sampling").load() is None


def test_a_damaged_file_is_no_file(tmp_path: Path) -> None:
    kept = KeptFaces(tmp_path, CARDS, "v", 1)
    kept.save([None])
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:40])
    assert kept.load() is None


def test_features_depend_on_all_that_a_cue_is_made_of() -> None:
    names = {module.__name__ for module in _modules(TextureCue.__module__)}
    assert {TextureCue.__module__, "egate.face.pad.observation", "egate.face.finding.landmarks"} <= names
    assert all(name.startswith("egate.face.") for name in names)
