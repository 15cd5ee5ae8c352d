"""No challenge ever flashes, and nobody can guess one; and the judge of flashes sees those that are there."""

import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egate.face.pad.challenge import (
    DARK,
    DURATION_MS,
    LUMINANCE,
    REST,
    STEP_MS,
    STEPS,
    Challenge,
    Colour,
    Shown,
    hue,
    spread,
)  # fmt: skip
from egate.face.pad.flashes import Flashes, flashes

WHITE, BLACK = Colour(1, 1, 1), Colour(0, 0, 0)
RED = Colour(1, 0, 0)

entropies = st.binary(min_size=16, max_size=64)


def shown(colours: list[Colour], every_ms: int) -> list[Shown]:
    return [Shown(colour, every_ms * number) for number, colour in enumerate(colours)]


def chromaticity(colour: Colour) -> tuple[float, float]:
    return math.log(colour.red / colour.green), math.log(colour.blue / colour.green)


@given(entropies, st.integers(0, 1000))
def test_no_challenge_flashes_from_dark_to_dark(entropy: bytes, attempt: int) -> None:
    challenge = Challenge.draw(entropy, attempt)
    assert flashes(shown([REST, *challenge.steps, REST], STEP_MS)) == Flashes(general=0, red=0)
    assert flashes(shown([DARK, REST, *challenge.steps, REST, DARK], STEP_MS)).general <= 1


@given(entropies, st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=STEPS, max_size=STEPS))
def test_by_its_pace_alone_any_sequence_stays_below_three_flashes(
    entropy: bytes, shares: list[tuple[float, float, float]]
) -> None:
    """A lamp whose luminance does not hold, at its worst: any colours at all."""
    assert flashes(shown([REST, *(Colour(*share) for share in shares), REST], STEP_MS)).safe


@given(entropies, st.integers(0, 100))
def test_neighbours_differ_clearly_and_all_are_equally_bright(entropy: bytes, attempt: int) -> None:
    steps = Challenge.draw(entropy, attempt).steps
    assert len(steps) == STEPS
    for one, other in itertools.pairwise(steps):
        assert math.dist(chromaticity(one), chromaticity(other)) > 0.9
    for colour in (REST, *steps):
        assert colour.luminance == pytest.approx(LUMINANCE)
        assert colour.red / (colour.red + colour.green + colour.blue) < 0.6


@given(entropies)
def test_the_same_entropy_gives_the_same_challenge_and_every_start_another_draw(entropy: bytes) -> None:
    assert Challenge.draw(entropy, 3) == Challenge.draw(entropy, 3)
    assert len({Challenge.draw(entropy, attempt).steps for attempt in range(8)}) > 5
    assert len({Challenge.draw(entropy + bytes([k])).steps for k in range(8)}) > 5


def test_there_are_as_many_challenges_as_the_page_says() -> None:
    turns = itertools.product(range(3, 10), repeat=STEPS - 1)
    sequences = ([total % 12 for total in itertools.accumulate((0, *turn))] for turn in turns)
    assert 12 * sum(map(spread, sequences)) == 20_016
    assert math.log2(20_016) == pytest.approx(14.3, abs=0.05)


def test_every_hue_is_as_likely_at_every_step() -> None:
    draws = [Challenge.draw(number.to_bytes(16, "big")) for number in range(2400)]
    for step in range(STEPS):
        counts = Counter(draw.steps[step] for draw in draws)
        assert set(counts) == {hue(number) for number in range(12)}
        assert 130 < min(counts.values()) <= max(counts.values()) < 280  # 200 expected, five standard deviations


def test_a_challenge_fits_the_time_and_keeps_its_secret() -> None:
    assert DURATION_MS == STEPS * STEP_MS <= 1900
    assert repr(Challenge.draw(bytes(16))) == "Challenge(5 steps)"
    with pytest.raises(ValueError, match="16 bytes"):
        Challenge.draw(bytes(15))
    with pytest.raises(ValueError, match="between 0 and 1"):
        Colour(1.1, 0, 0)


@pytest.mark.parametrize(
    ("colours", "every_ms", "expected"),
    [
        ([BLACK, WHITE] * 8, 125, Flashes(4, 0)),  # 4 Hz: too many
        ([BLACK, WHITE] * 8, 200, Flashes(2, 0)),
        ([BLACK, Colour(0.09, 0.09, 0.09)] * 8, 100, Flashes(0, 0)),  # below a tenth
        ([BLACK, Colour(0.1, 0.1, 0.1)] * 8, 100, Flashes(5, 0)),
        ([Colour(0.8, 0.8, 0.8), WHITE] * 8, 100, Flashes(0, 0)),  # the darker one is bright
        ([BLACK, Colour(0.3, 0.3, 0.3), Colour(0.6, 0.6, 0.6)] * 8, 50, Flashes(7, 0)),  # stairs up are one change
        ([BLACK, Colour(0.05, 0.05, 0.05), Colour(0.1, 0.1, 0.1), Colour(0.05, 0.05, 0.05)] * 4, 50, Flashes(3, 0)),
        ([RED, Colour(0.0, 0.2973, 0.0)] * 8, 100, Flashes(0, 5)),  # red and green of one luminance
        ([RED, Colour(0.75, 0.0, 0.2)] * 8, 100, Flashes(0, 0)),  # two reds: hardly a change
        ([WHITE], 100, Flashes(0, 0)),
        ([], 100, Flashes(0, 0)),
    ],
)  # fmt: skip
def test_the_judge_sees_flashes_as_the_clause_defines_them(
    colours: list[Colour], every_ms: int, expected: Flashes
) -> None:
    assert flashes(shown(colours, every_ms)) == expected
    assert flashes(shown(colours, every_ms)).safe is (max(expected.general, expected.red) <= 3)
