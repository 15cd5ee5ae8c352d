"""Driver ``light.gpio``: one lamp of red, green and blue on header pins, each dimmed by pulses (PWM).

A lamp takes more than a pin gives: each line drives a transistor. Give its input a resistor that keeps the lamp dark
while nobody drives the line; then the lamp is dark too when this program has ended in whatever way.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from egate_hal.drivers.gpio_lines import BcmLine, Gpio, Pwm, load_gpio, refused
from egate_hal.errors import DeviceLost
from egate_hal.light import DARK, Colour
from egate_hal.settings import Bounds

Share = Annotated[float, Bounds(gt=0, le=1)]

_FULL_PERCENT = 100.0


class GpioLight:
    """See ``egate_hal.light.FaceLight`` for what it promises."""

    @dataclass(frozen=True, slots=True)
    class Settings:
        """``red``, ``green``, ``blue``: the lines, by their Broadcom numbers. ``frequency_hz``: from 1250 on, flicker
        of whatever depth is of low risk (IEEE 1789-2015). ``red_share``, ``green_share``, ``blue_share``: what each
        gives at most, of what it can; set them so that the three together look white. ``active_low``: a lamp lights
        when its line is low."""

        red: BcmLine
        green: BcmLine
        blue: BcmLine
        frequency_hz: Annotated[int, Bounds(ge=1250, le=8000)] = 2000
        red_share: Share = 1.0
        green_share: Share = 1.0
        blue_share: Share = 1.0
        active_low: bool = False

        def __post_init__(self) -> None:
            if len(set(self.lines)) != len(self.lines):
                raise ValueError("red, green and blue must name three different lines")

        @property
        def lines(self) -> tuple[int, int, int]:
            return self.red, self.green, self.blue

        @property
        def shares(self) -> tuple[float, float, float]:
            return self.red_share, self.green_share, self.blue_share

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gpio: Gpio | None = None
        self._pulses: tuple[Pwm, ...] = ()

    @staticmethod
    def examine(settings: Settings) -> None:
        """The package is here and finds a Pi. No line is touched. Raises DeviceUnavailable."""
        load_gpio()

    async def open(self) -> None:
        gpio, started = load_gpio(), list[Pwm]()
        for line, percent in zip(self._settings.lines, self._percents(DARK), strict=True):
            try:
                gpio.setup(line, gpio.OUT, initial=self._dark_level(gpio))
                pulse = gpio.PWM(line, self._settings.frequency_hz)
                pulse.start(percent)
            except Exception as error:
                self._release(gpio, started)
                raise refused(line, error) from error
            started.append(pulse)
        self._gpio, self._pulses = gpio, tuple(started)

    async def close(self) -> None:
        if self._gpio is None:
            return
        gpio, pulses, self._gpio, self._pulses = self._gpio, self._pulses, None, ()
        self._release(gpio, pulses)

    async def show(self, colour: Colour) -> None:
        if self._gpio is None:
            raise DeviceLost("the face light is not open")
        try:
            for pulse, percent in zip(self._pulses, self._percents(colour), strict=True):
                pulse.ChangeDutyCycle(percent)
        except Exception as error:  # the GPIO packages share no class of errors
            raise DeviceLost(f"the face light cannot be switched ({type(error).__name__})") from error

    def _percents(self, colour: Colour) -> tuple[float, ...]:
        """How long each line is high. A lamp's mean light is as its time: the shares are linear in light."""
        lit = zip((colour.red, colour.green, colour.blue), self._settings.shares, strict=True)
        percents = (_FULL_PERCENT * share * most for share, most in lit)
        return tuple(_FULL_PERCENT - percent if self._settings.active_low else percent for percent in percents)

    def _dark_level(self, gpio: Gpio) -> int:
        return gpio.HIGH if self._settings.active_low else gpio.LOW

    def _release(self, gpio: Gpio, pulses: Sequence[Pwm]) -> None:
        """Dark, and the lines given back, as far as the hardware still listens."""
        for pulse in pulses:
            with contextlib.suppress(Exception):
                pulse.stop()
        for line in self._settings.lines:
            with contextlib.suppress(Exception):
                gpio.output((line,), (self._dark_level(gpio),))
        gpio.cleanup(self._settings.lines)
