"""What the lamps promise (egate_hal/indicators.py), shown on every driver for them."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gpiod
import osdp
import osdp_readers
import pytest
from gpio_header import plug_in
from gpiod_chip import SimulatedChip

from egate_hal import registry
from egate_hal.drivers.indicators_gpio import COLOURS
from egate_hal.drivers.indicators_osdp import _led
from egate_hal.errors import DeviceLost, DeviceUnavailable, SettingsError
from egate_hal.indicators import Indicators, Signal
from egate_sim.panel import Lamp, SimulatedPanel

DEADLINE_S = 10.0
GPIO_TABLE = {
    "driver": "gpio",
    "entrance": {"red": 5, "green": 6, "blue": 13},
    "exit": {"red": 16, "green": 19, "blue": 20},
}


@dataclass
class Bench:
    """A driver, and how the world sees its lamps."""

    driver: Indicators
    wait_for: Callable[[Signal, Signal], Coroutine[Any, Any, None]]
    """Returns when both lamps show these signals; fails where that never happens."""
    break_device: Callable[[], Coroutine[Any, Any, None]]


@contextlib.asynccontextmanager
async def sim_bench(tmp_path: Path, _: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    panel = SimulatedPanel(tmp_path / "panel")
    await panel.start()

    async def wait_for(entrance: Signal, exit_: Signal) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await panel.wait_signal(Lamp.ENTRANCE, entrance)
            await panel.wait_signal(Lamp.EXIT, exit_)

    table = {"driver": "sim", "socket": str(panel.socket)}
    try:
        yield Bench(registry.create(registry.read_device("indicators", table)), wait_for, panel.stop)
    finally:
        await panel.stop()


@contextlib.asynccontextmanager
async def gpio_bench(_: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    header = plug_in(monkeypatch)
    levels = {colours: signal for signal, colours in COLOURS.items()}

    def seen(lamp: str) -> Signal:
        lines: Any = GPIO_TABLE[lamp]
        red, green, blue = (header.levels.get(lines[colour], 0) == header.HIGH for colour in ("red", "green", "blue"))
        return levels[red, green, blue]

    async def wait_for(entrance: Signal, exit_: Signal) -> None:
        assert (seen("entrance"), seen("exit")) == (entrance, exit_)

    async def break_device() -> None:
        header.broken.add(5)

    yield Bench(registry.create(registry.read_device("indicators", GPIO_TABLE)), wait_for, break_device)


@contextlib.asynccontextmanager
async def gpiod_bench(_: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    lamps = {
        place: {colour: f"{place}-{colour}" for colour in ("red", "green", "blue")} for place in ("entrance", "exit")
    }
    chip = SimulatedChip([line for lamp in lamps.values() for line in lamp.values()])
    monkeypatch.setattr(gpiod, "Chip", chip.chip)
    signals = {colours: signal for signal, colours in COLOURS.items()}

    def seen(place: str) -> Signal:
        red, green, blue = (chip.level(line) for line in lamps[place].values())
        return signals[red, green, blue]

    async def wait_for(entrance: Signal, exit_: Signal) -> None:
        assert (seen("entrance"), seen("exit")) == (entrance, exit_)

    async def break_device() -> None:
        chip.unplug()

    table = {"driver": "gpiod", "chip": "simulated", **lamps}
    yield Bench(registry.create(registry.read_device("indicators", table)), wait_for, break_device)


@contextlib.asynccontextmanager
async def osdp_bench(tmp_path: Path, _: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    key = bytes(range(16))
    (tmp_path / "key").write_text(key.hex())
    (tmp_path / "key").chmod(0o600)
    with osdp_readers.two_readers(key) as readers:

        async def wait_for(entrance: Signal, exit_: Signal) -> None:
            colours = [_led(osdp, signal)["on_color"] for signal in (entrance, exit_)]
            await asyncio.to_thread(readers.wait_for, *colours)

        async def break_device() -> None:
            readers.cut()

        table = {
            "driver": "osdp", "port": readers.port, "entrance": osdp_readers.ENTRANCE, "exit": osdp_readers.EXIT,
            "key_file": str(tmp_path / "key"),
        }  # fmt: skip
        yield Bench(registry.create(registry.read_device("indicators", table)), wait_for, break_device)


Test = Callable[[Bench], Coroutine[Any, Any, None]]
Run = Callable[[Test], None]


@pytest.fixture(params=[sim_bench, gpio_bench, gpiod_bench, osdp_bench], ids=["sim", "gpio", "gpiod", "osdp"])
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
                    with contextlib.suppress(DeviceLost):
                        await bench.driver.close()

        asyncio.run(main())

    return start


class TestEveryDriverOfLamps:
    @pytest.mark.parametrize("signal", list(Signal))
    def test_both_lamps_show_what_they_are_told(self, run: Run, signal: Signal) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.show(signal, Signal.CLOSED)
            await bench.wait_for(signal, Signal.CLOSED)
            await bench.driver.show(Signal.WAIT, signal)
            await bench.wait_for(Signal.WAIT, signal)

        run(test)

    def test_showing_the_same_again_changes_nothing(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            for _ in range(3):
                await bench.driver.show(Signal.READY, Signal.OFF)
            await bench.wait_for(Signal.READY, Signal.OFF)

        run(test)

    def test_closing_leaves_both_lamps_dark(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.show(Signal.GO, Signal.ASSIST)
            await bench.wait_for(Signal.GO, Signal.ASSIST)
            await bench.driver.close()
            await bench.wait_for(Signal.OFF, Signal.OFF)
            await bench.driver.close()

        run(test)

    def test_it_opens_again_after_closing(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.close()
            await bench.driver.open()
            await bench.driver.show(Signal.GO, Signal.OFF)
            await bench.wait_for(Signal.GO, Signal.OFF)

        run(test)

    def test_a_broken_device_is_lost(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.show(Signal.READY, Signal.OFF)
            await bench.wait_for(Signal.READY, Signal.OFF)
            await bench.break_device()
            with pytest.raises(DeviceLost):
                await bench.driver.show(Signal.GO, Signal.OFF)

        run(test)

    def test_what_is_closed_cannot_show(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.close()
            with pytest.raises(DeviceLost):
                await bench.driver.show(Signal.GO, Signal.OFF)

        run(test)


def test_gpio_sets_both_lamps_in_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    header = plug_in(monkeypatch)

    async def test() -> None:
        driver: Indicators = registry.create(registry.read_device("indicators", GPIO_TABLE | {"active_low": True}))
        await driver.open()
        assert set(header.levels.values()) == {header.HIGH}  # dark
        await driver.show(Signal.GO, Signal.CLOSED)
        assert header.outputs == [{5: 1, 6: 0, 13: 1, 16: 0, 19: 1, 20: 1}]

    asyncio.run(test())


def test_gpio_signals_look_different() -> None:
    assert set(COLOURS) == set(Signal)
    assert len(set(COLOURS.values())) == len(COLOURS)


def test_gpio_lines_must_differ() -> None:
    with pytest.raises(SettingsError, match="six different lines"):
        registry.read_device("indicators", GPIO_TABLE | {"exit": {"red": 5, "green": 19, "blue": 20}})


def test_a_line_in_use_is_unavailable_and_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    header = plug_in(monkeypatch)
    header.broken.add(20)

    async def test() -> None:
        driver: Indicators = registry.create(registry.read_device("indicators", GPIO_TABLE))
        with pytest.raises(DeviceUnavailable, match=r"GPIO 20 .* another program"):
            await driver.open()
        header.broken.clear()
        await driver.open()
        await driver.close()

    asyncio.run(test())


def test_without_the_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "RPi", None)
    driver: Indicators = registry.create(registry.read_device("indicators", GPIO_TABLE))
    with pytest.raises(DeviceUnavailable, match=r"pip install 'egate\[gpio\]'"):
        asyncio.run(driver.open())


def test_without_a_panel_the_message_says_where_it_was_looked_for(tmp_path: Path) -> None:
    table = {"driver": "sim", "socket": str(tmp_path / "nowhere")}
    driver: Indicators = registry.create(registry.read_device("indicators", table))
    with pytest.raises(DeviceUnavailable, match="nowhere: no simulated panel"):
        asyncio.run(driver.open())


def test_an_osdp_key_must_be_whole_and_ours_alone(tmp_path: Path) -> None:
    key = tmp_path / "key"
    table = {"driver": "osdp", "port": "/dev/ptmx", "entrance": 1, "exit": 2, "key_file": str(key)}
    device = registry.read_device("indicators", table)
    for content, mode, said in (("00" * 16, 0o644, "chmod 600"), ("00" * 8, 0o600, "8 bytes"), ("xy", 0o600, "32 hex")):
        key.write_text(content)
        key.chmod(mode)
        with pytest.raises(DeviceUnavailable, match=said):
            registry.examine(device)
    with pytest.raises(SettingsError, match="two addresses"):
        registry.read_device("indicators", {**table, "exit": 1})


def test_an_osdp_reader_with_another_key_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ff" * 16)
    (tmp_path / "key").chmod(0o600)

    async def main() -> None:
        with osdp_readers.two_readers(bytes(16)) as readers:
            table = {
                "driver": "osdp", "port": readers.port, "entrance": 1, "exit": 2, "key_file": str(tmp_path / "key"),
                "start_timeout_ms": 500,
            }  # fmt: skip
            driver: Indicators = registry.create(registry.read_device("indicators", table))
            with pytest.raises(DeviceUnavailable, match="check address, speed and key"):
                await driver.open()

    asyncio.run(main())
