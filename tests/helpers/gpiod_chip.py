"""A GPIO chip with two sides: libgpiod's calls for the driver, voltages for the world.

Stands where ``gpiod.Chip`` would and uses the package's own settings and values. It models names, direction, bias,
polarity, edges through a file descriptor, the kernel's debouncing, and lines that another program holds.
``make test-kernel`` runs the same drivers against the kernel's simulated chip.
"""

import asyncio
import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import gpiod
from gpiod.line import Bias, Direction, Value


@dataclass(frozen=True, slots=True)
class Edge:
    """What the driver reads of an EdgeEvent."""

    line_offset: int
    event_type: Any


class SimulatedChip:
    """The world's side: ``drive`` puts a voltage on a line, ``level`` reads one."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(names)
        self.held: set[str] = set()
        self.plugged = True
        self._levels = dict.fromkeys(self.names, False)
        self._requests: list[SimulatedRequest] = []

    def drive(self, name: str, *, high: bool) -> None:
        if self._levels[name] is high:
            return
        self._levels[name] = high
        for request in self._requests:
            request.edge(self.names.index(name), high=high)

    def level(self, name: str) -> bool:
        return self._levels[name]

    def unplug(self) -> None:
        """The chip goes, as one on a USB cable may."""
        self.plugged = False
        for request in self._requests:
            request.wake()

    def chip(self, _path: str) -> "OpenedChip":
        """What ``gpiod.Chip(path)`` returns."""
        if not self.plugged:
            raise OSError(errno.ENODEV, "No such device")
        return OpenedChip(self)

    def take(self, request: "SimulatedRequest", offsets: Iterable[int]) -> None:
        names = {self.names[offset] for offset in offsets}
        if names & self.held:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self.held |= names
        self._requests.append(request)

    def give_back(self, request: "SimulatedRequest", offsets: Iterable[int]) -> None:
        self.held -= {self.names[offset] for offset in offsets}
        self._requests.remove(request)

    def set(self, offset: int, *, high: bool) -> None:
        self._levels[self.names[offset]] = high


class OpenedChip:
    """The driver's side: what it calls of ``gpiod.Chip``."""

    def __init__(self, chip: SimulatedChip) -> None:
        self._chip = chip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Requests outlive the chip that made them, as libgpiod's do."""

    def line_offset_from_id(self, id: str) -> int:  # noqa: A002 - libgpiod's name
        if id not in self._chip.names:
            raise OSError(errno.ENOENT, "No such file or directory")
        return self._chip.names.index(id)

    def request_lines(self, config: dict[tuple[int, ...], Any], consumer: str) -> "SimulatedRequest":
        assert consumer
        ((offsets, settings),) = config.items()
        return SimulatedRequest(self._chip, offsets, settings)


class SimulatedRequest:
    """The driver's side: what it calls of ``gpiod.LineRequest``."""

    def __init__(self, chip: SimulatedChip, offsets: tuple[int, ...], settings: Any) -> None:
        self._chip, self._offsets, self._settings = chip, offsets, settings
        chip.take(self, offsets)
        self._edges: list[Edge] = []
        self._settling: dict[int, asyncio.TimerHandle] = {}
        self._told: dict[int, bool] = {}
        self.fd, self._other = os.pipe()
        for offset in offsets:
            if settings.direction is Direction.OUTPUT:
                chip.set(offset, high=self._high(settings.output_value))
            else:
                chip.set(offset, high=settings.bias is Bias.PULL_UP)
                self._told[offset] = settings.bias is Bias.PULL_UP

    def release(self) -> None:
        self._chip.give_back(self, self._offsets)
        for timer in self._settling.values():
            timer.cancel()
        os.close(self.fd)
        os.close(self._other)

    def get_values(self, lines: list[int]) -> list[Any]:
        return [self._value(self._chip.level(self._chip.names[line])) for line in lines]

    def set_values(self, values: dict[int, Any]) -> None:
        if not self._chip.plugged:
            raise OSError(errno.ENODEV, "No such device")
        for offset, value in values.items():
            self._chip.set(offset, high=self._high(value))

    def read_edge_events(self, _max_events: int | None = None) -> list[Edge]:
        if not self._chip.plugged:
            raise OSError(errno.ENODEV, "No such device")
        os.read(self.fd, 4096)
        edges, self._edges = self._edges, []
        return edges

    def edge(self, offset: int, *, high: bool) -> None:
        """The voltage has changed; it is told when it has been quiet for the debouncing time."""
        if offset not in self._told:
            return
        if offset in self._settling:
            self._settling[offset].cancel()
        quiet_s = self._settings.debounce_period.total_seconds()
        self._settling[offset] = asyncio.get_running_loop().call_later(quiet_s, self._tell, offset, high)

    def _tell(self, offset: int, high: bool) -> None:
        del self._settling[offset]
        if self._told[offset] is not high:
            self._told[offset] = high
            kinds = gpiod.EdgeEvent.Type
            active = self._value(high) is Value.ACTIVE
            self._edges.append(Edge(offset, kinds.RISING_EDGE if active else kinds.FALLING_EDGE))
            self.wake()

    def wake(self) -> None:
        os.write(self._other, b"\0")

    def _value(self, high: bool) -> Any:
        return Value.ACTIVE if high is not self._settings.active_low else Value.INACTIVE

    def _high(self, value: Any) -> bool:
        return (value is Value.ACTIVE) is not self._settings.active_low
