"""The live demo as a child at a pseudo-terminal, so that it shows what people see who start it."""

import contextlib
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

_START_S = 60.0
_STOP_S = 30.0
_POLL_S = 0.1
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Demo:
    """``with Demo(folder) as demo: demo.dashboard_url``. ``lines`` grows while it runs, colours included."""

    visits_a_round = 8

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.lines: list[str] = []
        self.dashboard_url = self.screen_url = self.technician_url = ""

    def __enter__(self) -> Self:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "egate_sim", "demo", "--http-port", "0", "--screen-port", str(_free_port()),
                   "--technician-port", str(_free_port()), "--folder", str(self._folder)]  # fmt: skip
        with os.fdopen(theirs, "w") as terminal:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal
            )
        self._reader = threading.Thread(target=self._read, args=(ours,), daemon=True)
        self._reader.start()
        self.dashboard_url = self._address("dashboard")
        self.screen_url = self._address("traveller")
        self.technician_url = self._address("technician")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_STOP_S)
        self._reader.join(_STOP_S)

    def wait_for_visit(self, number: int, within_s: float) -> None:
        """Until traveller ``number``, counted from 0, has come. Raises TimeoutError."""
        self._wait(lambda: len(self._visits()) > number, within_s, f"traveller {number} did not come")

    def lines_of_visit(self, number: int, within_s: float) -> list[str]:
        """What the terminal says of one traveller, once the next one has come."""
        self.wait_for_visit(number + 1, within_s)
        first, after = self._visits()[number : number + 2]
        return self.lines[first:after]

    def _visits(self) -> list[int]:
        """Where the lines of each traveller begin."""
        announced = [n for n, line in enumerate(self.lines) if _ANSI.sub("", line).startswith(">> ")]
        return [n for n in announced if "officer" not in self.lines[n]]

    def _address(self, name: str) -> str:
        def stated() -> list[str]:
            return [line.split()[-1] for line in self.lines if _ANSI.sub("", line).startswith(f"{name} ")]

        self._wait(lambda: bool(stated()), _START_S, f"the demo did not print the address of its {name}")
        return stated()[0].rstrip("/") + "/"

    def _wait(self, holds: Callable[[], bool], within_s: float, otherwise: str) -> None:
        until = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > until or self._process.poll() is not None:
                raise TimeoutError(f"{otherwise}; its last lines: {self.lines[-3:]}")
            time.sleep(_POLL_S)

    def _read(self, terminal: int) -> None:
        with os.fdopen(terminal, errors="replace") as stream, contextlib.suppress(OSError):  # EIO: it has ended
            for line in stream:
                self.lines.append(line.rstrip())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
