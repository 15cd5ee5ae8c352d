"""Which streams are taken for live, and which are not."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from egate_hal.drivers.camera_files import FilesCamera
from egate_hal.errors import ProtocolError
from egate_hal.frame_guard import REMEMBERED_FRAMES, FrameGuard
from egate_hal.registry import DeviceConfig, stands_in

Pixels = NDArray[np.uint8]


def frames(count: int, seed: int = 0) -> list[Pixels]:
    """Grey, with noise, as a sensor in the dark gives them."""
    chance = np.random.default_rng(seed)
    return [np.clip(chance.normal(128, 2, (24, 32, 3)), 0, 255).astype(np.uint8) for _ in range(count)]


def show(guard: FrameGuard, stream: Iterable[Pixels]) -> None:
    for frame in stream:
        guard.check(frame)


def test_a_live_stream_goes_on_for_ever() -> None:
    guard = FrameGuard()
    for frame in frames(2 * REMEMBERED_FRAMES):
        guard.check(frame)


def test_one_frame_delivered_twice_now_and_then_is_forgiven() -> None:
    guard = FrameGuard()
    for k, frame in enumerate(frames(60)):
        for _ in range(2 if k % 10 == 0 else 1):
            guard.check(frame)


def test_the_third_of_three_equal_frames_is_refused() -> None:
    guard, (first, stuck) = FrameGuard(), frames(2)
    for frame in (first, stuck, stuck):
        guard.check(frame)
    with pytest.raises(ProtocolError, match="one and the same picture"):
        guard.check(stuck)


@pytest.mark.parametrize("length", [2, 5, 150, 600])
def test_a_loop_is_refused_at_its_second_repeated_frame(length: int) -> None:
    guard = FrameGuard()
    for frame in (reel := frames(length)):
        guard.check(frame)
    guard.check(reel[0])
    with pytest.raises(ProtocolError, match="shows a recording"):
        guard.check(reel[1])


@pytest.mark.parametrize("new_between", [False, True])
def test_a_loop_played_in_another_order_is_refused(new_between: bool) -> None:
    guard = FrameGuard()
    for frame in (reel := frames(20)):
        guard.check(frame)
    if new_between:
        reel = [frame for pair in zip(reel, frames(20, seed=1), strict=True) for frame in pair]
    with pytest.raises(ProtocolError):
        show(guard, reel[4:0:-1])


def test_only_a_replay_driver_may_repeat() -> None:
    settings = FilesCamera.Settings(Path("somewhere"))
    assert stands_in(DeviceConfig("camera", "files", settings))
    assert stands_in(DeviceConfig("camera", "sim", None))
    assert not stands_in(DeviceConfig("camera", "picamera2", None))
