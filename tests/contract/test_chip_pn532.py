"""The PN532 driver on the simulated PN532 over a real pseudo-terminal: speeds, long APDUs, both types, a bad line."""

import asyncio
import io
import os
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from egate_hal.chip import ChipLost
from egate_hal.drivers.chip_pn532 import Pn532Chip, Pn532Settings
from egate_hal.errors import DeviceUnavailable
from egate_hal.registry import create, read_device
from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.issue import issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.state import UTOPIA, found_state
from egate_sim.pn532 import Fault, Ins, Radio, SimulatedPn532
from egate_sim.radio_field import Latency

SELECT = bytes.fromhex("00A4040C07A0000002471001")
CHALLENGE = bytes.fromhex("0084000008")
NO_LATENCY = Latency(activation_ms=0, exchange_ms=0, byte_us=0, mute_ms=1)
DEADLINE_S = 20
Scene = Callable[[Pn532Chip, SimulatedPn532], Awaitable[None]]


class EchoChip(Chip):
    """Answers with what it was sent: so long APDUs show that nothing is lost on the way."""

    def process(self, apdu: bytes) -> bytes:
        return apdu + b"\x90\x00"


@cache
def a_chip(kind: type[Chip] = Chip, quirks: Quirks | None = None) -> Chip:
    picture = io.BytesIO()
    Image.new("RGB", (30, 40)).save(picture, "JPEG")
    holder = Holder("Tester", "", date(1990, 2, 3), Sex.UNSPECIFIED, "UTO", "T1", date(2034, 5, 6))
    passport = issue(found_state(UTOPIA, b"contract", date(2026, 1, 1)), holder, picture.getvalue())
    return kind(passport, Random(1), quirks)


def play(
    folder: Path, scene: Scene, *, radio: Radio | None = None, latency: Latency = NO_LATENCY, **more: object
) -> None:
    port = folder / "pn532"

    async def run() -> None:
        reader = SimulatedPn532(port, Random(2), radio=radio, latency=latency)
        reader.plug()
        driver = create(read_device("chip", {"driver": "pn532", "port": str(port), "search_ms": 50, **more}))
        try:
            async with asyncio.timeout(DEADLINE_S):
                await driver.open()
                await scene(driver, reader)
        finally:
            await driver.close()
            reader.unplug()

    asyncio.run(run())


@pytest.mark.parametrize("baud", [115_200, 230_400, 460_800, 921_600])
def test_the_line_is_raised_and_found_again_at_its_raised_speed(tmp_path: Path, baud: int) -> None:
    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip())
        assert reader.baud == baud
        await driver.close()
        await driver.open()  # the PN532 kept its power and its speed
        assert reader.baud == baud
        assert await driver.connect() == a_chip().atr

    play(tmp_path, scene, baud=baud)


def test_the_atr_is_that_of_the_chip_and_the_radio_is_raised(tmp_path: Path) -> None:
    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip())
        assert await driver.connect() == a_chip().atr
        assert reader.bitrate == 2

    play(tmp_path, scene)


@pytest.mark.parametrize(("setting", "fast", "bitrate"), [(424, False, 0), (212, True, 1), (106, True, 0)])
def test_the_radio_is_raised_only_as_far_as_both_can(tmp_path: Path, setting: int, fast: bool, bitrate: int) -> None:
    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip())
        await driver.connect()
        assert reader.bitrate == bitrate
        assert await driver.transceive(SELECT) == b"\x90\x00"

    play(tmp_path, scene, radio=Radio(fast=fast), radio_kbit=setting)


def test_a_type_b_chip(tmp_path: Path) -> None:
    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip())
        assert (await driver.connect())[:4] == bytes.fromhex("3B888001")
        assert await driver.transceive(SELECT) == b"\x90\x00"

    play(tmp_path, scene, radio=Radio(type_b=True))


@pytest.mark.parametrize("length", [256, 262, 263, 524, 525, 3000])
@pytest.mark.parametrize("piece_bytes", [64, 262])
def test_long_apdus_travel_in_pieces_both_ways(tmp_path: Path, length: int, piece_bytes: int) -> None:
    command = Random(length).randbytes(length)

    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip(EchoChip))
        await driver.connect()
        assert await driver.transceive(command) == command + b"\x90\x00"

    play(tmp_path, scene, radio=Radio(piece_bytes=piece_bytes), extended_length=True)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_of_the_line_is_repaired_and_the_chip_gets_each_command_once(tmp_path: Path, fault: Fault) -> None:
    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip())
        await driver.connect()
        before = reader.exchanges
        reader.faults.append(fault)
        assert await driver.transceive(SELECT) == b"\x90\x00"
        challenge = await driver.transceive(CHALLENGE)
        assert (len(challenge), challenge[-2:]) == (10, b"\x90\x00")
        assert (reader.exchanges - before, len(reader.faults)) == (2, 0)

    play(tmp_path, scene)


def test_a_bad_line_costs_time_and_no_data(tmp_path: Path) -> None:
    faults = Random(3)

    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip(EchoChip))
        await driver.connect()
        for number in range(20):
            command = bytes([number]) + faults.randbytes(100)
            reader.faults = deque(faults.choices(list(Fault), k=faults.randrange(3)))
            assert await driver.transceive(command) == command + b"\x90\x00"

    play(tmp_path, scene)


def test_a_chip_that_takes_its_time_is_waited_for(tmp_path: Path) -> None:
    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip(Chip, Quirks(delay_ms=800)))
        await driver.connect()
        assert await driver.transceive(SELECT) == b"\x90\x00"
        assert reader.exchanges == 1

    play(tmp_path, scene, timeout_ms=5000)


def test_a_chip_that_has_gone_is_not_asked_again(tmp_path: Path) -> None:
    async def scene(driver: Pn532Chip, reader: SimulatedPn532) -> None:
        reader.place(a_chip())
        await driver.connect()
        reader.remove()
        with pytest.raises(ChipLost):
            await driver.transceive(SELECT)
        asked = reader.commands.count(Ins.IN_DATA_EXCHANGE)
        with pytest.raises(ChipLost):
            await driver.transceive(SELECT)
        assert reader.commands.count(Ins.IN_DATA_EXCHANGE) == asked

    play(tmp_path, scene)


def test_a_port_at_which_nothing_answers(tmp_path: Path) -> None:
    device, host = os.openpty()

    async def run() -> None:
        with pytest.raises(DeviceUnavailable, match="chip-readers"):
            await Pn532Chip(Pn532Settings(os.ttyname(host))).open()

    try:
        asyncio.run(run())
    finally:
        os.close(host)
        os.close(device)
    with pytest.raises(DeviceUnavailable, match="no such serial port"):
        Pn532Chip.examine(Pn532Settings(str(tmp_path / "none")))
