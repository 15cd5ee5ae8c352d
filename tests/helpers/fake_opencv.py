"""Stands where OpenCV's capture of a video device would: the calls that the driver uses, and a sensor behind them.

Colours, constants and conversion are the package's own. It models blocking reads at the sensor's rate, a stall, a
pulled cable, a buffer that is never filled again, sizes that the camera lacks, and a device that another program holds.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from fake_picamera2 import RGB, Sensor
from numpy.typing import NDArray

SIZES = {(320, 240), (640, 480), (1280, 720)}


class FakeCapture:
    """The driver's side: what it calls of ``cv2.VideoCapture``."""

    def __init__(self, sensor: Sensor, filename: str, api_preference: int) -> None:
        self._sensor = sensor
        self._size = (640, 480)
        self.opened = sensor.plugged and not sensor.opened and api_preference == cv2.CAP_V4L2 and bool(filename)
        self._wanted = dict.fromkeys((cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT), 0.0)
        sensor.opened += self.opened

    def isOpened(self) -> bool:  # noqa: N802 - the package's name
        return self.opened

    def set(self, prop_id: int, value: float) -> bool:
        self._sensor.controls[prop_id] = value
        if prop_id in self._wanted:
            self._wanted[prop_id] = value
            wanted = (int(self._wanted[cv2.CAP_PROP_FRAME_WIDTH]), int(self._wanted[cv2.CAP_PROP_FRAME_HEIGHT]))
            if wanted in SIZES:
                self._size = wanted
        return True

    def get(self, prop_id: int) -> float:
        return float(self._size[0] if prop_id == cv2.CAP_PROP_FRAME_WIDTH else self._size[1])

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        try:
            self._sensor.wait_for_frame()
        except RuntimeError:
            return False, None
        width, height = self._size
        pixels = np.full((height, width, 3), RGB[::-1], np.uint8)
        pixels[0, 0] = 255
        pixels[8, 8] = (*self._sensor.noise().to_bytes(2, "big"), 0)
        return True, pixels

    def release(self) -> None:
        self._sensor.opened -= self.opened
        self.opened = False


@contextlib.contextmanager
def plugged_in(sensor: Sensor) -> Iterator[Path]:
    """A video device, as far as the driver looks: any character device will do."""

    def capture(filename: str, api_preference: int) -> FakeCapture:
        return FakeCapture(sensor, filename, api_preference)

    with patch.object(cv2, "VideoCapture", capture):
        yield Path("/dev/null")
