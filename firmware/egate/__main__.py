"""Composition root of the gate: ``egate run`` is what a Raspberry Pi starts, ``egate check-config`` explains errors,
``egate trust`` makes and shows the bundle of what a lane believes in, ``egate models`` says which face models it may
run, ``egate seal`` checks a digital seal by it,
``egate inspect`` reads one document."""

import argparse
import asyncio
import logging
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from egate import __version__
from egate.commands import models, seal, trust
from egate.commands.inspection import command as inspection
from egate.config import Config, read_config
from egate.runtime.clock import SystemClock
from egate.runtime.gate import Gate
from egate.runtime.narrator import Narrator
from egate.runtime.workers import ThreadWorker
from egate.telemetry.outbox import JournalError
from egate_hal.errors import DeviceUnavailable, HalError
from egate_hal.registry import DeviceConfig, examine

EXIT_CONFIG = 2  # the gate file is wrong; starting again will not help
EXIT_FAILED = 1  # something broke; a supervisor should start the controller again


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="egate", description="Controller of one border gate lane.")
    parser.add_argument("--version", action="version", version=f"egate {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the lane until told to stop")
    run.add_argument("--config", type=Path, required=True, metavar="FILE", help="the gate file")
    run.add_argument("--narrate", action="store_true", help="tell every step on the terminal")
    run.add_argument("--verbose", action="store_true", help="log details (never a traveller's data)")
    check = commands.add_parser("check-config", help="read a gate file and explain what is wrong with it")
    check.add_argument("file", type=Path, metavar="FILE")
    inspection.add_parser(commands)
    trust.add_parser(commands)
    models.add_parser(commands)
    seal.add_parser(commands)
    options = parser.parse_args(arguments)
    match options.command:
        case "trust":
            return trust.run(options)
        case "models":
            return models.run(options)
        case "seal":
            return seal.run(options)
        case "inspect":
            return inspection.run(options)
    try:
        config = read_config(options.config if options.command == "run" else options.file)
    except HalError as error:
        print(f"egate: {error}", file=sys.stderr)
        return EXIT_CONFIG
    if options.command == "check-config":
        return _describe(config)
    _log_to_stderr(logging.DEBUG if options.verbose else logging.INFO)
    return _run(config, narrate=options.narrate)


def _describe(config: Config) -> int:
    print(f"{config.lane.id}: the file is good ({'simulation' if config.lane.simulation else 'live'} lane)")
    for port, device in config.devices.items():
        print(f"  {port:<16} {device.driver}{_lack(device)}")
    return 0


def _lack(device: DeviceConfig) -> str:
    """A file may be checked on another machine than the gate, so what is absent here is told and is no error."""
    try:
        examine(device)
    except DeviceUnavailable as error:
        return f", not usable on this machine: {error}"
    return ""


def _run(config: Config, narrate: bool) -> int:
    try:
        return asyncio.run(_until_stopped(config, narrate))
    except JournalError as error:
        print(f"egate: {error}", file=sys.stderr)
        return EXIT_FAILED


async def _until_stopped(config: Config, narrate: bool) -> int:
    clock = SystemClock()
    watchers = []
    if narrate:
        watchers.append(Narrator(lambda line: print(line, flush=True), clock.monotonic_ms, sys.stdout.isatty()))
    gate = Gate(config, clock, random.SystemRandom(), ThreadWorker, watchers)
    life = asyncio.current_task()
    assert life is not None  # noqa: S101 - a coroutine runs in a task
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, life.cancel)
    try:
        await gate.run(lambda: logging.getLogger("egate").info("lane %s started", config.lane.id))
    except asyncio.CancelledError:
        return 0
    return EXIT_FAILED


def _log_to_stderr(level: int) -> None:
    """Plain lines for the journal. Libraries speak only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for name in ("egate", "egate_hal"):
        logging.getLogger(name).setLevel(level)


if __name__ == "__main__":
    sys.exit(main())
