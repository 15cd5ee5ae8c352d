"""Fits cues and fusions to trials, and scores trials that had no part in it.

A fusion learns how far to trust each cue. On trials that the cue itself was fitted to it would trust it too far, so it
is shown what the cues say about trials that were held out from them (stacking; Wolpert, 1992).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from egate.face.pad.calibration import Calibration, Fusion, Logistic, logit
from egate.face.pad.cue import Features, Missing
from egate.face.pad.fitting import fit
from egate_models.fit.recipe import STILL, FusionRecipe, Recipe
from egate_models.judged import cue_results
from egate_models.samples.errors import SampleError
from egate_models.trials import Trial

_UNSET = 0.5  # a threshold before it is chosen
_NOT_RECORDED = frozenset({Missing.NOT_CALIBRATED, Missing.NO_LIGHT, Missing.TOO_SLOW})
_LEAST = 4  # trials of each label below which a model says nothing


@dataclass(frozen=True, slots=True)
class Material:
    """The same presentations as a whole and as single frames, in the same order; ``still`` may be empty."""

    whole: tuple[Trial, ...]
    still: tuple[Trial, ...] = ()

    def part(self, subjects: frozenset[str]) -> "Material":
        return Material(
            tuple(trial for trial in self.whole if trial.subject in subjects),
            tuple(trial for trial in self.still if trial.subject in subjects),
        )

    def trials(self, fusion: str) -> tuple[Trial, ...]:
        return self.still if fusion == STILL else self.whole

    @property
    def subjects(self) -> frozenset[str]:
        return frozenset(trial.subject for trial in self.whole)


def folds(material: Material, count: int) -> Iterator[tuple[Material, Material]]:
    """(to fit to, held out), so that nobody is in both. Always the same ones."""
    subjects = sorted(material.subjects)
    random.Random("folds").shuffle(subjects)  # noqa: S311 - the same folds each time, no secret
    if len(subjects) < count:
        raise SampleError(f"there are {len(subjects)} subjects for {count} folds; name more, or give a subject column")
    for fold in range(count):
        out = frozenset(subjects[fold::count])
        yield material.part(material.subjects - out), material.part(out)


def fit_calibration(material: Material, recipe: Recipe) -> Calibration:
    """Every cue that has features, and every fusion whose cues have been fitted; thresholds are yet to be chosen."""
    cues = fit_cues(material.whole, recipe)
    held_out = _held_out_logits(material, recipe)
    fusions = {}
    for name, part in recipe.fusions.items():
        seen = [trial for trial in material.trials(name) if recipe.sees(part, trial.species)]
        rows = [(held_out[name, trial.name], trial) for trial in seen]
        complete = [(row, trial) for row, trial in rows if set(part.cues) <= set(row)]
        if set(part.cues) <= set(cues) and _enough([trial for _, trial in complete]):
            logits = [{cue: row[cue] for cue in part.cues} for row, _ in complete]
            labels = [trial.attack for _, trial in complete]
            # A cue may be ignored, but its alarm never counts as a good sign.
            signs = dict.fromkeys(part.cues, 1)
            fusions[name] = Fusion(_UNSET, fit(logits, labels, ridge=part.ridge or recipe.ridge, signs=signs))
    return Calibration(1, cues, fusions)


def fit_cues(trials: Sequence[Trial], recipe: Recipe) -> dict[str, Logistic]:
    """Every cue with features enough, each to the trials on which it is determined."""
    cues = {}
    for name in sorted({cue for trial in trials for cue in trial.features} - set(recipe.elsewhere)):
        part = recipe.cue(name)
        seen = [trial for trial in trials if recipe.sees(part, trial.species)]
        determined = [(_features(trial, name, part.only), trial) for trial in seen]
        rows = [(features, trial) for features, trial in determined if not isinstance(features, Missing)]
        if _enough([trial for _, trial in rows]):
            labels = [trial.attack for _, trial in rows]
            ridge = part.ridge or recipe.ridge
            model = fit([features for features, _ in rows], labels, ridge=ridge, signs=part.signs)
            by_hand = {name: replace(model.terms[name], weight=weight) for name, weight in part.by_hand.items()}
            cues[name] = replace(model, terms={**model.terms, **by_hand})
    return cues


def can_judge(fusion: FusionRecipe, trial: Trial) -> bool:
    """Whether the collection that the trial comes from can show what the fusion needs at all."""
    found = [trial.features.get(cue, Missing.NOT_CALIBRATED) for cue in fusion.cues]
    return not any(features in _NOT_RECORDED for features in found if isinstance(features, Missing))


def _features(trial: Trial, cue: str, only: Sequence[str]) -> Features | Missing:
    features = trial.features.get(cue, Missing.NOT_CALIBRATED)
    if isinstance(features, Missing) or not only:
        return features
    return {name: features[name] for name in only}


def _enough(trials: Sequence[Trial]) -> bool:
    attacks = sum(trial.attack for trial in trials)
    return min(attacks, len(trials) - attacks) >= _LEAST


def _held_out_logits(material: Material, recipe: Recipe) -> dict[tuple[str, str], dict[str, float]]:
    """By fusion and trial: the logit of each cue that is determined, from cues fitted without that trial's subject."""
    logits: dict[tuple[str, str], dict[str, float]] = {}
    for inside, outside in folds(material, recipe.folds):
        calibration = Calibration(1, fit_cues(inside.whole, recipe))
        for fusion in recipe.fusions:
            for trial in outside.trials(fusion):
                results = cue_results(calibration, trial)
                scores = {name: result.score for name, result in results.items() if result.score is not None}
                logits[fusion, trial.name] = {name: logit(score) for name, score in scores.items()}
    return logits
