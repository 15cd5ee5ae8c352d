"""How somebody holds a thing: where, how steadily, with which fingers."""

import math
import random
from dataclasses import dataclass

import numpy as np

from egate_sim.people import photo
from egate_sim.people.flat import Pose, finger
from egate_sim.people.head import Person
from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.light import linear

SWAY_STEPS = 18
"""After so many steps a hand's movement repeats."""
_HARMONICS = (1, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Sway:
    """Six slow movements that nobody can suppress: ``amounts`` in mm and degrees, in the order of Pose's fields, with
    phases of their own for each harmonic."""

    amounts: tuple[float, ...]
    phases: tuple[tuple[float, ...], ...]

    @staticmethod
    def draw(chance: random.Random, scale: float = 1.0) -> "Sway":
        amounts = tuple(scale * chance.uniform(0.6, 1.5) * amount for amount in (4.0, 2.5, 2.2, 1.6, 1.2, 0.7))
        return Sway(amounts, tuple(tuple(chance.uniform(0, math.tau) for _ in _HARMONICS) for _ in amounts))

    def moved(self, rest: Pose, step: int) -> Pose:
        """The pose at one step."""
        turn = math.tau * step / SWAY_STEPS
        by = [
            amount * sum(math.sin(n * turn + phase) / n for n, phase in zip(_HARMONICS, phases, strict=True))
            for amount, phases in zip(self.amounts, self.phases, strict=True)
        ]
        return Pose(
            rest.distance_mm + by[0], rest.right_mm + by[1], rest.up_mm + by[2],
            rest.yaw_deg + by[3], rest.pitch_deg + by[4], rest.roll_deg + by[5],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grip:
    """Which hand, and how far down the edge it holds: 0 the middle, 1 the lower end."""

    left_handed: bool
    down: float

    @staticmethod
    def draw(chance: random.Random) -> "Grip":
        return Grip(chance.random() < 0.5, chance.uniform(0.3, 0.65))

    def arm(self, layers: Layers, holder: Person, pose: Pose, width_mm: float, height_mm: float) -> None:
        """Sleeve and back of the hand, behind the thing."""
        x, y, half_width, half_height, scale = _edges(pose, width_mm, height_mm)
        side = -1 if self.left_handed else 1
        wrist = (x + side * half_width * 0.7, y + half_height * self.down + 55 * scale)
        far = pose.distance_mm + 15
        finger(
            layers, (x + side * (half_width + 150 * scale), HEIGHT + 60 + 100 * scale), wrist, 42 * scale,
            linear(holder.cloth), distance_mm=far, blood=0.0,
        )  # fmt: skip
        palm = (x + side * half_width * 0.75, y + half_height * self.down)
        finger(layers, wrist, palm, min(30 * scale, 0.8 * half_width), linear(holder.skin), distance_mm=far)

    def fingers(self, layers: Layers, holder: Person, pose: Pose, width_mm: float, height_mm: float) -> None:
        """Thumb on the near edge, finger tips round the far one where the thing is narrow enough to be clasped."""
        x, y, half_width, half_height, scale = _edges(pose, width_mm, height_mm)
        side = -1 if self.left_handed else 1
        skin, row = linear(holder.skin), y + half_height * self.down
        edge = x + side * half_width
        finger(
            layers, (edge + side * 26 * scale, row + 44 * scale), (edge - side * 9 * scale, row - 10 * scale),
            10.5 * scale, skin, distance_mm=pose.distance_mm - 8,
        )  # fmt: skip
        if width_mm > 90:
            return
        for number in range(4):
            height = row + (number * 18 - 30) * scale
            edge = x - side * half_width
            finger(
                layers, (edge - side * 16 * scale, height + 6 * scale), (edge + side * 4 * scale, height), 8 * scale,
                skin, distance_mm=pose.distance_mm,
            )  # fmt: skip


def _edges(pose: Pose, width_mm: float, height_mm: float) -> tuple[float, float, float, float, float]:
    """Middle x and y, half width and half height on the grid, and grid pixels a millimetre."""
    scale = photo.FOCAL_PX / pose.distance_mm
    x, y = WIDTH / 2 + pose.right_mm * scale, HEIGHT / 2 - pose.up_mm * scale
    return x, y, width_mm / 2 * scale, height_mm / 2 * scale, scale


def brought(pose: Pose, share: float) -> Pose:
    """The pose on the way up: ``share`` 0 not yet there .. 1 there."""
    left = np.float32((1 - share) ** 2)
    return Pose(
        pose.distance_mm + float(260 * left), pose.right_mm, pose.up_mm - float(70 * left),
        pose.yaw_deg, pose.pitch_deg - float(12 * left), pose.roll_deg,
    )  # fmt: skip
