"""The face light fails while a face is captured, or something stands there that does not answer it."""

import random

import numpy as np
from numpy.typing import NDArray

from egate.checks import Reason
from egate.face.pad.challenge import REST, STEP_MS, STEPS, Challenge
from egate.transaction.state import Stage
from egate_hal.light import DARK, Colour
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live
from egate_sim.people.sensor import Change
from egate_sim.scenarios import travellers as who
from egate_sim.scenarios.case import expect, led_back, scenario
from egate_sim.scenarios.play import Play


class RecordedElsewhere:
    """The holder, filmed at another gate while that one's light asked for other colours. Shown without a screen's own
    traces, as if it were fed into the camera's line."""

    def __init__(self, person: Person, seed: int) -> None:
        self._video = Live(person)
        self._colours = Challenge.draw(random.Random(seed).randbytes(32)).steps

    def frame(self, t_ms: float, chance: random.Random, lamp: Colour | Change = DARK) -> NDArray[np.uint8]:
        step = int(t_ms // STEP_MS) % (STEPS + 1)
        colour = self._colours[step] if step < STEPS else REST
        return self._video.frame(t_ms, chance, Colour(colour.red, colour.green, colour.blue))


_CHALLENGE_ON = 0.2  # of the progress; at a half it is over


async def _half_way(play: Play) -> None:
    """Until the challenge is on."""
    await play.observer.until(lambda lane: lane.transaction is not None and lane.transaction.progress > _CHALLENGE_ON)


@scenario(
    "light_unplugged", "the face light is unplugged during the challenge: who stands there is led back, nobody starts",
    expect(led_back(Reason.PAD_MISSING, Reason.DEVICE_FAULT), faults=("face_light.lost",)),
)  # fmt: skip
async def light_unplugged(play: Play) -> None:
    bearer = who.genuine(play.site)
    await play.bring(bearer, Stage.CAPTURING_FACE)
    play.show(bearer.presents())
    await _half_way(play)
    await play.world.light.unplug()
    await play.fault("face_light.lost")
    await play.reach(Stage.REFERRED)
    await play.go_back()
    await play.reach(Stage.OUT_OF_SERVICE)
    await play.stays_closed()
    await play.world.light.start()
    await play.fault("face_light.lost", active=False)


@scenario(
    "light_burnt_out", "the face light stays dark though its driver hears nothing of it: no face can answer",
    expect(led_back(Reason.PRESENTATION_ATTACK, attention=("presentation_attack",))),
)  # fmt: skip
async def light_burnt_out(play: Play) -> None:
    play.world.light.burnt_out = True
    await play.visit(who.genuine(play.site))


@scenario(
    "recorded_elsewhere", "a flawless film of the holder from another gate answers the colours of that one's light",
    expect(led_back(Reason.PRESENTATION_ATTACK, attention=("presentation_attack",))),
)  # fmt: skip
async def recorded_elsewhere(play: Play) -> None:
    bearer = who.genuine(play.site)
    await play.bring(bearer, Stage.CAPTURING_FACE)
    play.show(RecordedElsewhere(who.ADA, play.seed))
    await play.reach(Stage.REFERRED)
    await play.go_back()
