"""Calibration at a site: it learns what the shipped one cannot know, and says honestly what it gained."""

import numpy as np
import pytest

from egate.face.pad.calibration import Calibration, Fusion, Logistic, Term
from egate.face.pad.cue import Missing
from egate.face.pad.cues.own_network import EMBEDDING, feature
from egate.face.pad.site import MIN_PRESENTATIONS, Sample, calibrate

SHIPPED = Calibration(
    format=1,
    cues={"network": Logistic(-3.0, {"attack": Term(6.0)})},
    fusions={"sequence": Fusion(0.5, Logistic(0.0, {"network": Term(1.0)}))},
)


def samples(count: int = 120, seed: int = 5) -> list[Sample]:
    """A camera before which the shipped cue is weak, and the network's eighth number tells."""
    random = np.random.default_rng(seed)
    made = []
    for k in range(count):
        attack = k % 2 == 1
        embedding = random.normal(0, 1, EMBEDDING)
        embedding[8] += 2.5 if attack else -2.5
        weak = float(np.clip(random.normal(0.55 if attack else 0.45, 0.15), 0, 1))
        features = {
            "network": {"attack": weak},
            "own_network": {feature(i): float(x) for i, x in enumerate(embedding)},
        }
        made.append(Sample(features, ("print", "phone")[k // 2 % 2] if attack else "", f"person {k % 11}"))
    return made


def test_it_gains_on_people_whom_it_was_not_fitted_to() -> None:
    made = calibrate(samples(), SHIPPED)
    assert made.before.eer > 0.25
    assert made.after.eer < 0.06
    assert made.after.bpcer <= 0.05
    assert set(made.after.apcer) == {"print", "phone"}
    assert made.calibration.fusions["sequence"].cues == {"network", "own_network"}


def test_what_it_made_holds_for_new_presentations() -> None:
    calibration = calibrate(samples(), SHIPPED).calibration
    fusion = calibration.fusions["sequence"]
    wrong = 0
    for sample in samples(seed=77):
        results = {name: calibration.result(name, features) for name, features in sample.features.items()}
        score = fusion.score(results)
        assert score is not None
        wrong += (score >= fusion.threshold) is not sample.attack
    assert wrong <= 8


def test_labels_at_random_gain_nothing() -> None:
    random = np.random.default_rng(3)
    shuffled = [Sample(s.features, random.choice(["", "print"]), f"person {k % 11}") for k, s in enumerate(samples())]
    assert calibrate(shuffled, SHIPPED).after.eer > 0.35


def test_the_shipped_cues_stay_as_they_are() -> None:
    assert calibrate(samples(), SHIPPED).calibration.cues["network"] == SHIPPED.cues["network"]


@pytest.mark.parametrize(
    "few",
    [
        [],
        samples()[: 2 * MIN_PRESENTATIONS - 2],
        [s for s in samples() if s.attack],
        [Sample(s.features, s.species, "one person") for s in samples()],
        [Sample({**s.features, "own_network": Missing.TOO_FEW_FRAMES}, s.species, s.subject) for s in samples()],
    ],
    ids=["none", "few", "attacks only", "one person", "undetermined"],
)
def test_too_little_is_refused_with_what_is_missing(few: list[Sample]) -> None:
    with pytest.raises(ValueError, match="record more"):
        calibrate(few, SHIPPED)
