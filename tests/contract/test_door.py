"""The Door port's promises, kept by the serial driver, the link and the real firmware, wherever the firmware runs.

In this process time is virtual: the loop's clock jumps to the next timer when nothing is ready. The other hosts run in
real time, MicroPython where an interpreter is installed.
"""

import asyncio
import os
import tty
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from egate_doorlink import table
from egate_doorlink.frame import FrameReader, encode
from egate_hal.door import (
    Direction,
    DoorEvent,
    DoorFault,
    DoorReady,
    DoorRefused,
    DoorSilent,
    EmergencyChanged,
    GrantLapsed,
    Leaf,
    LeafMoved,
    LeafPosition,
    Obstructed,
    Occupancy,
    PersonPassed,
)
from egate_hal.drivers.door_serial import DoorSerialSettings, SerialDoor
from egate_hal.errors import DeviceLost, DeviceUnavailable
from egate_hal.registry import driver_class
from egate_sim.door.hosts import HostKind, micropython
from egate_sim.door.simulated import SimulatedDoor
from egate_sim.virtual_time import VirtualTimeLoop

DEADLINE_S = 20.0  # of the loop's time
MARGIN_S = 0.15  # scheduling of a loaded machine; nothing on the virtual clock
T = TypeVar("T", bound=Any)


class Rig:
    """A simulated door and the driver that talks to it, with every event kept in order."""

    def __init__(self, kind: HostKind) -> None:
        self.sim = SimulatedDoor(kind)
        self.events: list[DoorEvent] = []
        self.margin_s = 0.0 if kind is HostKind.INPROCESS else MARGIN_S
        self._taken = 0

    async def __aenter__(self) -> "Rig":
        await self.sim.start()
        self.door = SerialDoor(DoorSerialSettings(self.sim.link_path))
        await self.door.open()
        await self.until_state_is_told()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.door.close()
        await self.sim.stop()

    async def until(self, wanted: type[T], **values: object) -> T:
        """The next event of this kind with these values; whatever comes before stays in ``events``."""
        while True:
            event = await self.door.next_event()
            self.events.append(event)
            if isinstance(event, wanted) and all(getattr(event, k) == v for k, v in values.items()):
                return event

    async def until_state_is_told(self) -> None:
        await self.until(DoorReady)
        for leaf in Leaf:
            await self.until(LeafMoved, leaf=leaf)
        await self.until(Occupancy)
        await self.until(EmergencyChanged)

    async def open_leaf(self, leaf: Leaf, token: int, valid_ms: int = 10_000) -> None:
        await self.door.grant(leaf, Direction.FORWARD, token, valid_ms)
        await self.until(LeafMoved, leaf=leaf, position=LeafPosition.OPEN)


def play(kind: HostKind, scenario: Callable[[Rig], Awaitable[None]]) -> None:
    """Run one scenario on a door of this kind, with a deadline."""

    async def whole() -> None:
        async with asyncio.timeout(DEADLINE_S), Rig(kind) as rig:
            await scenario(rig)

    with asyncio.Runner(loop_factory=VirtualTimeLoop if kind is HostKind.INPROCESS else None) as runner:
        runner.run(whole())


def _have_micropython() -> bool:
    try:
        return bool(micropython())
    except DeviceUnavailable:
        return False


needs_micropython = pytest.mark.skipif(not _have_micropython(), reason="no MicroPython interpreter on this machine")
MICROPYTHON = pytest.param(HostKind.MICROPYTHON, marks=[pytest.mark.system, needs_micropython])
CPYTHON = pytest.param(HostKind.CPYTHON, marks=pytest.mark.system)
firmware_here_and_on_micropython = pytest.mark.parametrize("kind", [HostKind.INPROCESS, MICROPYTHON])
firmware_everywhere = pytest.mark.parametrize("kind", [HostKind.INPROCESS, CPYTHON, MICROPYTHON])
firmware_here = pytest.mark.parametrize("kind", [HostKind.INPROCESS])


@firmware_everywhere
def test_after_open_the_whole_state_is_told(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        closed = [LeafMoved(leaf, LeafPosition.CLOSED, 0) for leaf in Leaf]
        assert rig.events == [
            DoorReady("0.1.0"),
            *closed,
            Occupancy(0, approach=False),
            EmergencyChanged(latched=False),
        ]

    play(kind, scenario)


@firmware_here_and_on_micropython
def test_a_traveller_walks_through_both_leaves(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        rig.sim.stand_in_approach(True)
        await rig.until(Occupancy, inside=0, approach=True)
        await rig.open_leaf(Leaf.ENTRY, token=7)
        walking = asyncio.ensure_future(rig.sim.walk(Leaf.ENTRY, Direction.FORWARD))
        rig.sim.stand_in_approach(False)
        await rig.until(PersonPassed, leaf=Leaf.ENTRY, direction=Direction.FORWARD)
        await rig.until(Occupancy, inside=1, approach=False)
        with pytest.raises(DoorRefused, match="interlock"):
            await rig.door.grant(Leaf.EXIT, Direction.FORWARD, 8, 10_000)
        await rig.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.CLOSED)
        await walking
        await rig.open_leaf(Leaf.EXIT, token=8)
        walking = asyncio.ensure_future(rig.sim.walk(Leaf.EXIT, Direction.FORWARD))
        await rig.until(PersonPassed, leaf=Leaf.EXIT, direction=Direction.FORWARD)
        await rig.until(Occupancy, inside=0, approach=False)
        await rig.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.CLOSED)
        await walking
        with pytest.raises(DoorRefused, match="used"):
            await rig.door.grant(Leaf.ENTRY, Direction.FORWARD, 7, 10_000)

    play(kind, scenario)


@firmware_here_and_on_micropython
def test_what_stands_in_the_way_makes_the_leaf_reverse_and_after_three_tries_give_up(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open_leaf(Leaf.EXIT, token=1)
        rig.sim.block_leaf(Leaf.EXIT, 500)
        await rig.door.close_leaf(Leaf.EXIT)
        for tries in (1, 2, 3):
            await rig.until(Obstructed, leaf=Leaf.EXIT, tries=tries)
        await rig.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.BLOCKED)
        await rig.until(DoorFault, code="exit.blocked", active=True)
        with pytest.raises(DoorRefused, match="fault"):
            await rig.door.grant(Leaf.ENTRY, Direction.FORWARD, 2, 1_000)
        rig.sim.block_leaf(Leaf.EXIT, None)
        await rig.door.clear()
        await rig.until(DoorFault, code="exit.blocked", active=False)
        await rig.until(LeafMoved, leaf=Leaf.EXIT, position=LeafPosition.CLOSED)

    play(kind, scenario)


@firmware_here_and_on_micropython
def test_a_beam_broken_while_closing_reverses_within_200_ms(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        clock = asyncio.get_running_loop().time
        await rig.open_leaf(Leaf.ENTRY, token=1)
        await rig.door.close_leaf(Leaf.ENTRY)
        await rig.sim.wait_until(lambda: 0 < rig.sim.leaf_opening_mm(Leaf.ENTRY) < 500)
        broken_s = clock()
        rig.sim.break_beam("entry.inner", True)
        await rig.sim.wait_until(lambda: rig.sim.leaves[Leaf.ENTRY].motor == 1)
        assert clock() - broken_s <= 0.2 + rig.margin_s
        await rig.until(Obstructed, leaf=Leaf.ENTRY, tries=1)
        await rig.sim.wait_leaf(Leaf.ENTRY, LeafPosition.OPEN)
        rig.sim.break_beam("entry.inner", False)
        await rig.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.CLOSED)

    play(kind, scenario)


@firmware_here_and_on_micropython
def test_a_silent_host_makes_the_door_safe_within_300_ms(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        clock = asyncio.get_running_loop().time
        await rig.door.grant(Leaf.ENTRY, Direction.FORWARD, 1, 10_000)
        await rig.sim.wait_until(lambda: rig.sim.leaf_opening_mm(Leaf.ENTRY) > 50)
        await rig.door.close()
        silent_s = clock()
        await rig.sim.wait_until(lambda: rig.sim.leaves[Leaf.ENTRY].motor == 0)
        assert clock() - silent_s <= 0.32 + rig.margin_s
        assert not rig.sim.leaves[Leaf.ENTRY].released
        assert not rig.sim.leaves[Leaf.EXIT].released  # the entry stands open: that is the way out
        rig.sim.push_leaf(Leaf.ENTRY, 0)
        await rig.sim.wait_until(lambda: rig.sim.leaves[Leaf.EXIT].released)
        assert rig.sim.leaves[Leaf.ENTRY].position is LeafPosition.CLOSED
        rig.sim.push_leaf(Leaf.EXIT, 300)
        await rig.sim.wait_until(lambda: rig.sim.leaf_opening_mm(Leaf.EXIT) > 250)

    play(kind, scenario)


@firmware_here_and_on_micropython
def test_the_emergency_input_opens_both_leaves_and_stays_until_reset_at_the_lane(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        clock = asyncio.get_running_loop().time
        pressed_s = clock()
        rig.sim.press_emergency()
        await rig.sim.wait_until(lambda: all(leaf.released for leaf in rig.sim.leaves.values()))
        assert clock() - pressed_s <= 0.1 + rig.margin_s
        await rig.until(EmergencyChanged, latched=True)
        for leaf in Leaf:
            await rig.sim.wait_leaf(leaf, LeafPosition.OPEN)
        with pytest.raises(DoorRefused, match="emergency"):
            await rig.door.clear()
        await rig.sim.reset_emergency()
        await rig.until(EmergencyChanged, latched=False)
        for leaf in Leaf:
            await rig.sim.wait_leaf(leaf, LeafPosition.CLOSED)

    play(kind, scenario)


@firmware_here_and_on_micropython
def test_a_silent_door_is_told_and_comes_back_with_its_state(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        rig.sim.freeze()
        await rig.until(DoorSilent)
        with pytest.raises(DoorRefused, match="not_ready"):
            await rig.door.grant(Leaf.ENTRY, Direction.FORWARD, 1, 1_000)
        rig.sim.thaw()
        await rig.until_state_is_told()
        rig.sim.kill()
        await rig.until(DoorSilent)
        await rig.sim.restart()
        await rig.until_state_is_told()
        await rig.open_leaf(Leaf.ENTRY, token=1)

    play(kind, scenario)


@firmware_here
def test_a_grant_whose_leaf_cannot_open_lapses(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        rig.sim.jam_leaf(Leaf.ENTRY, 200)
        await rig.door.grant(Leaf.ENTRY, Direction.FORWARD, 1, 1_000)
        await rig.until(GrantLapsed, leaf=Leaf.ENTRY)

    play(kind, scenario)


@firmware_here
def test_nobody_enters_and_the_leaf_closes_by_itself(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open_leaf(Leaf.ENTRY, token=1, valid_ms=2_000)
        await rig.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.CLOSED)
        assert not any(isinstance(event, PersonPassed | GrantLapsed) for event in rig.events)

    play(kind, scenario)


@firmware_here
def test_a_leaf_that_is_held_is_a_fault_until_it_closes(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.open_leaf(Leaf.ENTRY, token=1)
        rig.sim.break_beam("entry.outer", True)
        await rig.door.close_leaf(Leaf.ENTRY)
        await rig.until(DoorFault, code="entry.held_open", active=True)
        rig.sim.break_beam("entry.outer", False)
        await rig.until(LeafMoved, leaf=Leaf.ENTRY, position=LeafPosition.CLOSED)
        await rig.until(DoorFault, code="entry.held_open", active=False)

    play(kind, scenario)


@firmware_here
def test_a_walk_through_a_shut_leaf_means_that_the_beams_cannot_be_trusted(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.sim.walk(Leaf.ENTRY, Direction.FORWARD)
        await rig.until(DoorFault, code="entry.beam", active=True)
        assert rig.sim.leaves[Leaf.EXIT].released  # the safe state
        with pytest.raises(DoorRefused, match="fault"):
            await rig.door.grant(Leaf.EXIT, Direction.FORWARD, 1, 1_000)
        await rig.door.clear()
        await rig.until(DoorFault, code="entry.beam", active=False)
        await rig.open_leaf(Leaf.EXIT, token=1)

    play(kind, scenario)


@firmware_here
def test_close_ends_the_wait_for_events_and_open_begins_anew(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        waiting = asyncio.ensure_future(rig.door.next_event())
        await asyncio.sleep(0)
        await rig.door.close()
        with pytest.raises(DeviceLost):
            await waiting
        await rig.door.open()
        await rig.until_state_is_told()

    play(kind, scenario)


@firmware_here
def test_a_line_that_is_unplugged_is_a_lost_device(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.sim.stop()
        with pytest.raises(DeviceLost):
            await rig.until(DoorSilent)
        with pytest.raises(DeviceLost):
            await rig.door.grant(Leaf.ENTRY, Direction.FORWARD, 1, 1_000)

    play(kind, scenario)


@firmware_here
def test_faults_that_are_active_are_told_again_after_a_silence(kind: HostKind) -> None:
    async def scenario(rig: Rig) -> None:
        await rig.sim.walk(Leaf.ENTRY, Direction.FORWARD)
        await rig.until(DoorFault, code="entry.beam", active=True)
        rig.sim.freeze()
        await rig.until(DoorSilent)
        rig.sim.thaw()
        await rig.until_state_is_told()
        await rig.until(DoorFault, code="entry.beam", active=True)

    play(kind, scenario)


def test_a_door_with_another_message_table_never_becomes_ready() -> None:
    async def whole() -> DoorEvent:
        device_fd, port_fd = os.openpty()
        tty.setraw(port_fd)
        door = SerialDoor(DoorSerialSettings(os.ttyname(port_fd)))
        reader = FrameReader()

        def answer() -> None:
            for body in reader.feed(os.read(device_fd, 512)):
                session = int.from_bytes(body[:2], "little")
                welcome = table.pack(table.WELCOME, (table.TABLE_HASH ^ 1, b"older"))
                os.write(device_fd, encode(session, table.WELCOME, 0, welcome))

        asyncio.get_running_loop().add_reader(device_fd, answer)
        try:
            await door.open()
            event = await door.next_event()
            with pytest.raises(DoorRefused, match="not_ready"):
                await door.grant(Leaf.ENTRY, Direction.FORWARD, 1, 1_000)
            return event
        finally:
            asyncio.get_running_loop().remove_reader(device_fd)
            await door.close()
            os.close(device_fd)
            os.close(port_fd)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(whole()) == DoorFault("link.table_mismatch", active=True)


def test_a_configuration_may_name_the_simulated_port_beforehand(tmp_path: Path) -> None:
    async def whole() -> DoorEvent:
        sim = SimulatedDoor(link=tmp_path / "door")
        await sim.start()
        door = driver_class("door", "serial")(DoorSerialSettings(str(tmp_path / "door")))
        try:
            await door.open()
            event: DoorEvent = await door.next_event()
            return event
        finally:
            await door.close()
            await sim.stop()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(whole()) == DoorReady("0.1.0")
    assert list(tmp_path.iterdir()) == []


@firmware_here
@pytest.mark.parametrize(("token", "valid_ms"), [(0, 1_000), (2**32, 1_000), (1, -1), (1, 65_536), (1, 65_535)])
def test_a_grant_out_of_range_is_refused(kind: HostKind, token: int, valid_ms: int) -> None:
    async def scenario(rig: Rig) -> None:
        with pytest.raises(DoorRefused, match="invalid"):
            await rig.door.grant(Leaf.ENTRY, Direction.FORWARD, token, valid_ms)

    play(kind, scenario)
