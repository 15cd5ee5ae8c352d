"""SerialLine over a real pseudo-terminal: the test holds the device's end."""

import asyncio
import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from egate_hal.drivers.serial_line import PENDING_BYTES_MAX, SerialLine
from egate_hal.errors import DeviceLost, DeviceUnavailable

DEADLINE_S = 5.0


class Pty:
    """A pseudo-terminal: ``device`` is the file descriptor of the device's end, ``path`` the port."""

    def __init__(self) -> None:
        self.device, port = os.openpty()
        tty.setraw(port)
        self.path = os.ttyname(port)
        self._port: int | None = port

    def hang_up(self) -> None:
        for fd in (self._port, self.device):
            if fd is not None:
                os.close(fd)
        self._port = None
        self.device = -1


@pytest.fixture
def pty() -> Iterator[Pty]:
    pty = Pty()
    yield pty
    if pty.device >= 0:
        pty.hang_up()


def test_bytes_go_both_ways_unchanged(pty: Pty) -> None:
    every_byte = bytes(range(256))

    async def run() -> bytes:
        line = SerialLine(pty.path, 115200)
        line.open()
        try:
            line.write(every_byte)
            assert os.read(pty.device, 4096) == every_byte
            os.write(pty.device, every_byte)
            async with asyncio.timeout(DEADLINE_S):
                return await line.read()
        finally:
            line.close()

    assert asyncio.run(run()) == every_byte


def test_a_reader_that_waits_is_woken_by_bytes_and_survives_cancellation(pty: Pty) -> None:
    async def run() -> bytes:
        line = SerialLine(pty.path, 9600)
        line.open()
        try:
            first = asyncio.ensure_future(line.read())
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            second = asyncio.ensure_future(line.read())
            await asyncio.sleep(0)
            os.write(pty.device, b"abc")
            async with asyncio.timeout(DEADLINE_S):
                return await second
        finally:
            line.close()

    assert asyncio.run(run()) == b"abc"


def test_hang_up_and_close_wake_the_reader_with_device_lost(pty: Pty) -> None:
    async def run() -> None:
        line = SerialLine(pty.path, 9600)
        line.open()
        waiting = asyncio.ensure_future(line.read())
        await asyncio.sleep(0)
        line.close()
        with pytest.raises(DeviceLost, match="closed"):
            await waiting
        line.open()
        pty.hang_up()
        async with asyncio.timeout(DEADLINE_S):
            with pytest.raises(DeviceLost):
                await line.read()
        assert not line.is_open
        with pytest.raises(DeviceLost):
            line.write(b"x")
        line.close()

    asyncio.run(run())


def test_what_the_port_does_not_take_at_once_is_sent_later_and_in_order(pty: Pty) -> None:
    sent = bytes(i % 251 for i in range(PENDING_BYTES_MAX))

    async def run() -> bytes:
        line = SerialLine(pty.path, 115200)
        line.open()
        try:
            line.write(sent)
            received = b""
            async with asyncio.timeout(DEADLINE_S):
                while len(received) < len(sent):
                    received += os.read(pty.device, 4096)
                    await asyncio.sleep(0)
            return received
        finally:
            line.close()

    assert asyncio.run(run()) == sent


def test_a_peer_that_reads_nothing_is_a_lost_device(pty: Pty) -> None:
    async def run() -> None:
        line = SerialLine(pty.path, 115200)
        line.open()

        def write_on() -> None:
            for _ in range(64):
                line.write(bytes(PENDING_BYTES_MAX // 4))

        with pytest.raises(DeviceLost, match="takes no bytes"):
            write_on()
        assert not line.is_open

    asyncio.run(run())


def test_a_port_that_cannot_be_opened_says_why(pty: Pty, tmp_path: Path) -> None:
    async def run() -> None:
        with pytest.raises(DeviceUnavailable, match="no such serial port"):
            SerialLine(str(tmp_path / "tty"), 9600).open()
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(DeviceUnavailable, match="cannot be opened as a serial port"):
            SerialLine(str(tmp_path / "file"), 9600).open()
        first = SerialLine(pty.path, 9600)
        first.open()
        with pytest.raises(DeviceUnavailable, match="another process"):
            SerialLine(pty.path, 9600).open()
        first.close()

    asyncio.run(run())
