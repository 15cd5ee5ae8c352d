"""What may stand before the camera: people, and nobody. Attacks are in ``attacks.py``.

A presentation draws itself as the camera sees it; whether the gate takes it for what it is, is for the gate to say.
Poses follow from time alone; the sensor's noise is fresh in every frame.
"""

import math
import random
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from egate_hal.light import DARK
from egate_sim.people import photo
from egate_sim.people.head import Person
from egate_sim.people.kept import Kept
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.life import life
from egate_sim.people.light import GATE_LIGHT, Light
from egate_sim.people.pose import View
from egate_sim.people.render import Renderer
from egate_sim.people.sensor import GATE_CAMERA, STILL, Exposure, Pulse, Shine, expose, noisy

STEP_MS = 100
WALK_STEPS = 10
EXPOSURES = Kept[Exposure](110_000_000)
"""31 of 3.5 MB each: all that a gate sees of somebody who comes again and again, and a little more."""


class Presentation(Protocol):
    """Anything that may stand before the camera."""

    def frame(self, t_ms: float, chance: random.Random, lamp: Shine = DARK) -> NDArray[np.uint8]:
        """The camera's picture (800, 600, 3) uint8 RGB, ``t_ms`` after this presentation began, in the light of the
        gate's own lamp beside that of the hall."""


@lru_cache(maxsize=8)
def renderer(person: Person) -> Renderer:
    """The renderer of a person; the last few are kept."""
    return Renderer(person)


class Looped(ABC):
    """A presentation that moves in steps of STEP_MS: ``start`` steps once, then ``loop`` steps over and over."""

    start = 0
    loop = 1
    camera = GATE_CAMERA
    """What takes the pictures; set it before the first one."""

    def __init__(self) -> None:
        self._number = EXPOSURES.follow(self)

    def frame(self, t_ms: float, chance: random.Random, lamp: Shine = DARK) -> NDArray[np.uint8]:
        return noisy(self.exposure(t_ms).developed(lamp, self.pulse(t_ms)), chance, self.camera)

    def exposure(self, t_ms: float) -> Exposure:
        """What the sensor gets at a time; kept as long as there is room for it, and the presentation lives."""
        step = max(0, int(t_ms / STEP_MS))
        if step >= self.start:
            step = self.start + (step - self.start) % self.loop
        return EXPOSURES.get((self._number, step), lambda: expose(self.layers(step), self.camera, self.blur_px(step)))

    def pulse(self, t_ms: float) -> Pulse:
        """How blood changes the light from skin now."""
        return STILL

    def blur_px(self, step: int) -> tuple[float, float]:
        """How much movement and want of focus blur this step, standard deviation across and down on the light grid."""
        return (0.0, 0.0)

    @abstractmethod
    def layers(self, step: int) -> Layers:
        """What is seen at one step."""


class Nobody(Looped):
    """The empty gate."""

    def layers(self, step: int) -> Layers:
        return photo.hall()


class Live(Looped):
    """A person who walks up, stands, breathes, looks about a little and blinks."""

    start = WALK_STEPS
    loop = 3_000  # five minutes

    def __init__(self, person: Person, *, distance_mm: float = 780.0, light: Light = GATE_LIGHT) -> None:
        super().__init__()
        self.person = person
        self._distance_mm = distance_mm
        self._light = light
        self._life = life(person)
        chance = random.Random(f"habit {person.seed}")
        self._lean_mm = chance.uniform(-14, 14)
        self._resting = (chance.gauss(0, 2.2), chance.gauss(0, 2.0), chance.gauss(0, 1.6))
        self._stride_phase = chance.uniform(0, math.tau)

    def pulse(self, t_ms: float) -> Pulse:
        return self._life.heart.pulse(t_ms)

    def view(self, step: float) -> View:
        """Where the person is at one step, or between two."""
        t_ms, ways = step * STEP_MS, self._life
        t_s = t_ms / 1000
        away = 1 - min(1.0, step / self.start)
        stride = away * math.sin(step * 0.65 + self._stride_phase)
        yaw = self._resting[0] + 1.5 * ways.yaw.at(t_s)
        pitch = self._resting[1] + 0.9 * ways.pitch.at(t_s) - 3 * away
        look_yaw, look_pitch = ways.gaze_deg(t_ms)
        return View(
            yaw_deg=yaw, pitch_deg=pitch, roll_deg=self._resting[2] + 0.6 * ways.roll.at(t_s),
            distance_mm=self._distance_mm + 420 * away + 3.0 * ways.pitch.at(0.8 * t_s),
            right_mm=self._lean_mm + 2.0 * ways.right.at(t_s) + 18 * stride,
            up_mm=18 + 1.0 * ways.up.at(t_s) + 7 * abs(stride),
            blink=ways.blink(t_ms),
            smile=0.05 * max(0.0, ways.smile.at(t_s)), brow=0.10 * ways.brow.at(t_s),
            gaze_yaw_deg=look_yaw - yaw, gaze_pitch_deg=look_pitch - pitch,
        )  # fmt: skip

    def layers(self, step: int) -> Layers:
        layers = photo.hall().copy()
        read_later = self.view(step + self.camera.readout_ms / STEP_MS)
        draw(layers, self.person, self.view(step), self._light, read_later)
        return layers

    def blur_px(self, step: int) -> tuple[float, float]:
        share = self.camera.shutter_ms / STEP_MS
        before, after = self.view(step), self.view(step + share)
        focus = self.camera.defocus_px(after.distance_mm)
        scale = photo.FOCAL_PX / after.distance_mm / math.sqrt(12)  # of an even smear
        across, down = (after.right_mm - before.right_mm) * scale, (after.up_mm - before.up_mm) * scale
        return math.hypot(focus, across), math.hypot(focus, down)


class TwoPeople(Looped):
    """A person, and somebody else who looks over the shoulder."""

    start = Live.start
    loop = Live.loop

    def __init__(self, person: Person, other: Person) -> None:
        super().__init__()
        self._front, self._back = Live(person), Live(other)

    def pulse(self, t_ms: float) -> Pulse:
        return self._front.pulse(t_ms)

    def layers(self, step: int) -> Layers:
        layers = photo.hall().copy()
        behind = self._back.view(step + 5)
        draw(layers, self._back.person, replace(behind, distance_mm=1150, right_mm=165, up_mm=40, blink=0.04))
        front = self._front.view(step)
        draw(layers, self._front.person, replace(front, right_mm=front.right_mm - 55))
        return layers


def draw(layers: Layers, person: Person, view: View, light: Light = GATE_LIGHT, read_later: View | None = None) -> None:
    """Draw a person over what is there. ``read_later``: the view when the sensor's last row is read."""
    sprite = renderer(person).draw(view, WIDTH, HEIGHT, photo.FOCAL_PX, light, read_later=read_later)
    layers.put(sprite.pixels, sprite.ambient, sprite.lamp, sprite.blood)
