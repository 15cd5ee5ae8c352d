"""GPIO lines by name through libgpiod v2, the kernel's own interface: edges and debouncing come from the kernel.

One module imports gpiod. A line's name is what the device tree calls it (``gpioinfo`` lists them; on a Raspberry Pi
GPIO17 and so on), so that a gate file survives another chip number or board.
"""

import asyncio
import contextlib
import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from egate_hal.errors import DeviceLost, DeviceUnavailable

CONSUMER = "egate"  # what gpioinfo shows beside a line that we hold
DEVICES = Path("/dev")


def load_gpiod() -> ModuleType:
    """Raises DeviceUnavailable."""
    try:
        return importlib.import_module("gpiod")
    except ImportError as error:
        raise DeviceUnavailable("the package gpiod is not installed here: pip install 'egate[gpio]'") from error


def find_chip(lines: Iterable[str], chip: str) -> str:
    """Path of the chip that has all these lines; ``chip`` names it where the search would be ambiguous.

    Raises DeviceUnavailable.
    """
    gpiod, wanted = load_gpiod(), list(lines)
    paths = [chip] if chip else [str(path) for path in sorted(DEVICES.glob("gpiochip*"))]
    lacking: dict[str, list[str]] = {}
    for path in paths:
        try:
            with gpiod.Chip(path) as opened:
                lacking[path] = [line for line in wanted if not _has(opened, line)]
        except OSError as error:
            lacking[path] = [f"cannot be opened: {error.strerror}"]
        if not lacking[path]:
            return path
    if not paths:
        raise DeviceUnavailable("this machine has no GPIO chip (/dev/gpiochip*)")
    told = "; ".join(f"{path}: {', '.join(names)}" for path, names in lacking.items())
    raise DeviceUnavailable(f"no GPIO chip has all the lines that the gate file names; lacking on {told}")


def _has(chip: Any, line: str) -> bool:
    try:
        chip.line_offset_from_id(line)
    except (OSError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Inputs:
    """``active_low``: a contact to ground closes the line, pulled up; else to the supply, pulled down."""

    lines: tuple[str, ...]
    active_low: bool
    debounce_ms: int


class InputLines:
    """Contacts on lines. ``changed`` is called on the loop with a line's name and whether it is closed now."""

    def __init__(self, inputs: Inputs, chip: str) -> None:
        self._inputs, self._chip = inputs, chip
        self._request: Any = None
        self._names: dict[int, str] = {}

    def open(self, changed: Callable[[str, bool], None], lost: Callable[[DeviceLost], None]) -> dict[str, bool]:
        """Returns every line as it is. Raises DeviceUnavailable."""
        gpiod, line, inputs = load_gpiod(), _load_line(), self._inputs
        settings = gpiod.LineSettings(
            direction=line.Direction.INPUT,
            edge_detection=line.Edge.BOTH,
            bias=line.Bias.PULL_UP if inputs.active_low else line.Bias.PULL_DOWN,
            active_low=inputs.active_low,
            debounce_period=timedelta(milliseconds=inputs.debounce_ms),
        )
        self._request, offsets = _take(self._chip, inputs.lines, settings)
        self._names = {offset: name for name, offset in offsets.items()}
        asyncio.get_running_loop().add_reader(self._request.fd, self._read, changed, lost)
        values = self._request.get_values(list(offsets.values()))
        return {name: value is line.Value.ACTIVE for name, value in zip(offsets, values, strict=True)}

    def close(self) -> None:
        if self._request is not None:
            asyncio.get_running_loop().remove_reader(self._request.fd)
            self._request.release()
            self._request = None

    def _read(self, changed: Callable[[str, bool], None], lost: Callable[[DeviceLost], None]) -> None:
        rising = load_gpiod().EdgeEvent.Type.RISING_EDGE
        try:
            events = self._request.read_edge_events()
        except OSError as error:
            self.close()
            lost(_gone(self._chip, error))
            return
        for event in events:
            changed(self._names[event.line_offset], event.event_type is rising)


class OutputLines:
    """Lines that are switched together; all are off when they are opened and closed."""

    def __init__(self, lines: tuple[str, ...], chip: str, *, active_low: bool = False) -> None:
        self._lines, self._chip, self._active_low = lines, chip, active_low
        self._request: Any = None
        self._offsets: dict[str, int] = {}

    def open(self) -> None:
        """Raises DeviceUnavailable."""
        line = _load_line()
        settings = load_gpiod().LineSettings(
            direction=line.Direction.OUTPUT, active_low=self._active_low, output_value=line.Value.INACTIVE
        )
        self._request, self._offsets = _take(self._chip, self._lines, settings)

    def close(self) -> None:
        if self._request is not None:
            with contextlib.suppress(DeviceLost):
                self.switch(frozenset())
            self._request.release()
            self._request = None

    def switch(self, on: frozenset[str]) -> None:
        """These on, the others off, in one call to the kernel. Raises DeviceLost."""
        if self._request is None:
            raise DeviceLost(f"{self._chip}: the lines are not open")
        value = _load_line().Value
        try:
            self._request.set_values(
                {offset: value.ACTIVE if name in on else value.INACTIVE for name, offset in self._offsets.items()}
            )
        except OSError as error:
            raise _gone(self._chip, error) from error


def _take(chip: str, lines: tuple[str, ...], settings: Any) -> tuple[Any, dict[str, int]]:
    """The lines, held by us, and their offsets by name. Raises DeviceUnavailable."""
    gpiod = load_gpiod()
    try:
        with gpiod.Chip(chip) as opened:
            offsets = {name: int(opened.line_offset_from_id(name)) for name in lines}
            request = opened.request_lines(consumer=CONSUMER, config={tuple(offsets.values()): settings})
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DeviceUnavailable(
            f"{chip}: its lines {', '.join(lines)} cannot be taken ({reason}); is another program using them, and may "
            "this user open the chip (group gpio)?"
        ) from error
    return request, offsets


def _gone(chip: str, error: OSError) -> DeviceLost:
    return DeviceLost(f"{chip}: the GPIO chip is gone ({error.strerror})")


def _load_line() -> ModuleType:
    load_gpiod()
    return importlib.import_module("gpiod.line")
