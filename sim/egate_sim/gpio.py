"""The 40-pin header of a Raspberry Pi with two sides: RPi.GPIO's calls for the driver, voltages for the world.

It models the calls that our drivers use (``egate_hal.drivers.gpio_lines.Gpio``): direction, pull-ups, output of several
lines at once, the share of time that PWM has a line on, edge callbacks in a thread of their own. It does not model the
package's own debouncing, the single pulses of PWM, or SPI.
"""

import threading
from collections.abc import Callable, Sequence


class SimulatedHeader:
    """One header. Misuse raises RuntimeError, as the package does."""

    BCM, IN, OUT, LOW, HIGH, BOTH, PUD_DOWN, PUD_UP = 11, 1, 0, 0, 1, 33, 21, 22
    LINES = range(28)

    def __init__(self) -> None:
        self.levels: dict[int, int] = {}
        self.outputs: list[dict[int, int]] = []
        """Every change of outputs, each entry one call: what was set at once."""
        self.directions: dict[int, int] = {}
        self.broken: set[int] = set()
        """Lines that another program holds."""
        self.pwm: dict[int, SimulatedPwm] = {}
        """What pulses now, by line."""
        self._mode: int | None = None
        self._callbacks: dict[int, Callable[[int], None]] = {}

    def setmode(self, mode: int) -> None:
        self._mode = mode

    def setwarnings(self, value: bool) -> None:
        """Accepted; there are none."""

    def setup(self, channel: int, direction: int, pull_up_down: int = PUD_DOWN, initial: int = LOW) -> None:
        if self._mode != self.BCM or channel not in self.LINES:
            raise RuntimeError("no numbering mode, or no such line")
        if channel in self.broken:
            raise RuntimeError("GPIO busy")
        self.directions[channel] = direction
        if direction == self.OUT:
            self.levels[channel] = initial
        else:
            self.levels[channel] = self.HIGH if pull_up_down == self.PUD_UP else self.LOW

    def output(self, channel: Sequence[int], value: Sequence[int]) -> None:
        changed = dict(zip(channel, value, strict=True))
        if any(self.directions.get(line) != self.OUT or line in self.broken for line in changed):
            raise RuntimeError("the line has not been set up as an output")
        self.levels |= changed
        self.outputs.append(changed)

    def PWM(self, channel: int, frequency: float) -> "SimulatedPwm":  # noqa: N802 - the package's name
        if self.directions.get(channel) != self.OUT or channel in self.broken or channel in self.pwm:
            raise RuntimeError("the line has not been set up as an output, or pulses already")
        self.pwm[channel] = SimulatedPwm(self, channel, frequency)
        return self.pwm[channel]

    def input(self, channel: int) -> int:
        if channel not in self.directions:
            raise RuntimeError("the line has not been set up")
        return self.levels[channel]

    def add_event_detect(self, channel: int, edge: int, callback: Callable[[int], None]) -> None:
        if self.directions.get(channel) != self.IN or edge != self.BOTH or channel in self._callbacks:
            raise RuntimeError("no input, or edges are already watched")
        self._callbacks[channel] = callback

    def remove_event_detect(self, channel: int) -> None:
        self._callbacks.pop(channel, None)

    def cleanup(self, channel: Sequence[int]) -> None:
        for line in channel:
            self.directions.pop(line, None)
            self._callbacks.pop(line, None)
            self.pwm.pop(line, None)

    def drive(self, line: int, level: int) -> None:
        """Put a voltage on an input, from outside. Callbacks come from another thread, as the package's do."""
        if self.levels.get(line) == level:
            return
        self.levels[line] = level
        callback = self._callbacks.get(line)
        if callback is not None:
            thread = threading.Thread(target=callback, args=(line,))
            thread.start()
            thread.join()


class SimulatedPwm:
    """One line that pulses. ``duty``: percent of the time that it is high; None before the start and after the stop."""

    def __init__(self, header: SimulatedHeader, line: int, frequency_hz: float) -> None:
        self._header, self._line = header, line
        self.frequency_hz = frequency_hz
        self.duty: float | None = None

    def start(self, dutycycle: float) -> None:
        self.duty = self._checked(dutycycle)

    def ChangeDutyCycle(self, dutycycle: float) -> None:  # noqa: N802 - the package's name
        self.duty = self._checked(dutycycle)

    def stop(self) -> None:
        self.duty = None
        self._header.levels[self._line] = self._header.LOW
        self._header.pwm.pop(self._line, None)

    def _checked(self, dutycycle: float) -> float:
        if not 0 <= dutycycle <= 100:  # noqa: PLR2004 - percent
            raise ValueError("dutycycle must have a value from 0.0 to 100.0")
        if self._line in self._header.broken:
            raise RuntimeError("GPIO busy")
        return dutycycle
