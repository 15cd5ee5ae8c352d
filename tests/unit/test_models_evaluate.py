"""The commands on a small rendered collection: the gate's own code looks at it, from files to figures."""

import csv
import json
import random
from pathlib import Path

import pytest
from PIL import Image

from egate_models.evaluate.__main__ import main
from egate_models.figures import BONA_FIDE
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.cast import CAST
from egate_sim.people.presentation import Live

TIMES_MS = (1_200, 1_700, 2_200)
ANN, BOB = CAST[0], CAST[1]
PRINT, SCREEN = "print-matt", "still-tablet"

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people and two artefacts, three frames each, a picture without a face, and the table that lists them."""
    folder = tmp_path_factory.mktemp("collection")
    shown = {
        ("live", "", "ann", "f"): Live(ANN),
        ("live", "", "bob", "m"): Live(BOB),
        ("attack", "print", "ann", ""): attack(PRINT, ANN, BOB),
        ("attack", "screen", "bob", ""): attack(SCREEN, BOB, ANN),
    }
    rows = []
    for (label, species, subject, sex), presentation in shown.items():
        for time_ms in TIMES_MS:
            path = folder / f"{label}_{species}_{subject}_{time_ms}.jpg"
            Image.fromarray(presentation.frame(time_ms, random.Random(1))).resize((450, 600)).save(path, quality=90)
            rows.append((path.name, label, species, subject, f"{label} {subject}", time_ms, sex))
    Image.new("RGB", (320, 240), (90, 90, 90)).save(folder / "wall.jpg")
    rows.append(("wall.jpg", "attack", "wall", "nobody", "wall", 0, ""))
    with (folder / "set.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "attack_type", "subject", "video", "time_ms", "sex"))
        writer.writerows(rows)
    with (folder / "people.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "subject", "sex"))
        writer.writerows((row[0], row[3], row[6]) for row in rows if row[1] == "live")
    return folder


def test_attack_detection_from_files_to_figures(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["pad", "--csv", str(collection / "set.csv"), "--jobs", "1", "--out", str(tmp_path), "--json"]
    assert main([*arguments, "--cache", str(tmp_path / "cache")]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["presentations"], figures["subjects"]) == (5, 3)
    assert figures["unanswered"]["wall"]["wrong"] == 1
    assert figures["unanswered"][BONA_FIDE]["wrong"] == 0
    assert figures["systems"][0]["name"] == "gate"
    names = {system["name"] for system in figures["systems"]}
    assert {"cue network", "fr_liveness, tight crop", "fr_liveness, wide crop"} <= names
    assert set(figures["systems"][0]["points"][0]["apcer"]) == {"print", "screen"}
    assert {(group["column"], group["value"]) for group in figures["groups"]} == {("sex", "f"), ("sex", "m")}
    assert "<svg" in (tmp_path / "pad.html").read_text("utf-8")
    # What is kept leads to the same figures, and no picture is among it.
    assert main([*arguments, "--cache", str(tmp_path / "cache")]) == 0
    assert json.loads(capsys.readouterr().out) == figures
    assert {path.suffix for path in (tmp_path / "cache").rglob("*") if path.is_file()} == {".npz", ".csv"}


def test_verification_from_files_to_figures(
    collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["verify", "--csv", str(collection / "people.csv"), "--jobs", "1"]
    assert main(arguments) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["pictures"], figures["subjects"], figures["genuine"], figures["impostor"]) == (6, 2, 6, 9)
    assert figures["not_acquired"]["wrong"] == 0
    shipped, thousandth = figures["points"][:2]
    assert shipped["fnmr"]["wrong"] == 0  # one person's pictures half a second apart
    assert shipped["fnmr"]["high"] == 1  # the rule of three over two people says nothing
    assert thousandth["threshold"] is None
    assert main([*arguments, "--as-chip", "--out", str(tmp_path), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["genuine"], figures["impostor"], figures["not_enrolled"]["wrong"]) == (12, 18, 0)
    assert "<svg" in (tmp_path / "verify.html").read_text("utf-8")


def test_pictures_by_name(collection: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, time_ms in enumerate(TIMES_MS[:2]):
        for subject in ("ann", "bob"):
            picture = (collection / f"live__{subject}_{time_ms}.jpg").read_bytes()
            (tmp_path / f"{subject}_000{number}.jpg").write_bytes(picture)
    assert main(["verify", "--csv", str(tmp_path), "--by-name", "--jobs", "1", "--max-per-subject", "2"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["pictures"], figures["genuine"], figures["impostor"]) == (4, 2, 4)


@pytest.mark.parametrize(
    ("command", "text", "told"),
    [
        ("pad", "path,label\nnone.jpg,live\n", "line 2: there is no file"),
        ("pad", "path,label\nwall.jpg,live\nwall.jpg,fake\n", "line 3: 'wall.jpg' is listed twice"),
        ("pad", "path,label,video\nwall.jpg,live,v\nwall.jpg,fake,w\n", "has no attacks in which a face is found"),
        ("verify", "path,subject\nwall.jpg,\n", "line 2: names no subject"),
        ("verify", "path,subject\nwall.jpg,a\n", "nobody is seen in two pictures"),
        ("verify", "path,subject\nwall.jpg,a\nwall.jpg,a\n", "one person alone"),
        ("verify", "path,subject\nwall.jpg,a\nwall.jpg,a\nwall.jpg,b\n", "no picture shows a face"),
    ],
)
def test_what_cannot_be_evaluated_is_told(
    collection: Path, command: str, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = collection / "hostile.csv"
    path.write_text(text)
    assert main([command, "--csv", str(path), "--jobs", "1"]) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""
