"""The 40-pin header of a Raspberry Pi with two sides: RPi.GPIO's calls for the driver, voltages for the world.

It models the calls that our drivers use (``egate_hal.drivers.gpio_lines.Gpio``): direction, pull-ups, output of several
lines at once, edge callbacks in a thread of their own. It does not model the package's own debouncing, PWM or SPI.
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
