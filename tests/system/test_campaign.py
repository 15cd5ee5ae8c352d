"""Any one operation may fail, at any time. The normal run samples; ``make campaign`` tries every one."""

import os

import pytest

from egate_sim.scenarios.campaign import Operation, play_with_failure

pytestmark = pytest.mark.system

FEW = (1, 3, 12, 40)
ALL = range(1, 400)


@pytest.mark.parametrize("operation", Operation)
def test_the_lane_gets_over_it(operation: Operation) -> None:
    for number in ALL if "EGATE_CAMPAIGN" in os.environ else FEW:
        came_to_pass, problems = play_with_failure(operation, number)
        assert came_to_pass or number > FEW[0], f"{operation} never failed"
        assert not problems, f"{operation}, number {number}: {problems}"
        if not came_to_pass:
            break
