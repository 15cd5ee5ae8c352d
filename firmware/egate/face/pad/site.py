"""Calibrates PAD at one gate, on presentations made there: real people who consented, and artefacts that were tried.

What a camera, its light and its distance do to a picture is the same for everybody at one gate and different at the
next, so figures from elsewhere hold only roughly. Two things are fitted anew: the last layer of the project's own
network, and the fusion that joins its vote with the shipped cues. The cues' own coefficients stay: they rest on physics
and on more people than a site can ask. Only features come in; no picture is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.calibration import Calibration, Fusion, Logistic, logit
from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.own_network import OwnNetworkCue
from egate.face.pad.fitting import fit

OWN = OwnNetworkCue.name
FUSION = "sequence"
MIN_PRESENTATIONS, MIN_SUBJECTS = 20, 3  # of each kind; project choice, as few as cross-validation can use
TARGET_BPCER = 0.02  # operational false alarms that TR-03135 allows
_FOLDS = 5
_HEAD_RIDGE, _FUSION_RIDGE = 10.0, 2.0  # 32 numbers of a few hundred presentations, and a handful of votes

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One presentation at the gate: what each cue made of it. ``species``: kind of artefact, empty for a live person;
    ``subject``: who presented or was shown, any name, so that nobody is fitted and checked at once."""

    features: Mapping[str, Features | Missing]
    species: str
    subject: str

    @property
    def attack(self) -> bool:
        return bool(self.species)


@dataclass(frozen=True, slots=True)
class Errors:
    """What one calibration does on the samples. ``eer``: equal error rate; ``bpcer``: live taken for attacks;
    ``apcer``: by species, attacks taken for live; both at the calibration's threshold."""

    eer: float
    bpcer: float
    apcer: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SiteCalibration:
    """``before``: the shipped calibration, ``after``: this one, each on people whom it was not fitted to."""

    calibration: Calibration
    before: Errors
    after: Errors


def calibrate(samples: Sequence[Sample], shipped: Calibration) -> SiteCalibration:
    """Raises ValueError, saying what is missing, where the samples are too few or one-sided."""
    _demand_enough(samples)
    votes = sorted(shipped.fusions[FUSION].cues | {OWN})
    usable = [sample for sample in samples if not _undetermined(sample, votes, shipped)]
    _demand_enough(usable)
    attack = [sample.attack for sample in usable]
    folds = _folds(usable)
    rows, checked = _votes_of_strangers(usable, votes, shipped, folds)
    scores = np.empty(len(usable))
    for fold in range(_FOLDS):
        kept = np.flatnonzero(folds != fold)
        model = _join([rows[k] for k in kept], [attack[k] for k in kept])
        scores[folds == fold] = [model.score(rows[k]) for k in np.flatnonzero(folds == fold)]
    threshold = _threshold(scores[[not each for each in attack]])
    head = _head(usable)
    joined = Fusion(threshold, _join(rows, attack))
    calibration = replace(shipped, cues={**shipped.cues, OWN: head}, fusions={**shipped.fusions, FUSION: joined})
    before = _errors(usable, np.array(checked), shipped.fusions[FUSION].threshold)
    return SiteCalibration(calibration, before, _errors(usable, scores, threshold))


def _demand_enough(samples: Sequence[Sample]) -> None:
    for attack, kind in ((False, "live people"), (True, "artefacts")):
        chosen = [sample for sample in samples if sample.attack is attack]
        subjects = {sample.subject for sample in chosen}
        if len(chosen) < MIN_PRESENTATIONS or len(subjects) < MIN_SUBJECTS:
            raise ValueError(
                f"{len(chosen)} usable presentations of {kind} by {len(subjects)} people; at least {MIN_PRESENTATIONS} "
                f"by {MIN_SUBJECTS} are needed: record more"
            )


def _undetermined(sample: Sample, votes: Sequence[str], shipped: Calibration) -> bool:
    return any(
        isinstance(sample.features.get(name, Missing.NOT_CALIBRATED), Missing)
        or (name != OWN and name not in shipped.cues)
        for name in votes
    )


def _folds(samples: Sequence[Sample]) -> NDArray[np.int_]:
    """(n,): the part in which each sample is checked; all of one subject in the same."""
    subjects = sorted({sample.subject for sample in samples})
    part = {subject: place % _FOLDS for place, subject in enumerate(subjects)}
    return np.array([part[sample.subject] for sample in samples])


def _votes_of_strangers(
    samples: Sequence[Sample], votes: Sequence[str], shipped: Calibration, folds: NDArray[np.int_]
) -> tuple[list[dict[str, float]], list[float]]:
    """Every sample's votes, on the logit scale, the network's from a head that was fitted to other people; and what the
    shipped calibration says of it."""
    heads = [_head([s for s, part in zip(samples, folds, strict=True) if part != fold]) for fold in range(_FOLDS)]
    rows, checked = [], []
    for sample, part in zip(samples, folds, strict=True):
        results = {name: shipped.result(name, features) for name, features in sample.features.items()}
        checked.append(shipped.fusions[FUSION].score(results) or 0.0)
        own = heads[part].score(_known(sample, OWN))
        scores = {name: results[name].score or 0.0 for name in votes if name != OWN}
        rows.append({name: logit(score) for name, score in {**scores, OWN: own}.items()})
    return rows, checked


def _head(samples: Sequence[Sample]) -> Logistic:
    return fit([_known(s, OWN) for s in samples], [s.attack for s in samples], ridge=_HEAD_RIDGE)


def _join(rows: Sequence[Features], attack: Sequence[bool]) -> Logistic:
    """A vote for attack may count for nothing, never for live."""
    return fit(rows, attack, ridge=_FUSION_RIDGE, signs=dict.fromkeys(rows[0], 1))


def _known(sample: Sample, name: str) -> Features:
    features = sample.features[name]
    if isinstance(features, Missing):
        raise TypeError(f"{name} is undetermined")
    return features


def _threshold(live: Scores) -> float:
    """Where TARGET_BPCER of live people would raise an alarm, halfway to the next one below."""
    ordered = np.sort(live)[::-1]
    allowed = int(TARGET_BPCER * len(ordered))
    upper = 1.0 if allowed == 0 else float(ordered[allowed - 1])
    return float(np.clip((upper + ordered[allowed]) / 2 if allowed else ordered[0] * 0.9 + 0.1, 0.01, 0.99))


def _errors(samples: Sequence[Sample], scores: Scores, threshold: float) -> Errors:
    live = np.array([score for sample, score in zip(samples, scores, strict=True) if not sample.attack])
    species = sorted({sample.species for sample in samples if sample.attack})
    by_species = {
        name: np.array([score for sample, score in zip(samples, scores, strict=True) if sample.species == name])
        for name in species
    }
    attacks = np.concatenate(list(by_species.values()))
    cuts = np.unique(np.concatenate([live, attacks]))
    worst = [max(float((live >= cut).mean()), float((attacks < cut).mean())) for cut in cuts]
    apcer = {name: float((found < threshold).mean()) for name, found in by_species.items()}
    return Errors(min(worst), float((live >= threshold).mean()), apcer)
