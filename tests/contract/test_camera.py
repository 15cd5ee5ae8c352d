"""What the camera promises (egate_hal/camera.py), shown on every driver for it.

Another driver joins by a bench: a function that starts a world with a camera in it and yields what is in ``Bench``. A
bench whose world has no such fault leaves it out, and the promise about it is not asked of that driver.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fake_opencv
import numpy as np
import pytest
from fake_picamera2 import Sensor, plugged_in
from PIL import Image

import contract
from egate_hal import registry
from egate_hal.camera import Camera
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, ProtocolError, SettingsError
from egate_sim.camera import HEADER, MAGIC, CameraScene, CameraServer, Fault

DEADLINE_S = 10.0


@dataclass
class Bench:
    """A driver that is not yet open, and what the world can do to it."""

    driver: Camera
    let_pass: Callable[[int], Any]
    """Wait until the sensor has delivered so many more frames."""
    unplug: Callable[[], Any] | None = None
    plug_in: Callable[[], Any] | None = None
    stall: Callable[[bool], None] | None = None
    freeze: Callable[[], None] | None = None
    replay: Callable[[], None] | None = None


@contextlib.asynccontextmanager
async def sim_bench(tmp_path: Path) -> AsyncIterator[Bench]:
    server = CameraServer(tmp_path / "camera", CameraScene(random.Random(1)), rate_hz=50)
    await server.start()

    def stall(on: bool) -> None:
        server.fault = Fault.STALLED if on else Fault.NONE

    table = {"driver": "sim", "socket": str(server.socket), "timeout_ms": 1500}
    driver, onlooker = (registry.create(registry.read_device("camera", table)) for _ in range(2))

    def freeze() -> None:
        server.fault = Fault.FROZEN

    def replay() -> None:
        server.fault = Fault.REPLAYED

    async def let_pass(frames: int) -> None:
        await onlooker.open()
        for _ in range(frames):
            await onlooker.next_frame()
        await onlooker.close()

    try:
        yield Bench(driver, let_pass, server.unplug, server.start, stall, freeze, replay)
    finally:
        await server.stop()


@contextlib.asynccontextmanager
async def files_bench(tmp_path: Path) -> AsyncIterator[Bench]:
    for name in ("one.png", "two.jpg"):
        Image.new("RGB", (30, 40), (9, 90, 190)).save(tmp_path / name)
    table = {"driver": "files", "folder": str(tmp_path), "rate_hz": 50}
    driver, onlooker = (registry.create(registry.read_device("camera", table)) for _ in range(2))

    async def let_pass(frames: int) -> None:
        await onlooker.open()
        for _ in range(frames):
            await onlooker.next_frame()
        await onlooker.close()

    yield Bench(driver, let_pass)


@contextlib.asynccontextmanager
async def picamera2_bench(_: Path) -> AsyncIterator[Bench]:
    sensor = Sensor(rate_hz=50)
    table = {"driver": "picamera2", "width": 320, "height": 240, "rate_hz": 50, "frame_timeout_ms": 500}
    driver = registry.create(registry.read_device("camera", table))

    async def let_pass(frames: int) -> None:
        for _ in range(frames):
            await asyncio.to_thread(sensor.wait_for_frame)

    async def unplug() -> None:
        sensor.plugged = False

    async def plug_in() -> None:
        sensor.plugged = True

    def stall(on: bool) -> None:
        sensor.stalled = on

    def freeze() -> None:
        sensor.loop_frames = 1

    def replay() -> None:
        sensor.loop_frames = 4

    with plugged_in(sensor):
        yield Bench(driver, let_pass, unplug, plug_in, stall, freeze, replay)


@contextlib.asynccontextmanager
async def v4l2_bench(_: Path) -> AsyncIterator[Bench]:
    sensor = Sensor(rate_hz=50)

    async def let_pass(frames: int) -> None:
        for _ in range(frames):
            await asyncio.to_thread(sensor.wait_for_frame)

    async def unplug() -> None:
        sensor.plugged = False

    async def plug_in() -> None:
        sensor.plugged = True

    def stall(on: bool) -> None:
        sensor.stalled = on

    def freeze() -> None:
        sensor.loop_frames = 1

    def replay() -> None:
        sensor.loop_frames = 4

    with fake_opencv.plugged_in(sensor) as device:
        table = {
            "driver": "v4l2", "device": str(device), "width": 320, "height": 240, "rate_hz": 50,
            "frame_timeout_ms": 500,
        }  # fmt: skip
        driver = registry.create(registry.read_device("camera", table))
        yield Bench(driver, let_pass, unplug, plug_in, stall, freeze, replay)


BENCHES: dict[str, Callable[[Path], AbstractAsyncContextManager[Bench]]] = {
    "files": files_bench,
    "picamera2": picamera2_bench,
    "sim": sim_bench,
    "v4l2": v4l2_bench,
}


def run(bench: AbstractAsyncContextManager[Bench], promise: Callable[[Bench], Any]) -> None:
    async def main() -> None:
        async with asyncio.timeout(DEADLINE_S), bench as parts:
            try:
                await promise(parts)
            finally:
                await parts.driver.close()

    asyncio.run(main())


@pytest.fixture(params=sorted(BENCHES))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AbstractAsyncContextManager[Bench]:
    return BENCHES[request.param](tmp_path)


def test_frames_are_rgb_pictures_whose_sequence_grows(bench: AbstractAsyncContextManager[Bench]) -> None:
    async def promise(parts: Bench) -> None:
        await parts.driver.open()
        frames = [await parts.driver.next_frame() for _ in range(3)]
        for frame in frames:
            assert frame.pixels.dtype == np.uint8
            assert frame.pixels.ndim == 3
            assert frame.pixels.shape[2] == 3
        sequences = [frame.sequence for frame in frames]
        assert sequences == sorted(set(sequences))

    run(bench, promise)


def test_a_slow_reader_gets_the_newest_frame(bench: AbstractAsyncContextManager[Bench]) -> None:
    async def promise(parts: Bench) -> None:
        await parts.driver.open()
        first = await parts.driver.next_frame()
        await parts.let_pass(4)
        assert (await parts.driver.next_frame()).sequence > first.sequence + 1

    run(bench, promise)


def test_a_closed_camera_gives_nothing_and_opens_again(bench: AbstractAsyncContextManager[Bench]) -> None:
    async def promise(parts: Bench) -> None:
        with pytest.raises(DeviceLost):
            await parts.driver.next_frame()
        await parts.driver.open()
        await parts.driver.close()
        await parts.driver.close()
        with pytest.raises(DeviceLost):
            await parts.driver.next_frame()
        await parts.driver.open()
        assert (await parts.driver.next_frame()).pixels.size > 0

    run(bench, promise)


def test_a_lost_camera_says_so_and_can_come_back(bench: AbstractAsyncContextManager[Bench]) -> None:
    async def promise(parts: Bench) -> None:
        if parts.unplug is None or parts.plug_in is None:
            contract.no_such_case()
            return
        await parts.driver.open()
        await parts.driver.next_frame()
        await parts.unplug()
        with pytest.raises(DeviceLost):
            await parts.driver.next_frame()
        await parts.driver.close()
        with pytest.raises(DeviceUnavailable):
            await parts.driver.open()
        await parts.plug_in()
        await parts.driver.open()
        assert (await parts.driver.next_frame()).pixels.size > 0

    run(bench, promise)


def test_a_stalled_camera_times_out_and_recovers_without_an_old_frame(
    bench: AbstractAsyncContextManager[Bench],
) -> None:
    async def promise(parts: Bench) -> None:
        if parts.stall is None:
            contract.no_such_case()
            return
        await parts.driver.open()
        before = await parts.driver.next_frame()
        parts.stall(True)
        with pytest.raises(DeviceTimeout):
            await parts.driver.next_frame()
        parts.stall(False)
        after = await parts.driver.next_frame()
        assert after.sequence > before.sequence + 1

    run(bench, promise)


async def take(driver: Camera, count: int) -> None:
    for _ in range(count):
        await driver.next_frame()


@pytest.mark.parametrize(("how", "text"), [("freeze", "one and the same"), ("replay", "shows a recording")])
def test_a_camera_that_repeats_itself_is_no_evidence(
    bench: AbstractAsyncContextManager[Bench], how: str, text: str
) -> None:
    """Files repeat by design, so their driver stands in for a camera and promises nothing here."""

    async def promise(parts: Bench) -> None:
        repeat = parts.freeze if how == "freeze" else parts.replay
        if repeat is None:
            assert getattr(type(parts.driver), "stands_in", False)
            contract.no_such_case()
            return
        await parts.driver.open()
        await take(parts.driver, 8)
        repeat()
        with pytest.raises(ProtocolError, match=text):
            await take(parts.driver, 6)

    run(bench, promise)


def test_a_caller_who_gave_up_never_gets_that_frame_later(tmp_path: Path) -> None:
    """The frame asked for then may show the traveller before."""

    async def promise(parts: Bench) -> None:
        await parts.driver.open()
        await parts.driver.next_frame()
        waiting = asyncio.create_task(parts.driver.next_frame())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        frame = await parts.driver.next_frame()
        assert (await parts.driver.next_frame()).sequence == frame.sequence + 1

    run(sim_bench(tmp_path), promise)


@pytest.mark.parametrize(
    "answer",
    [b"JUNK" + bytes(HEADER.size), HEADER.pack(MAGIC, 0, 0, 800), HEADER.pack(MAGIC, 0, 60_000, 60_000)],
    ids=["magic", "empty", "huge"],
)
def test_sim_refuses_what_its_protocol_forbids(tmp_path: Path, answer: bytes) -> None:
    async def main() -> None:
        async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(answer)
            await writer.drain()
            writer.close()

        socket = tmp_path / "camera"
        async with asyncio.timeout(DEADLINE_S), await asyncio.start_unix_server(talk, socket):
            driver = registry.create(registry.read_device("camera", {"driver": "sim", "socket": str(socket)}))
            await driver.open()
            with pytest.raises(ProtocolError):
                await driver.next_frame()
            await driver.close()

    asyncio.run(main())


def test_sim_faults_show_in_the_pictures(tmp_path: Path) -> None:
    async def main() -> None:
        server = CameraServer(tmp_path / "camera", CameraScene(random.Random(1)), rate_hz=50)
        await server.start()
        driver = registry.create(registry.read_device("camera", {"driver": "sim", "socket": str(server.socket)}))
        await driver.open()
        try:
            one, two = await driver.next_frame(), await driver.next_frame()
            assert not np.array_equal(one.pixels, two.pixels)
            server.fault = Fault.FROZEN
            still = await driver.next_frame()
            assert still.sequence > two.sequence
            assert np.array_equal(still.pixels, two.pixels)
            server.fault = Fault.NONE
            await driver.close()
            await driver.open()
            server.fault = Fault.BLACK
            assert not (await driver.next_frame()).pixels.any()
        finally:
            await driver.close()
            await server.stop()

    asyncio.run(main())


def test_settings_are_checked() -> None:
    with pytest.raises(SettingsError, match=r"devices.camera.socket"):
        registry.read_device("camera", {"driver": "sim"})
    with pytest.raises(SettingsError, match="did you mean 'timeout_ms'"):
        registry.read_device("camera", {"driver": "sim", "socket": "x", "timeout": 5})
