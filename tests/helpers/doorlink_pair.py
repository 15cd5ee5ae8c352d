"""Two ends of the door link with a line between them that tests may damage."""

from collections.abc import Callable
from typing import Any

from egate_doorlink import table
from egate_doorlink.link import DoorLink, HostLink, LinkOwner, Timing
from egate_doorlink.ticks import MASK

Line = Callable[[bytes], bytes]


def clean(data: bytes) -> bytes:
    return data


class Recorder(LinkOwner):
    """An application that keeps what its end of the link tells it."""

    def __init__(self) -> None:
        self.ups: list[str] = []
        self.downs: list[str] = []
        self.messages: list[tuple[int, tuple[Any, ...]]] = []
        self.told: list[tuple[int, tuple[Any, ...]]] = []
        self.results: list[tuple[Any, int]] = []
        self.answer = table.OK

    def link_up(self, firmware: str) -> None:
        self.ups.append(firmware)

    def link_down(self, reason: str) -> None:
        self.downs.append(reason)

    def link_message(self, message: int, values: tuple[Any, ...]) -> int:
        self.messages.append((message, values))
        return self.answer

    def link_told(self, message: int, values: tuple[Any, ...]) -> None:
        self.told.append((message, values))

    def link_result(self, ticket: Any, result: int) -> None:
        self.results.append((ticket, result))


class Pair:
    """``to_door`` and ``to_host`` are what the line does to the bytes that pass."""

    STEP_MS = 5

    def __init__(self, now_ms: int = 0) -> None:
        self.now_ms = now_ms
        self.sessions = 0
        self.at_host, self.at_door = Recorder(), Recorder()
        self.host = HostLink(self.at_host, Timing(), self._next_session)
        self.door = DoorLink(self.at_door, Timing(), "test")
        self.to_door: Line = clean
        self.to_host: Line = clean

    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, self.STEP_MS):
            self.now_ms = (self.now_ms + self.STEP_MS) & MASK
            self.door.receive(self.to_door(self.host.poll(self.now_ms)), self.now_ms)
            self.host.receive(self.to_host(self.door.poll(self.now_ms)), self.now_ms)

    def connect(self) -> "Pair":
        self.run(50)
        assert self.host.is_up
        assert self.door.is_up
        return self

    def _next_session(self) -> int:
        self.sessions += 1
        return self.sessions
