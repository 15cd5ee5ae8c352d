"""What every driver of the ChipTransport port keeps. A driver joins by a rig: its world, as far as a test needs it."""

import asyncio
import contextlib
import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from pcsc_folder import service_folder
from PIL import Image

from egate_hal.chip import ChipAbsent, ChipLost, ChipTransport
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, ProtocolError
from egate_hal.registry import create, read_device
from egate_sim.chip_field import ChipField, Latency
from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.issue import Passport, issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.state import UTOPIA, found_state
from egate_sim.pcsc_service import VIRTUAL_READER, NoPcscService, PcscService
from egate_sim.pn532 import SimulatedPn532
from egate_sim.radio_field import RadioField
from egate_sim.vpcd import VpcdCard

SELECT = bytes.fromhex("00A4040C07A0000002471001")
CHALLENGE = bytes.fromhex("0084000008")
DEADLINE_S = 20
NO_LATENCY = Latency(activation_ms=0, exchange_ms=0, byte_us=0, mute_ms=1)


@dataclass
class Rig:
    """A driver and the world around its device. ``place`` lays down a passport, fresh or one that falls mute after
    some answers; ``remove`` takes it away; ``unplug`` takes the whole reader away, ``plug`` brings it back."""

    driver: ChipTransport
    place: Callable[[], None]
    place_mute_after: Callable[[int], None]
    remove: Callable[[], None]
    unplug: Callable[[], Awaitable[None]]
    plug: Callable[[], Awaitable[None]]


@cache
def a_passport() -> Passport:
    picture = io.BytesIO()
    Image.new("RGB", (30, 40)).save(picture, "JPEG")
    holder = Holder("Tester", "", date(1990, 2, 3), Sex.UNSPECIFIED, "UTO", "T1", date(2034, 5, 6))
    return issue(found_state(UTOPIA, b"contract", date(2026, 1, 1)), holder, picture.getvalue())


@contextlib.asynccontextmanager
async def sim_rig(folder: Path) -> AsyncIterator[Rig]:
    socket = folder / "field"
    field = ChipField(socket, NO_LATENCY)
    driver = create(read_device("chip", {"driver": "sim", "socket": str(socket)}))
    async with field:
        yield rig_of(driver, field, field.stop, field.start)
        await driver.close()


def rig_of(
    driver: ChipTransport, field: RadioField, unplug: Callable[[], Awaitable[None]], plug: Callable[[], Awaitable[None]]
) -> Rig:
    return Rig(
        driver,
        place=lambda: field.place(Chip(a_passport(), random.Random(1))),
        place_mute_after=lambda n: field.place(Chip(a_passport(), random.Random(1), Quirks(silent_after=n))),
        remove=field.remove,
        unplug=unplug,
        plug=plug,
    )


@contextlib.asynccontextmanager
async def pn532_rig(folder: Path) -> AsyncIterator[Rig]:
    """The simulated PN532 at the other end of a pseudo-terminal."""
    reader = SimulatedPn532(folder / "pn532", random.Random(1), latency=NO_LATENCY)
    driver = create(read_device("chip", {"driver": "pn532", "port": str(folder / "pn532"), "search_ms": 50}))
    reader.plug()

    async def unplug() -> None:
        reader.unplug()

    async def plug() -> None:
        reader.plug()

    yield rig_of(driver, reader, unplug, plug)
    await driver.close()
    reader.unplug()


@contextlib.asynccontextmanager
async def pcsc_rig(folder: Path) -> AsyncIterator[Rig]:
    """The real PC/SC service; its virtual reader is the reader's field."""
    pytest.importorskip("smartcard", reason="pyscard is not here; make setup-test installs it where root allows")
    try:
        service = PcscService(service_folder())
    except NoPcscService as absent:
        pytest.skip(str(absent))
    field = RadioField(NO_LATENCY)
    card = asyncio.ensure_future(VpcdCard(field, service.port).run())
    driver = create(read_device("chip", {"driver": "pcsc", "reader": VIRTUAL_READER}))
    service.start()

    async def unplug() -> None:
        service.stop()

    async def plug() -> None:
        service.start()

    try:
        yield rig_of(driver, field, unplug, plug)
        await driver.close()
    finally:
        service.stop()
        card.cancel()
        await asyncio.gather(card, return_exceptions=True)


RigMaker = Callable[[Path], AbstractAsyncContextManager[Rig]]
RIGS: dict[str, RigMaker] = {"chip.sim": sim_rig, "chip.pn532": pn532_rig, "chip.pcsc": pcsc_rig}


@pytest.fixture(params=list(RIGS))
def make_rig(request: pytest.FixtureRequest) -> RigMaker:
    return RIGS[request.param]


def run(make_rig: RigMaker, folder: Path, scene: Callable[[Rig], Awaitable[None]]) -> None:
    async def play() -> None:
        async with asyncio.timeout(DEADLINE_S), make_rig(folder) as rig:
            await rig.driver.open()
            await scene(rig)

    asyncio.run(play())


def test_an_exchange_with_a_chip(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.place()
        atr = await rig.driver.connect()
        assert atr[0] in (0x3B, 0x3F)
        assert await rig.driver.transceive(SELECT) == b"\x90\x00"
        challenge = await rig.driver.transceive(CHALLENGE)
        assert (len(challenge), challenge[-2:]) == (10, b"\x90\x00")

    run(make_rig, tmp_path, scene)


def test_the_limits_that_the_driver_states_allow_a_read(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        assert rig.driver.max_command_bytes >= 5 + 0x28 + 1
        assert rig.driver.max_response_bytes >= 128 + 2

    run(make_rig, tmp_path, scene)


def test_without_a_chip_there_is_none(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        with pytest.raises(ChipAbsent):
            await rig.driver.connect()
        rig.place()
        assert await rig.driver.connect()

    run(make_rig, tmp_path, scene)


def test_disconnecting_ends_the_chips_session(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.place()
        await rig.driver.connect()
        await rig.driver.transceive(SELECT)
        await rig.driver.disconnect()
        await rig.driver.connect()
        assert await rig.driver.transceive(CHALLENGE) == b"\x69\x85", "no application is selected after a reset"

    run(make_rig, tmp_path, scene)


def test_a_chip_that_is_taken_away_is_lost_and_the_next_one_is_read(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.place()
        await rig.driver.connect()
        rig.remove()
        with pytest.raises(ChipLost):
            await rig.driver.transceive(SELECT)
        await rig.driver.disconnect()
        rig.place()
        await rig.driver.connect()
        assert await rig.driver.transceive(SELECT) == b"\x90\x00"

    run(make_rig, tmp_path, scene)


def test_another_chip_does_not_step_into_a_session(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.place()
        await rig.driver.connect()
        rig.remove()
        rig.place()
        with pytest.raises(ChipLost):
            await rig.driver.transceive(SELECT)

    run(make_rig, tmp_path, scene)


def test_a_mute_chip_is_lost_or_late(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.place_mute_after(1)
        await rig.driver.connect()
        assert await rig.driver.transceive(SELECT) == b"\x90\x00"
        with pytest.raises((ChipLost, DeviceTimeout)):
            await rig.driver.transceive(CHALLENGE)

    run(make_rig, tmp_path, scene)


def test_a_cancelled_exchange_does_not_answer_the_next(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.place()
        await rig.driver.connect()
        exchange = asyncio.ensure_future(rig.driver.transceive(SELECT))
        await asyncio.sleep(0)  # let it begin
        exchange.cancel()
        with pytest.raises(asyncio.CancelledError):
            await exchange
        await rig.driver.disconnect()
        await rig.driver.connect()
        assert await rig.driver.transceive(CHALLENGE) == b"\x69\x85"

    run(make_rig, tmp_path, scene)


def test_an_unplugged_reader_is_lost_and_comes_back_by_opening(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        rig.place()
        await rig.driver.connect()
        await rig.unplug()
        with pytest.raises(DeviceLost):
            await rig.driver.transceive(SELECT)
        with pytest.raises(DeviceLost):
            await rig.driver.connect()
        await rig.driver.disconnect()
        with pytest.raises((DeviceLost, DeviceUnavailable)):
            await rig.driver.open()
        await rig.plug()
        await rig.driver.open()
        assert await rig.driver.connect()

    run(make_rig, tmp_path, scene)


def test_closing_twice_and_using_a_closed_driver(make_rig: RigMaker, tmp_path: Path) -> None:
    async def scene(rig: Rig) -> None:
        await rig.driver.close()
        await rig.driver.close()
        await rig.driver.disconnect()
        with pytest.raises(DeviceLost):
            await rig.driver.connect()
        with pytest.raises(DeviceLost):
            await rig.driver.transceive(SELECT)

    run(make_rig, tmp_path, scene)


@pytest.mark.parametrize("command", [b"", b"\x00\xa4\x04", bytes(262)])
def test_what_is_no_command_is_not_sent(make_rig: RigMaker, tmp_path: Path, command: bytes) -> None:
    async def scene(rig: Rig) -> None:
        rig.place()
        await rig.driver.connect()
        with pytest.raises(ProtocolError):
            await rig.driver.transceive(command)
        assert await rig.driver.transceive(SELECT) == b"\x90\x00"

    run(make_rig, tmp_path, scene)
