"""Driver ``camera.picamera2``: a Raspberry Pi camera module."""

import asyncio
import importlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from egate_hal.camera import Frame
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable
from egate_hal.settings import Bounds

# libcamera names formats by the order in a little-endian word; in memory, BGR888 is red, green, blue.
RGB_IN_MEMORY = "BGR888"
LORES_SIZE = (320, 240)


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


class PiCamera:
    """See ``egate_hal.camera.Camera`` for what it promises.

    picamera2 blocks, so it lives in one worker thread. libcamera itself drops frames that nobody asked for;
    ``sequence`` counts the ones taken. A stuck camera ends in DeviceTimeout.
    """

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``width`` and ``height`` in pixels, as the sensor lies; ``rotate_deg``: clockwise turn that makes the picture
        upright; TR-03121 wants faces of 600 x 800 pixels, so keep the upright picture well above that."""

        camera: Annotated[int, Bounds(ge=0, le=3)] = 0
        width: Annotated[int, Bounds(ge=320, le=4608)] = 1640
        height: Annotated[int, Bounds(ge=240, le=3496)] = 1232
        rate_hz: Annotated[int, Bounds(ge=1, le=60)] = 15
        rotate_deg: Literal[0, 90, 180, 270] = 0
        frame_timeout_ms: Annotated[int, Bounds(ge=100, le=10_000)] = 1000

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._worker: ThreadPoolExecutor | None = None
        self._camera: Picamera2 | None = None
        self._taking: asyncio.Future[NDArray[np.uint8]] | None = None
        self._sequence = 0

    async def open(self) -> None:
        model = load_picamera2()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="camera")
        try:
            self._camera = await asyncio.get_running_loop().run_in_executor(self._worker, self._start, model)
        except DeviceUnavailable:
            self._dismiss_worker()
            raise

    async def close(self) -> None:
        camera, worker, self._camera = self._camera, self._worker, None
        if camera is None or worker is None:
            return
        try:
            # Not after a frame in the worker's queue: if the camera is stuck, stopping it is what frees the worker.
            await asyncio.get_running_loop().run_in_executor(None, _stop, camera)
        finally:
            self._dismiss_worker()

    async def next_frame(self) -> Frame:
        if self._camera is None or self._worker is None:
            raise DeviceLost("the camera is not open")
        if self._taking is None:  # else one is still on its way since an earlier timeout
            loop = asyncio.get_running_loop()
            self._taking = loop.run_in_executor(self._worker, self._camera.capture_array, "main")
        await asyncio.wait({self._taking}, timeout=self._settings.frame_timeout_ms / 1000)
        if not self._taking.done():
            raise DeviceTimeout(f"no frame within {self._settings.frame_timeout_ms} ms")
        taken, self._taking = self._taking, None
        try:
            pixels = taken.result()
        except Exception as error:  # libcamera's errors share no class
            raise DeviceLost(f"the camera stopped delivering ({type(error).__name__})") from error
        self._sequence += 1
        return Frame(self._sequence, self._upright(pixels))

    def _start(self, model: Any) -> Picamera2:
        settings = self._settings
        try:
            camera = cast(Picamera2, model(settings.camera))
            main = {"size": (settings.width, settings.height), "format": RGB_IN_MEMORY}
            camera.configure(camera.create_video_configuration(main=main, lores={"size": LORES_SIZE}))
            camera.set_controls({"FrameRate": settings.rate_hz})
            camera.start()
            camera.capture_metadata()  # returns with the first frame: the sensor really runs
        except Exception as error:
            raise DeviceUnavailable(
                f"camera {settings.camera} cannot be started ({type(error).__name__}); check the ribbon cable, that no "
                "other program uses it, and that rpicam-hello --list-cameras shows it"
            ) from error
        return camera

    def _upright(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.ascontiguousarray(np.rot90(pixels, -self._settings.rotate_deg // 90))

    def _dismiss_worker(self) -> None:
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)
            self._worker = None
        self._taking = None


def load_picamera2() -> Any:
    """The class Picamera2. Raises DeviceUnavailable."""
    try:
        return importlib.import_module("picamera2").Picamera2
    except ImportError as error:
        raise DeviceUnavailable(
            "picamera2 is not installed here; on Raspberry Pi OS: sudo apt install python3-picamera2, and create the "
            "environment with --system-site-packages"
        ) from error


def _stop(camera: Picamera2) -> None:
    try:
        camera.stop()
    finally:
        camera.close()
