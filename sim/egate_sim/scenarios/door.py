"""Doors, beams, the door controller and the emergency button."""

import asyncio

from egate.checks import Reason
from egate.transaction.state import Stage
from egate_hal.attendant import Press
from egate_hal.door import Direction, Leaf, LeafPosition
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import aborted, admitted, expect, led_back, scenario
from egate_sim.scenarios.play import Play

_BLOCKED_MM = 300


@scenario(
    "entry_obstructed", "something keeps the entry from closing behind the traveller: three tries, then a person looks",
    expect(led_back(Reason.DOOR_FAULT, attention=("obstructed",)), faults=("door.obstructed",)),
)  # fmt: skip
async def entry_obstructed(play: Play) -> None:
    play.world.door.block_leaf(Leaf.ENTRY, _BLOCKED_MM)
    await play.come_in(who.genuine(play.site))
    await play.reach(Stage.OBSTRUCTED)
    play.world.door.block_leaf(Leaf.ENTRY, None)
    play.press(Press.RESET)
    await play.world.door.wait_leaf(Leaf.ENTRY, LeafPosition.CLOSED)
    await play.go_back()


@scenario(
    "exit_obstructed", "something keeps the exit from closing behind the traveller, who has passed",
    expect(admitted(), faults=("door.obstructed",)),
)  # fmt: skip
async def exit_obstructed(play: Play) -> None:
    bearer = who.genuine(play.site)
    await play.bring(bearer, Stage.PASSING)
    play.world.door.block_leaf(Leaf.EXIT, _BLOCKED_MM)
    await play.walk(Leaf.EXIT, Direction.FORWARD)
    await play.fault("door.obstructed")
    await play.reach(Stage.FAULT)
    play.world.door.block_leaf(Leaf.EXIT, None)
    play.press(Press.RESET)


@scenario("beam_stuck", "a beam of an empty lane stays broken", expect(faults=("door.sensor",)))
async def beam_stuck(play: Play) -> None:
    await play.ready()
    play.world.door.break_beam("entry.inner", broken=True)
    await play.fault("door.sensor")
    await play.stays_closed()
    play.world.door.break_beam("entry.inner", broken=False)
    await asyncio.sleep(1)
    play.press(Press.RESET)


@scenario(
    "beam_stuck_inside", "a beam of the exit breaks and stays so while the traveller is inside",
    expect(aborted(Reason.DOOR_FAULT), faults=("door.sensor",)),
)  # fmt: skip
async def beam_stuck_inside(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.world.door.break_beam("exit.outer", broken=True)
    await play.reach(Stage.FAULT)
    play.world.door.break_beam("exit.outer", broken=False)
    await _leave_through_free_exit(play)


@scenario("door_forced", "somebody forces the entry of an idle lane open", expect(faults=("door.hardware",)))
async def door_forced(play: Play) -> None:
    await play.ready()
    play.world.door.force_leaf(Leaf.ENTRY, _BLOCKED_MM)
    await play.fault("door.hardware")
    await play.stays_closed()
    await play.world.door.wait_leaf(Leaf.ENTRY, LeafPosition.CLOSED)
    play.press(Press.RESET)


async def _leave_through_free_exit(play: Play) -> None:
    """The door controller keeps the exit free: the traveller pushes it open and goes; then an officer looks."""
    await play.push_out()
    await asyncio.sleep(2)
    play.press(Press.RESET)


@scenario(
    "door_killed", "the door controller loses power with a traveller inside; when it is back it knows of nobody",
    expect(aborted(Reason.DOOR_FAULT), faults=("door.silent",)),
)  # fmt: skip
async def door_killed(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.world.door.kill()
    await play.reach(Stage.FAULT)
    await asyncio.sleep(2)
    await play.world.door.restart()
    await play.fault("door.silent", active=False)
    await asyncio.sleep(5)
    await play.stays_closed()
    await play.go_back()
    await play.world.door.wait_leaf(Leaf.ENTRY, LeafPosition.CLOSED)
    play.press(Press.RESET)


@scenario("door_unplugged", "the door controller's cable is pulled and plugged in again", expect(faults=("door.lost",)))
async def door_unplugged(play: Play) -> None:
    await play.ready()
    play.world.door.unplug()
    await play.fault("door.lost")
    await play.stays_closed()
    play.world.door.plug()
    await play.fault("door.lost", active=False)
    await play.ready()


@scenario("door_killed_idle", "the door controller of an empty lane loses power", expect(faults=("door.silent",)))
async def door_killed_idle(play: Play) -> None:
    await play.ready()
    play.world.door.kill()
    await play.fault("door.silent")
    await play.world.door.restart()
    await play.fault("door.silent", active=False)


@scenario(
    "door_frozen", "the door controller's program hangs with a traveller inside, and goes on",
    expect(aborted(Reason.DOOR_FAULT), faults=("door.silent",)),
)  # fmt: skip
async def door_frozen(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.world.door.freeze()
    await play.reach(Stage.FAULT)
    await asyncio.sleep(2)
    play.world.door.thaw()
    await play.fault("door.silent", active=False)
    await play.go_back()
    await play.world.door.wait_leaf(Leaf.ENTRY, LeafPosition.CLOSED)
    play.press(Press.RESET)


# The emergency button, in every stage in which a lane can dwell

_WALKING = (
    Stage.DOCUMENT_PRESENT, Stage.READING_DOCUMENT, Stage.ENTRY_OPEN, Stage.ENTERING, Stage.SINGLE_PERSON_CHECK,
    Stage.CAPTURING_FACE, Stage.EXIT_OPEN, Stage.PASSING,
)  # fmt: skip


async def _emergency(play: Play) -> None:
    """The button is pressed, everybody leaves, a person resets it at the lane and with the key."""
    play.world.door.press_emergency()
    await play.reach(Stage.EMERGENCY_OPEN)
    await play.world.door.wait_leaf(Leaf.EXIT, LeafPosition.OPEN)
    await play.flee()
    await asyncio.sleep(5)
    await play.stays_closed()
    await play.world.door.reset_emergency()
    await play.reach(Stage.IDLE)


def _emergency_in(stage: Stage) -> None:
    @scenario(
        f"emergency_{stage.value}", f"the emergency button is pressed in the stage {stage.value.replace('_', ' ')}",
        expect(aborted(Reason.EMERGENCY), faults=("door.emergency",)),
    )  # fmt: skip
    async def _(play: Play) -> None:
        await play.bring(who.genuine(play.site), stage)
        await _emergency(play)


for _stage in _WALKING:
    _emergency_in(_stage)


@scenario("emergency_idle", "the emergency button of an idle lane is pressed", expect(faults=("door.emergency",)))
async def emergency_idle(play: Play) -> None:
    await play.ready()
    await _emergency(play)


@scenario(
    "emergency_clear_check", "the emergency button is pressed when the traveller has just passed; that stays on record",
    expect(admitted(), faults=("door.emergency",)),
)  # fmt: skip
async def emergency_clear_check(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CLEAR_CHECK)
    await _emergency(play)


@scenario(
    "emergency_referred", "the emergency button is pressed while a referred traveller waits for an officer",
    expect(aborted(Reason.EMERGENCY, attention=("called",)), faults=("door.emergency", "lane.called")),
)  # fmt: skip
async def emergency_referred(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.press(Press.CALL)
    await play.reach(Stage.REFERRED)
    await _emergency(play)
    play.press(Press.RESET)


@scenario(
    "emergency_hold", "the emergency button is pressed while somebody is held: the way out is free for everybody",
    expect(aborted(Reason.EMERGENCY, attention=("hold",)), faults=("door.emergency",)),
)  # fmt: skip
async def emergency_hold(play: Play) -> None:
    await play.bring(who.wanted(play.site), Stage.HOLD)
    await _emergency(play)


@scenario(
    "emergency_obstructed", "the emergency button is pressed while a leaf is blocked",
    expect(aborted(Reason.EMERGENCY, attention=("obstructed",)), faults=("door.emergency", "door.obstructed")),
)  # fmt: skip
async def emergency_obstructed(play: Play) -> None:
    play.world.door.block_leaf(Leaf.ENTRY, _BLOCKED_MM)
    await play.come_in(who.genuine(play.site))
    await play.reach(Stage.OBSTRUCTED)
    play.world.door.block_leaf(Leaf.ENTRY, None)
    play.world.door.press_emergency()
    await play.flee()
    await play.world.door.reset_emergency()
    await asyncio.sleep(2)
    play.press(Press.RESET)


@scenario(
    "emergency_out_of_service", "the emergency button of a closed lane is pressed",
    expect(faults=("door.emergency", "document_reader.lost")),
)  # fmt: skip
async def emergency_out_of_service(play: Play) -> None:
    await play.ready()
    play.world.ocr.unplug()
    await play.reach(Stage.OUT_OF_SERVICE)
    play.world.door.press_emergency()
    await play.reach(Stage.EMERGENCY_OPEN)
    play.world.ocr.plug()
    await asyncio.sleep(5)
    await play.world.door.reset_emergency()


@scenario(
    "emergency_fault", "the emergency button is pressed while the lane stands in a fault",
    expect(aborted(Reason.DOOR_FAULT), faults=("door.emergency", "door.sensor")),
)  # fmt: skip
async def emergency_fault(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.world.door.break_beam("exit.outer", broken=True)
    await play.reach(Stage.FAULT)
    play.world.door.break_beam("exit.outer", broken=False)
    play.world.door.press_emergency()
    await play.reach(Stage.EMERGENCY_OPEN)
    await play.flee()
    await play.world.door.reset_emergency()
    await asyncio.sleep(3)
    play.press(Press.RESET)
