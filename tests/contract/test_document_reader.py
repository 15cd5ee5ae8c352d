"""What every document reader promises (egate_hal/document_reader.py), shown on each profile of the serial driver with
the simulated reader at the other end of a real pseudo-terminal."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from egate_hal import registry
from egate_hal.document_reader import (
    BarCode,
    DocumentPlaced,
    DocumentReader,
    DocumentRemoved,
    MrzLines,
    MrzUnreadable,
)
from egate_hal.drivers.ocr_framing import PROFILES, ProfileName
from egate_hal.errors import DeviceLost, DeviceUnavailable
from egate_sim.ocr import LineNoise, OcrFault, OcrModel, SimulatedOcr

DEADLINE_S = 10.0
# The specimen of ICAO Doc 9303-4.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
OTHER = ("P<UTOMUSTER<<ERIKA<<<<<<<<<<<<<<<<<<<<<<<<<<", "C01X00T478UTO6408125F2702283<<<<<<<<<<<<<<<4")


@dataclass
class Bench:
    """A driver and the reader that it is wired to."""

    driver: DocumentReader
    ocr: SimulatedOcr
    senses_presence: bool

    async def next(self) -> object:
        async with asyncio.timeout(DEADLINE_S):
            return await self.driver.next_event()

    async def until(self, wanted: object) -> list[object]:
        """Every event up to and with the wanted one, which is an event or a kind of event."""
        events: list[object] = []
        while not events or (events[-1] != wanted and type(events[-1]) is not wanted):
            events.append(await self.next())
        return events


Test = Callable[[Bench], Coroutine[Any, Any, None]]
Run = Callable[[Test], None]


@pytest.fixture(params=list(OcrModel))
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs a test on a fresh bench, on a loop of its own."""
    model: OcrModel = request.param
    link = tmp_path / "ocr"

    @contextlib.asynccontextmanager
    async def bench() -> AsyncIterator[Bench]:
        table = {"driver": "serial", "port": str(link), "profile": model.value, "baud": 115200, "idle_timeout_ms": 30}
        driver = registry.create(registry.read_device("document_reader", table))
        ocr = SimulatedOcr(link, Random(1), model=model, baud=115200, read_time_s=0.1)
        ocr.plug()
        firmware = asyncio.create_task(ocr.run())
        await driver.open()
        try:
            yield Bench(driver, ocr, model is OcrModel.STX_PRESENCE)
        finally:
            await driver.close()
            firmware.cancel()
            await asyncio.gather(firmware, return_exceptions=True)

    def start(test: Test) -> None:
        async def main() -> None:
            async with bench() as made:
                await test(made)

        asyncio.run(main())

    return start


class TestEveryDocumentReader:
    def test_a_document_is_placed_and_then_read(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            bench.ocr.place(TD3)
            assert [await bench.next(), await bench.next()] == [DocumentPlaced(), MrzLines(TD3)]

        run(test)

    @pytest.mark.parametrize("first", [True, False])
    def test_bar_codes_come_with_their_document(self, run: Run, first: bool) -> None:
        contents = bytes(range(256)), b"M1ERIKSSON/ANNA"

        async def test(bench: Bench) -> None:
            bench.ocr.bar_codes_first = first
            bench.ocr.place(TD3, bar_codes=contents)
            found = [BarCode(content) for content in contents] if bench.senses_presence else []
            expected = [*found, MrzLines(TD3)] if first else [MrzLines(TD3), *found]
            assert [await bench.next() for _ in range(1 + len(expected))] == [DocumentPlaced(), *expected]

        run(test)

    def test_a_document_is_removed_before_the_next_is_placed(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            bench.ocr.place(TD3)
            await bench.until(MrzLines(TD3))
            bench.ocr.remove()
            if bench.senses_presence:
                assert await bench.next() == DocumentRemoved()
            bench.ocr.place(OTHER)
            rest = await bench.until(MrzLines(OTHER))
            expected = [DocumentRemoved(), DocumentPlaced(), MrzLines(OTHER)]
            assert rest == expected[1 if bench.senses_presence else 0 :]

        run(test)

    @pytest.mark.parametrize("fault", list(OcrFault))
    def test_a_disturbed_reading_is_at_most_one_complaint_and_the_next_one_is_good(
        self, run: Run, fault: OcrFault
    ) -> None:
        async def test(bench: Bench) -> None:
            bench.ocr.place(TD3, fault)
            if fault is not OcrFault.NOISE:  # after noise the reader tries again by itself
                assert not any(isinstance(event, MrzLines) for event in await bench.until(MrzUnreadable))
                bench.ocr.remove()
                bench.ocr.place(TD3)
            # what the first complaint was about may still be on the line, hence at most one more
            events = await bench.until(MrzLines(TD3))
            assert sum(isinstance(event, MrzUnreadable) for event in events) <= 1
            assert all(event == MrzLines(TD3) for event in events if isinstance(event, MrzLines))

        run(test)

    def test_whatever_a_bad_line_does_the_order_of_events_makes_sense(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            bench.ocr.noise = LineNoise(lost_per_byte=0.01, flipped_per_byte=0.01)
            for _ in range(10):
                bench.ocr.place(TD3)
                await asyncio.sleep(0.12)  # the world's pace, not a wait for a result
                bench.ocr.remove()
            bench.ocr.noise = LineNoise()
            bench.ocr.place(OTHER)
            present = False
            for event in await bench.until(MrzLines(OTHER)):
                match event:
                    case DocumentPlaced():
                        assert not present
                        present = True
                    case DocumentRemoved():
                        assert present
                        present = False
                    case MrzLines():
                        assert present

        run(test)

    def test_an_unplugged_reader_is_lost_and_comes_back(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            bench.ocr.unplug()
            with pytest.raises(DeviceLost):
                await bench.next()
            with pytest.raises(DeviceUnavailable, match="no such serial port"):
                await bench.driver.open()
            bench.ocr.plug()
            await bench.driver.open()
            bench.ocr.place(TD3)
            assert (await bench.until(MrzLines(TD3)))[0] == DocumentPlaced()

        run(test)

    def test_a_document_taken_while_the_cable_was_out_is_removed(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            bench.ocr.place(TD3)
            await bench.until(MrzLines(TD3))
            bench.ocr.unplug()
            with pytest.raises(DeviceLost):
                await bench.next()
            bench.ocr.remove()
            bench.ocr.plug()
            await bench.driver.open()
            bench.ocr.place(OTHER)
            assert DocumentRemoved() in await bench.until(MrzLines(OTHER))

        run(test)

    def test_closing_ends_a_wait(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            waiting = asyncio.create_task(bench.driver.next_event())
            await asyncio.sleep(0)
            await bench.driver.close()
            with pytest.raises(DeviceLost):
                await waiting

        run(test)

    def test_a_cancelled_wait_loses_nothing(self, run: Run) -> None:
        async def test(bench: Bench) -> None:
            waiting = asyncio.create_task(bench.driver.next_event())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            bench.ocr.place(TD3)
            assert await bench.until(MrzLines(TD3)) == [DocumentPlaced(), MrzLines(TD3)]

        run(test)


@pytest.mark.parametrize("run", [OcrModel.STX_PRESENCE], indirect=True)
def test_a_reader_that_falls_silent_is_lost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = PROFILES[ProfileName.STX_PRESENCE]
    assert profile.status is not None
    quick = replace(profile, status=replace(profile.status, repeat_ms=50))
    monkeypatch.setitem(PROFILES, ProfileName.STX_PRESENCE, quick)

    async def test(bench: Bench) -> None:
        bench.ocr.powered = False
        with pytest.raises(DeviceLost, match="check its power"):
            await bench.next()

    run(test)
