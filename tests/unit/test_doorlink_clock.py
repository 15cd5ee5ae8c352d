"""How one end of the link learns how far the other's clock is ahead."""

import pytest

from egate_doorlink.clock_offset import BEST_VALID_MS, NO_ECHO, ClockOffset
from egate_doorlink.ticks import MASK


def exchange(
    ours: ClockOffset, theirs: ClockOffset, now_ms: int, *, ahead_ms: int, there_ms: int, back_ms: int
) -> None:
    """Our heartbeat goes there, theirs comes back; their clock is so far ahead."""
    theirs.heard(*ours.beat(now_ms), now_ms + there_ms + ahead_ms & MASK)
    ours.heard(*theirs.beat(now_ms + there_ms + ahead_ms & MASK), now_ms + there_ms + back_ms)


@pytest.mark.parametrize("ahead_ms", [0, 5, 123_456, MASK - 3])
def test_an_even_way_gives_the_offset_exactly(ahead_ms: int) -> None:
    ours = ClockOffset()
    exchange(ours, ClockOffset(), 1_000, ahead_ms=ahead_ms, there_ms=4, back_ms=4)
    assert ours.offset_ms is not None
    assert (ours.offset_ms - ahead_ms) & MASK == 0
    assert ours.round_trip_ms == 8


def test_an_uneven_way_errs_by_half_the_difference_at_most() -> None:
    ours = ClockOffset()
    exchange(ours, ClockOffset(), 1_000, ahead_ms=500, there_ms=9, back_ms=1)
    assert ours.offset_ms == 504


def test_the_shortest_way_counts_until_it_is_old() -> None:
    ours, theirs = ClockOffset(), ClockOffset()
    exchange(ours, theirs, 1_000, ahead_ms=500, there_ms=1, back_ms=1)
    exchange(ours, theirs, 2_000, ahead_ms=600, there_ms=9, back_ms=9)
    assert (ours.offset_ms, ours.round_trip_ms) == (500, 2)
    exchange(ours, theirs, 3_000 + BEST_VALID_MS, ahead_ms=600, there_ms=9, back_ms=9)
    assert (ours.offset_ms, ours.round_trip_ms) == (600, 18)


def test_how_long_the_other_end_kept_our_time_does_not_count_as_way() -> None:
    ours = ClockOffset()
    ours.heard(10_090, 1_000, 80, 1_090)  # it kept our time for 80 ms of the 90
    assert (ours.round_trip_ms, ours.offset_ms) == (10, 9_005)


def test_without_an_echo_or_with_an_impossible_one_there_is_no_estimate() -> None:
    ours = ClockOffset()
    ours.heard(5_000, 0, NO_ECHO, 1_000)
    ours.heard(5_000, 990, 20, 1_000)
    assert ours.offset_ms is None


def test_a_heartbeat_says_for_how_long_it_kept_what_it_echoes() -> None:
    ours = ClockOffset()
    assert ours.beat(77) == (77, 0, NO_ECHO)
    ours.heard(5_000, 0, NO_ECHO, 100)
    assert ours.beat(130) == (130, 5_000, 30)
    assert ours.beat(100 + 70_000) == (70_100, 5_000, NO_ECHO - 1)
