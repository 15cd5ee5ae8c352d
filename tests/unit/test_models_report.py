"""The report says what the figures say, and notices when it no longer does."""

import shutil
from pathlib import Path

import pytest

from egate_models import report
from egate_models.samples.errors import SampleError


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    figures, docs = tmp_path / "figures", tmp_path / "docs"
    shutil.copytree(report.FIGURES, figures)
    monkeypatch.setattr(report, "FIGURES", figures)
    monkeypatch.setattr(report, "DOCS", docs)
    return docs


def test_a_page_that_is_as_the_figures_say_passes(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main(["--check"]) == 1
    assert "docs/evaluation.md is not what" in capsys.readouterr().err
    assert report.main([]) == 0
    assert report.main(["--check"]) == 0
    text = (docs / "evaluation.md").read_text("utf-8")
    assert all(section.heading in text for section in (*report.PAD, *report.VERIFICATION))
    assert all((docs / name).is_file() for name in ("pictures/verification.svg", "pictures/pad_sequence_species.svg"))


def test_other_figures_are_another_page(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report.main([])
    path = report.FIGURES / "pad_sequence.json"
    path.write_text(path.read_text("utf-8").replace('"wrong": 0', '"wrong": 1', 1), "utf-8")
    assert report.main(["--check"]) == 1
    assert "run: make generate" in capsys.readouterr().err


def test_missing_figures_are_named(docs: Path) -> None:
    (report.FIGURES / "verify_chip.json").unlink()
    with pytest.raises(SampleError, match=r"verify_chip\.json"):
        report.main([])
