"""``egate-sim door``: a door controller without hardware behind a serial port, for ``egate-tools door`` and for trying.

Lines on standard input change the world, so that somebody can stand in a beam or cut a cable:

    walk entry in            a person walks through (entry or exit, in or out)
    entry.curtain 24         a signal of the plant by its name, see plant.py
    restart                  the controller loses its power and gets it again
    quit
"""

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from egate_hal.door import Direction, Leaf
from egate_hal.errors import DeviceUnavailable
from egate_sim.door.hosts import HostKind
from egate_sim.door.simulated import SimulatedDoor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--link", type=Path, default=Path("run/door"), metavar="PATH", help="the port (run/door)")
    parser.add_argument(
        "--host", choices=[HostKind.MICROPYTHON.value, HostKind.CPYTHON.value], default=HostKind.MICROPYTHON.value,
        help="what runs the firmware (default micropython)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Returns the exit status."""
    try:
        asyncio.run(_serve(options.link, HostKind(options.host)))
    except DeviceUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        pass
    return 0


async def _serve(link: Path, host: HostKind) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    door = SimulatedDoor(host, link=link)
    await door.start()
    try:
        sys.stdout.write(f"a door controller is at {link}; try: egate-tools door watch --port {link} --open entry\n")
        sys.stdout.flush()
        await obey_all(door)
    finally:
        await door.stop()


async def obey_all(door: SimulatedDoor) -> None:
    """Until ``quit`` or the end of the input."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode("utf-8", "replace"):
        if line.strip() == "quit":
            return
        wrong = await obey(door, line.split())
        if wrong:
            sys.stderr.write(f"{wrong}\n")
    await asyncio.Event().wait()  # started without an input: stay until Ctrl-C


async def obey(door: SimulatedDoor, words: list[str]) -> str:
    """Does one line; returns what is wrong with it, or nothing."""
    match words:
        case []:
            return ""
        case ["restart"]:
            door.kill()
            await door.restart()
            return ""
        case ["walk", leaf, ("in" | "out") as way] if leaf in set(Leaf):
            forward = (way == "in") == (leaf == Leaf.ENTRY)
            await door.walk(Leaf(leaf), Direction.FORWARD if forward else Direction.BACKWARD)
            return ""
        case [name, value] if value.lstrip("-").isdigit():
            with contextlib.suppress(KeyError, ValueError):
                door.damage(name, int(value))
                return ""
            return f"there is no signal '{name}'; see sim/egate_sim/door/plant.py"
        case _:
            return "say: walk entry in | NAME NUMBER | restart | quit"
