"""Error rates against values that are known: by hand, and from published tables."""

import math

import pytest

from egate_models.rates.attacks import (
    UNDETERMINED,
    apcer,
    bpcer,
    det_curve,
    equal_error_rate,
    threshold_for_bpcer,
)
from egate_models.rates.proportion import Proportion, beta_cdf, clopper_pearson


@pytest.mark.parametrize(
    ("wrong", "trials", "low", "high"),
    [
        (0, 10, 0.0, 1 - 0.025 ** (1 / 10)),  # closed form where nothing went wrong
        (10, 10, 0.025 ** (1 / 10), 1.0),
        (0, 300, 0.0, 1 - 0.025 ** (1 / 300)),
        (5, 10, 0.187086, 0.812914),  # as in tables of the exact binomial interval
        (1, 100, 0.000253, 0.054459),
        (10, 100, 0.049005, 0.176223),
    ],
)
def test_the_exact_interval(wrong: int, trials: int, low: float, high: float) -> None:
    assert clopper_pearson(wrong, trials) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(("wrong", "trials"), [(7, 40), (50, 1000)])
def test_the_interval_is_where_the_binomial_tails_are_a_fortieth_each(wrong: int, trials: int) -> None:
    def mass(k: int, p: float) -> float:
        return math.comb(trials, k) * p**k * (1 - p) ** (trials - k)

    low, high = clopper_pearson(wrong, trials)
    at_least = 1 - sum(mass(k, low) for k in range(wrong))
    at_most = sum(mass(k, high) for k in range(wrong + 1))
    assert (at_least, at_most) == pytest.approx((0.025, 0.025), abs=1e-9)


def test_large_numbers_of_trials_stay_exact() -> None:
    low, high = clopper_pearson(100, 1_000_000)
    assert low < 1e-4 < high
    assert (low, high) == pytest.approx((8.1363e-5, 1.21627e-4), rel=1e-4)


def test_nothing_tried_says_nothing() -> None:
    assert Proportion(0, 0).rate is None
    assert Proportion(0, 0).interval == (0.0, 1.0)
    with pytest.raises(ValueError, match="no proportion"):
        Proportion(3, 2)


def test_the_beta_distribution_of_whole_numbers_is_a_binomial_sum() -> None:
    expected = sum(math.comb(9, k) * 0.3**k * 0.7 ** (9 - k) for k in range(4, 10))
    assert beta_cdf(0.3, 4, 6) == pytest.approx(expected, abs=1e-12)


def test_a_score_at_the_threshold_is_an_alarm() -> None:
    assert apcer([0.2, 0.5, 0.9], 0.5) == Proportion(1, 3)
    assert bpcer([0.2, 0.5, 0.9], 0.5) == Proportion(2, 3)


def test_what_is_undetermined_is_an_alarm_at_every_threshold() -> None:
    assert apcer([UNDETERMINED, 0.1], 0.999) == Proportion(1, 2)
    assert bpcer([UNDETERMINED, 0.1], 0.999) == Proportion(1, 2)


def test_the_threshold_lies_half_way_between_the_scores_that_it_parts() -> None:
    scores = [k / 100 for k in range(100)]
    threshold = threshold_for_bpcer(scores, 0.05)
    assert threshold == pytest.approx(0.945)
    assert bpcer(scores, threshold or 0).wrong == 5


def test_the_threshold_for_no_error_at_all_lies_above_every_score() -> None:
    threshold = threshold_for_bpcer([0.1, 0.4, 0.4], 0.01)
    assert threshold is not None
    assert bpcer([0.1, 0.4, 0.4], threshold).wrong == 0
    assert threshold == pytest.approx(0.4)


def test_no_threshold_where_too_many_are_undetermined() -> None:
    assert threshold_for_bpcer([0.1, 0.2, UNDETERMINED], 0.05) is None
    assert threshold_for_bpcer([0.1, 0.2, UNDETERMINED], 0.4) == pytest.approx(0.2)


def test_the_threshold_never_allows_more_than_asked_where_scores_are_alike() -> None:
    scores = [0.5] * 10 + [0.1] * 90
    threshold = threshold_for_bpcer(scores, 0.05)
    assert bpcer(scores, threshold or 0).wrong == 0


@pytest.mark.parametrize(
    ("attacks", "bona_fide", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.2], 0.0),
        ([0.1, 0.2], [0.9, 0.8], 1.0),
        ([0.4, 0.6, 0.8, 0.9], [0.1, 0.2, 0.3, 0.5], 0.25),
        ([0.5] * 4, [0.5] * 4, 0.5),
    ],
)
def test_the_equal_error_rate(attacks: list[float], bona_fide: list[float], expected: float) -> None:
    assert equal_error_rate(attacks, bona_fide) == pytest.approx(expected)


def test_the_equal_error_rate_of_two_bells_a_known_distance_apart() -> None:
    from statistics import NormalDist

    quantiles = [NormalDist().inv_cdf((k + 0.5) / 2000) for k in range(2000)]
    assert equal_error_rate([q + 2 for q in quantiles], quantiles) == pytest.approx(NormalDist().cdf(-1), abs=5e-4)


def test_a_curve_falls_on_one_side_and_rises_on_the_other() -> None:
    curve = det_curve([0.2, 0.6, 0.7, UNDETERMINED], [0.1, 0.3, 0.65])
    assert (curve[:, 1] == sorted(curve[:, 1])).all()
    assert (curve[:, 2] == sorted(curve[:, 2], reverse=True)).all()
    assert tuple(curve[0, 1:]) == (0.0, 1.0)
    assert tuple(curve[-1, 1:]) == (0.75, 0.0)  # the attack that got no score is never missed
