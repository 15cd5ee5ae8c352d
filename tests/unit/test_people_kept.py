"""Drawings are kept within one bound for all presentations, and go with those who show them."""

import gc
from dataclasses import dataclass

import numpy as np
import pytest

from egate_sim.people import presentation
from egate_sim.people.cast import CAST
from egate_sim.people.kept import Kept
from egate_sim.people.layers import Layers
from egate_sim.people.presentation import Live
from egate_sim.people.sensor import Exposure


@dataclass
class Sheet:
    nbytes: int


class Shown(Live):
    """Draws next to nothing, and counts."""

    drawn = 0

    def layers(self, step: int) -> Layers:
        self.drawn += 1
        return Layers.over(np.full((600, 450, 3), step / 100, np.float32))


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept[Exposure]:
    """Room for four exposures."""
    room: Kept[Exposure] = Kept(4 * Shown(CAST[0]).exposure(0).nbytes)
    monkeypatch.setattr(presentation, "EXPOSURES", room)
    return room


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept: Kept[Sheet] = Kept(100)
    first = kept.get("a", lambda: Sheet(40))
    kept.get("b", lambda: Sheet(40))
    assert kept.get("a", lambda: Sheet(1)) is first
    kept.get("c", lambda: Sheet(40))
    assert (len(kept), kept.nbytes) == (2, 80)
    assert kept.get("a", lambda: Sheet(1)) is first


def test_one_that_is_larger_than_the_room_is_kept_alone() -> None:
    kept: Kept[Sheet] = Kept(100)
    kept.get("a", lambda: Sheet(10))
    large = kept.get("b", lambda: Sheet(500))
    assert kept.get("b", lambda: Sheet(1)) is large
    assert (len(kept), kept.nbytes) == (1, 500)


def test_presentations_share_one_bound_and_draw_again_what_is_gone(kept: Kept[Exposure]) -> None:
    one, other = Shown(CAST[0]), Shown(CAST[1])
    for step in range(3):
        one.exposure(step * 100)
        other.exposure(step * 100)
    assert len(kept) == 4
    other.exposure(200)
    one.exposure(200)
    assert (one.drawn, other.drawn) == (3, 3)
    first = one.exposure(0)
    assert one.drawn == 4
    assert np.array_equal(first.ambient, Shown(CAST[0]).exposure(0).ambient)


def test_the_drawings_of_those_who_left_are_forgotten(kept: Kept[Exposure]) -> None:
    one, other = Shown(CAST[0]), Shown(CAST[1])
    one.exposure(0)
    other.exposure(0)
    del one
    gc.collect()
    assert len(kept) == 1
    other.exposure(0)
    assert other.drawn == 1
