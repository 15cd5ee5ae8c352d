"""Error rates of presentation attack detection from scores (ISO/IEC 30107-3).

APCER: share of the attacks of one species that are taken for bona fide. BPCER: share of the bona fide presentations
that raise an alarm. A score from the threshold on is an alarm; UNDETERMINED is one at every threshold.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from egate_models.rates.proportion import Proportion

UNDETERMINED = math.inf
Scores = Sequence[float] | NDArray[np.float64]


def apcer(attacks: Scores, threshold: float) -> Proportion:
    """Of one species."""
    return Proportion(int(np.sum(np.asarray(attacks) < threshold)), len(attacks))


def bpcer(bona_fide: Scores, threshold: float) -> Proportion:
    return Proportion(int(np.sum(np.asarray(bona_fide) >= threshold)), len(bona_fide))


def threshold_for_bpcer(bona_fide: Scores, target: float) -> float | None:
    """The strictest threshold at which no more than ``target`` of the bona fide presentations raise an alarm, half-way
    between two scores; None where too many of them are undetermined, so that there is none."""
    scores = np.sort(np.asarray(bona_fide, np.float64))[::-1]
    allowed = math.floor(target * len(scores) + 1e-9)
    if not len(scores) or np.isinf(scores[min(allowed, len(scores) - 1)]):
        return None
    if allowed >= len(scores):
        return -math.inf
    passed = float(scores[allowed])
    above = scores[(scores > passed) & np.isfinite(scores)]
    return (passed + float(above.min())) / 2 if len(above) else math.nextafter(passed, math.inf)


def det_curve(attacks: Scores, bona_fide: Scores) -> NDArray[np.float64]:
    """(n, 3): threshold, APCER, BPCER at every threshold where one of them changes, thresholds rising."""
    wrong, right = np.sort(np.asarray(attacks, np.float64)), np.sort(np.asarray(bona_fide, np.float64))
    if not len(wrong) or not len(right):
        raise ValueError("a curve needs attacks and bona fide presentations")
    scores = np.unique(np.concatenate((wrong, right)))
    scores = scores[np.isfinite(scores)]
    thresholds = np.append(scores, np.nextafter(scores[-1], np.inf) if len(scores) else 0.0)
    missed = np.searchsorted(wrong, thresholds, "left") / len(wrong)
    alarmed = 1 - np.searchsorted(right, thresholds, "left") / len(right)
    return np.stack((thresholds, missed, alarmed), axis=1)


def equal_error_rate(attacks: Scores, bona_fide: Scores) -> float:
    """Where APCER and BPCER cross, on the straight line between the two nearest thresholds; the smallest error that
    both stay below where they do not cross because too many presentations are undetermined."""
    curve = det_curve(attacks, bona_fide)
    missed, alarmed = curve[:, 1], curve[:, 2]
    crossed = np.flatnonzero(missed >= alarmed)
    if not len(crossed):
        return float(max(missed[-1], alarmed[-1]))
    at = int(crossed[0])
    if at == 0:
        return float(missed[0])
    gap_before, gap_after = alarmed[at - 1] - missed[at - 1], missed[at] - alarmed[at]
    share = gap_before / (gap_before + gap_after)
    return float(missed[at - 1] + share * (missed[at] - missed[at - 1]))


def thinned(curve: NDArray[np.float64], most: int = 80) -> list[tuple[float, float]]:
    """(APCER, BPCER) of a curve's corners, for a plot."""
    points = curve[:, 1:]
    if len(points) > most:
        points = points[np.unique(np.linspace(0, len(points) - 1, most).round().astype(int))]
    return [(round(float(missed), 5), round(float(alarmed), 5)) for missed, alarmed in points]
