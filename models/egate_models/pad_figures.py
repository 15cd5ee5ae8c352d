"""From scores to the figures of ISO/IEC 30107-3."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from egate_models.figures import (
    ALL_ATTACKS,
    BONA_FIDE,
    Count,
    GroupFigures,
    OperatingPoint,
    PadFigures,
    SystemFigures,
)
from egate_models.judged import Judged, System, scores_of
from egate_models.rates.attacks import apcer, bpcer, det_curve, equal_error_rate, thinned, threshold_for_bpcer
from egate_models.rates.proportion import Proportion
from egate_models.samples.errors import SampleError

TARGETS = (0.01, 0.05)


@dataclass(frozen=True, slots=True)
class _Scores:
    """Of one system, by species."""

    bona_fide: list[float]
    attacks: dict[str, list[float]]

    @classmethod
    def of(cls, judged: Sequence[Judged], system: str) -> "_Scores":
        species = sorted({each.trial.species for each in judged if each.trial.attack})
        return cls(
            scores_of([each for each in judged if not each.trial.attack], system),
            {name: scores_of([each for each in judged if each.trial.species == name], system) for name in species},
        )

    @property
    def all_attacks(self) -> list[float]:
        return [score for scores in self.attacks.values() for score in scores]


def pad_figures(
    judged: Sequence[Judged],
    systems: Sequence[System],
    collection: str,
    *,
    how: Sequence[str] = (),
    calibration: tuple[str, Sequence[Judged]] | None = None,
) -> PadFigures:
    """``calibration``: name and presentations of another collection, on which the thresholds of TARGETS are chosen;
    without one they are chosen on this one, and say so. Raises SampleError unless both labels are there."""
    answered = _answered(judged, collection)
    elsewhere = (calibration[0], _answered(calibration[1], calibration[0])) if calibration else None
    return PadFigures(
        collection,
        tuple(how),
        len(judged),
        len({each.trial.subject for each in judged}),
        _counted(judged, lambda each: not each.trial.acquired),
        tuple(_system(answered, system, elsewhere, whole=system is systems[0]) for system in systems),
        tuple(_groups(answered, systems[0])),
    )


def _answered(judged: Sequence[Judged], collection: str) -> list[Judged]:
    answered = [each for each in judged if each.trial.acquired]
    attacks = sum(each.trial.attack for each in answered)
    if not 0 < attacks < len(answered):
        absent = "attacks" if not attacks else "bona fide presentations"
        raise SampleError(f"{collection}: has no {absent} in which a face is found; rates need both, so add some")
    return answered


def _system(
    judged: Sequence[Judged], system: System, elsewhere: tuple[str, list[Judged]] | None, *, whole: bool
) -> SystemFigures:
    """``whole``: with a curve for each species, and not for all attacks alone."""
    scores = _Scores.of(judged, system.name)
    everything = {ALL_ATTACKS: scores.all_attacks, **scores.attacks}
    points = [_point("as shipped", system.threshold, scores)]
    chosen_on, chosen_with = (elsewhere[0], _Scores.of(elsewhere[1], system.name)) if elsewhere else ("", scores)
    for target in TARGETS:
        where = f", chosen on {chosen_on}" if chosen_on else ", chosen on this collection"
        threshold = threshold_for_bpcer(chosen_with.bona_fide, target)
        points.append(_point(f"BPCER {target:.0%}{where}", threshold, scores))
    return SystemFigures(
        system.name,
        system.kind,
        {name: round(equal_error_rate(attacks, scores.bona_fide), 5) for name, attacks in everything.items()},
        tuple(points),
        {
            name: thinned(det_curve(attacks, scores.bona_fide))
            for name, attacks in everything.items()
            if whole or name == ALL_ATTACKS
        },
        _counted(judged, lambda each: bool(np.isinf(each.scores[system.name]))),
    )


def _point(chosen: str, threshold: float | None, scores: _Scores) -> OperatingPoint:
    if threshold is None:
        return OperatingPoint(chosen, None)
    rates = {name: Count.of(apcer(attacks, threshold)) for name, attacks in scores.attacks.items()}
    worst = max(rates, key=lambda name: (rates[name].rate, name))
    return OperatingPoint(chosen, float(f"{threshold:.6g}"), Count.of(bpcer(scores.bona_fide, threshold)), rates, worst)


def _counted(judged: Sequence[Judged], wrong: Callable[[Judged], bool]) -> dict[str, Count]:
    """How many are ``wrong``, by species and for BONA_FIDE."""
    together: dict[str, list[bool]] = {}
    for each in sorted(judged, key=lambda each: each.trial.species):
        together.setdefault(each.trial.species or BONA_FIDE, []).append(wrong(each))
    return {name: Count.of(Proportion(sum(found), len(found))) for name, found in together.items()}


def _groups(judged: Sequence[Judged], system: System) -> Iterator[GroupFigures]:
    """Every value of every further column, in order."""
    columns = sorted({column for each in judged for column in each.trial.groups})
    for column in columns:
        for value in sorted({each.trial.groups[column] for each in judged if column in each.trial.groups}):
            scores = _Scores.of([each for each in judged if each.trial.groups.get(column) == value], system.name)
            yield GroupFigures(
                column,
                value,
                Count.of(bpcer(scores.bona_fide, system.threshold)),
                Count.of(apcer(scores.all_attacks, system.threshold)),
            )
