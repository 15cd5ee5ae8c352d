"""A few moments of a presentation that may last for ten frames or a thousand."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Timeline(Generic[T]):
    """Keeps at most ``limit`` items, spread evenly over all of the time: when it is full, every second one goes, and
    from then on they are taken at twice the interval."""

    def __init__(self, limit: int, interval_ms: int, drop: Callable[[T], None]) -> None:
        """``interval_ms``: the least time between two items. ``drop`` is called with each item that is not kept any
        longer."""
        self._limit = limit
        self._first_interval_ms = interval_ms
        self._interval_ms = interval_ms
        self._drop = drop
        self._times_ms: list[int] = []
        self._items: list[T] = []

    def due(self, time_ms: int) -> bool:
        """Whether an item of that time would be taken."""
        return not self._times_ms or time_ms - self._times_ms[-1] >= self._interval_ms

    def add(self, time_ms: int, item: T) -> None:
        if len(self._items) == self._limit:
            for left_out in self._items[1::2]:
                self._drop(left_out)
            del self._items[1::2], self._times_ms[1::2]
            self._interval_ms = max(2 * self._interval_ms, self._mean_interval_ms())
        self._times_ms.append(time_ms)
        self._items.append(item)

    def clear(self) -> None:
        """Drop everything."""
        for item in self._items:
            self._drop(item)
        self._items.clear()
        self._times_ms.clear()
        self._interval_ms = self._first_interval_ms

    @property
    def span_ms(self) -> int:
        """From the first item to the last."""
        return self._times_ms[-1] - self._times_ms[0] if self._times_ms else 0

    def _mean_interval_ms(self) -> int:
        return self.span_ms // max(len(self._times_ms) - 1, 1)

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)
