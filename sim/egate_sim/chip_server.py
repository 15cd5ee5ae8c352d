"""``egate-sim chip-server``: a simulated passport in a PC/SC reader, for other people's readers, with a count of what
each of them asks. What is exchanged is not shown; the holder is invented.
"""

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from egate_sim.passport.chip import Chip, LongRead, Quirks
from egate_sim.passport.issue import Passport, issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.profiles import PROFILES
from egate_sim.passport.state import UTOPIA, State, found_state
from egate_sim.pcsc_service import SOCKET_VARIABLE, VIRTUAL_READER, NoPcscService, PcscService
from egate_sim.people.cast import CAST
from egate_sim.people.portrait import portrait_jpeg
from egate_sim.radio_field import Latency, RadioField
from egate_sim.vpcd import DEFAULT_PORT, LOOPBACK, Exchange, VpcdCard, Watcher

_USUAL_PROFILE = "2017 PACE-GM+CA"
_NO_LATENCY = Latency(activation_ms=0, exchange_ms=0, byte_us=0)
_YEAR = timedelta(days=365)
# ISO/IEC 7816-4 and -8, as far as readers of travel documents send them
_INSTRUCTIONS = {
    0x22: "MANAGE SECURITY ENVIRONMENT", 0x2A: "PERFORM SECURITY OPERATION", 0x82: "EXTERNAL AUTHENTICATE",
    0x84: "GET CHALLENGE", 0x86: "GENERAL AUTHENTICATE", 0x88: "INTERNAL AUTHENTICATE", 0xA4: "SELECT",
    0xB0: "READ BINARY", 0xB1: "READ BINARY", 0xC0: "GET RESPONSE", 0xCA: "GET DATA",
}  # fmt: skip
_NO_SYSTEM_READER = (
    f"no virtual reader waits at {LOOPBACK}:{DEFAULT_PORT}; install vsmartcard-vpcd and start the service "
    "(sudo systemctl start pcscd), or leave --system away to have one started here"
)
_LONG_READS = {kind.name.lower().replace("_", "-"): kind for kind in LongRead}
_INDENT = " " * 10
_CHAINED, _PROTECTED = 0x10, 0x0C


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", default=_USUAL_PROFILE, help=f"what kind of passport (default: {_USUAL_PROFILE})")
    parser.add_argument("--list", action="store_true", help="list the kinds")
    parser.add_argument("--quiet", action="store_true", help="show sums only, not every command")
    parser.add_argument("--max-read", type=int, metavar="BYTES", help="most that the chip gives at once")
    parser.add_argument(
        "--long-read",
        choices=list(_LONG_READS),
        default="refuse",
        help="what it does when asked for more than it gives",
    )
    parser.add_argument("--delay-ms", type=int, default=0, metavar="MS", help="what each answer takes (default: 0)")
    parser.add_argument("--csca", type=Path, metavar="FILE", help="write the issuing state's CSCA certificate (DER)")
    parser.add_argument("--folder", type=Path, help="where the service's socket is made (default: a temporary folder)")
    parser.add_argument(
        "--system", action="store_true", help="use the PC/SC service of this machine instead of starting one"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted. Returns the exit status."""
    if options.list:
        print("\n".join(PROFILES))
        return 0
    if options.profile not in PROFILES:
        return _refuse(f"no kind of passport is called {options.profile!r}; see --list")
    if (options.max_read is not None and options.max_read < 1) or options.delay_ms < 0:
        return _refuse("--max-read is at least 1, --delay-ms at least 0")
    today = datetime.now(UTC).date()
    state = found_state(UTOPIA, b"chip-server", today - _YEAR)
    passport = issue(state, _holder(today), portrait_jpeg(CAST[0]), PROFILES[options.profile])
    if options.csca is not None:
        options.csca.write_bytes(state.csca.certificate_der)
    quirks = Quirks(max_read=options.max_read, long_read=_LONG_READS[options.long_read], delay_ms=options.delay_ms)
    chip = Chip(passport, Random(), quirks)
    try:
        with _service(options) as (port, how):
            _introduce(options.profile, state, passport, how)
            asyncio.run(_serve(chip, port, Tally(_say, each=not options.quiet)))
    except NoPcscService as absent:
        return _refuse(str(absent))
    return 0


@contextlib.contextmanager
def _service(options: argparse.Namespace) -> Iterator[tuple[int, str]]:
    """(the port of its virtual reader, how another program finds it). Raises NoPcscService."""
    if options.system:
        try:
            socket.create_connection((LOOPBACK, DEFAULT_PORT), timeout=1).close()
        except OSError:
            raise NoPcscService(_NO_SYSTEM_READER) from None
        yield DEFAULT_PORT, f"that of this machine's PC/SC service (vpcd at {LOOPBACK}:{DEFAULT_PORT})"
        return
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="egate")))
        service = PcscService(folder)
        service.start()
        stack.callback(service.stop)
        yield (
            service.port,
            f"{VIRTUAL_READER}; in the other terminal first:\n{_INDENT}export {SOCKET_VARIABLE}={service.socket}",
        )


async def _serve(chip: Chip, port: int, tally: "Tally") -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    antenna = RadioField(_NO_LATENCY)
    antenna.place(chip)
    card = asyncio.ensure_future(VpcdCard(antenna, port, tally).run())
    await stopped.wait()
    card.cancel()
    await asyncio.gather(card, return_exceptions=True)
    tally.restarted()


@dataclass
class Tally(Watcher):
    """Counts what a reader does between switching the chip on and off, and says so. ``each``: every command as well."""

    say: Callable[[str], None]
    each: bool = True
    round_trips: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    began_s: float = field(default_factory=time.monotonic)

    def exchanged(self, exchange: Exchange) -> None:
        if not self.round_trips:
            self.began_s = time.monotonic()
        self.round_trips += 1
        self.sent_bytes += exchange.command_bytes
        self.received_bytes += exchange.response_bytes
        if self.each:
            self.say(f"{self.round_trips:5}  {_name(exchange.header):<30}{exchange.command_bytes:6} B  "
                     f"{exchange.response_bytes:6} B  {exchange.status:04X}")  # fmt: skip

    def restarted(self) -> None:
        if self.round_trips:
            took_s = time.monotonic() - self.began_s
            self.say(f"  sum  {self.round_trips} round trips, {self.sent_bytes} bytes to the chip, "
                     f"{self.received_bytes} bytes from it, {took_s:.2f} s")  # fmt: skip
        self.round_trips = self.sent_bytes = self.received_bytes = 0


def _name(header: bytes) -> str:
    """Of a command, from CLA and INS; under secure messaging these are in the clear."""
    marks = "protected" if header[0] & _PROTECTED == _PROTECTED else ""
    marks += " chained" if header[0] & _CHAINED else ""
    return f"{_INSTRUCTIONS.get(header[1], f'INS {header[1]:02X}')} {marks}".rstrip()


def _introduce(profile: str, state: State, passport: Passport, how: str) -> None:
    second = passport.mrz[1]
    _say(f"passport  {profile}, issued by {state.code}, of an invented person")
    _say(f"MRZ       {f'{chr(10)}{_INDENT}'.join(passport.mrz)}")
    _say(f"fields    number {second[:9].rstrip('<')}, born {second[13:19]}, expires {second[21:27]} (YYMMDD)")
    _say(f"CAN       {passport.can or 'none is printed'}")
    _say(f"reader    {how}")
    _say("          Ctrl-C ends; each line: command, bytes to the chip, bytes from it, status")


def _holder(today: date) -> Holder:
    return Holder("WANDERER", "ADA", date(1988, 8, 8), Sex.FEMALE, UTOPIA.code, "C01X0006H", today + 6 * _YEAR)


def _say(line: str) -> None:
    print(line, flush=True)


def _refuse(why: str) -> int:
    print(f"egate-sim: {why}", file=sys.stderr)
    return 2
