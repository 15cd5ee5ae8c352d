"""The generated pages of docs/: written anew they pass the check, and drift is found."""

import shutil
from pathlib import Path

import pytest

from egate_tools.pages import __main__ as pages

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(DOCS / "door-link.md", tmp_path)  # partly written by hand
    monkeypatch.setattr(pages, "_DOCS", tmp_path)
    return tmp_path


def test_pages_are_written_and_then_pass(docs: Path) -> None:
    assert pages.main(["--check"]) == 1
    assert pages.main([]) == 0
    assert pages.main(["--check"]) == 0


@pytest.mark.parametrize("name", ["lane-states.md", "door-link.md", "faults.md", "events.md", "asyncapi.json"])
def test_drift_is_found(docs: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    pages.main([])
    text = (docs / name).read_text("utf-8")
    (docs / name).write_text(text.replace("lane", "line").replace("GRANT", "GRAND"), "utf-8")
    assert pages.main(["--check"]) == 1
    assert name in capsys.readouterr().err


def test_a_schema_of_nothing_is_found(docs: Path) -> None:
    pages.main([])
    (docs / "schemas" / "evt.gone.json").write_text("{}", "utf-8")
    assert pages.main(["--check"]) == 1
