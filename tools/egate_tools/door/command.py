"""The command line of ``egate-tools door``."""

import argparse
import asyncio
import sys
from pathlib import Path

from egate.config import read_config
from egate_hal.door import DoorRefused, Leaf, SelfTested
from egate_hal.drivers.door_serial import DoorSerialSettings
from egate_hal.drivers.door_service import ServiceDoor
from egate_hal.errors import DeviceUnavailable, HalError
from egate_tools.door import build, trace, words
from egate_tools.door.session import Session
from egate_tools.door.view import watch

SUMMARY = "status, self-test, log, live view and trace of the door controller; build its program"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    for name, summary in (
        ("status", "what the door controller says of itself now"),
        ("self-test", "test light barriers and interlocks; both leaves must be shut"),
        ("log", "the faults that the controller has kept, over losses of power"),
        ("watch", "beams, positions, motors and loop timing, live"),
        ("trace", "record what the door sees and does into a CSV file"),
    ):
        action = actions.add_parser(name, help=summary)
        where = action.add_mutually_exclusive_group(required=True)
        where.add_argument("--port", help="serial port, such as /dev/serial/by-id/...")
        where.add_argument("--config", type=Path, metavar="FILE", help="the gate file that names the port")
        if name in ("watch", "trace"):
            action.add_argument("--period", type=int, default=50, metavar="MS", help="between two samples (default 50)")
            action.add_argument("--seconds", type=float, help="how long (watch: until Ctrl-C; trace: 30)")
        if name == "watch":
            action.add_argument("--open", choices=list(Leaf), metavar="LEAF", help="let entry or exit open once")
            action.add_argument("--svg", type=Path, metavar="FILE", help="keep the last picture")
        if name == "trace":
            action.add_argument("--out", type=Path, required=True, metavar="FILE", help="the CSV file")
    build.add_arguments(actions.add_parser("build", help="compile the program for the RP2040 and report its size"))


def main(options: argparse.Namespace) -> int:
    """Returns the exit status: 1 where the door is not well or cannot be asked."""
    if options.action == "build":
        return build.main(options)
    try:
        return asyncio.run(_ask(options))
    except DoorRefused as error:
        sys.stderr.write(words.refusal(error.reason) + "\n")
    except HalError as error:
        sys.stderr.write(f"{error}\n{words.NO_DOOR}\n")
    except KeyboardInterrupt:
        return 0
    return 1


def _settings(options: argparse.Namespace) -> DoorSerialSettings:
    if options.port is not None:
        return DoorSerialSettings(options.port)
    device = read_config(options.config).devices["door"]
    if not isinstance(device.settings, DoorSerialSettings):
        raise DeviceUnavailable(
            f"the gate file names the driver '{device.driver}' for its door, which has no such link"
        )
    return device.settings


async def _ask(options: argparse.Namespace) -> int:
    async with Session(ServiceDoor(_settings(options))) as session:
        match options.action:
            case "status":
                return await _status(session)
            case "self-test":
                return await _self_test(session)
            case "log":
                return await _log(session)
            case "watch":
                if options.open:
                    await session.open_once(Leaf(options.open))
                return await watch(session, options.period, options.seconds, options.svg)
            case _:
                return await trace.record(session, options.out, options.period, options.seconds or trace.SECONDS)


async def _status(session: Session) -> int:
    await session.door.watch(100)
    await session.next_sample()
    sys.stdout.write(words.status(session))
    return int(bool(session.faults))


async def _self_test(session: Session) -> int:
    await session.door.self_test()
    result = await session.until(SelfTested)
    sys.stdout.write(words.tested(result.faults))
    return int(bool(result.faults))


async def _log(session: Session) -> int:
    for entry in await session.door.read_log():
        sys.stdout.write(words.logged(entry) + "\n")
    return 0
