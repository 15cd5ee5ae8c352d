"""Watches one capture for the technician's page. Whatever goes wrong in here ends the watching, never the capture; and
where nobody looks at the page, next to nothing is done."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from egate.face.capture import CaptureSession
from egate.face.snapshot import Snapshot, Stage
from egate.runtime.workers import Worker

log = logging.getLogger(__name__)

SHOWN_EVERY_MS = 200
ASKED_EVERY_MS = 500
"""The cues are asked less often than the page is told: their answer costs some ten milliseconds of the face worker."""

_RATE_OF_FRAMES = 20


@dataclass(frozen=True, slots=True)
class Lap:
    """How long a stage took: the last time, and the longest of this capture; milliseconds."""

    stage: Stage
    last_ms: float
    longest_ms: float


@dataclass(frozen=True, slots=True)
class Sight:
    """A capture at one moment, as it is shown. ``frames_per_s`` None: too few frames have come to tell."""

    snapshot: Snapshot
    frames_per_s: float | None
    laps: tuple[Lap, ...]


class Viewer(Protocol):
    """Where sights are shown: the page. ``watched``: somebody looks at it. Both may be used from any thread."""

    @property
    def watched(self) -> bool: ...

    def show(self, sight: Sight | None) -> None: ...


class Watch:
    """One capture. ``worker``: where the pictures are worked on, and with them all that is asked of the session."""

    def __init__(self, viewer: Viewer | None, worker: Worker, timer: Callable[[], float] = time.perf_counter) -> None:
        """``viewer`` None: the lane has no such page. ``timer``: seconds; for what the page shows and nothing else."""
        self._viewer, self._worker, self._timer = viewer, worker, timer
        self._from = 0.0
        self._laps: dict[Stage, Lap] = {}
        self._frames_ms: deque[int] = deque(maxlen=_RATE_OF_FRAMES)
        self._next_ms = self._ask_ms = -1
        self._closing = threading.Lock()
        self._closed = self._end_shown = self._broken = False

    @property
    def _watched(self) -> bool:
        return self._viewer is not None and not self._broken and self._viewer.watched

    def start(self) -> None:
        """The next stage begins now."""
        self._from = self._timer()

    def lap(self, stage: Stage) -> None:
        """``stage`` has ended, and the next begins."""
        now = self._timer()
        took_ms, self._from = (now - self._from) * 1000, now
        before = self._laps.get(stage)
        self._laps[stage] = Lap(stage, took_ms, took_ms if before is None else max(took_ms, before.longest_ms))

    async def saw(self, session: CaptureSession, now_ms: int) -> None:
        """A frame has been judged. ``now_ms``: when it came, monotonic. After the last one the end follows at once."""
        self._frames_ms.append(now_ms)
        if not self._watched or now_ms < self._next_ms or session.finished:
            return
        ask = now_ms >= self._ask_ms
        self._next_ms = now_ms + SHOWN_EVERY_MS
        if ask:
            self._ask_ms = now_ms + ASKED_EVERY_MS
        await self._worker.run(lambda: self._show(session, ask=ask))

    def ended(self, session: CaptureSession) -> None:
        """No more frames will come, and the result is known. On the worker."""
        if self._watched:
            self._show(session, ended=True)

    def close(self) -> None:
        """The capture is over, whatever became of it. One that came to no end is shown no longer."""
        with self._closing:  # a worker may still be busy with a capture that was broken off
            self._closed = True
            if self._viewer is not None and not self._end_shown:
                self._viewer.show(None)

    def _show(self, session: CaptureSession, *, ask: bool = False, ended: bool = False) -> None:
        try:
            self.start()
            snapshot = session.snapshot(ask=ask, ended=ended)
            if ask:
                self.lap(Stage.FIGURES)
            sight = Sight(snapshot, self._frames_per_s(), tuple(self._laps[s] for s in Stage if s in self._laps))
            with self._closing:
                if self._viewer is not None and not self._closed:
                    self._viewer.show(sight)
                    self._end_shown = ended
        except Exception as error:
            log.error("the technician's page: %s; it shows no more of this capture", type(error).__name__)
            self._broken = True

    def _frames_per_s(self) -> float | None:
        times = self._frames_ms
        span_ms = times[-1] - times[0] if times else 0
        return (len(times) - 1) * 1000 / span_ms if span_ms > 0 else None
