"""Driver ``document_reader.serial``: any OCR reader that sends the MRZ over a serial line by itself."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Annotated

from egate_hal.document_reader import ReaderEvent
from egate_hal.drivers.ocr_framing import PROFILES, Framer, ProfileName
from egate_hal.drivers.serial_line import SerialLine, examine_port
from egate_hal.errors import DeviceLost
from egate_hal.settings import Bounds

MISSED_REPEATS = 3  # a reader that repeats its status and leaves out this many is taken for dead


class SerialDocumentReader:
    """See ``egate_hal.document_reader.DocumentReader`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``idle_timeout_ms``: this much silence inside a frame ends it."""

        port: str
        profile: ProfileName = ProfileName.STX_PRESENCE
        baud: Annotated[int, Bounds(ge=1200, le=921600)] = 9600
        idle_timeout_ms: Annotated[int, Bounds(ge=10, le=2000)] = 150

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._line = SerialLine(settings.port, settings.baud)
        self._framer = self._new_framer(present=False)
        self._events: deque[ReaderEvent] = deque()
        self._alive_limit_s: float | None = None
        status = PROFILES[settings.profile].status
        if status is not None:
            self._alive_limit_s = status.repeat_ms * MISSED_REPEATS / 1000
        self._opened_s = 0.0

    @staticmethod
    def examine(settings: Settings) -> None:
        """The port is here and ours to use. Raises DeviceUnavailable."""
        examine_port(settings.port)

    async def open(self) -> None:
        self._line.open()
        self._opened_s = asyncio.get_running_loop().time()
        self._framer = self._new_framer(present=self._framer.present)

    async def close(self) -> None:
        self._line.close()

    async def next_event(self) -> ReaderEvent:
        loop = asyncio.get_running_loop()
        while not self._events:
            try:
                async with asyncio.timeout_at(self._deadline_s()):
                    data = await self._line.read()
            except TimeoutError:
                self._events += self._framer.expire(loop.time())
            else:
                self._events += self._framer.feed(data, loop.time())
            self._check_alive(loop.time())
        return self._events.popleft()

    def _new_framer(self, *, present: bool) -> Framer:
        return Framer(PROFILES[self._settings.profile], self._settings.idle_timeout_ms / 1000, present)

    def _alive_until_s(self) -> float | None:
        heard_s = self._framer.heard_s if self._framer.heard_s is not None else self._opened_s
        return None if self._alive_limit_s is None else heard_s + self._alive_limit_s

    def _deadline_s(self) -> float | None:
        deadlines = [d for d in (self._framer.deadline_s(), self._alive_until_s()) if d is not None]
        return min(deadlines, default=None)

    def _check_alive(self, now_s: float) -> None:
        alive_until_s = self._alive_until_s()
        if alive_until_s is not None and now_s >= alive_until_s:
            self._line.close()
            raise DeviceLost(
                f"{self._settings.port}: the reader has sent nothing intelligible for {self._alive_limit_s:g} s; "
                "check its power, its cable and the speed of the line"
            )
