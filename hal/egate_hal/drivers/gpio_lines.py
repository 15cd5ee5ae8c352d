"""The header pins of a Raspberry Pi, by the part of the RPi.GPIO interface that our drivers use.

The package rpi-lgpio offers that interface on every model up to the Pi 5; the original RPi.GPIO ends with the Pi 4.
Never a safety path: that is the door controller's.
"""

import importlib
from collections.abc import Callable, Sequence
from typing import Annotated, Protocol, cast

from egate_hal.errors import DeviceUnavailable
from egate_hal.settings import Bounds

BcmLine = Annotated[int, Bounds(ge=0, le=27)]
"""A line of the 40-pin header by its Broadcom number, not by its pin."""


class Pwm(Protocol):
    """What we call of ``RPi.GPIO.PWM``: one line that switches on and off, on for a share of the time in percent."""

    def start(self, dutycycle: float) -> None: ...
    def ChangeDutyCycle(self, dutycycle: float) -> None: ...  # noqa: N802 - the package's name
    def stop(self) -> None: ...


class Gpio(Protocol):
    """What we call of the module ``RPi.GPIO``."""

    BCM: int
    IN: int
    OUT: int
    LOW: int
    HIGH: int
    BOTH: int
    PUD_UP: int
    PUD_DOWN: int

    def setmode(self, mode: int) -> None: ...
    def setwarnings(self, value: bool) -> None: ...
    def setup(self, channel: int, direction: int, pull_up_down: int = ..., initial: int = ...) -> None: ...
    def output(self, channel: Sequence[int], value: Sequence[int]) -> None: ...
    def input(self, channel: int) -> int: ...
    def add_event_detect(self, channel: int, edge: int, callback: Callable[[int], None]) -> None: ...
    def remove_event_detect(self, channel: int) -> None: ...
    def PWM(self, channel: int, frequency: float) -> Pwm: ...  # noqa: N802 - the package's name
    def cleanup(self, channel: Sequence[int]) -> None: ...


def load_gpio() -> Gpio:
    """Import RPi.GPIO and count lines by BCM number. Raises DeviceUnavailable."""
    try:
        gpio = cast(Gpio, importlib.import_module("RPi.GPIO"))
    except ImportError as error:
        raise DeviceUnavailable(
            "the package RPi.GPIO is not installed here; on a Raspberry Pi: pip install 'egate[gpio]'"
        ) from error
    except Exception as error:  # the packages raise RuntimeError and errors of their own where there is no Pi
        raise DeviceUnavailable(f"this machine has no usable Raspberry Pi GPIO ({type(error).__name__})") from error
    gpio.setwarnings(False)  # a killed process leaves its lines set up; taking them over is what we want
    gpio.setmode(gpio.BCM)
    return gpio


def refused(line: int, error: Exception) -> DeviceUnavailable:
    """What to say where a line cannot be set up. The packages share no class of errors."""
    return DeviceUnavailable(
        f"GPIO {line} cannot be set up ({error}); is another program using it, and may this user open /dev/gpiochip*?"
    )
