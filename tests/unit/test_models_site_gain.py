"""What a site's calibration gains is measured on people whom it has not met."""

import json
from pathlib import Path

import numpy as np
import pytest

from egate.face.pad.calibration import read_calibration
from egate_models.samples.presentations import Label
from egate_models.site_gain import gain, main, rendered_alone, worth
from egate_models.trials import Trial, read_trials, write_trials

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = read_calibration(ROOT / "models/pad.toml")


def trials(people: int, shift: float, seed: int) -> tuple[Trial, ...]:
    """Four live and four attack presentations of each; attacks lie towards where the calibration puts them, and the
    camera adds ``shift`` standard deviations to everything."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(people * 8):
        attack = number % 8 >= 4
        side = 1.2 if attack else -1.2
        features = {
            name: {
                feature: term.mean + term.scale * float(np.sign(term.weight or 1) * side + shift + chance.normal())
                for feature, term in cue.terms.items()
            }
            for name, cue in SHIPPED.cues.items()
        }
        subject = f"{seed}-{number // 8}"
        label = Label.ATTACK if attack else Label.BONA_FIDE
        found.append(Trial(f"{seed}-{number}", label, "print" if attack else "", subject, {}, True, features))
    return tuple(found)


def test_a_camera_that_shifts_everything_is_put_right() -> None:
    shipped = rendered_alone(trials(20, 0.0, 1))
    found = gain(trials(16, 1.0, 2), shipped, 6)
    assert (found.people, found.presentations) == (6, 48)
    assert found.before.bpcer > 0.2
    assert found.after.bpcer < found.before.bpcer / 2
    assert worth(trials(10, 0.0, 3), shipped).eer < 0.1


def test_it_is_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, people, shift in (("rendered", 20, 0.0), ("site", 18, 0.5)):
        write_trials(tmp_path / f"{name}.csv", trials(people, shift, people))
    command = ["--rendered", str(tmp_path / "rendered.csv"), "--out", str(tmp_path / "out.json"), "--site"]
    assert main([*command, str(tmp_path / "site.csv")]) == 0
    found = json.loads((tmp_path / "out.json").read_text())
    assert (found["people"], found["presentations"]) == (18, 144)
    assert [row["people"] for row in found["gains"]] == [5, 8, 15]
    write_trials(tmp_path / "few.csv", read_trials(tmp_path / "site.csv")[:12])
    assert main([*command, str(tmp_path / "few.csv")]) == 1
    assert "site_gain: " in capsys.readouterr().err
