"""What the buttons promise (egate_hal/attendant.py), shown on every driver for them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gpiod
import pytest
from gpio_header import plug_in
from gpiod_chip import SimulatedChip

from egate_hal import registry
from egate_hal.attendant import Attendant, Press
from egate_hal.errors import DeviceLost, DeviceUnavailable, SettingsError
from egate_sim.panel import SimulatedPanel

DEADLINE_S = 10.0
DEBOUNCE_S = 0.02
LINES = {Press.CALL: 17, Press.RELEASE_FORWARD: 22, Press.RELEASE_BACK: 23, Press.RESET: 27}
GPIO_TABLE = {"driver": "gpio", "debounce_ms": 20} | {press.value: line for press, line in LINES.items()}


@dataclass
class Bench:
    """A driver, and the finger of the world."""

    driver: Attendant
    press: Callable[[Press], Coroutine[Any, Any, None]]

    async def next(self) -> Press:
        async with asyncio.timeout(DEADLINE_S):
            return await self.driver.next_press()


@contextlib.asynccontextmanager
async def sim_bench(tmp_path: Path, _: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    panel = SimulatedPanel(tmp_path / "panel")
    await panel.start()

    async def press(which: Press) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await panel.wait_attendant()
        assert panel.press(which)

    table = {"driver": "sim", "socket": str(panel.socket)}
    try:
        yield Bench(registry.create(registry.read_device("attendant", table)), press)
    finally:
        await panel.stop()


@contextlib.asynccontextmanager
async def gpio_bench(_: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    header = plug_in(monkeypatch)

    async def press(which: Press) -> None:
        for level in (header.LOW, header.HIGH, header.LOW):  # it bounces
            header.drive(LINES[which], level)
        await asyncio.sleep(2 * DEBOUNCE_S)  # how long the finger stays
        for level in (header.HIGH, header.LOW, header.HIGH):
            header.drive(LINES[which], level)
        await asyncio.sleep(2 * DEBOUNCE_S)

    yield Bench(registry.create(registry.read_device("attendant", GPIO_TABLE)), press)


@contextlib.asynccontextmanager
async def gpiod_bench(_: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    chip = SimulatedChip([press.value for press in Press])
    monkeypatch.setattr(gpiod, "Chip", chip.chip)

    async def press(which: Press) -> None:
        for high in (False, True, False):  # it bounces
            chip.drive(which.value, high=high)
        await asyncio.sleep(2 * DEBOUNCE_S)
        for high in (True, False, True):
            chip.drive(which.value, high=high)
        await asyncio.sleep(2 * DEBOUNCE_S)

    table = {"driver": "gpiod", "chip": "simulated", "debounce_ms": 20} | {press.value: press.value for press in Press}
    yield Bench(registry.create(registry.read_device("attendant", table)), press)


Test = Callable[[Bench], Coroutine[Any, Any, None]]
Run = Callable[[Test], None]


@pytest.fixture(params=[sim_bench, gpio_bench, gpiod_bench], ids=["sim", "gpio", "gpiod"])
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a test on a fresh, open bench, on a loop of its own."""
    make: Callable[[Path, pytest.MonkeyPatch], AbstractAsyncContextManager[Bench]] = request.param

    def start(test: Test) -> None:
        async def main() -> None:
            async with make(tmp_path, monkeypatch) as bench:
                await bench.driver.open()
                try:
                    await test(bench)
                finally:
                    await bench.driver.close()

        asyncio.run(main())

    return start


class TestEveryDriverOfButtons:
    def test_one_press_is_one_event_in_order(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            presses = [Press.CALL, Press.CALL, *Press]
            for press in presses:
                await bench.press(press)
            assert [await bench.next() for _ in presses] == presses
            await bench.press(Press.RESET)
            assert await bench.next() is Press.RESET  # nothing was left over in between

        run(test)

    def test_closing_ends_a_wait(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            waiting = asyncio.create_task(bench.driver.next_press())
            await asyncio.sleep(0)
            await bench.driver.close()
            with pytest.raises(DeviceLost):
                await waiting
            with pytest.raises(DeviceLost):
                await bench.driver.next_press()

        run(test)

    def test_it_opens_again_after_closing(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.close()
            await bench.driver.open()
            await bench.press(Press.CALL)
            assert await bench.next() is Press.CALL

        run(test)


def test_gpio_takes_no_spike_for_a_press(monkeypatch: pytest.MonkeyPatch) -> None:
    header = plug_in(monkeypatch)

    async def test() -> None:
        driver: Attendant = registry.create(registry.read_device("attendant", GPIO_TABLE))
        await driver.open()
        header.drive(LINES[Press.CALL], header.LOW)
        header.drive(LINES[Press.CALL], header.HIGH)
        await asyncio.sleep(2 * DEBOUNCE_S)
        header.drive(LINES[Press.RESET], header.LOW)
        async with asyncio.timeout(DEADLINE_S):
            assert await driver.next_press() is Press.RESET
        await driver.close()
        assert not header.directions

    asyncio.run(test())


def test_gpio_lines_must_differ() -> None:
    with pytest.raises(SettingsError, match="four different lines"):
        registry.read_device("attendant", GPIO_TABLE | {"reset": 17})


def test_a_chip_that_goes_is_a_lost_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def test() -> None:
        chip = SimulatedChip([press.value for press in Press])
        monkeypatch.setattr(gpiod, "Chip", chip.chip)
        table = {"driver": "gpiod", "chip": "there"} | {press.value: press.value for press in Press}
        driver: Attendant = registry.create(registry.read_device("attendant", table))
        await driver.open()
        chip.unplug()
        with pytest.raises(DeviceLost, match="there: the GPIO chip is gone"):
            await driver.next_press()
        await driver.close()
        with pytest.raises(DeviceUnavailable):
            await driver.open()
        chip.plugged = True
        await driver.open()
        await driver.close()

    asyncio.run(test())


def test_a_line_in_use_is_unavailable_and_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    header = plug_in(monkeypatch)
    header.broken.add(LINES[Press.RESET])

    async def test() -> None:
        driver: Attendant = registry.create(registry.read_device("attendant", GPIO_TABLE))
        with pytest.raises(DeviceUnavailable, match="GPIO 27"):
            await driver.open()
        header.broken.clear()
        await driver.open()
        await driver.close()

    asyncio.run(test())


def test_a_panel_that_goes_is_a_lost_device(tmp_path: Path) -> None:
    async def test() -> None:
        panel = SimulatedPanel(tmp_path / "panel")
        await panel.start()
        driver: Attendant = registry.create(
            registry.read_device("attendant", {"driver": "sim", "socket": str(panel.socket)})
        )
        await driver.open()
        await panel.wait_attendant()
        await panel.stop()
        with pytest.raises(DeviceLost):
            await driver.next_press()
        await driver.close()

    asyncio.run(test())


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b'{"press":"kick"}\n', b"\xff\n", b"x" * 100_000 + b"\n", b"half"])
def test_a_panel_that_talks_nonsense_is_a_lost_device(tmp_path: Path, line: bytes) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(line)
        writer.close()

    async def test() -> None:
        socket = tmp_path / "panel"
        server = await asyncio.start_unix_server(serve, socket)
        driver: Attendant = registry.create(registry.read_device("attendant", {"driver": "sim", "socket": str(socket)}))
        await driver.open()
        with pytest.raises(DeviceLost):
            await driver.next_press()
        await driver.close()
        server.close()

    asyncio.run(test())
