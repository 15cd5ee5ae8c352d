"""One document, several passages: a genuine passport can be handed back over the barrier and laid down again."""

import asyncio

from egate.checks import Reason
from egate.telemetry.records import Resolution
from egate.transaction.limits import Policy
from egate_hal.door import Direction, Leaf
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import aborted, admitted, expect, led_back, scenario, turned_away
from egate_sim.scenarios.play import Play

_REUSED = turned_away(Reason.REUSED, attention=("document_reused",))


@scenario(
    "document_reused", "a genuine passport comes again a minute after somebody has passed with it; the staff is told",
    expect(admitted(), _REUSED),
)  # fmt: skip
async def document_reused(play: Play) -> None:
    await play.visit(who.genuine(play.site))
    await asyncio.sleep(60)
    await play.visit(who.genuine(play.site))


@scenario(
    "document_handed_back", "the passport was handed back: somebody else lays it down as soon as the lane is free",
    expect(admitted(), _REUSED),
)  # fmt: skip
async def document_handed_back(play: Play) -> None:
    await play.visit(who.genuine(play.site))
    await play.visit(who.impostor(play.site))


@scenario("document_again_later", "the same passport comes again when its time is over", expect(admitted(), admitted()))
async def document_again_later(play: Play) -> None:
    await play.visit(who.genuine(play.site))
    await asyncio.sleep(Policy().document_memory_s)
    await play.visit(who.genuine(play.site))


@scenario(
    "document_after_walking_back", "a traveller who has walked back out tries again",
    expect(aborted(Reason.WALKED_BACK, Resolution.WALKED_BACK), admitted()),
)  # fmt: skip
async def document_after_walking_back(play: Play) -> None:
    await play.come_in(who.genuine(play.site))
    await play.slip_through(Leaf.ENTRY, Direction.BACKWARD)
    await play.visit(who.genuine(play.site))


@scenario(
    "document_after_impostor", "an impostor was led back; then the holder of the passport comes",
    expect(led_back(Reason.FACE_MISMATCH), admitted()),
)  # fmt: skip
async def document_after_impostor(play: Play) -> None:
    await play.visit(who.impostor(play.site))
    await play.visit(who.genuine(play.site))


@scenario(
    "document_after_restart", "the controller restarts between two passages and has forgotten the first",
    expect(admitted(), admitted()),
)  # fmt: skip
async def document_after_restart(play: Play) -> None:
    await play.visit(who.genuine(play.site))
    await play.stop_controller()
    await play.start_controller()
    await play.visit(who.genuine(play.site))
