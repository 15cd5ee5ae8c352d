"""``egate-ops``: the operations centre as one process. Ctrl-C or SIGTERM ends it in order."""

import argparse
import signal
import socket
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from egate_ops.board import Board
from egate_ops.ingest import Ingest, replay
from egate_ops.store import Store, StoreError
from egate_ops.web import create_app


def main(argv: list[str] | None = None) -> int:
    """Returns the process's exit status."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the web server catches it first, then hands it on
    try:
        store = Store(options.db)
        listener = socket.create_server(options.http)
    except (StoreError, OSError) as error:
        sys.stderr.write(f"egate-ops: {error}\n")
        return 1
    board = Board()
    replay(store, board, datetime.now(UTC))
    host, port = options.broker
    ingest = Ingest(host, port, options.client_id, store, board)
    config = uvicorn.Config(
        create_app(board, lambda: ingest.counts), log_level="warning", timeout_graceful_shutdown=1, lifespan="on"
    )
    ingest.start()
    try:
        host, port = listener.getsockname()[:2]
        sys.stdout.write(f"operations centre: http://{host}:{port}/\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run([listener])
    finally:
        ingest.stop()
        store.close()
        listener.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="egate-ops", description="Operations centre: takes in events, shows the lanes."
    )
    parser.add_argument("--broker", type=_address, default=("127.0.0.1", 1883), metavar="HOST:PORT")
    parser.add_argument("--db", type=Path, required=True, metavar="FILE", help="database, created if absent")
    parser.add_argument(
        "--http", type=_address, default=("127.0.0.1", 8080), metavar="HOST:PORT", help="port 0 takes a free one"
    )
    parser.add_argument("--client-id", default="egate-ops", help="MQTT client id; one a centre")
    return parser


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004  # the largest TCP port
        raise argparse.ArgumentTypeError(f"'{text}' is not HOST:PORT, such as 127.0.0.1:1883")
    return host.strip("[]"), int(port)


if __name__ == "__main__":
    sys.exit(main())
