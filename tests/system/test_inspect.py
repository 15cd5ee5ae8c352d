"""``egate inspect`` as a process of its own, on the simulated field and on a PN532 at the end of a pseudo-terminal."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from egate.telemetry.outbox import Outbox
from egate_sim.chip_field import ChipField
from egate_sim.ocr import SimulatedOcr
from egate_sim.passport.chip import Chip
from egate_sim.passport.issue import Passport
from egate_sim.pn532 import Ins, SimulatedPn532
from egate_sim.radio_field import Latency, RadioField
from egate_sim.site import Site, prepare_site

pytestmark = pytest.mark.system
LIMIT_S = 40
NO_LATENCY = Latency(activation_ms=0, exchange_ms=0, byte_us=0, mute_ms=1)
READ_COMMANDS = 30  # after so many a chip is in the middle of its files


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


class Tripwire(Chip):
    """Does something when it has been asked often enough, and goes on as if nothing had happened."""

    def __init__(self, passport: Passport, commands: int, act: Callable[[], None]) -> None:
        super().__init__(passport, Random(1))
        self._left, self._act = commands, act

    def process(self, apdu: bytes) -> bytes:
        self._left -= 1
        if self._left == 0:
            self._act()
        return super().process(apdu)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return prepare_site(tmp_path_factory.mktemp("site"), 1, datetime.now(UTC), screen_port=None)


@pytest.fixture
def genuine(site: Site) -> Passport:
    return site.cast.visitors[0].passport


@pytest.fixture
def forged(site: Site) -> Passport:
    return site.cast.visitors[1].passport


async def start(site: Site, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "egate", "inspect", "--config", str(site.gate_file), *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def end(process: asyncio.subprocess.Process, typed: str = "") -> Ended:
    try:
        async with asyncio.timeout(LIMIT_S):
            out, err = await process.communicate(typed.encode())
    except BaseException:
        process.kill()
        raise
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def inspect(site: Site, chip: Chip | None, page: str, *arguments: str) -> Ended:
    """Read what lies in the simulated field."""

    async def run() -> Ended:
        async with ChipField(site.folder / "chip.sock", NO_LATENCY) as field:
            if chip is not None:
                field.place(chip)
            return await end(await start(site, *arguments), page)

    return asyncio.run(run())


def zone(passport: Passport) -> str:
    return "".join(f"{line}\n" for line in passport.mrz)


def personal(passport: Passport) -> set[str]:
    """What nobody may see who has not asked."""
    upper, lower = passport.mrz
    return {upper[5:].strip("<").split("<")[0], lower[:9].strip("<"), lower[13:19], upper, lower}


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_genuine_document_passes_and_nothing_is_left_behind(site: Site, genuine: Passport) -> None:
    before = files(site.folder)
    ended = inspect(site, Chip(genuine, Random(1)), zone(genuine))
    assert (ended.status, ended.err) == (0, "")
    assert files(site.folder) == before
    assert "Every mandatory check of the document passed." in ended.out
    assert re.search(r"^  Portrait +\d.*\d APDUs +[\d.]+ kB$", ended.out, re.MULTILINE)
    assert "✓ Signature of the issuing state\n      ✓ DG1\n      ✓ DG2\n" in ended.out
    assert not [word for word in personal(genuine) if word in ended.out]


def test_a_forged_document_is_told_with_its_reason(site: Site, forged: Passport) -> None:
    ended = inspect(site, Chip(forged, Random(1)), zone(forged))
    assert ended.status == 1
    assert "failed: Data on the chip was changed after it was signed. [dg_hash]\n" in ended.out
    assert "✗ DG2: changed" in ended.out


def test_programs_get_one_object_without_personal_data(site: Site, forged: Passport) -> None:
    ended = inspect(site, Chip(forged, Random(1)), zone(forged), "--json", "--repeat", "2")
    found = ended.json
    assert (ended.status, found["status"], found["format"]) == (1, 1, "egate-inspection/1")
    assert [reading["objections"] for reading in found["readings"]] == [["dg_hash"]] * 2
    for reading in found["readings"]:
        (passive,) = [each for each in reading["checks"] if each["check"] == "passive_authentication"]
        assert (passive["outcome"], "dg2:dg_hash" in passive["details"]) == ("failed", True)
        assert sum(stage["apdus"] for stage in reading["stages"]) == reading["apdu_count"] > 50
        assert reading["complete"]
    assert found["document"]["issuing_state"] == "ATA"
    assert "holder" not in found
    assert not [word for word in personal(forged) if word in ended.out]


def test_the_holder_is_shown_to_whoever_asks(site: Site, genuine: Passport) -> None:
    chip = Chip(genuine, Random(1))
    told = inspect(site, chip, zone(genuine), "--show-holder").out
    assert "personal data, shown because --show-holder was given" in told
    holder = inspect(site, chip, zone(genuine), "--show-holder", "--json").json["holder"]
    number = genuine.mrz[1][:9]
    assert (holder["source"], holder["document_number"]) == ("chip", number)
    assert number in told
    assert holder["portrait"]["length"] > 1000


def test_no_chip_answers(site: Site, genuine: Passport) -> None:
    ended = inspect(site, None, zone(genuine))
    assert ended.status == 3
    assert "[chip_absent]" in ended.out


def test_a_document_that_is_taken_away(site: Site, genuine: Passport) -> None:
    async def run() -> Ended:
        async with ChipField(site.folder / "chip.sock", NO_LATENCY) as field:
            field.place(Tripwire(genuine, READ_COMMANDS, field.remove))
            return await end(await start(site, "--repeat", "3"), zone(genuine))

    ended = asyncio.run(run())
    assert ended.status == 3
    assert "The chip was not read to its end:\n  The document was taken away while its chip was read." in ended.out
    assert "Reading 2 of 3" not in ended.out


def test_a_reader_that_is_not_there(site: Site, genuine: Passport) -> None:
    ended = asyncio.run(_alone(site, zone(genuine)))
    assert ended.status == 2
    assert ended.err == "egate: nothing is at the simulated chip reader's socket; start the simulator\n"


async def _alone(site: Site, typed: str, *arguments: str) -> Ended:
    return await end(await start(site, *arguments), typed)


def test_a_zone_that_is_wrong_is_not_read_and_not_repeated(site: Site, genuine: Passport) -> None:
    upper, lower = genuine.mrz
    digit = "1" if lower[9] != "1" else "2"
    ended = asyncio.run(_alone(site, f"{upper}\n{lower[:9]}{digit}{lower[10:]}\n"))
    assert ended.status == 1
    assert "[mrz_check_digit]" in ended.out
    assert "check digit wrong for document_number, composite" in ended.err
    assert not [word for word in personal(genuine) if word in ended.out + ended.err]


@pytest.mark.parametrize("arguments", [("--can", "12 34"), ("--repeat", "0")])
def test_arguments_that_make_no_sense(site: Site, arguments: tuple[str, ...]) -> None:
    assert asyncio.run(_alone(site, "", *arguments)).status == 2


def test_nothing_on_standard_input(site: Site) -> None:
    ended = asyncio.run(_alone(site, "\n"))
    assert ended.status == 2
    assert ended.err.startswith("egate: standard input holds no machine readable zone; pipe its 2 or 3 lines in")


def test_a_lane_that_is_running_is_left_alone(site: Site, genuine: Passport) -> None:
    outbox = site.folder / "outbox.db"
    with Outbox.open(outbox, "demo", datetime.now(UTC)):
        ended = asyncio.run(_alone(site, zone(genuine)))
    assert ended.status == 2
    assert ended.err == "egate: the controller of demo is running and has the chip reader; stop it first\n"
    assert inspect(site, None, zone(genuine)).status == 3, "it has stopped"


def test_the_page_may_come_from_the_lanes_reader(site: Site, genuine: Passport) -> None:
    async def run() -> Ended:
        ocr = SimulatedOcr(site.folder / "ocr", Random(1), read_time_s=0.01)
        firmware = asyncio.create_task(ocr.run())
        async with ChipField(site.folder / "chip.sock", NO_LATENCY) as field:
            field.place(Chip(genuine, Random(1)))
            process = await start(site, "--reader")
            assert process.stderr is not None
            assert await process.stderr.readline() == b"egate: lay the document on the reader\n"
            ocr.place(genuine.mrz)
            ended = await end(process)
        firmware.cancel()
        await asyncio.wait([firmware])
        return ended

    assert asyncio.run(run()).status == 0


@contextmanager
def pn532_site(site: Site) -> Iterator[Site]:
    """The same lane with another chip reader in its gate file."""
    text = site.gate_file.read_text("utf-8")
    gate_file = site.folder / "pn532.toml"
    port = f'driver = "pn532"\nport = "{site.folder / "pn532"}"\nsearch_ms = 50'
    gate_file.write_text(text.replace('driver = "sim"\nsocket = "chip.sock"', port), "utf-8")
    yield replace(site, gate_file=gate_file)
    gate_file.unlink()


@asynccontextmanager
async def pn532(site: Site, latency: Latency) -> Any:
    reader = SimulatedPn532(site.folder / "pn532", Random(2), latency=latency)
    reader.plug()
    yield reader
    reader.unplug()


def test_on_a_pn532(site: Site, genuine: Passport) -> None:
    async def run(lane: Site) -> Ended:
        async with pn532(lane, NO_LATENCY) as reader:
            reader.place(Chip(genuine, Random(1)))
            return await end(await start(lane, "--json"), zone(genuine))

    with pn532_site(site) as lane:
        ended = asyncio.run(run(lane))
    assert (ended.status, ended.json["lane"]["chip_driver"]) == (0, "pn532")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_it_finds_the_field_off(site: Site, genuine: Passport, number: signal.Signals) -> None:
    async def run(lane: Site) -> tuple[Ended, RadioField, list[Ins]]:
        async with pn532(lane, Latency()) as reader:
            process = await start(lane)
            reader.place(Tripwire(genuine, READ_COMMANDS, lambda: os.kill(process.pid, number)))
            ended = await end(process, zone(genuine))
            return ended, reader, reader.commands

    with pn532_site(site) as lane:
        ended, field, commands = asyncio.run(run(lane))
    assert (ended.status, ended.err) == (130, "egate: stopped; the field is off\n")
    assert field.exchanges < READ_COMMANDS + 5
    assert commands[-1] is Ins.RF_CONFIGURATION
