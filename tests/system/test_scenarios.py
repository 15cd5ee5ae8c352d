"""Every edge case of the requirements that this version supports, on a whole lane in simulated time."""

from functools import lru_cache

import pytest

from egate_sim.scenarios import SCENARIOS
from egate_sim.scenarios.run import Result, run_scenario

pytestmark = pytest.mark.system

played = lru_cache(lambda name: run_scenario(SCENARIOS[name]))


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    result: Result = played(name)
    assert result.ok, "\n".join((f"egate-sim scenario {name}", *result.problems))


def test_referrals_inside_look_the_same() -> None:
    """What the traveller sees does not tell an attack or a hit from a picture that did not do."""
    screens = {name: played(name).screens for name in ("another_person", "presentation_attack", "alert_list_hit")}
    assert len(set(screens.values())) == 1, screens
