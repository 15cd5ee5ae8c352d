"""Who walked where, as a light curtain tells it: sequences of broken beams, one bit each, the outermost lowest."""

import pytest

from egate_door.curtain import INNER, OUTER, TRACKS, Curtain
from egate_door.limits import BEAM_STUCK_LONG_MS, BEAMS, STANDING_MS
from egate_sim.door.simulated import walk_masks

PASS_MS = 10
FULL = (1 << BEAMS) - 1


class Seen:
    """Everything that a curtain has told while these masks were seen, one a pass or for so many passes."""

    def __init__(self, beams: int = BEAMS) -> None:
        self.curtain = Curtain(beams)
        self.now_ms = 0
        self.told: list[str] = []

    def see(self, *masks: int, passes: int = 1, shut: bool = False) -> "Seen":
        for mask in masks:
            for _ in range(passes):
                self.now_ms += PASS_MS
                self.curtain.step(mask, shut, self.now_ms)
                self._note()
        return self

    def _note(self) -> None:
        curtain = self.curtain
        self.told += ["in"] * curtain.inward + ["out"] * curtain.outward
        for name in ("thing", "through_shut", "wide", "standing", "left"):
            if getattr(curtain, name):
                self.told.append(name)


def side_by_side(*walks: tuple[list[int], int]) -> list[int]:
    """Several walks seen at once; each with the step at which it begins."""
    length = max(begin + len(masks) for masks, begin in walks)
    return [_union(walks, at) for at in range(length)]


def _union(walks: tuple[tuple[list[int], int], ...], at: int) -> int:
    seen = 0
    for masks, begin in walks:
        if 0 <= at - begin < len(masks):
            seen |= masks[at - begin]
    return seen


IN, OUT = walk_masks(inward=True), walk_masks(inward=False)
GRAY_IN, GRAY_OUT = [0b01, 0b11, 0b10, 0], [0b10, 0b11, 0b01, 0]


def test_one_who_walks_through_is_counted_once_and_in_the_right_direction() -> None:
    assert Seen().see(*IN).told == ["in"]
    assert Seen().see(*OUT).told == ["out"]
    assert Seen().see(*IN, passes=7).told == ["in"]


@pytest.mark.parametrize(
    ("masks", "told"),
    [
        (GRAY_IN, ["in"]),
        (GRAY_OUT, ["out"]),
        (GRAY_IN * 2, ["in", "in"]),
        ([0b01, 0b11, 0b01, 0], []),  # turns round in the doorway
        ([0b01, 0b11, 0b10, 0b11, 0b10, 0], ["in"]),  # hesitates
        ([0b01, 0], []),  # a hand
        ([0b11, 0], []),  # both at once: direction unknown
        ([0b01, 0b11, 0], []),  # gone while still at both sides
    ],
)
def test_with_two_beams_it_is_the_old_rule(masks: list[int], told: list[str]) -> None:
    assert Seen(beams=2).see(*masks).told == told


def test_one_who_turns_round_counts_for_nothing() -> None:
    half = IN[:7]
    assert Seen().see(*half, *reversed(half), 0).told == []


def test_two_with_a_gap_between_them_are_two_even_though_both_are_in_the_curtain() -> None:
    seen = Seen()
    for mask in side_by_side((IN, 0), (IN, 5)):
        seen.see(mask)
        if seen.curtain.people_from(OUTER) == 2:
            break
    assert seen.curtain.people_from(OUTER) == 2
    assert seen.curtain.people_from(INNER) == 0
    assert Seen().see(*side_by_side((IN, 0), (IN, 5))).told == ["in", "in"]


def test_two_who_touch_and_part_again_are_two() -> None:
    apart, together = 0b0110_0011, 0b0111_1111
    seen = Seen().see(0b11, 0b110, 0b1100, 0b11001, 0b110011, apart, together, passes=2)
    seen.see(0b1110_0111, 0b1100_0111, 0b1000_0111, 0b1110, 0b11100, 0b1110000, 0b11100000, 0b11000000, 0b10000000, 0)
    assert seen.told.count("in") == 2
    assert "wide" in seen.told


def test_two_who_come_from_opposite_sides_and_touch_count_for_nothing() -> None:
    meeting = [0b1000_0001, 0b1100_0011, 0b1110_0111, 0b1111_1111, 0b1111_1111, 0b1110_0111, 0b1100_0011, 0]
    assert "in" not in (told := Seen().see(*meeting).told)
    assert "out" not in told


def test_something_narrower_than_a_person_is_a_thing() -> None:
    assert Seen().see(*walk_masks(inward=True, beams=1)).told == ["thing"]


def test_a_wheelchair_is_wide_and_one_person() -> None:
    assert Seen().see(*walk_masks(inward=True, beams=7)).told == ["wide", "in"]


def test_a_case_that_is_pulled_behind_is_no_second_person() -> None:
    case = walk_masks(inward=True, beams=1)
    assert sorted(Seen().see(*side_by_side((IN, 0), (case, 5))).told) == ["in", "thing"]


def test_one_who_stands_in_the_leaf_is_told_once() -> None:
    seen = Seen().see(*IN[:5]).see(IN[4], passes=2 * STANDING_MS // PASS_MS)
    assert seen.told == ["standing"]
    assert seen.see(*IN[5:]).told == ["standing", "in"]


def test_what_stays_when_its_person_has_gone_is_left_behind() -> None:
    person_goes = [0b1110_0100, 0b1100_0100, 0b1000_0100, 0b0000_0100]
    seen = Seen().see(*IN[:5], 0b0011_1100, 0b0111_0100, *person_goes)
    assert seen.see(0b0000_0100, passes=STANDING_MS // PASS_MS).told == ["in", "left"]


def test_walking_through_a_shut_leaf_is_a_contradiction_and_no_passage() -> None:
    assert Seen().see(*IN, shut=True).told == ["through_shut"]


def test_one_who_has_crossed_while_it_was_open_may_go_on_when_it_has_shut() -> None:
    seen = Seen().see(*IN[:8])
    assert seen.see(*IN[8:], shut=True).told == ["in"]


def test_what_appears_in_the_middle_came_from_nowhere_and_goes_nowhere() -> None:
    assert Seen().see(0b1000, 0b11000, 0b110000, 0b1100000, 0b11000000, 0).told == []


def test_more_things_than_tracks_are_dropped_and_the_next_person_is_counted() -> None:
    assert TRACKS == 4
    assert Seen().see(0b1010_1010, 0b0101_0101, passes=3).see(0, *IN).told[-1] == "in"
    crowd = Seen(beams=12)
    crowd.see(0b0101_0101_0101, passes=3)
    assert crowd.see(0).told == []
    parts = Seen(beams=12).see(0b1_0101_0111, 0b1_0101_0101)  # one falls apart, and no track is left for its part
    assert parts.see(0).told == []


def test_a_beam_that_never_gets_light_is_stuck_whatever_else_happens() -> None:
    seen = Seen()
    for _ in range(BEAM_STUCK_LONG_MS // PASS_MS // len(IN) + 2):
        assert not seen.curtain.stuck
        seen.see(*[mask | 0b1 for mask in IN])
        if seen.curtain.stuck:
            break
    assert seen.curtain.stuck
    seen.see(0)
    assert not seen.curtain.stuck


def test_people_who_come_one_after_the_other_leave_no_beam_stuck() -> None:
    seen = Seen()
    for _ in range(BEAM_STUCK_LONG_MS // PASS_MS // len(IN) + 2):
        seen.see(*IN)
    assert not seen.curtain.stuck
    assert not seen.see(FULL).curtain.stuck
