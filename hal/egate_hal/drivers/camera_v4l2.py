"""Driver ``camera.v4l2``: a USB camera, or any other that Linux offers as a video device, through OpenCV.

The one module of the gate that imports OpenCV.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from egate_hal.drivers.camera_thread import CameraThread, ThreadedCamera, upright
from egate_hal.errors import DeviceUnavailable
from egate_hal.settings import Bounds

_MANUAL_EXPOSURE, _AUTO_EXPOSURE = 1, 3  # of V4L2_CID_EXPOSURE_AUTO
_ADVICE = "check its cable, that no other program uses it, and that v4l2-ctl --list-devices shows it"


class V4l2Camera(ThreadedCamera):
    """See ``egate_hal.camera.Camera`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``device``: name it by /dev/v4l/by-id or by-path, which survive another order of plugging; ``width``,
        ``height``, ``rotate_deg``, ``adapt_after_ms``: as of picamera2. ``fourcc``: what the camera is asked for; most
        reach their rate as MJPG only."""

        device: Path
        width: Annotated[int, Bounds(ge=320, le=4608)] = 1280
        height: Annotated[int, Bounds(ge=240, le=3496)] = 720
        rate_hz: Annotated[int, Bounds(ge=1, le=60)] = 15
        fourcc: Literal["MJPG", "YUYV"] = "MJPG"
        rotate_deg: Literal[0, 90, 180, 270] = 0
        adapt_after_ms: Annotated[int, Bounds(ge=100, le=60_000)] = 3000
        start_timeout_ms: Annotated[int, Bounds(ge=500, le=30_000)] = 5000
        frame_timeout_ms: Annotated[int, Bounds(ge=100, le=10_000)] = 1000

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.start_timeout_ms, settings.frame_timeout_ms)
        self._settings = settings

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package and a device of that name are here; it is not opened. Raises DeviceUnavailable."""
        _load_opencv()
        _check_device(settings.device)

    def _thread(self) -> CameraThread:
        settings = self._settings
        opencv = _load_opencv()
        _check_device(settings.device)
        return CameraThread(_V4l2Source(settings, opencv), settings.rate_hz, f"camera {settings.device}", _ADVICE)


class _V4l2Source:
    def __init__(self, settings: V4l2Camera.Settings, opencv: ModuleType) -> None:
        self._settings = settings
        self._cv: Any = opencv
        self._capture: Any = None
        self._held = False

    def start(self) -> None:
        settings, cv = self._settings, self._cv
        capture = cv.VideoCapture(str(settings.device.resolve()), cv.CAP_V4L2)
        if not capture.isOpened():
            raise OSError("not a camera, or in use")
        try:
            for what, value in (
                (cv.CAP_PROP_FOURCC, cv.VideoWriter.fourcc(*settings.fourcc)),
                (cv.CAP_PROP_FRAME_WIDTH, settings.width),
                (cv.CAP_PROP_FRAME_HEIGHT, settings.height),
                (cv.CAP_PROP_FPS, settings.rate_hz),
                (cv.CAP_PROP_BUFFERSIZE, 1),  # an old frame is worth nothing
            ):
                capture.set(what, value)
            self._capture = capture
            self._read()
            self._check_size()
        except Exception:
            capture.release()
            raise

    def capture(self, asked_s: float) -> NDArray[np.uint8]:
        asked = asked_s < self._settings.adapt_after_ms / 1000
        if asked is not self._held:
            self._held = asked
            self._capture.set(self._cv.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE if asked else _AUTO_EXPOSURE)
            self._capture.set(self._cv.CAP_PROP_AUTO_WB, 0 if asked else 1)
        return upright(self._read(), self._settings.rotate_deg)

    def stop(self) -> None:
        self._capture.release()

    def _read(self) -> NDArray[np.uint8]:
        good, pixels = self._capture.read()
        if not good or pixels is None:
            raise OSError("no frame")
        rgb: NDArray[np.uint8] = self._cv.cvtColor(pixels, self._cv.COLOR_BGR2RGB)
        return rgb

    def _check_size(self) -> None:
        """A camera that lacks a size silently takes another."""
        cv, settings = self._cv, self._settings
        size = int(self._capture.get(cv.CAP_PROP_FRAME_WIDTH)), int(self._capture.get(cv.CAP_PROP_FRAME_HEIGHT))
        if size != (settings.width, settings.height):
            raise ValueError(f"the camera offers {size[0]} x {size[1]} instead")


def _check_device(device: Path) -> None:
    if not device.exists():
        raise DeviceUnavailable(f"{device}: no such video device; is the camera plugged in and is the path right?")
    if not device.is_char_device():
        raise DeviceUnavailable(f"{device}: is no video device; name one, such as /dev/v4l/by-id/...")


def _load_opencv() -> ModuleType:
    """Raises DeviceUnavailable."""
    try:
        return importlib.import_module("cv2")
    except ImportError as error:
        raise DeviceUnavailable("OpenCV is not installed here: pip install 'egate[usb-camera]'") from error
