"""What a gate's own calibration would gain: recordings of one camera stand in for a gate that nothing was fitted to.

    python -m egate_models.site_gain --rendered CAMPAIGN.csv --site FEATURES.csv --out models/measured/site.json

The calibration before is fitted to rendered people and artefacts alone (``--rendered``: features of a campaign), so
that it has never seen the camera. Some of the camera's people are drawn, their presentations are given to the gate's
own calibration (``egate.face.pad.site``), and both are judged on everybody else. ``--site``: features as
``python -m egate_models.evaluate pad --features`` writes them.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from egate.face.pad.calibration import Calibration
from egate.face.pad.site import FUSION, Sample, calibrate
from egate_models.fit.cross_validation import cross_validate, with_thresholds
from egate_models.fit.models import Material, fit_calibration
from egate_models.fit.recipe import STILL, read_recipe
from egate_models.judged import cue_results
from egate_models.rates.attacks import UNDETERMINED, equal_error_rate
from egate_models.samples.errors import SampleError
from egate_models.trials import Trial, read_trials

PEOPLE = (5, 8, 15)
_DRAWS = 9


@dataclass(frozen=True, slots=True)
class Worth:
    """Equal error rate; share of bona fide that alarm and of attacks that do not, at the calibration's threshold."""

    eer: float
    bpcer: float
    apcer: float


@dataclass(frozen=True, slots=True)
class Gain:
    """Medians over draws of ``people``: on all the others, ``before`` and ``after``. ``presentations``: of those who
    were drawn."""

    people: int
    presentations: int
    before: Worth
    after: Worth


def rendered_alone(trials: Sequence[Trial]) -> Calibration:
    """The recipe, fitted to rendered people and artefacts. A campaign has no single frames to fit to."""
    recipe = read_recipe()
    fusions = {name: fusion for name, fusion in recipe.fusions.items() if name != STILL}
    recipe, material = replace(recipe, fusions=fusions), Material(tuple(trials))
    return with_thresholds(fit_calibration(material, recipe), cross_validate(material, recipe), recipe)


def gain(trials: Sequence[Trial], shipped: Calibration, people: int) -> Gain:
    """Raises ValueError where there are too few."""
    subjects = sorted({trial.subject for trial in trials})
    found = []
    for draw in range(_DRAWS):
        drawn = set(random.Random(f"site {people} {draw}").sample(subjects, people))  # noqa: S311 - no secret
        inside = [trial for trial in trials if trial.subject in drawn]
        outside = [trial for trial in trials if trial.subject not in drawn]
        samples = [Sample(each.features, each.species if each.attack else "", each.subject) for each in inside]
        after = calibrate(samples, shipped).calibration
        found.append((len(inside), worth(outside, shipped), worth(outside, after)))
    presentations, before, after_all = zip(*found, strict=True)
    return Gain(people, round(statistics.median(presentations)), _median(before), _median(after_all))


def worth(trials: Sequence[Trial], calibration: Calibration) -> Worth:
    """Of one calibration on trials that it was not fitted to. Without a score, an alarm."""
    fusion = calibration.fusions[FUSION]
    scores: dict[bool, list[float]] = {True: [], False: []}
    for trial in trials:
        score = fusion.score(cue_results(calibration, trial))
        scores[trial.attack].append(UNDETERMINED if score is None else score)
    attacks, bona_fide = np.array(scores[True]), np.array(scores[False])
    return Worth(
        round(equal_error_rate(attacks, bona_fide), 4),
        round(float((bona_fide >= fusion.threshold).mean()), 4),
        round(float((attacks < fusion.threshold).mean()), 4),
    )


def _median(found: Sequence[Worth]) -> Worth:
    return Worth(*(round(statistics.median(getattr(each, name) for each in found), 4) for name in Worth.__slots__))


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rendered", type=Path, required=True, help="features of a campaign")
    parser.add_argument("--site", type=Path, action="append", required=True, help="features of one camera; repeatable")
    parser.add_argument("--out", type=Path, required=True, help="figures as JSON")
    options = parser.parse_args(arguments)
    try:
        shipped = rendered_alone(read_trials(options.rendered))
        site = [trial for path in options.site for trial in read_trials(path) if trial.acquired]
        rows = [gain(site, shipped, people) for people in PEOPLE]
    except (SampleError, ValueError) as error:
        print(f"site_gain: {error}", file=sys.stderr)
        return 1
    people = len({trial.subject for trial in site})
    found = {"people": people, "presentations": len(site), "before": asdict(worth(site, shipped))}
    options.out.write_text(json.dumps({**found, "gains": [asdict(row) for row in rows]}, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
