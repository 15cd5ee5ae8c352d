"""``camera.v4l2`` on a video device of the kernel: vivid, which draws a test picture that never repeats."""

import asyncio
import fcntl
import os
import struct
from itertools import pairwise
from pathlib import Path

import pytest

from egate_hal import registry
from egate_hal.camera import Camera
from egate_hal.errors import DeviceLost, DeviceUnavailable

_S_CTRL = 0xC008561C  # VIDIOC_S_CTRL
_DISCONNECT = 0x00F0F041  # vivid's button that pulls its own cable


def camera() -> Path:
    names = {path.name: (path / "name").read_text().strip() for path in Path("/sys/class/video4linux").iterdir()}
    return Path("/dev") / next(device for device, name in sorted(names.items()) if name.endswith("vid-cap"))


def settings(device: Path) -> dict[str, object]:
    return {
        "driver": "v4l2", "device": str(device), "width": 640, "height": 360, "rate_hz": 10, "fourcc": "YUYV",
        "start_timeout_ms": 20_000, "frame_timeout_ms": 5_000,
    }  # fmt: skip


async def until_it_ends(driver: Camera) -> None:
    for _ in range(20):
        await driver.next_frame()


def test_pictures_come_until_the_cable_is_pulled_and_again_when_it_is_back() -> None:
    device = camera()

    async def main() -> None:
        driver = registry.create(registry.read_device("camera", settings(device)))
        await driver.open()
        frames = [await driver.next_frame() for _ in range(5)]
        assert {frame.pixels.shape for frame in frames} == {(360, 640, 3)}
        assert all(later.sequence > earlier.sequence for earlier, later in pairwise(frames))
        assert frames[0].pixels.std() > 20  # colour bars, not a grey plane
        fd = os.open(device, os.O_RDWR)
        fcntl.ioctl(fd, _S_CTRL, struct.pack("Ii", _DISCONNECT, 1))
        os.close(fd)
        with pytest.raises(DeviceLost):
            await until_it_ends(driver)
        await driver.close()  # vivid is back as soon as nobody holds it
        await driver.open()
        assert (await driver.next_frame()).pixels.shape == (360, 640, 3)
        await driver.close()

    asyncio.run(main())


def test_a_size_that_the_camera_lacks_is_refused() -> None:
    async def main() -> None:
        table = {**settings(Path("/dev/null")), "device": "/dev/null"}
        driver = registry.create(registry.read_device("camera", table))
        with pytest.raises(DeviceUnavailable, match="cannot be started"):
            await driver.open()

    asyncio.run(main())
