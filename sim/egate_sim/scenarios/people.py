"""People at the lane: who enters, who does not, who stands before the camera, who calls for help."""

import asyncio
from dataclasses import replace

from egate.checks import Reason
from egate.telemetry.records import Decision, Resolution
from egate.transaction.state import Stage
from egate_hal.attendant import Press
from egate_hal.door import Direction, Leaf, LeafPosition
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.cast import holder_of
from egate_sim.people.presentation import TwoPeople
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import Ending, aborted, admitted, expect, led_back, scenario
from egate_sim.scenarios.play import Play

_NO_PICTURE = (Reason.PAD_MISSING, Reason.NO_FACE)


@scenario("genuine", "a genuine traveller passes", expect(admitted()))
async def genuine(play: Play) -> None:
    await play.visit(who.genuine(play.site))


@scenario(
    "nobody_enters", "the entry opens and nobody walks in",
    expect(aborted(Reason.NOBODY_ENTERED, Resolution.WALKED_AWAY)),
)  # fmt: skip
async def nobody_enters(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.ENTERING)
    play.take_up()
    await play.reach(Stage.CLEAR_CHECK)


@scenario("another_person", "somebody else walks in on the passport", expect(led_back(Reason.FACE_MISMATCH)))
async def another_person(play: Play) -> None:
    await play.visit(who.impostor(play.site))


@scenario(
    "tailgater", "a second person slips in behind the first; the exit stays shut, an officer leads both back",
    expect(led_back(Reason.TAILGATING, attention=("tailgating",))),
)  # fmt: skip
async def tailgater(play: Play) -> None:
    await play.come_in(who.genuine(play.site))
    await play.slip_through(Leaf.ENTRY, Direction.FORWARD)
    await play.reach(Stage.REFERRED)
    for _ in range(2):
        await play.world.door.wait_leaf(Leaf.ENTRY, LeafPosition.CLOSED)
        await play.go_back()


@scenario(
    "walks_back", "the traveller turns round before the entry has closed",
    expect(aborted(Reason.WALKED_BACK, Resolution.WALKED_BACK)),
)  # fmt: skip
async def walks_back(play: Play) -> None:
    await play.come_in(who.genuine(play.site))
    await play.slip_through(Leaf.ENTRY, Direction.BACKWARD)
    await play.reach(Stage.CLEAR_CHECK)


@scenario(
    "nobody_before_camera", "the traveller keeps out of the camera's sight",
    expect(led_back(*_NO_PICTURE)),
)  # fmt: skip
async def nobody_before_camera(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    await play.reach(Stage.REFERRED)
    await play.go_back()


@scenario(
    "two_faces", "a second face looks over the shoulder until the time is up",
    expect(led_back(Reason.PAD_MISSING, Reason.SEVERAL_FACES, Reason.NO_FACE)),
)  # fmt: skip
async def two_faces(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.show(TwoPeople(who.ADA, who.BRUNO))
    await play.reach(Stage.REFERRED)
    await play.go_back()


@scenario(
    "presentation_attack", "the holder's picture on paper is held before the camera; only the staff is told",
    expect(led_back(Reason.PRESENTATION_ATTACK, attention=("presentation_attack",))),
)  # fmt: skip
async def presentation_attack(play: Play) -> None:
    bearer = who.genuine(play.site)
    await play.visit(replace(bearer, shows=lambda: attack("print-matt", who.ADA, holder_of(who.ADA))))


@scenario(
    "morphed_portrait",
    "the portrait in a genuine passport is a morph of two people: the comparison takes either for its holder, and only "
    "enrolment could have told",
    expect(admitted()),
)
async def morphed_portrait(play: Play) -> None:
    await play.visit(who.morphed(play.site))


@scenario(
    "alert_list_hit", "the alert list names the document: the screen is everybody's, both leaves stay shut",
    expect(led_back(Reason.ALERT_LIST_HIT, attention=("hold",))),
)  # fmt: skip
async def alert_list_hit(play: Play) -> None:
    await play.visit(who.wanted(play.site))


@scenario(
    "call_button", "the traveller inside calls for help",
    expect(led_back(Reason.CALLED_FOR_HELP, attention=("called",)), faults=("lane.called",)),
)  # fmt: skip
async def call_button(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.press(Press.CALL)
    await play.reach(Stage.REFERRED)
    await play.go_back()
    await play.reach(Stage.IDLE)
    play.press(Press.RESET)


@scenario("call_button_idle", "somebody presses the call button of an idle lane", expect(faults=("lane.called",)))
async def call_button_idle(play: Play) -> None:
    await play.ready()
    play.press(Press.CALL)
    await play.fault("lane.called")
    play.press(Press.RESET)
    await play.fault("lane.called", active=False)


@scenario(
    "officer_forward", "an officer looks and lets the referred traveller through the exit",
    expect(Ending(Decision.REFER, (Reason.CALLED_FOR_HELP,), Resolution.OFFICER_FORWARD, ("called",)),
           faults=("lane.called",)),
)  # fmt: skip
async def officer_forward(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.press(Press.CALL)
    await play.reach(Stage.REFERRED)
    play.press(Press.RELEASE_FORWARD)
    await play.walk(Leaf.EXIT, Direction.FORWARD)
    await play.reach(Stage.IDLE)
    play.press(Press.RESET)


@scenario(
    "inside_too_long", "nobody comes to the referred traveller: an alarm after a minute",
    expect(led_back(Reason.CALLED_FOR_HELP, attention=("called", "inside_too_long")),
           faults=("lane.called", "lane.person_inside")),
)  # fmt: skip
async def inside_too_long(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    play.press(Press.CALL)
    await play.fault("lane.person_inside")
    await play.go_back()
    await play.reach(Stage.IDLE)
    play.press(Press.RESET)


@scenario(
    "stays_inside", "an admitted traveller does not walk out of the open exit; an officer sends him on",
    expect(Ending(Decision.ADMIT, (), Resolution.OFFICER_FORWARD, ("did_not_leave",))),
)  # fmt: skip
async def stays_inside(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.PASSING)
    await play.reach(Stage.REFERRED)
    await play.world.door.wait_leaf(Leaf.EXIT, LeafPosition.CLOSED)
    await asyncio.sleep(2)
    play.press(Press.RELEASE_FORWARD)
    await play.walk(Leaf.EXIT, Direction.FORWARD)
