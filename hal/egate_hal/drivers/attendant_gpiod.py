"""Driver ``attendant.gpiod``: call button and key switch as contacts on GPIO lines that are named, debounced by the
kernel."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from egate_hal.attendant import Press
from egate_hal.drivers.gpiod_lines import InputLines, Inputs, find_chip
from egate_hal.errors import DeviceLost, HalError
from egate_hal.settings import Bounds


class GpiodAttendant:
    """See ``egate_hal.attendant.Attendant`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """Lines by their names, as gpioinfo lists them; ``chip``: a path, where the names would fit several."""

        call: str
        release_forward: str
        release_back: str
        reset: str
        chip: str = ""
        active_low: bool = True
        debounce_ms: Annotated[int, Bounds(ge=1, le=500)] = 30

        def __post_init__(self) -> None:
            if len(set(self.lines.values())) != len(self.lines):
                raise ValueError("call, release_forward, release_back and reset must name four different lines")

        @property
        def lines(self) -> dict[Press, str]:
            """Which line belongs to which press; the settings carry the presses' own names."""
            return {press: getattr(self, press.value) for press in Press}

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._presses = {line: press for press, line in settings.lines.items()}
        self._lines: InputLines | None = None
        self._queue: asyncio.Queue[Press | HalError] = asyncio.Queue()

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package and a chip with these lines are here. No line is touched. Raises DeviceUnavailable."""
        find_chip(settings.lines.values(), settings.chip)

    async def open(self) -> None:
        settings = self._settings
        chip = find_chip(settings.lines.values(), settings.chip)
        self._queue = asyncio.Queue()
        inputs = Inputs(tuple(self._presses), settings.active_low, settings.debounce_ms)
        lines = InputLines(inputs, chip)
        lines.open(self._changed, self._queue.put_nowait)  # a contact that is held already is no press
        self._lines = lines

    async def close(self) -> None:
        if self._lines is not None:
            self._lines.close()
            self._lines = None
            self._queue.put_nowait(DeviceLost("the buttons are closed"))

    async def next_press(self) -> Press:
        if self._lines is None and self._queue.empty():
            raise DeviceLost("the buttons are not open")
        press = await self._queue.get()
        if isinstance(press, HalError):
            raise press
        return press

    def _changed(self, line: str, closed: bool) -> None:
        if closed:
            self._queue.put_nowait(self._presses[line])
