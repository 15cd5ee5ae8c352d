"""``python -m egate_models.fit --csv TRAIN --csv DEVEL``: fits the calibration and says what it is worth."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from egate.face.errors import FaceError
from egate.face.networks.cards import packaged_models
from egate.face.pad.calibration import CALIBRATION_FILE, Calibration
from egate_models.figures import write_figures
from egate_models.fit.calibration_file import Part, write_calibration
from egate_models.fit.cross_validation import cross_validate, systems, with_thresholds
from egate_models.fit.models import Material, fit_calibration
from egate_models.fit.recipe import RECIPE, STILL, FusionRecipe, Recipe, read_recipe
from egate_models.judged import Judged
from egate_models.kept_features import collect
from egate_models.options import add_watching, presentations, watching
from egate_models.pad_figures import pad_figures
from egate_models.samples.errors import SampleError
from egate_models.terminal import show
from egate_models.trials import Trial, read_trials, write_trials

_TRIED_MOST = 0.025


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    options = _options(arguments)
    try:
        recipe = _recipe(options)
        material = _material(options, recipe)
        if options.dump:
            write_trials(options.dump, material.whole)
        judged = cross_validate(material, recipe)
        fitted = fit_calibration(material, recipe)
        if not options.cue:
            fitted = with_thresholds(fitted, judged, recipe)
        named = options.name or ", ".join(path.stem for path in (*options.csv, *options.features_csv))
        figures = {
            name: pad_figures(
                found,
                systems(name, found, fitted.fusions[name].threshold),
                f"{named}; subjects held out, {recipe.folds} folds",
                how=(
                    f"Subjects held out, {recipe.folds} folds. The shipped threshold was chosen on these same scores, "
                    f"so that BPCER is {recipe.fusions[name].most:.1%} at most.",
                ),
            )
            for name, found in _reported(judged, options).items()
        }
        for name, found in figures.items():
            show(found)
            if options.figures:
                write_figures(options.figures / f"pad_{name}.json", found)
        if options.out:
            write_calibration(options.out, fitted, _notes(fitted, material, named))
    except (SampleError, FaceError) as error:
        print(f"fit: {error}", file=sys.stderr)
        return 1
    return 0


def _reported(judged: dict[str, tuple[Judged, ...]], options: argparse.Namespace) -> dict[str, tuple[Judged, ...]]:
    """What figures are of: everything, or by choice what was watched alone."""
    if not options.watched_only:
        return judged
    elsewhere = {trial.name for path in options.features_csv for trial in read_trials(path)}
    watched = {
        name: tuple(each for each in found if each.trial.name not in elsewhere) for name, found in judged.items()
    }
    return {name: found for name, found in watched.items() if found}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m egate_models.fit", description=__doc__)
    parser.add_argument("--csv", type=Path, action="append", default=[], help="labelled presentations; may be repeated")
    parser.add_argument(
        "--features-csv", type=Path, action="append", default=[],
        help="labelled features (name,label,attack_type,subject,CUE.FEATURE,...) in place of pictures",
    )  # fmt: skip
    parser.add_argument("--recipe", type=Path, default=RECIPE, help="what is fitted (default: the project's)")
    parser.add_argument(
        "--cue", action="append", default=[], help="try this cue alone, or the named ones together; may be repeated"
    )
    parser.add_argument(
        "--out", type=Path, help=f"calibration to write into, e.g. {packaged_models() / CALIBRATION_FILE}"
    )
    parser.add_argument("--name", help="what the calibration's comment calls the collections")
    parser.add_argument("--dump", type=Path, metavar="FILE", help="write the features as CSV")
    parser.add_argument("--figures", type=Path, metavar="DIR", help="write pad_FUSION.json there, for a report")
    parser.add_argument(
        "--watched-only", action="store_true", help="fit to everything, and give figures of what --csv names alone"
    )
    add_watching(parser)
    options = parser.parse_args(arguments)
    if not options.csv and not options.features_csv:
        parser.error("name what to fit to: --csv or --features-csv")
    if options.cue and options.out:
        parser.error("--cue tries cues out; what is shipped is what the recipe says")
    return options


def _recipe(options: argparse.Namespace) -> Recipe:
    recipe = read_recipe(options.recipe)
    if not options.cue:
        return recipe
    return replace(recipe, fusions={"+".join(options.cue): FusionRecipe(tuple(options.cue), _TRIED_MOST)})


def _material(options: argparse.Namespace, recipe: Recipe) -> Material:
    """Every presentation whole and, where a fusion judges single frames, as one frame."""
    whole: list[Trial] = []
    still: list[Trial] = []
    how = replace(watching(options), only=frozenset(options.cue))
    kept = options.cache / "features" if options.cache else None
    for path in options.csv:
        shown = presentations(path, options)
        whole += collect(path.stem, shown, how, kept)
        if STILL in recipe.fusions:
            still += collect(path.stem, shown, how, kept, still=True)
    for path in options.features_csv:
        whole += read_trials(path)
    names = [trial.name for trial in whole]
    if len(set(names)) < len(names):
        raise SampleError("two collections name a presentation alike; a presentation may be fitted to once")
    return Material(tuple(whole), tuple(still))


def _notes(fitted: Calibration, material: Material, collections: str) -> dict[Part, str]:
    """What stands above each part in the file."""
    attacks = sum(trial.attack for trial in material.whole)
    on = (
        f"Fitted on {collections}: {len(material.whole) - attacks} bona fide and {attacks} attack presentations of "
        f"{len(material.subjects)} people."
    )
    notes: dict[Part, str] = {("cues", name): on for name in fitted.cues}
    for name in fitted.fusions:
        notes["fusions", name] = f"{on}\nThreshold from people held out in cross-validation."
    return notes


if __name__ == "__main__":
    raise SystemExit(main())
