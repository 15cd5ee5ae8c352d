"""What a full inspection costs: round trips, bytes, time over the air, processor time.

The document: PACE with generic mapping, EF.SOD, DG14, Chip Authentication, DG1, a portrait of 20 KB. The chip's own
share of the processor is not counted: its answers are recorded once and played back.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from document_samples import HOLDER, NOW, drive, portrait_jpeg, trust, utopia
from figures import Figure, publish
from plain_reader import read_plainly
from radio import SPEEDS_KBIT_S, air_ms

from egate.checks import Outcome
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.credentials import Credentials
from egate.document.chip.steps import ReaderCapacity, ReadLimits, Reset, Transmit
from egate.document.inspection.plan import Plan
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.zone import Mrz
from egate.document.pki.passive_auth import passive_authentication
from egate.document.pki.sod import parse_sod
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import Passport
from egate_sim.passport.issue import issue
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import PROFILES

PORTRAIT_BYTES = 20_000
CHIP_MS = 20
ROUNDS = 20
EXTENDED = ReaderCapacity(4096, 4096)


@dataclass
class Tape:
    """One run's exchanges, and a chip that makes them."""

    chip: Chip
    exchanges: list[tuple[bytes, bytes]] = field(default_factory=list)

    def respond(self, command: bytes) -> bytes:
        self.exchanges.append((command, self.chip.process(command)))
        return self.exchanges[-1][1]

    @property
    def bytes(self) -> int:
        return sum(len(command) + len(response) for command, response in self.exchanges)


def document() -> Passport:
    return issue(utopia(), HOLDER, portrait_jpeg().ljust(PORTRAIT_BYTES, b"\0"), PROFILES["2017 PACE-GM+CA"])


def plan(passport: Passport, capacity: ReaderCapacity | None = None) -> Plan:
    return inspect_chip(
        Mrz.from_lines(passport.mrz),
        trust=trust(), now=NOW, random_bytes=random.Random(7).randbytes, capacity=capacity,
    )  # fmt: skip


def inspected(passport: Passport, capacity: ReaderCapacity | None = None) -> Tape:
    tape = Tape(Chip(passport, random.Random(2)))
    inspection, _ = drive(plan(passport, capacity), tape.respond, tape.chip.reset)
    assert all(result.outcome is Outcome.PASSED for result in inspection.checks)
    return tape


def read_without_plan(passport: Passport) -> Tape:
    tape = Tape(Chip(passport, random.Random(2)))
    credentials = Credentials(Mrz.from_lines(passport.mrz).mrz_information)
    channel = Channel(ReaderCapacity(), ReadLimits())
    carry(read_plainly(channel, credentials, random.Random(7).randbytes), tape)
    return tape


def carry(exchange: Exchange[None], tape: Tape) -> None:
    try:
        step = next(exchange)
        while True:
            match step:
                case Transmit(command):
                    step = exchange.send(tape.respond(command))
                case Reset():
                    tape.chip.reset()
                    step = exchange.send(b"")
                case _:
                    step = exchange.send(b"")
    except StopIteration:
        return


def median_ms(work: Callable[[], Any]) -> float:
    """Processor time of one call, the median of ROUNDS."""
    samples = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        samples.append(1000 * (time.process_time() - begun))
    return round(statistics.median(samples), 2)


def figures() -> list[Figure]:
    passport = document()
    tape, extended, plain = inspected(passport), inspected(passport, EXTENDED), read_without_plan(passport)

    def play() -> None:
        answers = iter(tape.exchanges)
        drive(plan(passport), lambda _: next(answers)[1])

    sod = parse_sod(passport.files[File.SOD])
    groups = {file.data_group: data for file, data in passport.data_groups.items()}
    zone = Mrz.from_lines(passport.mrz)
    processor_ms = median_ms(play)
    return [
        Figure(
            "Full inspection: round trips", len(tape.exchanges), "APDUs", at_most=len(plain.exchanges) - 1,
            beside=f"a reader without a plan takes {len(plain.exchanges)} on the same chip", headline=True,
        ),
        Figure("  bytes, both ways", tape.bytes, "bytes", beside=f"without a plan {plain.bytes:,}"),
        Figure(
            "  round trips with extended length", len(extended.exchanges), "APDUs",
            beside="chip and reader announce 4,096 bytes",
        ),
        *_over_the_air(tape, plain, processor_ms),
        Figure(
            "  processor time", processor_ms, "ms", at_most=100,
            beside="PACE, secure messaging, Chip and Passive Authentication", headline=True,
        ),
        Figure(
            "  Passive Authentication alone",
            median_ms(lambda: passive_authentication(sod, groups, zone, trust(), NOW)), "ms",
            beside="done while the radio is busy, all but the portrait's hash",
        ),
    ]  # fmt: skip


def _over_the_air(tape: Tape, plain: Tape, processor_ms: float) -> list[Figure]:
    """The chip's 20 ms an APDU dominate; the processor's time is added whole, although a part is hidden."""
    found = []
    for speed in SPEEDS_KBIT_S:
        ours, theirs = (air_ms(each.exchanges, speed, CHIP_MS) + processor_ms for each in (tape, plain))
        goal = 4.0 if speed == 424 else None
        found.append(
            Figure(
                f"  chip phase at {speed} kbit/s, {CHIP_MS} ms an APDU", round(ours / 1000, 2), "s", at_most=goal,
                beside=f"without a plan {theirs / 1000:.2f} s", headline=goal is not None,
            )
        )  # fmt: skip
    return found


if __name__ == "__main__":
    publish(figures())
