import math

import pytest

from egate.screens import Guidance, Screen, ScreenState


def test_guidance_goes_with_the_camera_only() -> None:
    assert ScreenState(Screen.LOOK_AT_CAMERA, Guidance.HOLD_STILL).guidance is Guidance.HOLD_STILL
    with pytest.raises(ValueError, match="look_at_camera only"):
        ScreenState(Screen.WELCOME, Guidance.HOLD_STILL)


@pytest.mark.parametrize("progress", [-0.01, 1.01, math.nan])
def test_progress_is_a_share(progress: float) -> None:
    with pytest.raises(ValueError, match="progress"):
        ScreenState(Screen.READING, progress=progress)
