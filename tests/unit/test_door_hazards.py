"""Every hazard of docs/safety.md, replayed on the firmware: what each shows stays within its limit."""

from pathlib import Path

import pytest

import egate_door
from egate_sim.door.bench import DoorBench
from egate_sim.door.hazards import page
from egate_sim.door.hazards.case import HAZARDS, Shown

FIRMWARE = Path(egate_door.__file__).parent
TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("name", HAZARDS)
def test_what_the_replay_shows_is_within_its_limit(name: str) -> None:
    shown = HAZARDS[name].play(DoorBench())
    assert shown
    for each in shown:
        assert each.holds, f"{each.claim}: {each.figure:g} {each.unit}, may be {each.at_most:g}"


@pytest.mark.parametrize("name", HAZARDS)
def test_the_page_names_modules_and_tests_that_exist(name: str) -> None:
    for module in HAZARDS[name].modules:
        assert (FIRMWARE / module).is_file()
    for test in HAZARDS[name].tests:
        assert (TESTS / test).is_file()


def test_a_figure_beyond_its_limit_stops_the_page() -> None:
    hazard = HAZARDS["hand"]
    with pytest.raises(RuntimeError, match="hand: a leaf moved took 7 ms, and may 5"):
        page._check(hazard, [Shown("a leaf moved", 7, 5)])
    assert len(HAZARDS) >= 14
