"""Whose face grows comes nearer; who sways, nods and turns, stands."""

import pytest
from moving_face import Pose, mesh

from egate.face.stance import Stance


def told(stance: Stance, poses: list[Pose], period_ms: int = 100) -> list[bool]:
    return [stance.saw(period_ms * number, mesh(pose)) for number, pose in enumerate(poses)]


def test_who_walks_up_does_not_stand() -> None:
    poses = [Pose(scale=0.7 + 0.05 * min(step, 6)) for step in range(12)]
    assert told(Stance(), poses) == [True] * 2 + [False] * 6 + [True] * 4


@pytest.mark.parametrize("period_ms", [33, 100, 250])
def test_size_is_compared_over_time_and_not_from_frame_to_frame(period_ms: int) -> None:
    growing = [Pose(scale=0.8 * 1.35 ** (step * period_ms / 1000)) for step in range(3000 // period_ms)]
    assert not any(told(Stance(), growing, period_ms)[1000 // period_ms :])


def test_swaying_and_turning_are_standing() -> None:
    turning = [
        Pose(yaw=0.10 * (step % 5 - 2), pitch=0.05 * (step % 3 - 1), scale=1 + 0.005 * (step % 2)) for step in range(30)
    ]
    assert all(told(Stance(), turning))
