"""``egate inspect``: its arguments, and what the outside world does to it.

Exit status: see ``report.ExitStatus``.
"""

import argparse
import asyncio
import io
import os
import signal
import sys
from pathlib import Path

from egate.commands.inspection.machine import to_json
from egate.commands.inspection.page import NoZone, typed_page
from egate.commands.inspection.post import Post, Wishes, inspect_document
from egate.commands.inspection.report import ExitStatus, Report
from egate.commands.inspection.words import Screen
from egate.config import read_config
from egate.document.errors import TrustError
from egate.document.mrz.inspection import MrzInspection
from egate.runtime.clock import SystemClock
from egate_hal.errors import HalError

_MAX_CAN, _MAX_READINGS = 32, 1000


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``egate inspect …``"""
    parser = commands.add_parser(
        "inspect",
        help="read one document with the lane's chip reader and trust, outside the lane",
        description="The machine readable zone is typed or piped in on standard input. Nothing is kept.",
    )
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the gate file")
    parser.add_argument("--reader", action="store_true", help="take the zone from the lane's document reader")
    parser.add_argument("--can", type=_can, metavar="NUMBER", help="card access number, where one is printed")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--show-holder", action="store_true", help="show whose document it is (personal data)")
    parser.add_argument("--repeat", type=_readings, default=1, metavar="N", help="read the chip N times, to measure")


def run(options: argparse.Namespace) -> int:
    """Carry out a parsed command. Returns the exit status; what hinders it goes to standard error."""
    screen = Screen(io.StringIO() if options.json else sys.stdout)
    try:
        post = Post.prepare(read_config(options.config), SystemClock(), Wishes.of(options))
        screen.setting(post.setting)
        page = None if options.reader else typed_page(sys.stdin, sys.stderr, post.judge)
        report = asyncio.run(_until_stopped(post, page, screen))
    except (HalError, TrustError, NoZone) as error:
        _say(str(error))
        return ExitStatus.UNUSABLE
    except BrokenPipeError:  # nobody reads on; nothing is left to be flushed to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.INTERRUPTED
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}; install what the gate file names")
        return ExitStatus.UNUSABLE
    except (KeyboardInterrupt, asyncio.CancelledError):
        _say("stopped; the field is off")
        return ExitStatus.INTERRUPTED
    if options.json:
        print(to_json(report))
    return report.status


async def _until_stopped(post: Post, page: MrzInspection | None, screen: Screen) -> Report:
    """Signals cancel, so that whoever is at work switches the field off and closes the devices."""
    life = asyncio.current_task()
    assert life is not None  # noqa: S101 - a coroutine runs in a task
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, life.cancel)
    return await inspect_document(post, page, screen, _say)


def _say(text: str) -> None:
    print(f"egate: {text}", file=sys.stderr)


def _can(text: str) -> str:
    if not (text.isascii() and text.isalnum() and len(text) <= _MAX_CAN):
        raise argparse.ArgumentTypeError("a card access number has digits, most have six")
    return text


def _readings(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_READINGS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {_MAX_READINGS}")
    return int(text)
