"""``evaluate pad``: presentation attack detection on a labelled collection (ISO/IEC 30107-3)."""

import argparse
from dataclasses import replace
from pathlib import Path

from egate.face.networks.cards import packaged_models
from egate.face.pad.calibration import CALIBRATION_FILE, Calibration, read_calibration
from egate_models.evaluate.systems import judge_trials, systems
from egate_models.figures import PadFigures
from egate_models.judged import Judged, System
from egate_models.kept_features import collect
from egate_models.options import add_watching, presentations, watching
from egate_models.pad_figures import pad_figures
from egate_models.trials import Trial, write_trials

_NOT_ANSWERED = (
    "Presentations in which no face is found are counted apart (non-response) and in no rate: the gate would neither "
    "admit them nor raise an alarm."
)
_NOT_TRIED = "The light challenge needs the gate's lamp and takes no part in recordings."


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--csv", type=Path, required=True, help="a table, or a folder with live/ and attack/SPECIES/")
    parser.add_argument("--calibrate-on", type=Path, metavar="CSV", help="choose thresholds there, report them here")
    parser.add_argument("--threshold", type=float, help="score of the gate's alarm in place of the shipped 0.5")
    parser.add_argument("--calibration", type=Path, help="another pad.toml")
    parser.add_argument("--features", type=Path, metavar="FILE", help="write what the cues found as CSV")
    add_watching(parser)


def evaluate(options: argparse.Namespace) -> PadFigures:
    """Raises SampleError and FaceError."""
    calibration = read_calibration(options.calibration or (options.models or packaged_models()) / CALIBRATION_FILE)
    trials = _watched(options.csv, options)
    if options.features:
        write_trials(options.features, trials)
    judged, words = judge_trials(trials, calibration)
    elsewhere = _elsewhere(options, calibration)
    tested = systems(judged, calibration)
    return pad_figures(
        judged,
        _with_threshold(tested, options.threshold),
        options.name or options.csv.stem,
        how=(*words, _NOT_ANSWERED, _NOT_TRIED),
        calibration=elsewhere,
    )


def _watched(source: Path, options: argparse.Namespace) -> tuple[Trial, ...]:
    kept = options.cache / "features" if options.cache else None
    return collect(source.stem, presentations(source, options), watching(options), kept)


def _elsewhere(options: argparse.Namespace, calibration: Calibration) -> tuple[str, tuple[Judged, ...]] | None:
    if options.calibrate_on is None:
        return None
    judged, _ = judge_trials(_watched(options.calibrate_on, options), calibration)
    return options.calibrate_on.stem, judged


def _with_threshold(tested: tuple[System, ...], threshold: float | None) -> tuple[System, ...]:
    if threshold is None:
        return tested
    gate, *others = tested
    return (replace(gate, threshold=threshold), *others)
