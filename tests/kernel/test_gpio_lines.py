"""The GPIO drivers on the kernel's own simulated chip: edges, debouncing and outputs as Linux does them."""

import asyncio
from typing import Any

import pytest
from kernel_chip import Chip, number

from egate_hal import registry
from egate_hal.attendant import Attendant, Press
from egate_hal.door import Direction, Door, DoorReady, Leaf, LeafMoved, LeafPosition
from egate_hal.errors import DeviceUnavailable
from egate_hal.indicators import Indicators, Signal

DEADLINE_S = 30.0
BUTTONS = {Press.CALL: "GPIO17", Press.RELEASE_FORWARD: "GPIO22", Press.RELEASE_BACK: "GPIO2", Press.RESET: "GPIO27"}
LAMPS = {
    "entrance": {"red": "GPIO5", "green": "GPIO6", "blue": "GPIO13"},
    "exit": {"red": "GPIO16", "green": "GPIO19", "blue": "GPIO20"},
}


def buttons(driver: str) -> dict[str, Any]:
    lines = {press.value: line if driver == "gpiod" else number(line) for press, line in BUTTONS.items()}
    return {"driver": driver, "debounce_ms": 30, **lines}


def lamps(driver: str) -> dict[str, Any]:
    named = driver == "gpiod"
    places = {place: {c: line if named else number(line) for c, line in lamp.items()} for place, lamp in LAMPS.items()}
    return {"driver": driver, **places}


@pytest.fixture(params=["gpiod", "gpio"])
def driver(request: pytest.FixtureRequest, chip: Chip, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to a line: by name through libgpiod, by number through rpi-lgpio."""
    monkeypatch.setenv("RPI_LGPIO_REVISION", "c03114")  # a Raspberry Pi 4
    monkeypatch.setenv("RPI_LGPIO_CHIP", chip.device.removeprefix("/dev/gpiochip"))
    return str(request.param)


def test_a_press_that_bounces_is_one_press(chip: Chip, driver: str) -> None:
    async def main() -> None:
        attendant: Attendant = registry.create(registry.read_device("attendant", buttons(driver)))
        await attendant.open()
        async with asyncio.timeout(DEADLINE_S):
            for press in (Press.CALL, Press.RESET):
                for high in (False, True, False):
                    chip.pull(BUTTONS[press], high=high)
                assert await attendant.next_press() is press
                for high in (True, False, True):
                    chip.pull(BUTTONS[press], high=high)
                await asyncio.sleep(0.2)
        waiting = asyncio.create_task(attendant.next_press())
        await asyncio.sleep(0.3)
        assert not waiting.done()
        waiting.cancel()
        await attendant.close()

    asyncio.run(main())


def test_a_spike_is_no_press(chip: Chip, driver: str) -> None:
    async def main() -> None:
        attendant: Attendant = registry.create(
            registry.read_device("attendant", {**buttons(driver), "debounce_ms": 200})
        )
        await attendant.open()
        chip.pull(BUTTONS[Press.CALL], high=False)
        chip.pull(BUTTONS[Press.CALL], high=True)
        await asyncio.sleep(0.6)
        chip.pull(BUTTONS[Press.RESET], high=False)
        async with asyncio.timeout(DEADLINE_S):
            assert await attendant.next_press() is Press.RESET
        await attendant.close()

    asyncio.run(main())


def test_lamps_are_driven_and_dark_at_the_end(chip: Chip, driver: str) -> None:
    async def main() -> None:
        indicators: Indicators = registry.create(registry.read_device("indicators", lamps(driver)))
        await indicators.open()
        await indicators.show(Signal.GO, Signal.CLOSED)
        assert {line for lamp in LAMPS.values() for line in lamp.values() if chip.level(line)} == {"GPIO6", "GPIO16"}
        await indicators.close()
        assert not any(chip.level(line) for lamp in LAMPS.values() for line in lamp.values())

    asyncio.run(main())


def test_a_line_that_is_taken_is_unavailable(chip: Chip) -> None:
    async def main() -> None:
        device = registry.read_device("indicators", lamps("gpiod"))
        first, second = registry.create(device), registry.create(device)
        await first.open()
        with pytest.raises(DeviceUnavailable, match="busy"):
            await second.open()
        await first.close()
        await second.open()
        await second.close()

    asyncio.run(main())


def test_an_existing_gate_opens_its_entry_when_its_relay_is_asked(chip: Chip) -> None:
    async def main() -> None:
        inputs = {"entry_shut": "GPIO17", "entry_open": "GPIO22", "exit_shut": "GPIO27", "inverted": ["exit_shut"]}
        table = {
            "driver": "gpiod", "active_low": False, "open_entry": "GPIO5", "open_exit": "GPIO6", "inputs": inputs,
        }  # fmt: skip
        door: Door = registry.create(registry.read_device("door", table))
        await door.open()  # pulled down by the driver: the exit, inverted, is shut; the entry is on its way
        assert await door.next_event() == DoorReady("contacts")
        chip.pull("GPIO17", high=True)
        async with asyncio.timeout(DEADLINE_S):
            while await door.next_event() != LeafMoved(Leaf.ENTRY, LeafPosition.CLOSED, 0):
                continue
            await door.grant(Leaf.ENTRY, Direction.FORWARD, 1, 5_000)
            assert (chip.level("GPIO5"), chip.level("GPIO6")) == (True, False)
            chip.pull("GPIO17", high=False)
            chip.pull("GPIO22", high=True)
            while await door.next_event() != LeafMoved(Leaf.ENTRY, LeafPosition.OPEN, 650):
                continue
            await door.close_leaf(Leaf.ENTRY)
            assert not chip.level("GPIO5")
        await door.close()

    asyncio.run(main())
