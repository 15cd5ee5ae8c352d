"""The operations centre as the demo uses it: a process of its own, asked over HTTP like any other client."""

import itertools
import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from egate_sim.processes import Child

_START_S = 20.0
_POLL_S = 0.05
_NUMBERS = itertools.count(1)


class CentreError(Exception):
    """The operations centre did not start or does not answer. The text says what to look at."""


class Centre:
    """``with Centre(...) as centre: centre.url``. The process ends with the block."""

    def __init__(self, broker: str, database: Path, http_port: int) -> None:
        self._log = database.with_suffix(".log")
        self._out = database.with_suffix(".out")
        name = f"centre-{os.getpid()}-{next(_NUMBERS)}"
        http = f"127.0.0.1:{http_port}"
        self._arguments = ("--broker", broker, "--db", str(database), "--http", http, "--client-id", name)
        self._child: Child | None = None
        self.url = ""

    def __enter__(self) -> Self:
        with self._out.open("w") as out, self._log.open("w") as log:
            self._child = Child("egate_ops", *self._arguments, stdout=out, stderr=log).__enter__()
        try:
            self.url = self._wait_for_address()
        except CentreError:
            self._child.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process; its database is then free to be read."""
        if self._child is not None:
            self._child.stop()

    def outcomes(self, gate: str, count: int, within_s: float) -> list[dict[str, Any]]:
        """The gate's last transactions as the centre has committed them, oldest first, once there are ``count``.

        Raises CentreError where they do not come within ``within_s``.
        """
        until = time.monotonic() + within_s
        found: list[dict[str, Any]] = []
        while time.monotonic() < until:
            gates = self._state()["gates"]
            found = next((g["outcomes"] for g in gates if g["gate"] == gate), [])
            if len(found) >= count:
                return list(reversed(found))
            time.sleep(_POLL_S)
        raise CentreError(f"the operations centre has {len(found)} of {count} transactions after {within_s:.0f} s")

    def _state(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"{self.url}api/state", timeout=5) as answer:  # noqa: S310 - our own loopback URL
                state: dict[str, Any] = json.load(answer)
                return state
        except (urllib.error.URLError, ValueError) as error:
            raise CentreError(f"the operations centre does not answer: {error}; see {self._log}") from None

    def _wait_for_address(self) -> str:
        """The centre prints its address when it listens."""
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            _, _, url = self._out.read_text().partition("http://")
            if url.endswith("\n"):
                return f"http://{url.strip()}"
            if self._child is not None and self._child.process is not None and self._child.process.poll() is not None:
                break
            time.sleep(_POLL_S)
        said = self._log.read_text().strip().splitlines()
        why = said[-1] if said else "it said nothing"
        raise CentreError(
            f"the operations centre did not start: {why}; where its port is taken, name another: --http-port"
        )
