"""The committed model files are those that the card describes, and the check that says so can fail."""

import shutil
import tomllib
from pathlib import Path

import msgspec
import pytest

from egate.face.errors import ModelError
from egate.face.networks.cards import InputSpec, read_cards
from egate_models import build
from egate_models.outputs import worst_cosine

MODELS = Path(__file__).resolve().parents[2] / "models"
CARD = tomllib.loads((MODELS / "model.toml").read_text())
TABLES = [name for name, table in CARD.items() if isinstance(table, dict)]
VARIANTS = [(name, kind) for name in TABLES for kind in CARD[name].get("variants", {})]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path in (*MODELS.glob("*.tflite"), MODELS / "model.toml"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(build, "MODELS", tmp_path)
    monkeypatch.setattr(build, "CARD", tmp_path / "model.toml")
    return tmp_path


def test_the_files_are_as_the_card_says() -> None:
    assert build.main(["--check"]) == 0


def test_an_altered_file_is_named(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copied / "face_mesh.tflite").write_bytes(b"TFL3")
    assert build.main(["--check"]) == 1
    assert "face_mesh.tflite" in capsys.readouterr().err


def test_a_file_that_no_card_describes_is_named(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copied / "stray.tflite").touch()
    assert build.main(["--check"]) == 1
    assert "stray.tflite" in capsys.readouterr().err


@pytest.mark.parametrize("name", TABLES)
def test_every_model_has_licence_origin_and_size(name: str) -> None:
    model = CARD[name]
    assert model["licence"] in {"MIT", "Apache-2.0"}
    assert model["bytes"] == (MODELS / model["file"]).stat().st_size
    packaged = {"client", "package", "version", "archive_sha256", "member", "member_sha256"}
    ours = {"client", "command", "data"}
    assert (ours if model["origin"]["client"] == build.TRAINED else packaged) <= set(model["origin"])
    assert model["file"] in (MODELS / "LICENSES/NOTICE.md").read_text()


@pytest.mark.parametrize(("name", "kind"), VARIANTS)
def test_every_variant_says_what_it_costs_and_keeps_within_its_tolerance(name: str, kind: str) -> None:
    model, variant = CARD[name], CARD[name]["variants"][kind]
    assert variant["bytes"] == (MODELS / variant["file"]).stat().st_size
    assert variant["file"] in (MODELS / "LICENSES/NOTICE.md").read_text()
    assert (MODELS / variant["ranges"]).is_file()
    spec = msgspec.convert(model["input"], InputSpec)
    assert 1 > worst_cosine(MODELS / model["file"], MODELS / variant["file"], spec) >= variant["tolerance_cosine"]


def test_a_rebuild_that_says_something_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The eight-bit file in the place of a rebuilt fp16 file: near, but not the same."""
    name, model = "embedding", CARD["embedding"]
    built = iter([(name, model, MODELS / model["variants"]["int8"]["file"], model["origin"]["tolerance_cosine"])])
    monkeypatch.setattr(build, "_built", lambda models: built)
    with pytest.raises(build.BuildError, match="a rebuild says something else"):
        build.check_rebuild()


def test_the_card_chooses_the_variant(copied: Path) -> None:
    card = copied / "model.toml"
    chosen = card.read_text().replace("[embedding]\n", '[embedding]\nuse = "int8"\n', 1)
    card.write_text(chosen)
    assert read_cards(copied).embedding.file == CARD["embedding"]["variants"]["int8"]["file"]
    card.write_text(chosen.replace('use = "int8"', 'use = "int4"'))
    with pytest.raises(ModelError, match="no variant 'int4' to use; install"):
        read_cards(copied)


def test_a_rebuilt_file_changes_its_own_lines_of_the_card_alone(copied: Path) -> None:
    built = copied / "built"
    built.write_bytes(b"new content")
    before = (copied / "model.toml").read_text().splitlines()
    build._put_in_place("pad", CARD["pad"], built)
    after = (copied / "model.toml").read_text().splitlines()
    changed = [line.split(" =")[0] for old, line in zip(before, after, strict=True) if old != line]
    assert changed == ["sha256", "bytes"]
    assert build.main(["--check"]) == 0
