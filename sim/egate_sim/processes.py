"""Child processes of the demo: started in a session of their own, ended in order, never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Self

_PATIENCE_S = 5.0


class Child:
    """A Python module as a child process. ``with`` ends it: SIGTERM first, SIGKILL when it does not listen."""

    def __init__(self, module: str, *arguments: str, stdout: IO[str] | None = None, stderr: IO[str] | None = None):
        self._command: Sequence[str] = (sys.executable, "-m", module, *arguments)
        self._stdout, self._stderr = stdout, stderr
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=self._stdout, stderr=self._stderr, text=True,
            start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """End it in order; returns its exit status."""
        process = self.process
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
        return process.wait()
