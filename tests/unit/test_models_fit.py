"""Fitting a calibration: held-out people stay out, signs and parts of others are kept, the file is always the same."""

from pathlib import Path

import numpy as np
import pytest

from egate.face.pad.calibration import Calibration, read_calibration
from egate.face.pad.cue import Features, Missing
from egate_models.fit.__main__ import main
from egate_models.fit.calibration_file import split, write_calibration
from egate_models.fit.cross_validation import cross_validate, with_thresholds
from egate_models.fit.models import Material, fit_calibration, folds
from egate_models.fit.recipe import CueRecipe, FusionRecipe, Recipe, read_recipe
from egate_models.judged import scores_of
from egate_models.rates.attacks import bpcer, equal_error_rate
from egate_models.samples.errors import SampleError
from egate_models.samples.presentations import Label
from egate_models.trials import Trial, write_trials

RECIPE = Recipe(
    1.0, 5, {"near": CueRecipe({"x": 1}), "far": CueRecipe({"y": 1})}, {"sequence": FusionRecipe(("near", "far"), 0.05)}
)


def trials(count: int = 200, missing: float = 0.0, seed: int = 3) -> tuple[Trial, ...]:
    """Two cues that each tell attacks by two standard deviations, and one feature that tells nothing."""
    random = np.random.default_rng(seed)
    made = []
    for k in range(count):
        attack = k % 2 == 1
        near = {"x": float(random.normal(2.0 * attack)), "idle": float(random.normal())}
        far: Features | Missing = {"y": float(random.normal(2.0 * attack))}
        if random.random() < missing:
            far = Missing.TOO_SHORT
        label, species = (Label.ATTACK, "print") if attack else (Label.BONA_FIDE, "")
        made.append(Trial(f"t{k}", label, species, f"s{k % 20 // 2}", {}, True, {"near": near, "far": far}))
    return tuple(made)


def test_nobody_is_fitted_to_and_held_out_at_once() -> None:
    material = Material(trials())
    parts = list(folds(material, 5))
    assert sorted(trial.name for _, out in parts for trial in out.whole) == sorted(t.name for t in material.whole)
    assert all(not inside.subjects & outside.subjects for inside, outside in parts)
    with pytest.raises(SampleError, match="10 subjects for 11 folds"):
        list(folds(material, 11))


def test_two_cues_together_are_better_than_either() -> None:
    judged = cross_validate(Material(trials(4000, seed=1)), RECIPE)["sequence"]
    attacks = [each for each in judged if each.trial.attack]
    live = [each for each in judged if not each.trial.attack]
    eer = {name: equal_error_rate(scores_of(attacks, name), scores_of(live, name)) for name in attacks[0].scores
           if np.isfinite(scores_of(judged, name)).all()}  # fmt: skip
    # Two bells 2 apart cross at 15.9 %, two independent ones together at 7.9 %.
    assert eer["cue near"] == pytest.approx(0.159, abs=0.015)
    assert eer["sequence"] == pytest.approx(0.079, abs=0.012)


def test_the_threshold_keeps_to_the_false_alarms_that_are_allowed() -> None:
    material = Material(trials(1000))
    judged = cross_validate(material, RECIPE)
    fitted = with_thresholds(fit_calibration(material, RECIPE), judged, RECIPE)
    live = [each for each in judged["sequence"] if not each.trial.attack]
    assert bpcer(scores_of(live, "sequence"), fitted.fusions["sequence"].threshold).wrong == 25


def test_a_sign_is_kept_whatever_the_data_say() -> None:
    backwards = Recipe(1.0, 5, {"near": CueRecipe({"x": -1})}, {})
    assert fit_calibration(Material(trials()), backwards).cues["near"].terms["x"].weight == 0


def test_only_the_wanted_features_are_used() -> None:
    part = Recipe(1.0, 5, {"near": CueRecipe(only=("x",))}, {})
    assert set(fit_calibration(Material(trials()), part).cues["near"].terms) == {"x"}


def test_a_weight_by_hand_stands_and_a_cue_of_others_is_left_alone() -> None:
    part = Recipe(1.0, 5, {"near": CueRecipe(by_hand={"idle": 0.7})}, {}, elsewhere=("far",))
    fitted = fit_calibration(Material(trials()), part)
    assert set(fitted.cues) == {"near"}
    assert fitted.cues["near"].terms["idle"].weight == 0.7


def test_too_many_undetermined_cannot_be_shipped() -> None:
    material = Material(trials(missing=0.3))
    judged = cross_validate(material, RECIPE)
    with pytest.raises(SampleError, match="leave out the cue"):
        with_thresholds(fit_calibration(material, RECIPE), judged, RECIPE)


def test_other_parts_of_the_file_stay_with_their_comments(tmp_path: Path) -> None:
    path = tmp_path / "pad.toml"
    path.write_text(
        "# old header\nformat = 1\n\n# by physics\n[cues.light]\nbias = -1.0\n\n[cues.light.terms]\n"
        "answer = { weight = 2.0 }\n\n# old\n[cues.near]\nbias = 0.0\n\n[cues.near.terms]\nx = { weight = 9.0 }\n\n"
        "[fusions.active]\nthreshold = 0.5\n\n[fusions.active.model]\nbias = 0.0\n\n"
        "[fusions.active.model.terms]\nlight = { weight = 1.0 }\n"
    )
    fitted = fit_calibration(Material(trials()), Recipe(1.0, 5))
    write_calibration(path, fitted, {("cues", "near"): "fitted\non this"})
    text = path.read_text()
    assert "# by physics\n[cues.light]" in text
    assert "# fitted\n# on this\n[cues.near]" in text
    assert "# old" not in text
    found = read_calibration(path)
    assert set(found.cues) == {"light", "near", "far"}
    assert set(found.fusions) == {"active"}
    assert found.cues["near"].terms["x"].weight == pytest.approx(fitted.cues["near"].terms["x"].weight, rel=1e-5)
    write_calibration(path, Calibration(1, {}, {}), {})
    assert path.read_text() == text


def test_a_part_that_cannot_be_read_back_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "pad.toml"
    path.write_text("format = 1\n\n[cues.light]\nbias = 'dark'\n")
    before = path.read_text()
    with pytest.raises(Exception, match="not a valid calibration"):
        write_calibration(path, Calibration(1, {}, {}), {})
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_shipped_calibration_is_written_as_it_is_read() -> None:
    shipped = Path(__file__).parents[2] / "models/pad.toml"
    parts = split(shipped.read_text("utf-8"))
    found = read_calibration(shipped)
    assert set(parts) == {*(("cues", name) for name in found.cues), *(("fusions", name) for name in found.fusions)}


def test_the_command_fits_features_that_another_program_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('ridge = 1.0\nfolds = 5\n[fusions.sequence]\ncues = ["near", "far"]\nmost = 0.05\n')
    write_trials(tmp_path / "features.csv", trials())
    arguments = ["--features-csv", str(tmp_path / "features.csv"), "--recipe", str(recipe), "--out"]
    assert main([*arguments, str(tmp_path / "one.toml"), "--name", "drawn numbers"]) == 0
    assert main([*arguments, str(tmp_path / "two.toml"), "--name", "drawn numbers"]) == 0
    text = (tmp_path / "one.toml").read_text()
    assert text == (tmp_path / "two.toml").read_text()
    assert "100 bona fide and 100 attack presentations of 10 people" in text
    assert read_calibration(tmp_path / "one.toml").fusions["sequence"].cues == {"near", "far"}
    assert main([*arguments, str(tmp_path / "no.toml"), "--features-csv", str(tmp_path / "features.csv")]) == 1
    assert "two collections name a presentation alike" in capsys.readouterr().err
    assert not (tmp_path / "no.toml").exists()


def test_the_projects_recipe_is_sound() -> None:
    recipe = read_recipe()
    assert {"sequence", "still"} <= set(recipe.fusions)
    assert all(fusion.most <= 0.05 for fusion in recipe.fusions.values())
