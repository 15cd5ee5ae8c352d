"""What a calibration is worth on people it was not fitted to, and where its thresholds belong."""

import math
from dataclasses import replace

from egate.face.pad.calibration import Calibration, Fusion, logit
from egate_models.fit.models import Material, can_judge, fit_calibration, folds
from egate_models.fit.recipe import Recipe
from egate_models.judged import (
    PACKAGED,
    Judged,
    Kind,
    System,
    cue_results,
    cue_scores,
    fusion_score,
    packaged_scores,
    scores_of,
)
from egate_models.rates.attacks import UNDETERMINED, threshold_for_bpcer
from egate_models.samples.errors import SampleError

_CUE_THRESHOLD = 0.5  # cues are fitted with even odds between the labels


def cross_validate(material: Material, recipe: Recipe) -> dict[str, tuple[Judged, ...]]:
    """By fusion: every trial, judged by a calibration that was fitted without its subject; with each cue alone."""
    judged: dict[str, list[Judged]] = {}
    for inside, outside in folds(material, recipe.folds):
        calibration = fit_calibration(inside, recipe)
        for name in calibration.fusions:
            for trial in (each for each in outside.trials(name) if can_judge(recipe.fusions[name], each)):
                results = cue_results(calibration, trial)
                scores = {
                    name: fusion_score(calibration, name, results),
                    **cue_scores(results),
                    **packaged_scores(trial),
                }
                judged.setdefault(name, []).append(Judged(trial, scores))
    return {name: tuple(found) for name, found in judged.items()}


def with_thresholds(calibration: Calibration, judged: dict[str, tuple[Judged, ...]], recipe: Recipe) -> Calibration:
    """The calibration with the threshold of each fusion where held-out bona fide presentations raise alarms no more
    often than the recipe allows. Raises SampleError where no threshold does that."""
    fusions = {}
    for name, fusion in calibration.fusions.items():
        bona_fide = [each for each in judged[name] if each.trial.acquired and not each.trial.attack]
        threshold = threshold_for_bpcer(scores_of(bona_fide, name), recipe.fusions[name].most)
        if threshold is None or not 0 < threshold < 1:
            raise SampleError(
                f"fusion {name}: so many bona fide presentations are undetermined that no threshold keeps to "
                f"{recipe.fusions[name].most:.1%} alarms; leave out the cue that says nothing most often"
            )
        fusions[name] = Fusion(_raised(threshold, recipe.fusions[name].margin), fusion.model)
    return replace(calibration, fusions=fusions)


def _raised(threshold: float, margin: float) -> float:
    """A threshold in 0 .. 1, ``margin`` logits higher."""
    return 1 / (1 + math.exp(-(logit(threshold) + margin)))


def systems(fusion: str, judged: tuple[Judged, ...], threshold: float) -> tuple[System, ...]:
    """The fusion; each cue that every trial has, alone; each packaged network as its makers meant it."""
    names = set.intersection(*(set(each.scores) for each in judged))
    names = {name for name in names if any(score != UNDETERMINED for score in scores_of(judged, name))}
    return (
        System(fusion, Kind.FUSION, threshold),
        *(System(name, Kind.CUE, _CUE_THRESHOLD) for name in sorted(names - {fusion} - set(PACKAGED))),
        *(System(name, Kind.NETWORK, each.threshold) for name, each in PACKAGED.items() if name in names),
    )
