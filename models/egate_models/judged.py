"""Presentations with the score that each system under test gave them, cues, fusions and networks alike."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from egate.face.pad.calibration import Calibration
from egate.face.pad.cue import CueResult, Missing
from egate_models.rates.attacks import UNDETERMINED
from egate_models.trials import Trial


class Kind(StrEnum):
    """What gave a score."""

    FUSION = "fusion"
    CUE = "cue"
    NETWORK = "packaged network"


@dataclass(frozen=True, slots=True)
class Packaged:
    """A packaged network as anybody would use it: the cue and the feature that is its own opinion, the larger the more
    suspicious, and the threshold that its makers chose."""

    cue: str
    feature: str
    threshold: float


PACKAGED = {
    "fr_liveness, tight crop": Packaged("network", "tight", 0.0),
    "fr_liveness, wide crop": Packaged("network", "wide", 0.0),
    "FaceAntiSpoofing": Packaged("broad_network", "departure", math.log10(0.2)),
}


@dataclass(frozen=True, slots=True)
class System:
    """``threshold``: score from which it raises an alarm, as shipped."""

    name: str
    kind: Kind
    threshold: float


@dataclass(frozen=True, slots=True)
class Judged:
    """``scores``: by system, 0 live .. 1 attack, UNDETERMINED where it said nothing."""

    trial: Trial
    scores: Mapping[str, float]


def cue_results(calibration: Calibration, trial: Trial) -> dict[str, CueResult]:
    """What each cue of a trial says under a calibration."""
    return {name: calibration.result(name, features) for name, features in trial.features.items()}


def fusion_score(calibration: Calibration, name: str, results: Mapping[str, CueResult]) -> float:
    score = calibration.fusions[name].score(results)
    return UNDETERMINED if score is None else score


def cue_scores(results: Mapping[str, CueResult]) -> dict[str, float]:
    """By "cue NAME"."""
    return {
        cue_system(name): UNDETERMINED if result.score is None else result.score for name, result in results.items()
    }


def cue_system(name: str) -> str:
    return f"cue {name}"


def scores_of(judged: Sequence[Judged], system: str) -> list[float]:
    return [each.scores[system] for each in judged]


def packaged_scores(trial: Trial) -> dict[str, float]:
    """Of the packaged networks that looked at a trial."""
    scores = {}
    for name, network in PACKAGED.items():
        features = trial.features.get(network.cue, Missing.NOT_CALIBRATED)
        if isinstance(features, Missing):
            scores[name] = UNDETERMINED
        elif network.feature in features:
            scores[name] = features[network.feature]
    return scores
