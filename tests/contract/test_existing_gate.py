"""The Door port's promises before a gate that somebody else built, kept by each driver for such gates.

They share the rules (contact_gate); what differs is the way to contacts and relays. ``test_door.py`` has the door
controller of this project.
"""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import gpiod
import pytest
from gpiod_chip import OpenedChip, SimulatedChip, SimulatedRequest

from egate_hal import registry
from egate_hal.door import (
    Direction,
    Door,
    DoorEvent,
    DoorFault,
    DoorReady,
    DoorRefused,
    EmergencyChanged,
    GrantLapsed,
    Leaf,
    LeafMoved,
    LeafPosition,
    Occupancy,
    PersonPassed,
)
from egate_hal.drivers import gpiod_lines
from egate_hal.drivers.contact_gate import Contact, Relay
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, SettingsError
from egate_sim.existing_gate import ExistingGate
from egate_sim.modbus_board import ModbusBoard

DEADLINE_S = 15.0
T = TypeVar("T", bound=Any)
COILS = {0: Relay.OPEN_ENTRY, 1: Relay.OPEN_EXIT}


@dataclass
class Bench:
    """A driver that is not yet open, the gate behind it, and how its line is cut and mended."""

    driver: Door
    gate: ExistingGate
    unplug: Callable[[], None]
    plug_in: Callable[[], None]
    events: list[DoorEvent]

    async def until(self, wanted: type[T], **values: object) -> T:
        while True:
            event = await self.driver.next_event()
            self.events.append(event)
            if isinstance(event, wanted) and all(getattr(event, name) == value for name, value in values.items()):
                return event

    async def until_shut(self, leaf: Leaf) -> None:
        """The leaf was told to be shut, or will be."""
        told = [event for event in self.events if isinstance(event, LeafMoved) and event.leaf is leaf]
        if told[-1].position is not LeafPosition.CLOSED:
            await self.until(LeafMoved, leaf=leaf, position=LeafPosition.CLOSED)

    async def opened(self) -> "Bench":
        await self.driver.open()
        await self.until(EmergencyChanged)
        return self


@contextlib.asynccontextmanager
async def modbus_bench(tmp_path: Path, _: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    gate, board = ExistingGate(), ModbusBoard(tmp_path / "gate")
    inputs = {contact: at + 3 for at, contact in enumerate(Contact)}
    board.inputs[inputs[Contact.ENTRY_SHUT]] = board.inputs[inputs[Contact.EXIT_SHUT]] = True
    board.inputs[inputs[Contact.FAULT]] = True  # inverted: closed while all is well

    def follow(contact: Contact, closed: bool) -> None:
        board.inputs[inputs[contact]] = closed is not (contact is Contact.FAULT)

    def unplug() -> None:
        board.line.unplug()

    gate.watchers.append(follow)
    board.switched = lambda address, on: gate.ask(COILS[address], on)
    board.line.plug()
    gate.start()
    table = {
        "driver": "modbus", "port": str(board.line.link), "poll_ms": 20, "open_entry": 0, "open_exit": 1,
        "inputs": {**{contact.value: at for contact, at in inputs.items()}, "inverted": ["fault"]},
    }  # fmt: skip
    try:
        yield Bench(registry.create(registry.read_device("door", table)), gate, unplug, board.line.plug, [])
    finally:
        await gate.stop()
        board.line.unplug()


@contextlib.asynccontextmanager
async def gpiod_bench(_: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    gate, chip = ExistingGate(), SimulatedChip([*Contact, *Relay, "spare"])
    monkeypatch.setattr(gpiod, "Chip", chip.chip)

    def follow(contact: Contact, closed: bool) -> None:
        chip.drive(contact, high=not closed)  # contacts connect to ground

    async def watch_relays() -> None:
        while True:
            await asyncio.sleep(0.005)
            for relay in Relay:
                gate.ask(relay, chip.level(relay))

    def plug_in() -> None:
        chip.plugged = True

    gate.watchers.append(follow)
    gate.start()
    watching = asyncio.create_task(watch_relays())
    table = {
        "driver": "gpiod", "chip": "simulated", "open_entry": "open_entry", "open_exit": "open_exit",
        "inputs": {contact.value: contact.value for contact in Contact},
    }  # fmt: skip
    driver = registry.create(registry.read_device("door", table))
    take = SimulatedRequest.__init__

    def take_with_the_gate_wired(self: SimulatedRequest, *args: Any) -> None:
        take(self, *args)
        for contact in Contact:  # the bias has set the lines free, but the gate holds some of them
            chip.drive(contact, high=not gate.contacts[contact])
            self._told[chip.names.index(contact)] = not gate.contacts[contact]

    monkeypatch.setattr(SimulatedRequest, "__init__", take_with_the_gate_wired)
    try:
        yield Bench(driver, gate, chip.unplug, plug_in, [])
    finally:
        watching.cancel()
        await gate.stop()


BENCHES = {"gpiod": gpiod_bench, "modbus": modbus_bench}


@pytest.fixture(params=sorted(BENCHES))
def run(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Bench], Awaitable[None]]], None]:
    """Runs a promise on a fresh bench, on a loop of its own."""
    make: Callable[[Path, pytest.MonkeyPatch], AbstractAsyncContextManager[Bench]] = BENCHES[request.param]

    def start(promise: Callable[[Bench], Awaitable[None]]) -> None:
        async def main() -> None:
            async with asyncio.timeout(DEADLINE_S), make(tmp_path, monkeypatch) as bench:
                try:
                    await promise(bench)
                finally:
                    await bench.driver.close()

        asyncio.run(main())

    return start


Run = Callable[[Callable[[Bench], Awaitable[None]]], None]


def test_after_open_the_whole_state_is_told(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        shut = [LeafMoved(leaf, LeafPosition.CLOSED, 0) for leaf in Leaf]
        assert bench.events == [DoorReady("contacts"), *shut, Occupancy(0, approach=False), EmergencyChanged(False)]

    run(promise)


def test_a_traveller_walks_through_both_leaves(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        bench.gate.set(Contact.APPROACH, True)
        await bench.until(Occupancy, inside=0, approach=True)
        await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 1, 10_000)
        with pytest.raises(DoorRefused, match="interlock"):
            await bench.driver.grant(Leaf.EXIT, Direction.FORWARD, 2, 10_000)
        await bench.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.OPEN)
        await bench.gate.walk(Leaf.ENTRY)
        await bench.until(PersonPassed, leaf=Leaf.ENTRY, direction=Direction.FORWARD)
        await bench.until(Occupancy, inside=1)
        await bench.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.CLOSED)
        await bench.driver.grant(Leaf.EXIT, Direction.FORWARD, 3, 10_000)
        await bench.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.OPEN)
        await bench.gate.walk(Leaf.EXIT)
        await bench.until(Occupancy, inside=0)
        await bench.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.CLOSED)
        with pytest.raises(DoorRefused, match="used"):
            await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 1, 10_000)

    run(promise)


def test_a_grant_that_nobody_uses_ends_and_the_leaf_closes(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 1, 600)
        await bench.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.OPEN)
        await bench.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.CLOSED)
        assert not any(isinstance(event, GrantLapsed) for event in bench.events)

    run(promise)


def test_a_grant_whose_leaf_does_not_open_lapses(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        bench.gate.jammed.add(Leaf.ENTRY)
        await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 1, 300)
        await bench.until(GrantLapsed, leaf=Leaf.ENTRY)

    run(promise)


def test_closing_takes_the_grant_back(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        await bench.driver.grant(Leaf.EXIT, Direction.FORWARD, 1, 10_000)
        await bench.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.OPEN)
        await bench.driver.close_leaf(Leaf.EXIT)
        await bench.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.CLOSED)
        assert bench.gate.relays == frozenset()

    run(promise)


def test_an_emergency_ends_every_grant_and_refuses_everything(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 1, 10_000)
        await bench.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.OPEN)
        bench.gate.set(Contact.EMERGENCY, True)
        await bench.until(EmergencyChanged, latched=True)
        for command in (
            bench.driver.grant(Leaf.EXIT, Direction.FORWARD, 2, 10_000),
            bench.driver.close_leaf(Leaf.ENTRY),
            bench.driver.clear(),
        ):
            with pytest.raises(DoorRefused, match="emergency"):
                await command
        await bench.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.OPEN)
        bench.gate.set(Contact.EMERGENCY, False)
        await bench.until(EmergencyChanged, latched=False)
        assert bench.gate.relays == frozenset()

    run(promise)


def test_the_gate_s_own_fault_begins_and_ends(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        bench.gate.set(Contact.FAULT, True)
        await bench.until(DoorFault, code="gate.fault", active=True)
        with pytest.raises(DoorRefused, match="fault"):
            await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 1, 10_000)
        bench.gate.set(Contact.FAULT, False)
        await bench.until(DoorFault, code="gate.fault", active=False)

    run(promise)


def test_a_person_who_has_looked_sets_the_count(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        await bench.driver.clear(2)
        await bench.until(Occupancy, inside=2)

    run(promise)


def test_an_unplugged_gate_is_lost_and_comes_back_with_nothing_granted(run: Run) -> None:
    async def promise(bench: Bench) -> None:
        await bench.opened()
        await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 1, 10_000)
        bench.unplug()
        with pytest.raises(DeviceLost):
            await bench.until(DoorReady)
        with pytest.raises(DeviceLost):
            await bench.driver.grant(Leaf.ENTRY, Direction.FORWARD, 2, 1_000)
        await bench.driver.close()
        with pytest.raises(DeviceUnavailable):
            await bench.driver.open()
        bench.plug_in()
        bench.events.clear()
        await bench.opened()
        await bench.until_shut(Leaf.ENTRY)
        assert bench.gate.relays == frozenset()

    run(promise)


def test_a_board_that_falls_silent_or_lies_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(spoil: Callable[[ModbusBoard], None]) -> None:
        boards: list[ModbusBoard] = []
        making = ModbusBoard.__init__

        def make(self: ModbusBoard, *args: Any, **options: Any) -> None:
            making(self, *args, **options)
            boards.append(self)

        monkeypatch.setattr(ModbusBoard, "__init__", make)
        async with asyncio.timeout(DEADLINE_S), modbus_bench(tmp_path, monkeypatch) as bench:
            await bench.opened()
            spoil(boards[-1])
            with pytest.raises((DeviceLost, DeviceTimeout)):
                await bench.until(DoorReady)
            await bench.driver.close()

    def silent(board: ModbusBoard) -> None:
        board.silent = True

    def damaged(board: ModbusBoard) -> None:
        board.damaged = True

    for spoil in (silent, damaged):
        asyncio.run(lose(spoil))


def test_settings_that_cannot_be_are_refused() -> None:
    modbus = {"driver": "modbus", "port": "x", "open_entry": 1, "open_exit": 1}
    inputs = {"entry_shut": 0, "entry_open": 1, "exit_shut": 2, "exit_open": 3}
    with pytest.raises(SettingsError, match="must be two coils"):
        registry.read_device("door", {**modbus, "inputs": inputs})
    with pytest.raises(SettingsError, match="same address"):
        registry.read_device("door", {**modbus, "open_exit": 2, "inputs": {**inputs, "exit_open": 1}})
    with pytest.raises(SettingsError, match="invalid enum value"):
        registry.read_device("door", {**modbus, "open_exit": 2, "inputs": {**inputs, "inverted": ["entree"]}})
    lines = {"driver": "gpiod", "open_entry": "A", "open_exit": "B"}
    with pytest.raises(SettingsError, match="different lines"):
        registry.read_device("door", {**lines, "inputs": {"entry_shut": "A", "exit_shut": "D"}})
    with pytest.raises(SettingsError, match="same line"):
        registry.read_device("door", {**lines, "inputs": {"entry_shut": "C", "exit_shut": "C"}})


def test_the_simulated_chip_has_the_signatures_of_the_real_one() -> None:
    for real, simulated in ((gpiod.Chip, OpenedChip), (gpiod.LineRequest, SimulatedRequest)):
        for name, method in inspect.getmembers(simulated, inspect.isfunction):
            if name.startswith("_") or name in {"edge", "wake"}:
                continue
            theirs = inspect.signature(getattr(real, name)).parameters
            for parameter in inspect.signature(method).parameters:
                assert parameter.lstrip("_") in theirs, f"{real.__name__}.{name} has no {parameter}"
    assert isinstance(gpiod.LineRequest.fd, property)


def test_lines_that_no_chip_has_or_another_program_holds_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    chip = SimulatedChip(["A", "B"])
    monkeypatch.setattr(gpiod, "Chip", chip.chip)
    with pytest.raises(DeviceUnavailable, match="lacking on there: C"):
        gpiod_lines.find_chip(["A", "C"], "there")
    chip.held.add("A")
    with pytest.raises(DeviceUnavailable, match=r"its lines A cannot be taken \(Device or resource busy\)"):
        gpiod_lines.OutputLines(("A",), "there").open()
    monkeypatch.setattr(gpiod_lines, "DEVICES", Path("/nowhere"))
    with pytest.raises(DeviceUnavailable, match="has no GPIO chip"):
        gpiod_lines.find_chip(["A"], "")
