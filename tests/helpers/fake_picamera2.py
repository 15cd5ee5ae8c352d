"""Stands where picamera2 would: the calls that the driver uses, typed, and a sensor behind them.

It models blocking captures at the sensor's rate, a stall, a pulled ribbon, a buffer that is never filled again and the
memory order of formats, and noise in one pixel only. It does not model what exposure does, buffers or the lores stream.
"""

import contextlib
import sys
import threading
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from egate_hal.drivers.camera_picamera2 import Picamera2

RGB = (200, 120, 40)  # what the sensor looks at, with one white corner at the top left


class Sensor:
    """The world's side."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.frames = 0
        self.plugged = True
        self.stalled = False
        self.opened = 0
        self.loop_frames = 0  # from when it is set on, the last so many pictures come again and again
        self.controls: dict[str, Any] = {}
        self.adapted = {"ExposureTime": 8000, "AnalogueGain": 1.5, "ColourGains": (1.9, 1.4)}  # to the hall
        self.period = threading.Event()  # never set: its wait is the frame's time

    def noise(self) -> int:
        """A number that differs from frame to frame."""
        return self.frames % self.loop_frames if self.loop_frames else self.frames

    def wait_for_frame(self) -> None:
        waited = False
        while not waited or self.stalled:
            self.period.wait(1 / self.rate_hz)
            waited = True
            self.frames += 1
        if not self.plugged:
            raise RuntimeError("camera frontend has timed out")


class FakePicamera2:
    """The driver's side."""

    def __init__(self, sensor: Sensor, number: int) -> None:
        if not sensor.plugged or number != 0:
            raise IndexError("list index out of range")  # as picamera2 does
        if sensor.opened:
            raise RuntimeError("Failed to acquire camera")
        sensor.opened += 1
        self._sensor = sensor
        self._main: Mapping[str, Any] = {}
        self._running = False

    def create_video_configuration(self, main: Mapping[str, Any], lores: Mapping[str, Any]) -> Any:
        return {"main": main, "lores": lores}

    def configure(self, configuration: Any) -> None:
        self._main = configuration["main"]

    def set_controls(self, controls: Mapping[str, Any]) -> None:
        self._sensor.controls |= controls

    def start(self) -> None:
        self._running = True

    def capture_metadata(self) -> Mapping[str, Any]:
        self._sensor.wait_for_frame()
        return {"SensorTimestamp": self._sensor.frames, **self._sensor.adapted}

    def capture_array(self, name: str) -> NDArray[np.uint8]:
        if name != "main" or not self._running:
            raise RuntimeError("no such stream, or not started")
        self._sensor.wait_for_frame()
        width, height = self._main["size"]
        pixels = np.full((height, width, 3), RGB, np.uint8)
        pixels[0, 0] = 255
        pixels[8, 8] = (*self._sensor.noise().to_bytes(2, "big"), 0)
        return pixels if self._main["format"] == "BGR888" else np.ascontiguousarray(pixels[:, :, ::-1])

    def stop(self) -> None:
        self._running = False

    def close(self) -> None:
        self._sensor.opened -= 1


@contextlib.contextmanager
def plugged_in(sensor: Sensor) -> Iterator[None]:
    """While this holds, ``import picamera2`` finds a camera with this sensor."""

    def model(number: int) -> Picamera2:
        return FakePicamera2(sensor, number)  # mypy shows that it has the interface that the driver uses

    with patch.dict(sys.modules, {"picamera2": SimpleNamespace(Picamera2=model)}):
        yield
