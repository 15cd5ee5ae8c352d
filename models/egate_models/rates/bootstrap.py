"""Intervals of FMR and FNMR at one threshold, from drawing people anew with replacement."""

import numpy as np
from numpy.typing import NDArray

from egate_models.rates.comparisons import Comparisons, Gallery

_DRAWS = 400
_TAILS = (2.5, 97.5)
_RULE_OF_THREE = 3.0
Interval = tuple[float, float]


def fnmr_interval(found: Comparisons, threshold: float) -> Interval:
    """95 %; where nobody was falsely rejected, up to three over the number of people with genuine pairs."""
    people = int(found.gallery.subjects.max()) + 1
    trials = np.bincount(found.genuine_subjects, minlength=people)
    wrong = np.bincount(found.genuine_subjects[found.genuine < threshold], minlength=people)
    if not wrong.any():
        return 0.0, min(1.0, _RULE_OF_THREE / max(int(np.count_nonzero(trials)), 1))
    weights = _drawn(people)
    return _between(weights @ wrong, weights @ trials)


def fmr_interval(gallery: Gallery, threshold: float) -> Interval:
    """95 %; where nobody was falsely matched, up to three over the number of pairs of people."""
    first, second = _false_pairs(gallery, threshold)
    people = int(gallery.subjects.max()) + 1
    present = len(np.unique(gallery.subjects))
    if not len(first):
        return 0.0, min(1.0, _RULE_OF_THREE / max(present * (present - 1) / 2, 1))
    weights = _drawn(people)
    pictures = np.bincount(gallery.subjects, minlength=people)
    pairs = (weights @ pictures) ** 2 - (weights**2) @ (pictures**2)
    wrong = (weights[:, first] * weights[:, second]).sum(axis=1)
    return _between(wrong, pairs / 2 if gallery.symmetric else pairs)


def _false_pairs(gallery: Gallery, threshold: float) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """The subjects of every falsely matched pair."""
    first, second = [], []
    for scores, _, impostor, start in gallery.blocks():
        rows, columns = np.nonzero(impostor & (scores >= threshold))
        first.append(gallery.subjects[start + rows])
        second.append(gallery.subjects[columns])
    return np.concatenate(first), np.concatenate(second)


def _drawn(people: int) -> NDArray[np.float64]:
    """(draws, people): how often each is in each draw. Always the same."""
    random = np.random.default_rng(1)
    return random.multinomial(people, np.full(people, 1 / people), size=_DRAWS).astype(np.float64)


def _between(wrong: NDArray[np.float64], trials: NDArray[np.float64]) -> Interval:
    rates = wrong[trials > 0] / trials[trials > 0]
    low, high = np.percentile(rates, _TAILS)
    return float(low), float(high)
