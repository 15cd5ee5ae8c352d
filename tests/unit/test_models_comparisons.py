"""Comparing people: every pair once, thresholds that keep to what was asked, intervals over people."""

import numpy as np
import pytest

from egate_models.rates.bootstrap import fmr_interval, fnmr_interval
from egate_models.rates.comparisons import Comparisons, Gallery
from egate_models.rates.proportion import Proportion
from egate_models.samples.errors import SampleError
from egate_models.verification_figures import verification_figures


def gallery(angles: list[float], subjects: list[int], sessions: list[int] | None = None) -> Gallery:
    """Templates in a plane: the cosine of two is that of the difference of their angles in degrees."""
    turned = np.radians(np.array(angles))
    templates = np.stack((np.cos(turned), np.sin(turned)), axis=1).astype(np.float32)
    return Gallery(templates, templates, np.array(subjects), np.array(sessions or [0] * len(subjects)))


def crowd(people: int = 60, pictures: int = 3, apart: float = 1.0) -> Gallery:
    """Real dimensions: people far from one another by chance, pictures of one person ``apart`` as noise."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(people, 1, 64))
    raw = centres + apart * random.normal(size=(people, pictures, 64))
    templates = raw.reshape(-1, 64)
    templates = (templates / np.linalg.norm(templates, axis=1, keepdims=True)).astype(np.float32)
    subjects = np.repeat(np.arange(people), pictures)
    return Gallery(templates, templates, subjects, np.zeros(len(subjects), np.int_))


def test_each_pair_counts_once_and_none_with_itself() -> None:
    found = Comparisons.of(gallery([0, 10, 90, 100], [0, 0, 1, 1]))
    assert found.genuine == pytest.approx([np.cos(np.radians(10))] * 2, abs=1e-6)
    assert found.impostors == 4
    assert found.false_matches(np.cos(np.radians(85))) == 1  # only 10 against 90 degrees
    assert found.false_matches(0.0) == 3
    assert found.false_non_matches(0.99) == 2


def test_pictures_against_portraits_count_in_both_directions() -> None:
    live = gallery([0, 10, 90], [0, 0, 1])
    chip = gallery([5, 12, 95], [0, 0, 1]).probes
    found = Comparisons.of(Gallery(live.probes, chip, live.subjects, live.sessions))
    assert sorted(found.genuine) == pytest.approx(sorted(np.cos(np.radians([12, 5]))), abs=1e-6)
    assert found.impostors == 4


def test_pictures_of_one_session_are_no_genuine_pair() -> None:
    found = Comparisons.of(gallery([0, 1, 30, 90], [0, 0, 0, 1], [1, 1, 2, 3]))
    assert len(found.genuine) == 2
    assert found.impostors == 3


def test_more_rows_than_one_block_give_what_all_at_once_gives() -> None:
    big = crowd(people=400, pictures=2)
    found = Comparisons.of(big)
    scores = big.probes @ big.probes.T
    other = np.triu(big.subjects[:, None] != big.subjects, 1)
    assert found.impostors == other.sum() == 800 * 799 // 2 - 400
    assert len(found.genuine) == 400
    assert found.false_matches(0.2) == pytest.approx(int((scores[other] >= 0.2).sum()), abs=3)


@pytest.mark.parametrize("target", [1e-1, 1e-2, 1e-3])
def test_the_threshold_is_the_lowest_that_keeps_to_the_target(target: float) -> None:
    found = Comparisons.of(crowd())
    threshold = found.threshold_for_fmr(target)
    assert threshold is not None
    assert found.false_matches(threshold) <= target * found.impostors
    assert found.false_matches(threshold - 2e-4) > target * found.impostors


def test_no_threshold_for_a_rate_that_so_few_pairs_cannot_show() -> None:
    assert Comparisons.of(crowd(people=5)).threshold_for_fmr(1e-3) is None


def test_intervals_hold_the_rate_and_widen_with_fewer_people() -> None:
    wide, narrow = Comparisons.of(crowd(people=20)), Comparisons.of(crowd(people=200))
    spans = []
    for found in (wide, narrow):
        low, high = fnmr_interval(found, 0.5)
        assert low <= found.false_non_matches(0.5) / len(found.genuine) <= high
        spans.append(high - low)
        low, high = fmr_interval(found.gallery, 0.2)
        assert low <= found.false_matches(0.2) / found.impostors <= high
    assert spans[1] < spans[0]


def test_where_no_error_was_seen_the_rule_of_three_over_people() -> None:
    found = Comparisons.of(crowd(people=30, apart=0.01))
    assert fnmr_interval(found, 0.5) == (0.0, pytest.approx(3 / 30))
    assert fmr_interval(found.gallery, 0.9) == (0.0, pytest.approx(3 / (30 * 29 / 2)))


def test_figures_name_the_worst_and_the_best_group() -> None:
    people = crowd(people=40)
    groups = [{"sex": "f" if subject % 2 else "m"} for subject in people.subjects]
    figures = verification_figures(
        "c", people, groups, 0.4, how=("h",), not_acquired=Proportion(1, 121), not_enrolled=Proportion(0, 120)
    )
    assert [group.value for group in figures.groups] == ["f", "m"]
    assert all(group.subjects == 20 for group in figures.groups)
    assert figures.genuine == 120
    assert figures.points[0].fnmr is not None
    assert figures.points[0].fnmr.trials == 120
    assert figures.points[3].threshold is None  # FMR 1e-5 of 7020 pairs: nothing can be said
    fmr = [point[0] for point in figures.curve]
    assert fmr == sorted(fmr, reverse=True)


def test_a_collection_without_pairs_says_which_are_lacking() -> None:
    with pytest.raises(SampleError, match="no impostor pair"):
        verification_figures(
            "c", gallery([0, 5], [0, 0]), [{}, {}], 0.4,
            how=(), not_acquired=Proportion(0, 2), not_enrolled=Proportion(0, 2),
        )  # fmt: skip
