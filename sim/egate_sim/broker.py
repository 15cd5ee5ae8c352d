"""A real MQTT 5 broker on loopback for the demo and the tests, in a child process that cannot outlive us.

``embedded`` is rumqttd out of the iotcore package: no set-up, memory only. ``mosquitto`` is what a site runs; it must
be installed. The child holds the other end of a pipe and ends when the pipe closes, however we ended.
"""

import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal

BrokerKind = Literal["embedded", "mosquitto"]

_START_LIMIT_S = 15.0
_STOP_LIMIT_S = 5.0
_POLL_S = 0.02

_EMBEDDED = """
id = 0
[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 200
max_segment_size = 16777216
max_segment_count = 4
[v5.1]
name = "loopback"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 5000
max_payload_size = 262144
max_inflight_count = 200
dynamic_filters = true
"""
_MOSQUITTO = """
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_inflight_messages 200
log_type none
"""


class BrokerUnavailable(Exception):
    """The broker could not be started. The text says what is missing and what to do."""


class Broker:
    """``with Broker() as broker: ... broker.port``. May be stopped or killed and started again on the same port."""

    host = "127.0.0.1"

    def __init__(self, kind: BrokerKind = "embedded", port: int = 0) -> None:
        """``port`` 0 takes a free one, and keeps it over restarts."""
        self.kind = kind
        self.port = port or _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def start(self) -> "Broker":
        """Start and wait until it accepts connections. Raises BrokerUnavailable."""
        command = _command(self.kind)
        if _accepts(self.port):
            raise BrokerUnavailable(f"port {self.port} is taken by another program; name another port, or 0 for any")
        with tempfile.TemporaryDirectory(prefix="egate-broker-") as folder:  # read at the start only
            config = Path(folder) / "broker.toml"
            config.write_text((_EMBEDDED if self.kind == "embedded" else _MOSQUITTO).format(port=self.port))
            self._process = subprocess.Popen(  # noqa: S603  # our own module, with arguments of our own
                [sys.executable, "-m", "egate_sim.broker", json.dumps([*command, str(config)])],
                stdin=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C in the terminal is for us; we stop the broker last
            )
            self._wait_until_it_accepts(self._process)
        return self

    def _wait_until_it_accepts(self, process: subprocess.Popen[bytes]) -> None:
        deadline_s = time.monotonic() + _START_LIMIT_S
        while not _accepts(self.port):
            code = process.poll()
            if code is not None or time.monotonic() > deadline_s:
                self.kill()
                raise BrokerUnavailable(f"the {self.kind} broker did not start on port {self.port} (exit code {code})")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End it in order. Safe to call twice."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would: whatever it held in memory is gone."""
        self._end(signal.SIGKILL)

    def __enter__(self) -> "Broker":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for attempt in (how, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, attempt)  # the session that it leads: itself and the broker under it
            try:
                process.wait(_STOP_LIMIT_S)
                break
            except subprocess.TimeoutExpired:
                continue
        if process.stdin is not None:
            process.stdin.close()


def _command(kind: BrokerKind) -> list[str]:
    if kind == "embedded":
        return []
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise BrokerUnavailable("Mosquitto is not installed; run: sudo apt install mosquitto, or use the embedded one")
    return [found, "-c"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return True
    except OSError:
        return False


def _child(command: list[str]) -> None:
    """Run the broker named by ``command``: [config] is the embedded one, anything else a program to start."""
    if len(command) > 1:
        program = subprocess.Popen(command)  # noqa: S603  # found above, with our own configuration
        signal.signal(signal.SIGTERM, lambda *_: program.terminate())
        _when_parent_goes(program.kill)
        sys.exit(program.wait())
    from iotcore import IotCoreBroker  # noqa: PLC0415  # 14 MB that only this child needs

    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)  # it logs every packet as an error
    _when_parent_goes(lambda: os._exit(0))
    IotCoreBroker(config_path=command[0]).run_forever()


def _when_parent_goes(end: Callable[[], object]) -> None:
    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        end()

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    _child(json.loads(sys.argv[1]))
