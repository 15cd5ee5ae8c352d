"""The door's firmware with its simulated hardware in a process of its own, under MicroPython or CPython.

Started by ``hosts.py`` as ``process.py UART_FD SIDE_FD LOG_PATH``: one file descriptor is the serial line (the device's
end of a pseudo-terminal), the other a socket over which the world acts on the hardware and is told what it does; the
path is the file that stands for the board's flash. Lines on the socket:

    in    set NAME VALUE                           a signal or quantity of the plant, see plant.py
    out   ready
    out   leaf INDEX OPENING_MM DRIVE RELEASED     whenever one of them changed
"""

import select
import sys
import time

from egate_door.main import run
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Plant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST_PAUSE_MS = 50  # after being stopped for longer the world goes on from where it was


class FdUart:
    """``machine.UART`` on a non-blocking file descriptor."""

    def __init__(self, fd: int) -> None:
        self._file = open(fd, "r+b", 0)  # noqa: SIM115 - lives as long as the process

    def any(self) -> int:
        return 1  # read() tells

    def read(self) -> bytes | None:
        return self._file.read(512)

    def write(self, data: bytes) -> int | None:
        return self._file.write(data)  # None: nobody takes it, as on a line without a listener


class Side:
    """The socket to the world outside."""

    def __init__(self, fd: int, plant: Plant) -> None:
        self._file: Any = open(fd, "r+b", 0)  # noqa: SIM115 - lives as long as the process
        self._plant = plant
        self._partial = b""
        self._told = [""] * len(plant.leaves)
        self.poller = select.poll()
        self.poller.register(self._file, select.POLLIN)

    def obey(self) -> None:
        data = self._file.read(512)
        if data == b"":
            raise SystemExit  # the simulation has gone
        lines = (self._partial + (data or b"")).split(b"\n")
        self._partial = lines.pop()
        for line in lines:
            _, name, value = line.decode().split()
            self._plant.apply(name, int(value))

    def report(self) -> None:
        for index, leaf in enumerate(self._plant.leaves):
            drive = (leaf.drive > 0) - (leaf.drive < 0)
            text = f"leaf {index} {int(leaf.opening_mm)} {drive} {int(leaf.released)}\n"
            if text != self._told[index]:
                self._told[index] = text
                self.say(text)

    def say(self, text: str) -> None:
        self._file.write(text.encode())


class Clock:
    """MicroPython's ``time`` for the firmware; while it sleeps, the world acts, physics runs and timers fire."""

    machine: SimulatedMachine

    def __init__(self, plant: Plant, side: Side) -> None:
        self._plant = plant
        self._side = side
        self._seen_ms = self.ticks_ms()

    def ticks_ms(self) -> int:
        """Only MicroPython's counter wraps; ``sys`` tells which interpreter this is."""
        if sys.implementation.name == "micropython":
            ticks_ms: int = time.ticks_ms()  # type: ignore[attr-defined]  # CPython's time lacks it
            return ticks_ms
        return time.monotonic_ns() // 1_000_000

    def ticks_us(self) -> int:
        if sys.implementation.name == "micropython":
            ticks_us: int = time.ticks_us()  # type: ignore[attr-defined]
            return ticks_us
        return time.monotonic_ns() // 1_000

    def sleep_ms(self, duration_ms: int) -> None:
        self._side.report()
        start_ms = self.ticks_ms()
        left_ms = duration_ms
        while left_ms > 0:
            if self._side.poller.poll(left_ms):
                self._side.obey()
                self.machine.sample()  # interlocks and interrupts wait for no timer
            left_ms = duration_ms - _passed_ms(start_ms, self.ticks_ms())
        now_ms = self.ticks_ms()
        self._plant.advance(min(_passed_ms(self._seen_ms, now_ms), LONGEST_PAUSE_MS))
        self._seen_ms = now_ms
        self.machine.run_timers()


def _passed_ms(start_ms: int, now_ms: int) -> int:
    return (now_ms - start_ms) & 0x3FFFFFFF


def main() -> None:
    plant = Plant()
    side = Side(int(sys.argv[2]), plant)
    clock = Clock(plant, side)
    clock.machine = SimulatedMachine(plant, FdUart(int(sys.argv[1])), clock)
    side.say("ready\n")
    run(clock.machine, clock.machine.rp2, clock, sys.argv[3])


if __name__ == "__main__":
    main()
