"""Simulated passports for the tests of egate.document, and a driver of the reader plan in place of the runtime."""

import io
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from egate.document.chip.steps import Progress, Reset, Stage, Transmit
from egate.document.errors import TransportError
from egate.document.inspection.plan import ChipInspection, Plan
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.zone import Mrz
from egate.document.pki.trust import TrustStore
from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.issue import Passport, Profile, issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.state import UTOPIA, State, found_state, master_list

FOUNDED = date(2026, 1, 1)
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
HOLDER = Holder("DOE", "JANE", date(1990, 2, 3), Sex.FEMALE, "UTO", "X1234567", date(2030, 5, 6))

Respond = Callable[[bytes], bytes]


def shared_data() -> Path:
    """Where test data lie that the project does not own: beside the repository or a folder above."""
    root = Path(__file__).resolve().parents[2]
    given = os.environ.get("EGATE_SHARED_DATA")
    places = [Path(given)] if given else [base / "shared" / "data" for base in (root.parent, root.parent.parent)]
    return next((place for place in places if place.is_dir()), places[0]) / "emrtd"


def shared_file(*parts: str) -> bytes:
    """One file of the shared data; skips the test where it is absent."""
    path = shared_data().joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"needs {'/'.join(parts)} of the shared eMRTD data, see EGATE_SHARED_DATA")
    return path.read_bytes()


@cache
def utopia() -> State:
    return found_state(UTOPIA, bytes(32), FOUNDED)


@cache
def trust() -> TrustStore:
    state = utopia()
    store = TrustStore.from_master_list(master_list(state, [state]), [state.csca.certificate_der], NOW)
    return store.with_revocation_list(state.crl)


@cache
def portrait_jpeg(shade: int = 128) -> bytes:
    stream = io.BytesIO()
    noise = Image.frombytes("RGB", (240, 320), random.Random(shade).randbytes(240 * 320 * 3))
    noise.save(stream, "JPEG", quality=20)
    return stream.getvalue()


@cache
def passport(profile: Profile | None = None) -> Passport:
    return issue(utopia(), HOLDER, portrait_jpeg(), profile)


@dataclass
class Trip:
    """One drive of a plan: what was asked for, in order."""

    commands: list[bytes] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    resets: int = 0


def drive(plan: Plan, respond: Respond, reset: Callable[[], None] = lambda: None) -> tuple[ChipInspection, Trip]:
    """Run a plan to its end. ``respond`` answers APDUs; a TransportError that it or ``reset`` raises is thrown in."""
    trip = Trip()
    try:
        step = next(plan)
        while True:
            answer = b""
            try:
                match step:
                    case Transmit(command):
                        trip.commands.append(command)
                        answer = respond(command)
                    case Reset():
                        trip.resets += 1
                        reset()
                    case Progress(stage):
                        trip.stages.append(stage)
            except TransportError as error:
                step = plan.throw(error)
            else:
                step = plan.send(answer)
    except StopIteration as end:
        inspection: ChipInspection = end.value
        return inspection, trip


def plan_for(
    document: Passport, store: TrustStore | None = None, now: datetime = NOW, *, read_to_the_end: bool = False
) -> Plan:
    """The plan for a passport whose page was read rightly."""
    return inspect_chip(
        Mrz.from_lines(document.mrz),
        trust=store or trust(),
        now=now,
        random_bytes=random.Random(7).randbytes,
        read_to_the_end=read_to_the_end,
    )


def inspect(
    document: Passport,
    quirks: Quirks | None = None,
    store: TrustStore | None = None,
    now: datetime = NOW,
    *,
    read_to_the_end: bool = False,
) -> tuple[ChipInspection, Trip]:
    """Read a simulated chip."""
    chip = Chip(document, random.Random(11), quirks)
    return drive(plan_for(document, store, now, read_to_the_end=read_to_the_end), chip.process, chip.reset)
