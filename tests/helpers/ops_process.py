"""The operations centre as a real process, for the system and browser tests."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

_POLL_S = 0.02


def until(fact: Callable[[], Any], timeout_s: float = 15.0) -> Any:
    """Poll until ``fact()`` is true and return it; fails after ``timeout_s``."""
    deadline_s = time.monotonic() + timeout_s
    while not (value := fact()):
        assert time.monotonic() < deadline_s, "what was waited for did not happen in time"
        time.sleep(_POLL_S)
    return value


class Ops:
    """``with Ops(broker_address, db) as ops: ops.state()``. May be killed and started again."""

    def __init__(self, broker: str, db: Path) -> None:
        self._arguments = ["--broker", broker, "--db", str(db), "--http", "127.0.0.1:0"]
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> "Ops":
        command = [sys.executable, "-m", "egate_ops", *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"the operations centre did not start: {line!r}"
        self.url = found.group()
        return self

    def get(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), dict(error.headers)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.get("api/state")[1])
        return state

    def gate(self, name: str = "gate-7") -> dict[str, Any]:
        """What is shown of a gate; empty while nothing is known of it."""
        return next((gate for gate in self.state()["gates"] if gate["gate"] == name), {})

    def end(self, how: signal.Signals) -> int:
        """Signal the process and return its exit status."""
        process, self._process = self._process, None
        assert process is not None
        process.send_signal(how)
        status = process.wait(10)
        assert process.stdout is not None
        process.stdout.close()
        return status

    def __enter__(self) -> "Ops":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.end(signal.SIGKILL)
