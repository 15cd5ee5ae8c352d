"""The loop of the door controller. On the board it starts by itself; the simulator calls ``Controller`` or ``run``."""

from egate_door import VERSION
from egate_door.board import Board
from egate_door.lane import Lane
from egate_door.limits import TICK_MS
from egate_doorlink import table
from egate_doorlink.link import DoorLink, LinkOwner, Timing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Controller(LinkOwner):
    """Board, lane and link put together. ``clock`` has ``ticks_ms`` and ``sleep_ms``, as MicroPython's ``time``."""

    def __init__(self, machine: "Any", clock: "Any") -> None:
        self.board = Board(machine, clock)
        self.link = DoorLink(self, Timing(), VERSION)
        self.lane = Lane(self.link.send, self.board.inputs, self.board.outputs)
        self._clock = clock
        self._now_ms = clock.ticks_ms()
        if self.board.watchdog_bit:
            self.lane.controller_faults = table.WATCHDOG_FAULT

    def step(self) -> None:
        """One pass: sensors, host, decision, motors, answers."""
        now_ms = self._now_ms = self._clock.ticks_ms()
        self.board.read()
        data = self.board.received()
        if data:
            self.link.receive(data, now_ms)
        answers = self.link.poll(now_ms)  # before the lane decides: it notices silence
        self.lane.step(now_ms)
        self.board.act(now_ms)
        answers += self.link.poll(now_ms)
        if answers:
            self.board.transmit(answers)

    def link_up(self, firmware: str) -> None:
        self.lane.host_up()

    def link_down(self, reason: str) -> None:
        self.lane.host_down()

    def link_message(self, message: int, values: "tuple[Any, ...]") -> int:
        return self.lane.command(message, values, self._now_ms)


def run(machine: "Any", clock: "Any") -> None:
    controller = Controller(machine, clock)
    try:
        while True:
            controller.step()
            clock.sleep_ms(TICK_MS)
    finally:
        controller.board.rest(clock.ticks_ms())


if __name__ == "__main__":
    import time

    import machine

    run(machine, time)
