"""Driver ``attendant.gpio``: call button and key switch as contacts on header pins.

Debounced here and not by the package: a contact counts as closed when it has been quiet for ``debounce_ms`` and is
closed then, so that neither bounce nor a spike on a long wire is a press.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Annotated

from egate_hal.attendant import Press
from egate_hal.drivers.gpio_lines import BcmLine, Gpio, load_gpio, refused
from egate_hal.errors import DeviceLost
from egate_hal.settings import Bounds


class GpioAttendant:
    """See ``egate_hal.attendant.Attendant`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``active_low``: contacts connect the line to ground, and the Pi pulls it up; else to 3.3 V, and down."""

        call: BcmLine
        release_forward: BcmLine
        release_back: BcmLine
        reset: BcmLine
        active_low: bool = True
        debounce_ms: Annotated[int, Bounds(ge=1, le=500)] = 30

        def __post_init__(self) -> None:
            if len(set(self.lines.values())) != len(self.lines):
                raise ValueError("call, release_forward, release_back and reset must name four different lines")

        @property
        def lines(self) -> dict[Press, int]:
            """Which line belongs to which press; the settings carry the presses' own names."""
            return {press: getattr(self, press.value) for press in Press}

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._presses = {line: press for press, line in settings.lines.items()}
        self._gpio: Gpio | None = None
        self._settling: dict[int, asyncio.TimerHandle] = {}
        self._closed: dict[int, bool] = {}
        self._queue: asyncio.Queue[Press | None] = asyncio.Queue()  # None: closed

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package is here and finds a Pi. No line is touched. Raises DeviceUnavailable."""
        load_gpio()

    async def open(self) -> None:
        gpio = load_gpio()
        loop = asyncio.get_running_loop()

        def on_edge(line: int) -> None:  # called in a thread of the GPIO package
            loop.call_soon_threadsafe(self._settle, line)

        self._queue = asyncio.Queue()
        for line in self._presses:
            try:
                gpio.setup(line, gpio.IN, pull_up_down=gpio.PUD_UP if self._settings.active_low else gpio.PUD_DOWN)
                gpio.add_event_detect(line, gpio.BOTH, callback=on_edge)
            except Exception as error:
                with contextlib.suppress(Exception):  # the chip itself may be gone
                    gpio.cleanup(list(self._presses))  # so that another try may succeed
                raise refused(line, error) from error
            self._closed[line] = self._is_closed(gpio, line)  # a contact that is held already is no press
        self._gpio = gpio

    async def close(self) -> None:
        if self._gpio is None:
            return
        for timer in self._settling.values():
            timer.cancel()
        self._settling.clear()
        for line in self._presses:
            self._gpio.remove_event_detect(line)
        self._gpio.cleanup(list(self._presses))
        self._gpio = None
        self._queue.put_nowait(None)

    async def next_press(self) -> Press:
        press = None if self._gpio is None and self._queue.empty() else await self._queue.get()
        if press is None:
            raise DeviceLost("the buttons are not open")
        return press

    def _settle(self, line: int) -> None:
        """An edge came: judge the line when it has been quiet for a while."""
        if self._gpio is None:
            return
        if line in self._settling:
            self._settling[line].cancel()
        delay_s = self._settings.debounce_ms / 1000
        self._settling[line] = asyncio.get_running_loop().call_later(delay_s, self._judge, self._gpio, line)

    def _judge(self, gpio: Gpio, line: int) -> None:
        del self._settling[line]
        was_closed, self._closed[line] = self._closed[line], self._is_closed(gpio, line)
        if self._closed[line] and not was_closed:
            self._queue.put_nowait(self._presses[line])

    def _is_closed(self, gpio: Gpio, line: int) -> bool:
        return (gpio.input(line) == gpio.LOW) is self._settings.active_low
