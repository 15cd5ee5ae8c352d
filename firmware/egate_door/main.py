"""Two loops: control, from a hard timer, decides and moves; the link, below it, talks to the host.

So nothing that the host sends, and nothing that the interpreter does to its memory, delays the control loop. On the
board ``start`` calls ``run``; the simulator calls it too, or makes a ``Controller`` of its own.
"""

from egate_door import VERSION
from egate_door.board import Board
from egate_door.fault_log import FaultLog, FileStorage
from egate_door.lane import Lane
from egate_door.limits import LINK_PAUSE_MS, TICK_MS
from egate_door.reports import Reports
from egate_door.timing import LoopTiming
from egate_door.watching import Watching
from egate_doorlink import table
from egate_doorlink.link import OVERFLOW, DoorLink, LinkOwner, Timing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Controller(LinkOwner):
    """Board, lane and link put together. ``clock`` has ``ticks_ms``, ``ticks_us`` and ``sleep_ms``, as ``time``."""

    def __init__(self, machine: "Any", rp2: "Any", clock: "Any", storage: FileStorage) -> None:
        self.log = FaultLog(storage)
        self.board = Board(machine, rp2)
        self.link = DoorLink(self, Timing(), VERSION)
        self.timing = LoopTiming()
        self._reports = Reports()
        self.lane = Lane(self._reports, self.board.inputs, self.board.outputs)
        self._watching = Watching(self.lane, self.board, self.timing, self.link)
        self._machine = machine
        self._clock = clock
        self._now_ms = clock.ticks_ms()
        self._passes = 0
        self._passes_seen = 0
        if self.board.watchdog_bit:
            self.lane.health.faults = table.WATCHDOG_FAULT
        if self.log.emergency_was_on():
            self.lane.take_up_emergency()
        self.log.begin(self.lane.emergency)
        self._timer = machine.Timer(-1, mode=machine.Timer.PERIODIC, period=TICK_MS, callback=self._control, hard=True)

    def step(self) -> None:
        """One pass of the link's loop."""
        now_ms = self._now_ms = self._clock.ticks_ms()
        data = self.board.received()
        if data:
            self.link.receive(data, now_ms)
        self.lane.host_heard(self.link.heard_ms)
        self._forward()
        if self.link.is_up:
            self._watching.step(now_ms)
        answers = self.link.poll(now_ms)
        if answers:
            self.board.transmit(answers)
        self.log.step(self.lane, now_ms // 1000)
        if self.log.broken:
            self.lane.health.faults |= table.LOG_FAULT
        if self._passes != self._passes_seen:  # fed only while both loops run
            self._passes_seen = self._passes
            self.board.feed_watchdog()

    def link_up(self, firmware: str) -> None:
        state = self._machine.disable_irq()
        self._reports.clear()
        self.lane.host_up(self._now_ms)
        self._machine.enable_irq(state)

    def link_down(self, reason: str) -> None:
        self._watching.stop()
        self.lane.host_down()

    def link_message(self, message: int, values: "tuple[Any, ...]") -> int:
        if message == table.WATCH:
            return self._watching.start(values[0], self._now_ms)
        if message == table.READ_LOG:
            return self._read_log(values[0])
        state = self._machine.disable_irq()
        result = self.lane.command(message, values, self._now_ms)
        self._machine.enable_irq(state)
        return result

    def _read_log(self, index: int) -> int:
        if index >= self.log.count:
            return table.INVALID
        start, uptime_s, code = self.log.entry(index)
        self.link.tell(table.LOGGED, (index, self.log.count, start, uptime_s, code))
        return table.OK

    def _control(self, _timer: "Any") -> None:
        """One pass of the control loop."""
        self.timing.begin(self._clock.ticks_us())
        self.board.read()
        self.lane.step(self._clock.ticks_ms())
        self.board.act()
        self._passes = (self._passes + 1) & 0xFFFF
        self.timing.end(self._clock.ticks_us())

    def _forward(self) -> None:
        """What the control loop has told, on to the link."""
        while True:
            state = self._machine.disable_irq()
            report = self._reports.take(table.FIELDS)
            overflowed = self._reports.overflowed
            if overflowed:
                self._reports.clear()
            self._machine.enable_irq(state)
            if overflowed:
                self.link.abandon(OVERFLOW)  # the next session tells the whole state
            if report is None or overflowed:
                return
            self.link.send(report[0], report[1])


def run(machine: "Any", rp2: "Any", clock: "Any", log_path: str) -> None:
    controller = Controller(machine, rp2, clock, FileStorage(log_path))
    try:
        while True:
            controller.step()
            clock.sleep_ms(LINK_PAUSE_MS)
    finally:
        controller.board.rest()
