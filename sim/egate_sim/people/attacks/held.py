"""Presentations of things: held in a hand before the holder, or worn on the holder's face."""

import math
import random
from dataclasses import dataclass, replace
from typing import Protocol

from egate_sim.people import photo
from egate_sim.people.attacks.hand import SWAY_STEPS, Grip, Sway, brought
from egate_sim.people.attacks.shell import Shell
from egate_sim.people.flat import Pose
from egate_sim.people.head import Person
from egate_sim.people.kept import Kept
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.life import life
from egate_sim.people.pose import View
from egate_sim.people.presentation import Live, Looped, renderer
from egate_sim.people.render import Sprite
from egate_sim.people.sensor import Pulse


class Thing(Protocol):
    """Something flat or bent that can be drawn wherever it is."""

    width_mm: float
    height_mm: float

    def draw(self, layers: Layers, pose: Pose, step: int) -> None:
        """Draw it over what is there."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Where a thing is meant to be held: ``distance_mm`` of the thing; ``eyes_up_mm``: how far the shown eyes are above
    its middle, so that they come to lie at the camera's height; ``hands``: False for what stands by itself;
    ``shake``: 1 a free hand, less where the elbow rests; ``holder_mm``: how far away the holder's own face is."""

    distance_mm: float
    eyes_up_mm: float = 0.0
    hands: bool = True
    shake: float = 1.0
    holder_mm: float = 900.0

    def drawn(self, chance: random.Random) -> Pose:
        """As one try has it: nobody holds a thing twice alike."""
        return Pose(
            self.distance_mm * chance.uniform(0.95, 1.06), chance.uniform(-9, 9),
            8 - self.eyes_up_mm + chance.uniform(-9, 9),
            chance.gauss(0, 3.5), chance.gauss(0, 3.5), chance.gauss(0, 2),
        )  # fmt: skip


class Held(Looped):
    """A thing in somebody's hand, brought up to the camera and kept there."""

    start = 5
    loop = SWAY_STEPS

    def __init__(self, thing: Thing, holder: Person, rest: Rest, chance: random.Random) -> None:
        super().__init__()
        self._thing, self._holder, self._rest = thing, holder, rest
        self._heart = life(holder).heart
        self._pose, self._sway, self._grip = rest.drawn(chance), Sway.draw(chance, rest.shake), Grip.draw(chance)

    def pulse(self, t_ms: float) -> Pulse:
        return self._heart.pulse(t_ms)

    def pose(self, step: int) -> Pose:
        """Where the thing is at one step."""
        pose = self._sway.moved(self._pose, step - self.start)
        return brought(pose, min(1.0, step / self.start)) if self._rest.hands else pose

    def layers(self, step: int) -> Layers:
        layers, pose, thing = photo.hall().copy(), self.pose(step), self._thing
        standing = standing_behind(self._holder, self._rest.holder_mm, step % self.loop)
        layers.put(standing.pixels, standing.ambient, standing.lamp, standing.blood)
        if self._rest.hands:
            self._grip.arm(layers, self._holder, pose, thing.width_mm, thing.height_mm)
        thing.draw(layers, pose, step)
        if self._rest.hands:
            self._grip.fingers(layers, self._holder, pose, thing.width_mm, thing.height_mm)
        return layers


_BEHIND = Kept[Sprite](80_000_000)
"""A little more than one holder's SWAY_STEPS, some 4 MB each."""


def standing_behind(holder: Person, distance_mm: float, step: int) -> Sprite:
    """The holder behind a thing, chin a little down to look at it."""
    return _BEHIND.get((holder, distance_mm, step), lambda: _behind(holder, distance_mm, step))


def _behind(holder: Person, distance_mm: float, step: int) -> Sprite:
    turn = math.tau * step / SWAY_STEPS
    view = View(
        distance_mm=distance_mm, right_mm=3 * math.sin(turn), up_mm=14 + 1.5 * math.cos(turn), pitch_deg=-5,
        yaw_deg=1.5 * math.sin(turn + 1), blink=1.0 if step == 7 else 0.15,
    )  # fmt: skip
    return renderer(holder).draw(view, WIDTH, HEIGHT, photo.FOCAL_PX)


class OnFace(Looped):
    """A thing tied, glued or held close to the holder's face, which moves with the head."""

    start = Live.start
    loop = Live.loop

    def __init__(
        self, thing: Thing, holder: Person, *, before_mm: float, eyes_up_mm: float, chance: random.Random,
        distance_mm: float = 780.0,
    ) -> None:  # fmt: skip
        """``before_mm``: how far the thing is before the holder's eyes; ``eyes_up_mm``: how far its eyes, or the holes
        for them, are above its middle."""
        super().__init__()
        self._thing, self._holder = thing, holder
        self._before_mm, self._eyes_up_mm = before_mm, eyes_up_mm
        self._live = Live(holder, distance_mm=distance_mm * chance.uniform(0.96, 1.05))
        self._askew = (chance.gauss(0, 1.0), chance.gauss(0, 1.2), chance.gauss(0, 1.2))

    def pulse(self, t_ms: float) -> Pulse:
        return self._live.pulse(t_ms)

    def layers(self, step: int) -> Layers:
        layers, view = photo.hall().copy(), self._live.view(step)
        sprite = renderer(self._holder).draw(view, WIDTH, HEIGHT, photo.FOCAL_PX)
        layers.put(sprite.pixels, sprite.ambient, sprite.lamp, sprite.blood)
        self._thing.draw(layers, self._pose(view), step)
        return layers

    def _pose(self, view: View) -> Pose:
        """Of the thing, from that of the head: on the line of sight to the eyes, turned as the head is."""
        askew_deg, right_mm, up_mm = self._askew
        near = (view.distance_mm - self._before_mm) / view.distance_mm
        pose = Pose(
            view.distance_mm - self._before_mm, view.right_mm * near + right_mm,
            view.up_mm * near + up_mm - self._eyes_up_mm, view.yaw_deg, view.pitch_deg, view.roll_deg,
        )  # fmt: skip
        return replace(pose, roll_deg=pose.roll_deg + askew_deg)


class Masked(Looped):
    """Somebody who wears a mask, and stands and moves as anybody does."""

    start = Live.start
    loop = Live.loop

    def __init__(self, shell: Shell, wearer: Person, chance: random.Random, distance_mm: float = 780.0) -> None:
        super().__init__()
        self._shell, self._wearer = shell, wearer
        self._live = Live(wearer, distance_mm=distance_mm * chance.uniform(0.95, 1.06))

    def pulse(self, t_ms: float) -> Pulse:
        return self._live.pulse(t_ms)

    def layers(self, step: int) -> Layers:
        layers, view = photo.hall().copy(), self._live.view(step)
        sprite = renderer(self._wearer).draw(view, WIDTH, HEIGHT, photo.FOCAL_PX)
        layers.put(sprite.pixels, sprite.ambient, sprite.lamp, sprite.blood)
        self._shell.draw(layers, view)
        return layers
