"""A camera whose library blocks, in a thread of its own from its start to its close.

The thread takes every frame that it gets hold of; ``newest`` waits on the loop for the newest. What a library does is a
``Source``, all of whose calls happen in the thread.
"""

import asyncio
import contextlib
import math
import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from egate_hal.camera import Frame
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError, ProtocolError
from egate_hal.frame_guard import FrameGuard


class Source(Protocol):
    """Whatever it raises means that the camera cannot be used, or not any more."""

    def start(self) -> None:
        """Returns when the sensor really runs."""

    def capture(self, asked_s: float) -> NDArray[np.uint8]:
        """The next frame, (height, width, 3) RGB, upright. ``asked_s``: how long ago somebody wanted one."""

    def stop(self) -> None: ...


class CameraThread:
    """One stretch from open to close. ``name`` and ``advice`` say in errors what camera it is and what to look at."""

    def __init__(self, source: Source, rate_hz: float, name: str, advice: str) -> None:
        self._source, self._rate_hz, self._name, self._advice = source, rate_hz, name, advice
        self._loop = asyncio.get_running_loop()
        self._sequence = 0
        self._frame: Frame | None = None
        self._arrived_s = 0.0
        self._asked_s = -math.inf
        self._guard = FrameGuard()  # the thread's
        self._lost: HalError | None = None
        self._news = asyncio.Event()
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._stopping = threading.Event()

    async def start(self, timeout_s: float) -> None:
        """Raises DeviceUnavailable."""
        threading.Thread(target=self._work, name="camera", daemon=True).start()
        try:
            async with asyncio.timeout(timeout_s):
                await self._started
        except TimeoutError:
            self._stopping.set()
            raise DeviceUnavailable(
                f"{self._name} delivered no frame within {timeout_s * 1000:g} ms; {self._advice}"
            ) from None

    async def stop(self, timeout_s: float) -> None:
        """A stuck camera does not give its thread back; the process must be able to end all the same."""
        self._stopping.set()
        self._fail(DeviceLost("the camera is closed"))
        await asyncio.wait({self._ended}, timeout=timeout_s)

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

    def _fail(self, error: HalError) -> None:
        self._lost = self._lost or error
        self._frame = None
        self._news.set()

    def _arrive(self, pixels: NDArray[np.uint8]) -> None:
        if self._lost is not None:
            return
        now_s = self._loop.time()
        # The libraries do not count what they drop, so time tells how many frames have gone by.
        periods = round((now_s - self._arrived_s) * self._rate_hz) if self._sequence else 1
        self._sequence += max(1, periods)
        self._frame, self._arrived_s = Frame(self._sequence, pixels), now_s
        self._news.set()

    def _work(self) -> None:
        """The thread: start, take frame after frame, stop."""
        try:
            self._source.start()
        except Exception as error:  # the libraries' errors share no class
            self._tell(self._not_started, error)
            return
        self._tell(self._is_started)
        try:
            while not self._stopping.is_set():
                pixels = self._source.capture(self._loop.time() - self._asked_s)
                self._guard.check(pixels)
                self._tell(self._arrive, pixels)
        except ProtocolError as error:
            self._tell(self._fail, error)
        except Exception as error:
            self._tell(self._fail, DeviceLost(f"the camera stopped delivering ({type(error).__name__})"))
        finally:
            with contextlib.suppress(Exception):
                self._source.stop()
            self._tell(self._ended.set_result, None)

    def _is_started(self) -> None:
        if not self._started.done():
            self._started.set_result(None)

    def _not_started(self, error: Exception) -> None:
        if not self._started.done():
            unavailable = DeviceUnavailable(f"{self._name} cannot be started ({type(error).__name__}); {self._advice}")
            unavailable.__cause__ = error
            self._started.set_exception(unavailable)

    def _tell(self, what: Callable[..., object], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, nobody is left to be told
            self._loop.call_soon_threadsafe(what, *args)


class ThreadedCamera:
    """What the drivers share: ``egate_hal.camera.Camera`` over a source that ``_thread`` makes anew for each open."""

    def __init__(self, start_timeout_ms: int, frame_timeout_ms: int) -> None:
        self._start_timeout_s, self._frame_timeout_s = start_timeout_ms / 1000, frame_timeout_ms / 1000
        self._running: CameraThread | None = None

    async def open(self) -> None:
        thread = self._thread()
        await thread.start(self._start_timeout_s)
        self._running = thread

    async def close(self) -> None:
        thread, self._running = self._running, None
        if thread is not None:
            await thread.stop(self._frame_timeout_s)

    async def next_frame(self) -> Frame:
        if self._running is None:
            raise DeviceLost("the camera is not open")
        return await self._running.newest(self._frame_timeout_s)

    def _thread(self) -> CameraThread:
        """Raises DeviceUnavailable."""
        raise NotImplementedError


def upright(pixels: NDArray[np.uint8], rotate_deg: int) -> NDArray[np.uint8]:
    """``rotate_deg``: clockwise turn that makes the picture upright."""
    return np.ascontiguousarray(np.rot90(pixels, -rotate_deg // 90))
