"""What the contract suite of cameras does not ask: each driver's own settings, pictures and errors."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_picamera2 import RGB, Sensor, plugged_in
from numpy.typing import NDArray
from PIL import Image

from egate_hal import registry
from egate_hal.camera import Camera
from egate_hal.errors import DeviceUnavailable, SettingsError

DEADLINE_S = 10.0


def camera(**table: Any) -> Camera:
    made: Camera = registry.create(registry.read_device("camera", table))
    return made


async def frames(driver: Camera, count: int) -> list[NDArray[np.uint8]]:
    async with asyncio.timeout(DEADLINE_S):
        await driver.open()
        taken = [(await driver.next_frame()).pixels for _ in range(count)]
        await driver.close()
    return taken


@pytest.mark.parametrize(
    ("rotate_deg", "shape", "white"),
    [
        (0, (240, 320, 3), (0, 0)),
        (90, (320, 240, 3), (0, -1)),
        (180, (240, 320, 3), (-1, -1)),
        (270, (320, 240, 3), (-1, 0)),
    ],
)
def test_picamera2_gives_upright_rgb(rotate_deg: int, shape: tuple[int, ...], white: tuple[int, int]) -> None:
    sensor = Sensor(rate_hz=60)
    with plugged_in(sensor):
        driver = camera(driver="picamera2", width=320, height=240, rotate_deg=rotate_deg, rate_hz=25)
        (pixels,) = asyncio.run(frames(driver, 1))
    assert pixels.shape == shape
    assert tuple(pixels[white]) == (255, 255, 255)
    assert tuple(pixels[100, 100]) == RGB
    assert sensor.controls["FrameRate"] == 25
    assert sensor.opened == 0


def test_picamera2_holds_exposure_and_colours_while_it_is_asked_and_adapts_in_between() -> None:
    """They would take out what the face light puts in."""
    sensor = Sensor(rate_hz=60)

    async def life() -> None:
        driver = camera(driver="picamera2", width=320, height=240, rate_hz=60, adapt_after_ms=200)
        async with asyncio.timeout(10):
            await driver.open()
            assert "AeEnable" not in sensor.controls  # adapts by itself
            while sensor.controls.get("AeEnable") is not False:
                await driver.next_frame()
            assert sensor.controls == {"FrameRate": 60, "AeEnable": False, "AwbEnable": False} | sensor.adapted
            while not sensor.controls["AeEnable"]:
                await asyncio.to_thread(sensor.wait_for_frame)
            assert sensor.controls["AwbEnable"]
            await driver.close()

    with plugged_in(sensor):
        asyncio.run(life())


def test_picamera2_that_is_not_there_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(DeviceUnavailable, match=r"sudo apt install python3-picamera2, .*--system-site-packages"):
        asyncio.run(camera(driver="picamera2").open())


def test_picamera2_without_a_camera_names_what_to_check() -> None:
    with plugged_in(Sensor(rate_hz=50)), pytest.raises(DeviceUnavailable, match=r"camera 2 .* ribbon cable"):
        asyncio.run(camera(driver="picamera2", camera=2).open())


def test_picamera2_whose_sensor_sends_nothing_is_unavailable() -> None:
    sensor = Sensor(rate_hz=50)
    sensor.stalled = True
    with plugged_in(sensor), pytest.raises(DeviceUnavailable, match="no frame within 500 ms"):
        asyncio.run(camera(driver="picamera2", start_timeout_ms=500).open())
    sensor.stalled = False  # lets the thread end


def test_picamera2_settings_are_bounded() -> None:
    with pytest.raises(SettingsError, match="rotate_deg"):
        camera(driver="picamera2", rotate_deg=45)


def test_files_come_in_order_and_in_a_loop(tmp_path: Path) -> None:
    for name, grey in (("a.png", 10), ("b.bmp", 20), ("notes.txt", 0)):
        if name.endswith("txt"):
            (tmp_path / name).write_text("no picture")
        else:
            Image.new("L", (4, 3), grey).save(tmp_path / name)
    pictures = asyncio.run(frames(camera(driver="files", folder=str(tmp_path), rate_hz=20), 4))
    greys = [int(pixels[0, 0, 0]) for pixels in pictures]
    assert {*greys} == {10, 20}
    assert pictures[0].shape == (3, 4, 3)


def test_files_are_turned_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # EXIF orientation: turn by 90 degrees clockwise
    image.save(tmp_path / "turned.jpg", exif=exif)
    (pixels,) = asyncio.run(frames(camera(driver="files", folder=str(tmp_path)), 1))
    assert pixels.shape == (40, 30, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such folder"), (b"", "holds no picture"), (b"junk", "cannot be read as a picture")],
)
def test_a_folder_of_no_use_says_why(tmp_path: Path, content: bytes | None, message: str) -> None:
    folder = tmp_path / "pictures"
    if content is not None:
        folder.mkdir()
    if content:
        (folder / "one.jpg").write_bytes(content)
    with pytest.raises(DeviceUnavailable, match=message):
        asyncio.run(camera(driver="files", folder=str(folder)).open())
