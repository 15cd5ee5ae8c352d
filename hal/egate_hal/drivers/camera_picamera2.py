"""Driver ``camera.picamera2``: a Raspberry Pi camera module."""

import asyncio
import contextlib
import importlib
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from egate_hal.camera import Frame
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError, ProtocolError
from egate_hal.frame_guard import FrameGuard
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


class PiCamera:
    """See ``egate_hal.camera.Camera`` for what it promises.

    picamera2 blocks, so it lives in a thread of its own, from its start to its close. The thread takes every frame
    that it gets hold of; ``next_frame`` waits on the loop for the newest.
    """

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
        self._settings = settings
        self._session: _Session | None = None

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package is here. Whether the sensor answers is seen only by opening it. Raises DeviceUnavailable."""
        load_picamera2()

    async def open(self) -> None:
        model = load_picamera2()
        session = _Session(self._settings, asyncio.get_running_loop())
        threading.Thread(target=session.work, args=(model,), name="camera", daemon=True).start()
        try:
            async with asyncio.timeout(self._settings.start_timeout_ms / 1000):
                await session.started
        except TimeoutError:
            session.stopping.set()
            raise DeviceUnavailable(
                f"camera {self._settings.camera} delivered no frame within {self._settings.start_timeout_ms} ms; "
                "check the ribbon cable"
            ) from None
        self._session = session

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        session.stopping.set()
        session.fail(DeviceLost("the camera is closed"))
        # A stuck camera does not give its thread back; the process must be able to end all the same.
        await asyncio.wait({session.ended}, timeout=self._settings.frame_timeout_ms / 1000)

    async def next_frame(self) -> Frame:
        if self._session is None:
            raise DeviceLost("the camera is not open")
        return await self._session.newest(self._settings.frame_timeout_ms / 1000)


class _Session:
    """One stretch from open to close. The thread calls ``work``, everything else happens on the loop."""

    def __init__(self, settings: PiCamera.Settings, loop: asyncio.AbstractEventLoop) -> None:
        self._settings = settings
        self._loop = loop
        self._sequence = 0
        self._frame: Frame | None = None
        self._arrived_s = 0.0
        self._asked_s = -math.inf
        self._guard = FrameGuard()  # the thread's
        self._lost: HalError | None = None
        self._news = asyncio.Event()
        self.started: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.stopping = threading.Event()

    async def newest(self, timeout_s: float) -> Frame:
        """The newest frame not yet yielded. Raises DeviceLost, DeviceTimeout, ProtocolError."""
        self._asked_s = self._loop.time()
        if self._frame is not None and self._loop.time() - self._arrived_s > timeout_s:
            self._frame = None  # the stream has stalled since; the traveller before may be on it
        try:
            async with asyncio.timeout(timeout_s):
                while self._frame is None:
                    if self._lost is not None:
                        raise self._lost
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise DeviceTimeout(f"no frame within {timeout_s:g} s") from None
        frame, self._frame = self._frame, None
        return frame

    def fail(self, error: HalError) -> None:
        self._lost = self._lost or error
        self._frame = None
        self._news.set()

    def _arrive(self, pixels: NDArray[np.uint8]) -> None:
        if self._lost is not None:
            return
        now_s = self._loop.time()
        # libcamera does not count what it drops, so time tells how many frames have gone by.
        periods = round((now_s - self._arrived_s) * self._settings.rate_hz) if self._sequence else 1
        self._sequence += max(1, periods)
        self._frame, self._arrived_s = Frame(self._sequence, pixels), now_s
        self._news.set()

    def work(self, model: Any) -> None:
        """The thread: start, take frame after frame, stop."""
        try:
            camera = self._start(model)
        except Exception as error:  # libcamera's errors share no class
            self._tell(self._not_started, error)
            return
        self._tell(self._is_started)
        held = False
        try:
            while not self.stopping.is_set():
                held = self._hold(camera, held)
                pixels = camera.capture_array("main")
                self._guard.check(pixels)
                self._tell(self._arrive, self._upright(pixels))
        except ProtocolError as error:
            self._tell(self.fail, error)
        except Exception as error:
            self._tell(self.fail, DeviceLost(f"the camera stopped delivering ({type(error).__name__})"))
        finally:
            with contextlib.suppress(Exception):
                camera.stop()
            with contextlib.suppress(Exception):
                camera.close()
            self._tell(self.ended.set_result, None)

    def _hold(self, camera: Picamera2, held: bool) -> bool:
        """Hold exposure and balance of colours while frames are asked for."""
        asked = self._loop.time() - self._asked_s < self._settings.adapt_after_ms / 1000
        if asked is not held:
            camera.set_controls(_as_in(camera.capture_metadata()) if asked else ADAPTING)
        return asked

    def _start(self, model: Any) -> Picamera2:
        settings = self._settings
        camera = cast(Picamera2, model(settings.camera))
        try:
            main = {"size": (settings.width, settings.height), "format": RGB_IN_MEMORY}
            camera.configure(camera.create_video_configuration(main=main, lores={"size": LORES_SIZE}))
            camera.set_controls({"FrameRate": settings.rate_hz})
            camera.start()
            camera.capture_metadata()  # returns with the first frame: the sensor really runs
        except Exception:
            camera.close()
            raise
        return camera

    def _is_started(self) -> None:
        if not self.started.done():
            self.started.set_result(None)

    def _not_started(self, error: Exception) -> None:
        if not self.started.done():
            unavailable = DeviceUnavailable(
                f"camera {self._settings.camera} cannot be started ({type(error).__name__}); check the ribbon cable, "
                "that no other program uses it, and that rpicam-hello --list-cameras shows it"
            )
            unavailable.__cause__ = error
            self.started.set_exception(unavailable)

    def _upright(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.ascontiguousarray(np.rot90(pixels, -self._settings.rotate_deg // 90))

    def _tell(self, what: Callable[..., object], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, nobody is left to be told
            self._loop.call_soon_threadsafe(what, *args)


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
