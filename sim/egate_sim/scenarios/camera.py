"""The camera fails while a face is captured; the traveller goes to an officer, the lane comes back with the camera."""

from egate.checks import Reason
from egate.transaction.state import Stage
from egate_sim.camera import Fault
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import Ending, expect, led_back, scenario
from egate_sim.scenarios.play import Play

_NO_PICTURE = led_back(Reason.PAD_MISSING, Reason.CAMERA, Reason.NO_FACE)


def _camera_fault(fault: Fault, what: str, ending: Ending) -> None:
    @scenario(f"camera_{fault.value}", what, expect(ending, faults=("camera.lost",)))
    async def _(play: Play) -> None:
        bearer = who.genuine(play.site)
        await play.bring(bearer, Stage.CAPTURING_FACE)
        play.world.camera.fault = fault
        play.show(bearer.presents())
        await play.reach(Stage.REFERRED)
        play.world.camera.fault = Fault.NONE
        await play.go_back()


_camera_fault(Fault.BLACK, "the camera's picture goes black", _NO_PICTURE)
_camera_fault(Fault.STALLED, "the camera delivers no more frames", _NO_PICTURE)


def _repeating(fault: Fault, what: str) -> None:
    @scenario(
        f"camera_{fault.value}", what, expect(led_back(Reason.PAD_MISSING, Reason.CAMERA), faults=("camera.lost",))
    )
    async def _(play: Play) -> None:
        bearer = who.genuine(play.site)
        await play.bring(bearer, Stage.CAPTURING_FACE)
        play.show(bearer.presents())
        await play.observer.until(lambda lane: lane.transaction is not None and lane.transaction.progress > 0)
        play.world.camera.fault = fault
        await play.reach(Stage.REFERRED)
        play.world.camera.fault = Fault.NONE
        await play.go_back()


_repeating(
    Fault.FROZEN, "the camera's picture freezes with the traveller in it: one picture over and over proves nothing"
)
_repeating(Fault.REPLAYED, "what the camera sent of a traveller comes again in a loop: a recording proves nothing")


@scenario(
    "camera_unplugged", "the camera is unplugged while it looks, and plugged in again later",
    expect(_NO_PICTURE, faults=("camera.lost",)),
)  # fmt: skip
async def camera_unplugged(play: Play) -> None:
    await play.bring(who.genuine(play.site), Stage.CAPTURING_FACE)
    await play.world.camera.unplug()
    await play.reach(Stage.REFERRED)
    await play.go_back()
    await play.reach(Stage.OUT_OF_SERVICE)
    await play.world.camera.start()
