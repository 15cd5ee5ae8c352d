"""What is under test: the gate's own fusion, each of its cues alone, and the packaged networks as others would use
them."""

from collections import Counter
from collections.abc import Sequence

from egate.face.pad.calibration import Calibration, relative_to
from egate.face.pad.cue import CueResult, Missing
from egate.face.pad.presentation_test import ALARM
from egate_models.judged import (
    PACKAGED,
    Judged,
    Kind,
    System,
    cue_results,
    cue_scores,
    cue_system,
    packaged_scores,
)
from egate_models.rates.attacks import UNDETERMINED
from egate_models.trials import Trial

SEQUENCE, STILL = "sequence", "still"
GATE = "gate"
_UNCALIBRATED = 0.5
_BY_COLLECTION = frozenset({Missing.TOO_FEW_FRAMES, Missing.TOO_SHORT, Missing.TOO_SLOW, Missing.TOO_SMALL})


def judge_trials(trials: Sequence[Trial], calibration: Calibration) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """Every trial with its scores under a calibration; and how they were judged, in words."""
    judged, used = [], Counter[str]()
    for trial in trials:
        results = cue_results(calibration, trial)
        fusion, score = gate_score(calibration, results)
        used[fusion if score != UNDETERMINED else f"{fusion}, undetermined"] += trial.acquired
        judged.append(Judged(trial, {GATE: score, **cue_scores(results), **packaged_scores(trial)}))
    words = ", ".join(f"{count} by {name}" for name, count in sorted(used.items()))
    return tuple(judged), (f"Fusions: {words}. What is undetermined is an alarm.",)


def gate_score(calibration: Calibration, results: dict[str, CueResult]) -> tuple[str, float]:
    """Which fusion judged, and its score with the alarm at one half. Where a collection has too few, too slow or too
    small pictures for a cue over time, the fusion for stills judges; what a presentation itself withholds, as by being
    too still, leaves it undetermined."""
    fusion = calibration.fusions[SEQUENCE]
    missing = {result.missing for name, result in results.items() if name in fusion.cues} - {None}
    name = SEQUENCE
    if missing and missing <= _BY_COLLECTION and STILL in calibration.fusions:
        name, fusion = STILL, calibration.fusions[STILL]
    score = fusion.score(results)
    return name, UNDETERMINED if score is None else relative_to(score, fusion.threshold)


def systems(judged: Sequence[Judged], calibration: Calibration) -> tuple[System, ...]:
    """The gate first, then each calibrated cue that judged every trial somehow, then the packaged networks."""
    everywhere = set.intersection(*(set(each.scores) for each in judged))
    said = {name for name in everywhere if any(each.scores[name] != UNDETERMINED for each in judged)}
    cues = sorted(said & {cue_system(name) for name in calibration.cues})
    return (
        System(GATE, Kind.FUSION, ALARM),
        *(System(name, Kind.CUE, _UNCALIBRATED) for name in cues),
        *(System(name, Kind.NETWORK, PACKAGED[name].threshold) for name in PACKAGED if name in said),
    )
