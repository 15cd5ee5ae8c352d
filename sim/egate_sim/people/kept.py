"""Drawings that may be asked for again. Drawing costs more than looking up; memory costs too, so all drawings of one
kind in a process share one bound, in bytes.
"""

import itertools
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Drawing(Protocol):
    """Something of a known size."""

    @property
    def nbytes(self) -> int: ...


T = TypeVar("T", bound=Drawing)


class Kept(Generic[T]):
    """At most ``most_bytes`` of drawings, and the newest in any case; what was not asked for longest goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._drawings: OrderedDict[Hashable, T] = OrderedDict()
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._drawings)

    def get(self, key: Hashable, draw: Callable[[], T]) -> T:
        """The drawing under ``key``, drawn where it is not kept."""
        if key in self._drawings:
            self._drawings.move_to_end(key)
            return self._drawings[key]
        drawn = self._drawings[key] = draw()
        self.nbytes += drawn.nbytes
        while self.nbytes > self._most_bytes and len(self._drawings) > 1:
            self.nbytes -= self._drawings.popitem(last=False)[1].nbytes
        return drawn

    def drop(self, owner: Hashable) -> None:
        """Forget all drawings whose key is a tuple that begins with ``owner``."""
        for key in [key for key in self._drawings if isinstance(key, tuple) and key[0] == owner]:
            self.nbytes -= self._drawings.pop(key).nbytes

    def follow(self, owner: object) -> int:
        """A number for the keys of ``owner``'s drawings; they are forgotten when nobody knows ``owner`` any more."""
        number = next(_numbers)
        weakref.finalize(owner, self.drop, number).atexit = False
        return number


_numbers = itertools.count()
