"""Makes one external operation fail, the Nth of its kind, and lets a traveller come: the lane must get over it.

After the method that SQLite is tested with: whatever fails, and when ever, the controller does not break, admits nobody
wrongly, and is ready again by itself or by the officer's key.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from egate.runtime.gate import Gate
from egate.runtime.workers import InlineWorker
from egate.telemetry.outbox import JournalError
from egate.transaction.state import Stage
from egate_hal.attendant import Press
from egate_hal.camera import Frame
from egate_hal.chip import ChipLost
from egate_hal.door import Direction, Leaf, LeafPosition
from egate_hal.errors import DeviceLost, DeviceTimeout
from egate_hal.indicators import Signal
from egate_sim import fast
from egate_sim.door.simulated import ObservedLeaf
from egate_sim.panel import Lamp
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.play import Play, performance
from egate_sim.scenarios.run import check_journal, read_journal
from egate_sim.site import prepare_site
from egate_sim.virtual_time import START

T = TypeVar("T")
_NOWHERE = 9
_RECOVERS_WITHIN_S = 240.0
_OFFICER_LOOKS_EVERY_S = 8.0


class Operation(StrEnum):
    """What fails, and how."""

    CHIP_LOST = "chip_lost"
    CHIP_GARBAGE = "chip_garbage"
    CHIP_CUT_SHORT = "chip_cut_short"
    CHIP_READER_LOST = "chip_reader_lost"
    CAMERA_TIMEOUT = "camera_timeout"
    CAMERA_LOST = "camera_lost"
    DISK = "disk"
    DOOR_FRAME_LOST = "door_frame_lost"
    DOOR_FRAME_DAMAGED = "door_frame_damaged"
    DOOR_HALF_A_SECOND_LOST = "door_half_a_second_lost"


@dataclass(slots=True)
class Countdown:
    """True at the Nth call, and ``times`` calls in all."""

    number: int
    times: int = 1
    calls: int = 0

    @property
    def reached(self) -> bool:
        return self.calls >= self.number

    def __call__(self) -> bool:
        self.calls += 1
        return self.number <= self.calls < self.number + self.times


def play_with_failure(operation: Operation, number: int, seed: int = 1) -> tuple[bool, list[str]]:
    """(whether the Nth operation came to pass at all, what went wrong). Raises what broke the controller."""
    with tempfile.TemporaryDirectory(prefix="egate-") as name:
        site = prepare_site(Path(name), seed, START, broker_port=_NOWHERE, screen_port=None)
        due = Countdown(number, times=10 if operation is Operation.DOOR_HALF_A_SECOND_LOST else 1)

        async def life() -> tuple[Play, list[str]]:
            async with performance(site, seed, lambda line: None) as play:
                await play.stop_controller()
                play.tamper = lambda gate: _tamper(gate, operation, due)
                if operation.value.startswith("door"):
                    play.world.door.damage_line(_damaged_line(operation, due))
                await play.start_controller()
                return play, await _get_over_it(play)

        play, problems = fast.run(life())
        problems += play.observer.breaches
        events = read_journal(Path(name) / "outbox.db")
        problems += check_journal(play, [e["data"] for e in events if e["type"] == "egate.v1.transaction"])
    return due.reached, problems


async def _get_over_it(play: Play) -> list[str]:
    problems: list[str] = []
    people = asyncio.create_task(_come_and_go(play))
    try:
        async with asyncio.timeout(_RECOVERS_WITHIN_S):
            await play.finish_or_break(people)
            await play.ready()
            await play.settle()
    except TimeoutError:
        people.cancel()
        problems.append(f"stuck in {play.lane.stage} with {sorted(play.observer.active)}, {play.inside} inside")
    if play.inside or play.lane.stage is not Stage.IDLE or not play.gate.vault.empty:
        problems.append(f"no rest: {play.lane.stage}, {play.inside} inside")
    return problems


async def _come_and_go(play: Play) -> None:
    """A traveller who follows what is to be seen, and an officer who looks now and then."""
    await play.ready()
    play.lay_down(who.genuine(play.site))
    coming = asyncio.create_task(_go_in(play))
    try:
        while not (coming.done() and not play.inside and play.lane.stage is Stage.IDLE):
            await asyncio.sleep(_OFFICER_LOOKS_EVERY_S)
            await _officer_looks(play)
    finally:
        coming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await coming


async def _go_in(play: Play) -> None:
    """In, where the entry opens; before the camera; out through whichever leaf opens. Takes the document along."""
    entry, exit_ = (play.world.door.leaves, Leaf.ENTRY), (play.world.door.leaves, Leaf.EXIT)
    await play.reach(Stage.ENTERING, Stage.REFERRED, Stage.FAULT, Stage.WIPE, Stage.OUT_OF_SERVICE)
    play.take_up()
    if not _stands_open(*entry):
        return
    await play.walk(Leaf.ENTRY, Direction.FORWARD)
    await play.world.door.wait_until(lambda: not _stands_open(*entry))
    play.show(who.genuine(play.site).presents())
    await play.world.door.wait_until(lambda: _stands_open(*entry) or _stands_open(*exit_))
    if _stands_open(*exit_):
        await play.walk(Leaf.EXIT, Direction.FORWARD)
    else:
        await play.walk(Leaf.ENTRY, Direction.BACKWARD)
    play.world.scene.clear()


def _stands_open(leaves: dict[Leaf, ObservedLeaf], leaf: Leaf) -> bool:
    return leaves[leaf].position is LeafPosition.OPEN


async def _officer_looks(play: Play) -> None:
    """Where a lamp calls: let somebody back who is inside; say with the key that an empty lane is empty."""
    if play.world.panel.signals[Lamp.EXIT] is Signal.ASSIST or play.lane.stage is Stage.FAULT:
        play.press(Press.RELEASE_BACK if play.inside else Press.RESET)


# What fails


class _FailingChip:
    """A chip transport whose Nth exchange fails."""

    def __init__(self, chip: Any, operation: Operation, due: Countdown) -> None:
        self._chip, self._operation, self._due = chip, operation, due

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chip, name)

    async def transceive(self, command: bytes) -> bytes:
        answer: bytes = await self._chip.transceive(command)
        if not self._due():
            return answer
        match self._operation:
            case Operation.CHIP_GARBAGE:
                return bytes(byte ^ 0xA5 for byte in answer)
            case Operation.CHIP_CUT_SHORT:
                return answer[-2:]
            case Operation.CHIP_READER_LOST:
                raise DeviceLost("the chip reader was unplugged")
            case _:
                raise ChipLost("the chip was moved")


class _FailingCamera:
    """A camera whose Nth frame fails."""

    def __init__(self, camera: Any, operation: Operation, due: Countdown) -> None:
        self._camera, self._operation, self._due = camera, operation, due

    def __getattr__(self, name: str) -> Any:
        return getattr(self._camera, name)

    async def next_frame(self) -> Frame:
        frame: Frame = await self._camera.next_frame()
        if self._due():
            lost = self._operation is Operation.CAMERA_LOST
            raise DeviceLost("the camera was unplugged") if lost else DeviceTimeout("no frame in time")
        return frame


class _FailingDisk(InlineWorker):
    """Runs the recorder's writes; the Nth fails."""

    due = Countdown(0, 0)

    async def run(self, job: Callable[[], T]) -> T:
        if self.due():
            raise JournalError("the disk refused a write")
        return job()


def _tamper(gate: Gate, operation: Operation, due: Countdown) -> None:
    """Put what fails in place of what works."""
    devices = dict(gate.devices)
    if operation.value.startswith("chip"):
        devices["chip"] = _FailingChip(devices["chip"], operation, due)
    elif operation.value.startswith("camera"):
        devices["camera"] = _FailingCamera(devices["camera"], operation, due)
    elif operation is Operation.DISK:
        disk = _FailingDisk("egate-disk")
        disk.due = due
        gate.workers["egate-disk"] = disk
    gate.devices = devices


def _damaged_line(operation: Operation, due: Countdown) -> Callable[[bytes], bytes]:
    """What happens to the bytes of one writing to the door's line, either way."""

    def damage(data: bytes) -> bytes:
        if not due():
            return data
        return bytes([data[0] ^ 0x10]) + data[1:] if operation is Operation.DOOR_FRAME_DAMAGED else b""

    return damage
