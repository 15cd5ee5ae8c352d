"""What the face light promises (egate_hal/light.py), shown on every driver for it."""

import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gpio_header import plug_in

from egate_hal import registry
from egate_hal.errors import DeviceLost, DeviceUnavailable, SettingsError
from egate_hal.light import DARK, Colour, FaceLight
from egate_sim.camera import CameraScene
from egate_sim.face_light import FaceLightServer
from egate_sim.gpio import SimulatedHeader

GPIO_TABLE = {"driver": "gpio", "red": 18, "green": 12, "blue": 19}
ROSE = Colour(0.75, 0.25, 0.5)


@dataclass
class Bench:
    """A driver, and how the world sees the lamp."""

    driver: FaceLight
    seen: Callable[[], Colour]
    """What the lamp shines with now: a driver that has returned from ``show`` has done it."""
    break_device: Callable[[], Coroutine[Any, Any, None]]
    mend_device: Callable[[], Coroutine[Any, Any, None]]


@contextlib.asynccontextmanager
async def sim_bench(tmp_path: Path, _: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    scene = CameraScene(random.Random(1))
    server = FaceLightServer(tmp_path / "light", scene)
    await server.start()
    driver: FaceLight = registry.create(registry.read_device("light", {"driver": "sim", "socket": str(server.socket)}))
    try:
        yield Bench(driver, lambda: scene.lamp, server.unplug, server.start)
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def gpio_bench(_: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    header = plug_in(monkeypatch)
    driver: FaceLight = registry.create(registry.read_device("light", GPIO_TABLE))

    async def break_device() -> None:
        header.broken.add(12)

    async def mend_device() -> None:
        header.broken.clear()

    yield Bench(driver, lambda: seen(header), break_device, mend_device)


def seen(header: SimulatedHeader) -> Colour:
    """A line that does not pulse shines as its level says."""

    def share(line: int) -> float:
        pulse = header.pwm.get(line)
        if pulse is None or pulse.duty is None:
            return float(header.levels.get(line, 0))
        return pulse.duty / 100

    return Colour(share(18), share(12), share(19))


Test = Callable[[Bench], Coroutine[Any, Any, None]]
Run = Callable[[Test], None]


@pytest.fixture(params=[sim_bench, gpio_bench], ids=["sim", "gpio"])
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


class TestEveryDriverOfTheFaceLight:
    def test_it_is_dark_until_it_is_told_a_colour_and_keeps_it(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            assert bench.seen() == DARK
            for colour in (ROSE, ROSE, Colour(0.0, 1.0, 0.125), Colour(1.0, 1.0, 1.0), DARK):
                await bench.driver.show(colour)
                assert bench.seen() == colour

        run(test)

    def test_closing_leaves_it_dark(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.show(ROSE)
            await bench.driver.close()
            assert bench.seen() == DARK
            await bench.driver.close()

        run(test)

    def test_it_opens_again_after_closing_dark(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.show(ROSE)
            await bench.driver.close()
            await bench.driver.open()
            assert bench.seen() == DARK
            await bench.driver.show(ROSE)
            assert bench.seen() == ROSE

        run(test)

    def test_a_broken_device_is_lost_and_comes_back(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.show(ROSE)
            await bench.break_device()
            with pytest.raises(DeviceLost):
                await bench.driver.show(Colour(0.0, 0.5, 0.0))
            await bench.driver.close()
            with pytest.raises(DeviceUnavailable):
                await bench.driver.open()
            await bench.mend_device()
            await bench.driver.open()
            await bench.driver.show(ROSE)
            assert bench.seen() == ROSE

        run(test)

    def test_what_is_closed_cannot_show(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            await bench.driver.close()
            with pytest.raises(DeviceLost):
                await bench.driver.show(ROSE)

        run(test)


def test_sim_goes_dark_when_its_driver_is_gone_without_a_word(tmp_path: Path) -> None:
    async def test() -> None:
        scene = CameraScene(random.Random(1))
        server = FaceLightServer(tmp_path / "light", scene)
        await server.start()
        _, writer = await asyncio.open_unix_connection(server.socket)
        writer.write(bytes(3))  # not even a colour
        writer.close()
        driver: FaceLight = registry.create(
            registry.read_device("light", {"driver": "sim", "socket": str(server.socket)})
        )
        await driver.open()
        await driver.show(ROSE)
        await server.stop()
        assert scene.lamp == DARK
        await driver.close()

    asyncio.run(test())


def test_gpio_dims_each_line_by_its_share_and_may_be_active_low(monkeypatch: pytest.MonkeyPatch) -> None:
    header = plug_in(monkeypatch)
    table = GPIO_TABLE | {"green_share": 0.5, "active_low": True, "frequency_hz": 4000}

    async def test() -> None:
        driver: FaceLight = registry.create(registry.read_device("light", table))
        await driver.open()
        assert [header.pwm[line].duty for line in (18, 12, 19)] == [100, 100, 100]  # dark
        await driver.show(Colour(1.0, 0.5, 0.25))
        assert [header.pwm[line].duty for line in (18, 12, 19)] == [0, 75, 75]
        assert {pulse.frequency_hz for pulse in header.pwm.values()} == {4000}
        await driver.close()
        assert [header.levels[line] for line in (18, 12, 19)] == [header.HIGH] * 3  # dark
        assert header.directions == {}

    asyncio.run(test())


def test_gpio_lines_must_differ_and_pulse_fast() -> None:
    with pytest.raises(SettingsError, match="three different lines"):
        registry.read_device("light", GPIO_TABLE | {"blue": 18})
    with pytest.raises(SettingsError, match=r"frequency_hz: expected int >= 1250"):
        registry.read_device("light", GPIO_TABLE | {"frequency_hz": 100})


def test_without_the_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "RPi", None)
    driver: FaceLight = registry.create(registry.read_device("light", GPIO_TABLE))
    with pytest.raises(DeviceUnavailable, match=r"pip install 'egate\[gpio\]'"):
        asyncio.run(driver.open())
