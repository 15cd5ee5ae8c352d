"""The whole firmware on simulated hardware with a host on its line: commands and reports go over the real link."""

from typing import Any

from door_bench import BoardBench
from doorlink_pair import Recorder

from egate_doorlink import table
from egate_doorlink.link import HostLink, Timing


class HostBench(BoardBench):
    """``host_up`` and ``host_down`` plug and unplug the host instead of pretending that it is heard."""

    def __init__(self) -> None:
        self.at_host = Recorder()
        self.sessions = 0
        self.host = HostLink(self.at_host, Timing(), self._next_session)
        self.connected = False
        super().__init__()
        self.run_until(lambda: self.host.is_up and self.lane.mode != 0)
        self.run(100)

    def host_up(self) -> None:
        self.connected = True
        self.host_speaks = False  # the link itself tells when the host was heard

    def host_down(self) -> None:
        self.connected = False

    def run(self, duration_ms: int) -> None:
        for _ in range(0, duration_ms, 10):
            data, self.line.from_door = self.line.from_door, b""
            if self.connected:
                self.host.receive(data, self.host_ms())
                self.line.to_door += self.host.poll(self.host_ms())
            super().run(10)

    def host_ms(self) -> int:
        """The host's own clock, some minutes ahead."""
        return self.now_ms + 123_456

    def ask(self, message: int, *values: int) -> int:
        """Send a command and wait for its result."""
        ticket = object()
        assert self.host.send(message, values, ticket)
        self.run_until(lambda: any(t is ticket for t, _ in self.at_host.results))
        return next(result for t, result in self.at_host.results if t is ticket)

    def all_of(self, message: int) -> list[tuple[Any, ...]]:
        return [values for kind, values in self.at_host.messages if kind == message]

    def told(self, message: int) -> list[tuple[Any, ...]]:
        return [values for kind, values in self.at_host.told if kind == message]

    def anomalies(self) -> list[str]:
        return [table.ANOMALIES[kind] for _, kind in self.all_of(table.ANOMALY)]

    def walk(self, leaf: int, masks: list[int], step_ms: int = 60) -> None:
        for mask in masks:
            self.apply(f"{table.LEAVES[leaf]}.curtain", mask)
            self.run(step_ms)

    def _next_session(self) -> int:
        self.sessions += 1
        return self.sessions
