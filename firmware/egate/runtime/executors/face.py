"""CaptureFace -> FaceGuidance, FaceDone. Frames go from the camera to the models and are overwritten; they never enter
the queue."""

import asyncio
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from egate.checks import Check, CheckResult, Outcome, Reason
from egate.face import outcome
from egate.face.capture import CaptureSession, FaceResult, FrameReport
from egate.face.errors import PictureError
from egate.face.limits import FaceLimits
from egate.face.pad import challenge
from egate.face.pipeline import FacePipeline
from egate.face.snapshot import Stage
from egate.runtime.screen.server import ScreenServer
from egate.runtime.shared import Shared
from egate.runtime.technician.watch import Viewer, Watch
from egate.runtime.vault import Traveller
from egate.runtime.workers import Worker
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate_hal.camera import Camera, Frame
from egate_hal.errors import DeviceTimeout, HalError
from egate_hal.light import Colour, FaceLight

log = logging.getLogger(__name__)

_MIRROR_SIDE_PX = 320
_ENTROPY_BYTES = 32
_LAMP_WITHIN_S = 1.0  # project choice: as long as a capture can wait for a lamp that hangs


@dataclass(frozen=True, slots=True)
class Eye:
    """The camera, the face light (None: the lane has none), whom to tell that one is gone, the models (None: unusable),
    and where they work."""

    camera: Camera
    lost: Callable[[], None]
    faces: Callable[[], FacePipeline | None]
    worker: Worker
    light: FaceLight | None = None
    light_lost: Callable[[], None] = lambda: None


class _Frames:
    """The camera's frames, as long as they show that it lives."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    async def next(self) -> Frame:
        """The next frame; one that does not come in time is waited for once more. Raises HalError where the camera is
        gone, stalled, or repeats itself (its driver's FrameGuard sees to that)."""
        try:
            return await self._camera.next_frame()
        except DeviceTimeout as error:
            log.warning("camera: %s", error)
            return await self._camera.next_frame()


class _Lamp:
    """The face light during one capture. Between two frames it is set to what the session wants. One that fails or
    hangs is reported once and left alone, so that the capture comes to its end without it."""

    def __init__(self, eye: Eye, session: CaptureSession, now_ms: Callable[[], int]) -> None:
        self._light, self._lost = eye.light, eye.light_lost
        self._session, self._now_ms = session, now_ms
        self._shown: challenge.Colour | None = None

    async def follow(self) -> None:
        colour = self._session.lamp
        if colour is not None and colour != self._shown and await self._show(colour):
            self._shown = colour
            self._session.lamp_showed(colour, self._now_ms())

    async def rest(self) -> None:
        """Nobody is looked at any more."""
        await self._show(challenge.DARK)

    async def _show(self, colour: challenge.Colour) -> bool:
        if self._light is None:
            return False
        try:
            async with asyncio.timeout(_LAMP_WITHIN_S):
                await self._light.show(Colour(colour.red, colour.green, colour.blue))
        except (HalError, TimeoutError) as error:
            log.warning("face light: %s", error or "it does not answer")
            self._light = None
            self._session.lamp_failed()
            self._lost()
            return False
        return True


class FaceExecutor:
    """One capture at a time; the newest frame is judged, older ones are never seen."""

    def __init__(
        self,
        shared: Shared,
        eye: Eye,
        limits: FaceLimits,
        screen: ScreenServer | None,
        technician: Viewer | None,
    ) -> None:
        self._shared, self._put, self._limits, self._screen = shared, shared.put, limits, screen
        self._eye, self._technician = eye, technician

    def capture(self, effect: fx.CaptureFace) -> None:
        self._shared.work.start(self._capture(effect.transaction, effect.within_ms), effect.transaction)

    async def _capture(self, transaction: str, within_ms: int) -> None:
        traveller, faces = self._shared.vault.of(transaction), self._eye.faces()
        if traveller is None:
            return
        if faces is None:
            self._put(self._nothing(transaction, Reason.DEVICE_FAULT))
            return
        entropy = None if self._eye.light is None else self._shared.ids.bytes(_ENTROPY_BYTES)
        watch = Watch(self._technician, self._eye.worker)
        session = traveller.capture = CaptureSession(faces, self._limits, entropy, watch.lap)
        lamp = _Lamp(self._eye, session, self._shared.now_ms)
        try:
            self._put(await self._judge(session, lamp, watch, traveller, within_ms))
        finally:
            watch.close()
            await lamp.rest()

    async def _judge(
        self, session: CaptureSession, lamp: _Lamp, watch: Watch, traveller: Traveller, within_ms: int
    ) -> ev.FaceDone:
        began_ms = self._shared.now_ms()
        try:
            async with asyncio.timeout(within_ms / 1000):
                await self._collect(session, lamp, watch, traveller.transaction)
            timed_out = False
        except TimeoutError:
            timed_out = True
        finally:
            self._mirror(None)
        result = await self._eye.worker.run(lambda: _compare(session, watch, traveller, timed_out))
        now_ms = self._shared.now_ms()
        return _done(now_ms, traveller.transaction, now_ms - began_ms, result)

    async def _collect(self, session: CaptureSession, lamp: _Lamp, watch: Watch, transaction: str) -> None:
        """Until the session is finished, or for ever: the caller sets the limit."""
        frames = _Frames(self._eye.camera)
        while not session.finished:
            await lamp.follow()
            watch.start()
            try:
                frame = await frames.next()
            except HalError as error:
                log.warning("camera: %s", error)
                self._eye.lost()
                return
            now_ms = self._shared.now_ms()
            watch.lap(Stage.CAMERA)
            report = await self._eye.worker.run(lambda frame=frame, now_ms=now_ms: self._feed(session, frame, now_ms))  # type: ignore[misc]
            if report is not None:
                self._put(ev.FaceGuidance(now_ms, transaction, 0, report.guidance, report.progress))
            await watch.saw(session, now_ms)

    def _feed(self, session: CaptureSession, frame: Frame, now_ms: int) -> FrameReport | None:
        """On the face worker: judge the frame, show it in the mirror, overwrite it."""
        try:
            report = session.feed(frame.pixels, now_ms)
            if self._screen is not None and not session.finished:  # after the last frame the decision is waited for
                self._mirror(_mirror_image(frame))
        except PictureError as error:
            log.warning("camera: %s", error)
            return None
        finally:
            if frame.pixels.flags.writeable:
                frame.pixels.fill(0)
        return report

    def _mirror(self, jpeg: bytes | None) -> None:
        if self._screen is not None:
            self._screen.offer_mirror(jpeg)

    def _nothing(self, transaction: str, reason: Reason) -> ev.FaceDone:
        """No models: nothing was shown, and a missing attack score counts as an alarm."""
        checks = (
            CheckResult(Check.FACE_CAPTURE, Outcome.UNDETERMINED, reason),
            outcome.presentation(None, 1.0),
            outcome.not_verified(reason),
        )
        return ev.FaceDone(self._shared.now_ms(), transaction, 0, checks)


def _compare(session: CaptureSession, watch: Watch, traveller: Traveller, timed_out: bool) -> FaceResult:
    watch.start()
    portrait = traveller.portrait
    result = session.result(timed_out) if portrait is None else session.verify(portrait.image, timed_out)
    watch.lap(Stage.COMPARISON)
    watch.ended(session)
    return result


def _done(now_ms: int, transaction: str, took_ms: int, result: FaceResult) -> ev.FaceDone:
    scores = {"match_threshold": result.match_threshold, "pad_threshold": result.pad_threshold}
    if result.match_score is not None:
        scores["match"] = round(result.match_score, 4)
    if result.pad_score is not None:
        scores["pad"] = round(result.pad_score, 4)
    return ev.FaceDone(now_ms, transaction, took_ms, result.checks, scores, dict(result.quality))


def _mirror_image(frame: Frame) -> bytes:
    """What the traveller sees of himself: small, as the camera saw it; the page turns it like a mirror."""
    image = Image.fromarray(frame.pixels)
    image.thumbnail((_MIRROR_SIDE_PX, _MIRROR_SIDE_PX))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()
