"""Driver ``indicators.gpio``: one red, green and blue lamp at the entrance and one at the exit, on header pins."""

import contextlib
from dataclasses import dataclass

from egate_hal.drivers.gpio_lines import BcmLine, Gpio, load_gpio, refused
from egate_hal.errors import DeviceLost
from egate_hal.indicators import Signal

# (red, green, blue). Project choice: six looks that differ; a referral is blue, which accuses nobody.
COLOURS = {
    Signal.OFF: (False, False, False),
    Signal.READY: (True, True, True),
    Signal.WAIT: (True, True, False),
    Signal.GO: (False, True, False),
    Signal.ASSIST: (False, False, True),
    Signal.CLOSED: (True, False, False),
}


@dataclass(frozen=True, slots=True)
class LampLines:
    """The lines of one lamp."""

    red: BcmLine
    green: BcmLine
    blue: BcmLine


class GpioIndicators:
    """See ``egate_hal.indicators.Indicators`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``active_low``: the lamps light when their line is low."""

        entrance: LampLines
        exit: LampLines
        active_low: bool = False

        def __post_init__(self) -> None:
            if len(set(self.lines)) != len(self.lines):
                raise ValueError("entrance and exit must name six different lines")

        @property
        def lines(self) -> tuple[int, ...]:
            return tuple(line for lamp in (self.entrance, self.exit) for line in (lamp.red, lamp.green, lamp.blue))

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gpio: Gpio | None = None

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package is here and finds a Pi. No line is touched. Raises DeviceUnavailable."""
        load_gpio()

    async def open(self) -> None:
        gpio = load_gpio()
        for line in self._settings.lines:
            try:
                gpio.setup(line, gpio.OUT, initial=self._level(gpio, lit=False))
            except Exception as error:
                with contextlib.suppress(Exception):  # the chip itself may be gone
                    gpio.cleanup(self._settings.lines)
                raise refused(line, error) from error
        self._gpio = gpio

    async def close(self) -> None:
        if self._gpio is not None:
            await self.show(Signal.OFF, Signal.OFF)
            self._gpio.cleanup(self._settings.lines)
            self._gpio = None

    async def show(self, entrance: Signal, exit_: Signal) -> None:
        if self._gpio is None:
            raise DeviceLost("the lamps are not open")
        gpio = self._gpio
        lit = (*COLOURS[entrance], *COLOURS[exit_])
        try:
            gpio.output(self._settings.lines, [self._level(gpio, lit=on) for on in lit])
        except Exception as error:  # the GPIO packages share no class of errors
            raise DeviceLost(f"the lamps cannot be switched ({type(error).__name__})") from error

    def _level(self, gpio: Gpio, *, lit: bool) -> int:
        return gpio.HIGH if lit is not self._settings.active_low else gpio.LOW
