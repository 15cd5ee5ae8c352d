"""The simulated field and its driver against peers that misbehave, and what the radio costs."""

import asyncio
import contextlib
import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from egate_hal.chip import ChipAbsent, ChipLost
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError, ProtocolError
from egate_sim.chip_field import ChipField, Control, Latency, read_frame, write_frame
from egate_sim.drivers.chip import SimChip, SimChipSettings
from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.issue import Passport, issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.state import UTOPIA, found_state

SELECT = bytes.fromhex("00A4040C07A0000002471001")
DEADLINE_S = 20
Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def passport() -> Passport:
    picture = io.BytesIO()
    Image.new("RGB", (30, 40)).save(picture, "JPEG")
    holder = Holder("Tester", "", date(1990, 2, 3), Sex.UNSPECIFIED, "UTO", "T1", date(2034, 5, 6))
    return issue(found_state(UTOPIA, b"field", date(2026, 1, 1)), holder, picture.getvalue())


@contextlib.asynccontextmanager
async def reader_with(peer: Peer, socket: Path, timeout_ms: int = 5000) -> AsyncIterator[SimChip]:
    """A driver whose field is ``peer``."""

    served: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await peer(reader, writer)
            await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_unix_server(lambda r, w: served.append(asyncio.create_task(serve(r, w))), socket)
    driver = SimChip(SimChipSettings(socket, timeout_ms))
    async with asyncio.timeout(DEADLINE_S), server:
        await driver.open()
        yield driver
        await driver.close()
        await asyncio.gather(*served)


def answering(raw: bytes, *, then_close: bool = False) -> Peer:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(raw)
        if then_close:
            writer.close()

    return peer


@pytest.mark.parametrize(
    ("raw", "then_close", "error"),
    [
        (b"", True, DeviceLost),
        (b"\x00", True, DeviceLost),
        (b"\x00\x05\x3b\x84", True, DeviceLost),
        (b"\xff\xff" + bytes(1000), True, DeviceLost),
        (b"\x00\x00", False, ProtocolError),
        (b"\x00\x01\x07", False, ProtocolError),
        (b"\x00\x01\x00", False, ChipAbsent),
        (b"\x00\x05\x3b\x84", False, DeviceTimeout),
    ],
)
def test_a_bad_answer_to_connect(tmp_path: Path, raw: bytes, then_close: bool, error: type[HalError]) -> None:
    async def scene() -> None:
        async with reader_with(answering(raw, then_close=then_close), tmp_path / "field", 50) as driver:
            with pytest.raises(error):
                await driver.connect()

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"\x00\x01\x01", ChipLost),
        (b"\x00\x01\x90", ProtocolError),
        (b"\x00\x00", ProtocolError),
        (b"\x01\x03" + bytes(259), ProtocolError),
    ],
)
def test_a_bad_answer_to_a_command(tmp_path: Path, raw: bytes, error: type[HalError]) -> None:
    async def scene() -> None:
        async with reader_with(answering(raw), tmp_path / "field") as driver:
            with pytest.raises(error):
                await driver.transceive(SELECT)

    asyncio.run(scene())


def test_opening_where_nothing_listens(tmp_path: Path) -> None:
    async def scene() -> None:
        with pytest.raises(DeviceUnavailable):
            await SimChip(SimChipSettings(tmp_path / "nothing")).open()
        (tmp_path / "file").touch()
        with pytest.raises(DeviceLost):
            await SimChip(SimChipSettings(tmp_path / "file")).open()

    asyncio.run(scene())


@pytest.mark.parametrize("raw", [b"\x00", b"\x00\x09half", b"\x00\x01\xee\x00\x01\x05", b"\x00\x00", b"\xff\xff\x00"])
def test_a_field_survives_a_bad_driver(tmp_path: Path, passport: Passport, raw: bytes) -> None:
    async def scene() -> None:
        socket = tmp_path / "field"
        async with asyncio.timeout(DEADLINE_S), ChipField(socket, Latency(0, 0, 0, 0)) as field:
            _, writer = await asyncio.open_unix_connection(socket)
            writer.write(raw)
            writer.close()
            await writer.wait_closed()
            field.place(Chip(passport, random.Random(1)))
            driver = SimChip(SimChipSettings(socket))
            await driver.open()
            await driver.connect()
            assert await driver.transceive(SELECT) == b"\x90\x00"
            await driver.close()

    asyncio.run(scene())


def test_a_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    async def scene() -> None:
        server = await asyncio.start_unix_server(lambda _r, w: w.close(), tmp_path / "field")
        server.close()
        async with ChipField(tmp_path / "field"):
            pass
        assert not (tmp_path / "field").exists()

    asyncio.run(scene())


def test_a_chip_removed_while_the_radio_is_busy_is_lost(tmp_path: Path, passport: Passport) -> None:
    async def scene() -> None:
        socket = tmp_path / "field"
        async with asyncio.timeout(DEADLINE_S), ChipField(socket, Latency(0, 50, 0, 0)) as field:
            field.place(Chip(passport, random.Random(1)))
            reader, writer = await asyncio.open_unix_connection(socket)
            write_frame(writer, bytes([Control.POWER_ON]))
            write_frame(writer, bytes([Control.READ_ATR]))
            assert await read_frame(reader) == Chip.atr
            write_frame(writer, SELECT)
            asyncio.get_running_loop().call_later(0.01, field.remove)
            assert await read_frame(reader) == b"\x01"
            writer.close()
            await writer.wait_closed()

    asyncio.run(scene())


def test_latency_adds_up() -> None:
    latency = Latency(exchange_ms=10, byte_us=20)
    assert latency.exchange_s(250, 0) == pytest.approx(0.015)
    assert latency.exchange_s(250, 100) == pytest.approx(0.115)


def test_a_slow_chip_takes_its_time(tmp_path: Path, passport: Passport) -> None:
    async def scene() -> None:
        socket = tmp_path / "field"
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(DEADLINE_S), ChipField(socket, Latency(0, 0, 0, 0)) as field:
            field.place(Chip(passport, random.Random(1), Quirks(delay_ms=30)))
            driver = SimChip(SimChipSettings(socket))
            await driver.open()
            await driver.connect()
            begun = loop.time()
            await driver.transceive(SELECT)
            assert loop.time() - begun >= 0.03
            assert (field.exchanges, field.bytes_carried) == (1, len(SELECT) + 2)
            await driver.close()

    asyncio.run(scene())
