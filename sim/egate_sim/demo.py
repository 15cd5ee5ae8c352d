"""The demo: a broker, an operations centre, a controller and a world, and travellers who pass one after the other.

Real time: the controller is a process of its own, reached over pseudo-terminals and sockets, and the door controller's
firmware runs in another. ``--once``: the same controller on a simulated clock, in this process, as fast as it can.
"""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from egate.runtime.narrator import Narrator
from egate_hal.errors import DeviceUnavailable
from egate_sim.broker import Broker, BrokerKind, BrokerUnavailable
from egate_sim.centre import Centre, CentreError
from egate_sim.door.hosts import HostKind, micropython
from egate_sim.fast import everybody_once, officer_on_duty
from egate_sim.processes import Child
from egate_sim.report import judge
from egate_sim.site import LANE, Site, prepare_site
from egate_sim.virtual_time import START
from egate_sim.visit import visit
from egate_sim.world import World

_DRAIN_S = 20.0
_PAUSE_S = 2.0  # between two travellers, so that people can follow
MEMORY_S = 30  # the same few come round after round, each sooner than people do who have crossed a border


@dataclass(frozen=True, slots=True)
class Options:
    """``seed`` decides everything in the simulated world; ``http_port`` is the dashboard's, 0 takes a free one."""

    once: bool = False
    json: bool = False
    seed: int = 1
    broker: BrokerKind = "embedded"
    http_port: int = 8000
    screen_port: int = 8080
    technician_port: int = 8081
    folder: Path | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="let everybody pass once, on a simulated clock, then exit")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON and nothing else")
    parser.add_argument("--seed", type=int, default=1, help="decides everything in the simulated world")
    parser.add_argument("--broker", choices=("embedded", "mosquitto"), default="embedded")
    parser.add_argument("--http-port", type=int, default=8000, metavar="PORT", help="of the dashboard")
    parser.add_argument("--screen-port", type=int, default=8080, metavar="PORT", help="of the traveller's screen")
    parser.add_argument("--technician-port", type=int, default=8081, metavar="PORT", help="of the technician's page")
    parser.add_argument("--folder", type=Path, help="keep the run's files here")


def run(options: Options) -> int:
    """Exit status: 0 when every outcome was the expected one (``--once``) or the demo was stopped by Ctrl-C."""
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="egate-")))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            broker = stack.enter_context(Broker(options.broker))
            port = 0 if options.once else options.http_port
            centre = stack.enter_context(Centre(broker.address, folder / "centre.db", port))
            if options.once:
                return _run_once(options, folder, broker, centre)
            return asyncio.run(_run_live(options, folder, broker, centre))
        except (BrokerUnavailable, CentreError) as error:
            print(f"egate-sim: {error}", file=sys.stderr)
            return 1


# Simulated time


def _run_once(options: Options, folder: Path, broker: Broker, centre: Centre) -> int:
    site = prepare_site(folder, options.seed, START, broker_port=broker.port)
    visitors = site.cast.visitors
    logging.basicConfig(filename=folder / "controller.log", level=logging.INFO)
    tell = (lambda line: None) if options.json else say
    began_s = time.monotonic()
    done = everybody_once(
        site, options.seed, visitors, _announcing(tell), lambda now_ms: [Narrator(tell, now_ms, sys.stdout.isatty())]
    )
    committed = centre.outcomes(LANE, len(visitors), _DRAIN_S)
    report = judge(visitors, committed, options.seed, done, time.monotonic() - began_s)
    say(json.dumps(report.as_json(), indent=2) if options.json else "\n".join(report.as_lines()))
    return 0 if report.ok else 1


# Real time


async def _run_live(options: Options, folder: Path, broker: Broker, centre: Centre) -> int:
    site = prepare_site(
        folder, options.seed, datetime.now(UTC), broker_port=broker.port, screen_port=options.screen_port,
        technician_port=options.technician_port, document_memory_s=MEMORY_S,
    )  # fmt: skip
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    host, why = _door_host()
    say(f"broker      {options.broker} at {broker.address}")
    say(f"door        {why}")
    say(f"dashboard   {centre.url}")
    say(f"traveller   http://127.0.0.1:{options.screen_port}")
    say(f"technician  http://127.0.0.1:{options.technician_port}")
    say("Ctrl-C stops everything.\n")
    async with World(folder, options.seed, host) as world:
        with (
            (folder / "controller.log").open("w") as log,
            Child("egate", "run", "--config", str(site.gate_file), "--narrate", stderr=log) as controller,
        ):
            people = asyncio.create_task(_travel_for_ever(world, site))
            stop = asyncio.create_task(stopped.wait())
            ended = asyncio.create_task(_ended(controller))
            await asyncio.wait((people, stop, ended), return_when=asyncio.FIRST_COMPLETED)
            for task in (people, stop, ended):
                task.cancel()
            await asyncio.gather(people, stop, ended, return_exceptions=True)
            if not stopped.is_set():
                print(f"egate-sim: the demo broke off; its log: {folder / 'controller.log'}", file=sys.stderr)
                return 1
            say("\nstopping: controller, world, operations centre, broker")
    return 0


async def _travel_for_ever(world: World, site: Site) -> None:
    with officer_on_duty(world, _announcing(say)):
        while True:
            for visitor in site.cast.visitors:
                await visit(world, visitor, _announcing(say))
                await asyncio.sleep(_PAUSE_S)


async def _ended(child: Child) -> None:
    if child.process is not None:
        await asyncio.to_thread(child.process.wait)


def say(line: str) -> None:
    """Print, as long as somebody reads: a closed pipe stops the telling, not the demo."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _announcing(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Who comes begins a new paragraph; what an officer does stands within it."""

    def announce(line: str) -> None:
        bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
        tell(f"{'' if line.startswith('an officer') else chr(10)}{bold}>> {line}{plain}")

    return announce


def _door_host() -> tuple[HostKind, str]:
    """The door's firmware runs under MicroPython where there is one, else under CPython: the fallback is said."""
    try:
        micropython()
    except DeviceUnavailable as error:
        return HostKind.CPYTHON, f"its firmware runs under CPython: {error}"
    return HostKind.MICROPYTHON, "its firmware runs under MicroPython, in a process of its own"
