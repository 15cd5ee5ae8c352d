"""Driver ``camera.picamera2``: a Raspberry Pi camera module."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from egate_hal.drivers.camera_thread import CameraThread, ThreadedCamera, upright
from egate_hal.errors import DeviceUnavailable
from egate_hal.settings import Bounds

# libcamera names formats by the order in a little-endian word; in memory, BGR888 is red, green, blue.
RGB_IN_MEMORY = "BGR888"
LORES_SIZE = (320, 240)

ADAPTING = {"AeEnable": True, "AwbEnable": True}
_HELD = ("ExposureTime", "AnalogueGain", "ColourGains")  # libcamera's names, of metadata and of controls alike


class Picamera2(Protocol):
    """What we call of ``picamera2.Picamera2``."""

    def create_video_configuration(self, main: Mapping[str, Any], lores: Mapping[str, Any]) -> Any: ...
    def configure(self, configuration: Any) -> None: ...
    def set_controls(self, controls: Mapping[str, Any]) -> None: ...
    def start(self) -> None: ...
    def capture_metadata(self) -> Mapping[str, Any]: ...
    def capture_array(self, name: str) -> NDArray[np.uint8]: ...
    def stop(self) -> None: ...
    def close(self) -> None: ...


class PiCamera(ThreadedCamera):
    """See ``egate_hal.camera.Camera`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``width`` and ``height`` in pixels, as the sensor lies; ``rotate_deg``: clockwise turn that makes the picture
        upright. TR-03121 wants faces of 600 x 800 pixels, so keep the upright picture well above that. Exposure and
        balance of colours adapt to the hall while nobody asks for pictures, and are held meanwhile, because they would
        take out what the face light puts in: ``adapt_after_ms`` after the last question they adapt again."""

        camera: Annotated[int, Bounds(ge=0, le=3)] = 0
        width: Annotated[int, Bounds(ge=320, le=4608)] = 1640
        height: Annotated[int, Bounds(ge=240, le=3496)] = 1232
        rate_hz: Annotated[int, Bounds(ge=1, le=60)] = 15
        rotate_deg: Literal[0, 90, 180, 270] = 0
        adapt_after_ms: Annotated[int, Bounds(ge=100, le=60_000)] = 3000
        start_timeout_ms: Annotated[int, Bounds(ge=500, le=30_000)] = 5000
        frame_timeout_ms: Annotated[int, Bounds(ge=100, le=10_000)] = 1000

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.start_timeout_ms, settings.frame_timeout_ms)
        self._settings = settings

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package is here. Whether the sensor answers is seen only by opening it. Raises DeviceUnavailable."""
        load_picamera2()

    def _thread(self) -> CameraThread:
        settings = self._settings
        return CameraThread(
            _PiSource(settings, load_picamera2()), settings.rate_hz, f"camera {settings.camera}",
            "check the ribbon cable, that no other program uses it, and that rpicam-hello --list-cameras shows it",
        )  # fmt: skip


class _PiSource:
    def __init__(self, settings: PiCamera.Settings, model: Any) -> None:
        self._settings, self._model = settings, model
        self._camera: Picamera2 | None = None
        self._held = False

    def start(self) -> None:
        settings = self._settings
        camera = cast(Picamera2, self._model(settings.camera))
        try:
            main = {"size": (settings.width, settings.height), "format": RGB_IN_MEMORY}
            camera.configure(camera.create_video_configuration(main=main, lores={"size": LORES_SIZE}))
            camera.set_controls({"FrameRate": settings.rate_hz})
            camera.start()
            camera.capture_metadata()  # returns with the first frame: the sensor really runs
        except Exception:
            camera.close()
            raise
        self._camera = camera

    def capture(self, asked_s: float) -> NDArray[np.uint8]:
        camera = self._running()
        asked = asked_s < self._settings.adapt_after_ms / 1000
        if asked is not self._held:
            camera.set_controls(_as_in(camera.capture_metadata()) if asked else ADAPTING)
            self._held = asked
        return upright(camera.capture_array("main"), self._settings.rotate_deg)

    def stop(self) -> None:
        camera = self._running()
        try:
            camera.stop()
        finally:
            camera.close()

    def _running(self) -> Picamera2:
        assert self._camera is not None, "started"  # noqa: S101 - the thread calls start first
        return self._camera


def _as_in(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Controls that keep exposure and balance of colours as they were in this frame."""
    return {"AeEnable": False, "AwbEnable": False} | {name: metadata[name] for name in _HELD if name in metadata}


def load_picamera2() -> Any:
    """The class Picamera2. Raises DeviceUnavailable."""
    try:
        return importlib.import_module("picamera2").Picamera2
    except ImportError as error:
        raise DeviceUnavailable(
            "picamera2 is not installed here; on Raspberry Pi OS: sudo apt install python3-picamera2, and create the "
            "environment with --system-site-packages"
        ) from error
