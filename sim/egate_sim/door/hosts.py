"""Where the door's firmware runs: on this process's loop, or in a process of its own under CPython or MicroPython.

A host takes ``set`` lines in and reports what the leaves do. The firmware is the same in all of them.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import egate_door
import egate_sim
from egate_door.fault_log import FileStorage
from egate_door.limits import TICK_MS
from egate_door.main import Controller
from egate_hal.errors import DeviceUnavailable
from egate_sim.door import process
from egate_sim.door.machine import SimulatedMachine
from egate_sim.door.plant import Plant

QUIET_MS = 50  # while nothing moves, the in-process firmware is stepped this often (and at once when something happens)
READY_S = 10.0

Report = Callable[[int, int, int, bool], None]
"""Leaf index, opening in mm, motor (-1 closes, 1 opens), lock released."""


class HostKind(StrEnum):
    INPROCESS = "inprocess"
    CPYTHON = "cpython"
    MICROPYTHON = "micropython"


class Host(Protocol):
    async def start(self, uart_fd: int, log: Path, report: Report) -> None:
        """``log``: the file that stands for the board's flash."""

    async def stop(self) -> None: ...

    def put(self, name: str, value: int) -> None:
        """Change the world that the hardware sees; names as in ``plant.py``."""

    def freeze(self) -> None:
        """The program hangs; the hardware stays as it is."""

    def thaw(self) -> None: ...

    def kill(self) -> None:
        """The program is gone for good, as after a loss of power: outputs fall to their pull-downs."""


def make_host(kind: HostKind, heap_bytes: int | None = None) -> Host:
    """``heap_bytes`` limits MicroPython's heap. Raises DeviceUnavailable where no interpreter is installed."""
    if kind is HostKind.INPROCESS:
        return InProcessHost()
    if kind is HostKind.CPYTHON:
        return ProcessHost([sys.executable])
    limit = [] if heap_bytes is None else ["-X", f"heapsize={heap_bytes}"]
    return ProcessHost([micropython(), *limit])


def micropython() -> str:
    """Path of the interpreter: the virtual environment's, else the system's. Raises DeviceUnavailable."""
    beside = Path(sys.executable).parent / "micropython"
    found = str(beside) if beside.exists() else shutil.which("micropython")
    if found is None:
        raise DeviceUnavailable(
            "no MicroPython here; on Debian: apt install micropython (x86-64: make setup brings it)"
        )
    return found


class LoopClock:
    """MicroPython's ``time`` on the loop's clock, real or virtual."""

    def ticks_ms(self) -> int:
        return int(asyncio.get_running_loop().time() * 1000)

    def ticks_us(self) -> int:
        return int(asyncio.get_running_loop().time() * 1_000_000)


class PtyUart:
    """``machine.UART`` on a non-blocking file descriptor. ``damage``: what the line does to the bytes, either way."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        """Below zero: no cable."""
        self.damage: Callable[[bytes], bytes] = bytes

    def any(self) -> int:
        return 1  # read() tells

    def read(self) -> bytes | None:
        if self.fd < 0:
            return None
        try:
            return self.damage(os.read(self.fd, 512))
        except BlockingIOError:
            return None

    def write(self, data: bytes) -> None:
        if self.fd >= 0:
            with contextlib.suppress(BlockingIOError):  # nobody takes it, as on a line without a listener
                os.write(self.fd, self.damage(data))


class InProcessHost:
    """The firmware on this process's loop. With a virtual clock it runs as fast as the machine allows."""

    def __init__(self) -> None:
        self.plant = Plant()
        self._fd = -1
        self._frozen = False
        self._timer: asyncio.TimerHandle | None = None
        self._seen_ms = 0
        self._told: list[tuple[int, int, bool]] = [(-1, 0, False)] * 2

    async def start(self, uart_fd: int, log: Path, report: Report) -> None:
        self._fd = uart_fd
        self._report = report
        self._clock = LoopClock()
        self._seen_ms = self._clock.ticks_ms()
        self.uart = PtyUart(uart_fd)
        self._machine = SimulatedMachine(self.plant, self.uart, self._clock)
        self.controller = Controller(self._machine, self._machine.rp2, self._clock, FileStorage(str(log)))
        asyncio.get_running_loop().add_reader(uart_fd, self._pass)
        self._pass()

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            self._fd = -1

    def put(self, name: str, value: int) -> None:
        self.plant.apply(name, value)
        self._schedule(0)

    def detach(self) -> None:
        """The cable is pulled: nothing is heard any more, and nothing said arrives."""
        asyncio.get_running_loop().remove_reader(self._fd)
        self.uart.fd = -1

    def attach(self, uart_fd: int) -> None:
        """A cable is plugged in, perhaps another one."""
        self._fd = self.uart.fd = uart_fd
        asyncio.get_running_loop().add_reader(uart_fd, self._pass)

    def freeze(self) -> None:
        self._frozen = True
        asyncio.get_running_loop().remove_reader(self._fd)

    def thaw(self) -> None:
        self._frozen = False
        asyncio.get_running_loop().add_reader(self._fd, self._pass)

    def kill(self) -> None:
        self.freeze()
        self._machine.lose_power()

    def _pass(self) -> None:
        """Let the world catch up with the clock, then the firmware with the world."""
        now_ms = self._clock.ticks_ms()
        self.plant.advance(now_ms - self._seen_ms)
        self._seen_ms = now_ms
        if self._frozen:
            self._machine.sample()  # the interlocks do not depend on the program
        else:
            self.controller.step()
            if self._machine.run_timers():
                self.controller.step()
        for index, leaf in enumerate(self.plant.leaves):
            state = (int(leaf.opening_mm), (leaf.drive > 0) - (leaf.drive < 0), leaf.released)
            if state != self._told[index]:
                self._told[index] = state
                self._report(index, *state)
        self._schedule(TICK_MS if self.plant.moving() else min(QUIET_MS, max(1, self.controller.link.due_ms(now_ms))))

    def _schedule(self, delay_ms: int) -> None:
        if self._fd < 0:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay_ms / 1000, self._pass)


class ProcessHost:
    """The firmware in a process of its own; ``command`` is the interpreter with its options."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._side: socket.socket | None = None
        self._partial = b""

    async def start(self, uart_fd: int, log: Path, report: Report) -> None:
        """Raises DeviceUnavailable when the program does not come up."""
        self._report = report
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._side, theirs = socket.socketpair()
        self._side.setblocking(False)
        theirs.setblocking(False)
        with theirs:
            fds = (uart_fd, theirs.fileno())
            self._process = await asyncio.create_subprocess_exec(
                *self._command, process.__file__, *map(str, fds), str(log), pass_fds=fds, env=_environment(),
                start_new_session=True,  # Ctrl-C at our terminal is ours to handle
            )  # fmt: skip
        asyncio.get_running_loop().add_reader(self._side, self._listen)
        try:
            async with asyncio.timeout(READY_S):
                await self._ready
        except (TimeoutError, ConnectionError):
            await self.stop()
            raise DeviceUnavailable(
                "the simulated door's program did not start; its own message stands above"
            ) from None

    async def stop(self) -> None:
        if self._side is not None:
            asyncio.get_running_loop().remove_reader(self._side)
            self._side.close()
            self._side = None
        if self._process is not None:
            self._signal(signal.SIGKILL)
            await self._process.wait()
            self._process = None

    def put(self, name: str, value: int) -> None:
        if self._side is not None:
            self._side.send(f"set {name} {value}\n".encode())

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _listen(self) -> None:
        if self._side is None:
            return
        try:
            data = self._side.recv(4096)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._side)
            if not self._ready.done():
                self._ready.set_exception(ConnectionError())
            return
        lines = (self._partial + data).split(b"\n")
        self._partial = lines.pop()
        for line in lines:
            self._take(line.decode().split())

    def _take(self, words: list[str]) -> None:
        if words[0] == "ready":
            if not self._ready.done():
                self._ready.set_result(None)
        else:
            index, opening_mm, motor, released = map(int, words[1:])
            self._report(index, opening_mm, motor, bool(released))


def _environment() -> dict[str, str]:
    """Where both interpreters find the firmware and this package."""
    roots = [str(Path(package.__file__ or "").parents[1]) for package in (egate_door, egate_sim)]
    path = ":".join(roots)
    return {**os.environ, "PYTHONPATH": path, "MICROPYPATH": f"{path}:.frozen"}
