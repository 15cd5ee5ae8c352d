"""From templates to the figures of ISO/IEC 19795-1."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from egate_models.figures import ComparisonPoint, Count, VerificationFigures, VerificationGroup
from egate_models.rates.bootstrap import fmr_interval, fnmr_interval
from egate_models.rates.comparisons import Comparisons, Floats, Gallery
from egate_models.rates.proportion import Proportion
from egate_models.samples.errors import SampleError

TARGETS = (1e-3, 1e-4, 1e-5)
_CURVE_POINTS = 100


def verification_figures(
    collection: str,
    gallery: Gallery,
    groups: Sequence[Mapping[str, str]],
    shipped: float,
    *,
    how: Sequence[str],
    not_acquired: Proportion,
    not_enrolled: Proportion,
) -> VerificationFigures:
    """``groups``: of each picture of the gallery. Raises SampleError where pairs of either kind are lacking."""
    found = Comparisons.of(gallery)
    if not len(found.genuine) or not found.impostors:
        lacking = "genuine" if not len(found.genuine) else "impostor"
        raise SampleError(f"{collection}: no {lacking} pair has a face in both pictures; add pictures")
    points = [_point("as shipped", shipped, found)]
    for target in TARGETS:
        points.append(_point(f"FMR {target:.0e}, chosen on this collection", found.threshold_for_fmr(target), found))
    curve = found.curve()
    return VerificationFigures(
        collection,
        tuple(how),
        not_acquired.trials,
        len(np.unique(gallery.subjects)),
        Count.of(not_acquired),
        Count.of(not_enrolled),
        len(found.genuine),
        found.impostors,
        round(_equal_error_rate(curve), 5),
        tuple(points),
        _thinned(curve),
        tuple(_groups(gallery, groups, shipped)),
    )


def _point(chosen: str, threshold: float | None, found: Comparisons) -> ComparisonPoint:
    if threshold is None:
        return ComparisonPoint(chosen, None)
    return ComparisonPoint(chosen, round(threshold, 4), *_errors(found, threshold))


def _errors(found: Comparisons, threshold: float) -> tuple[Count, Count]:
    """FMR and FNMR."""
    fmr, fnmr = fmr_interval(found.gallery, threshold), fnmr_interval(found, threshold)
    return (
        Count(found.false_matches(threshold), found.impostors, *(float(f"{end:.3g}") for end in fmr)),
        Count(found.false_non_matches(threshold), len(found.genuine), *(float(f"{end:.3g}") for end in fnmr)),
    )


def _groups(gallery: Gallery, groups: Sequence[Mapping[str, str]], threshold: float) -> Iterator[VerificationGroup]:
    """Every value of every column whose people form pairs of both kinds."""
    for column in sorted({name for each in groups for name in each}):
        for value in sorted({each[column] for each in groups if column in each}):
            part = gallery.part(np.array([each.get(column) == value for each in groups]))
            found = Comparisons.of(part)
            if len(found.genuine) and found.impostors:
                people = len(np.unique(part.subjects))
                yield VerificationGroup(column, value, people, *_errors(found, threshold))


def _equal_error_rate(curve: Floats) -> float:
    at = int(np.argmax(curve[:, 2] >= curve[:, 1]))
    return float((curve[at, 1] + curve[at, 2]) / 2)


def _thinned(curve: Floats) -> list[tuple[float, float]]:
    """(FMR, FNMR) evenly over the logarithm of FMR."""
    reached = curve[curve[:, 1] > 0]
    logs = np.log10(reached[:, 1])
    wanted = np.linspace(logs.min(), logs.max(), _CURVE_POINTS)
    rows = np.unique([int(np.argmin(np.abs(logs - log))) for log in wanted])
    return [(float(f"{fmr:.4g}"), float(f"{fnmr:.4g}")) for _, fmr, fnmr in reached[rows]]
