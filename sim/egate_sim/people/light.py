"""The light on people and things: lamps of the hall, far away, and the gate's face light, close by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from egate_sim.people.mesh import Floats

VIEWER = np.array([0, 0, 1], np.float32)
SRGB_TO_LINEAR = np.power(np.arange(256, dtype=np.float32) / 255, np.float32(2.2))

# Where the face light's bars are, from the camera: left, right and above, in millimetres, x right in the picture, y up.
FACE_LIGHT_PLACES_MM = ((-150.0, 0.0), (150.0, 0.0), (0.0, 170.0))
LAMP_SHARE = 0.35
"""The face light's share of all light on a forehead at LAMP_DISTANCE_MM when it shines white. A gate owns its light:
a hall at 300 lx and a panel of a few watts at arm's length come to about this; a screen alone comes to 0.05 to 0.15."""
LAMP_DISTANCE_MM = 750.0


@dataclass(frozen=True, slots=True)
class Lamp:
    """Light from far away, from ``direction`` (towards the lamp; x right in the picture, y up, z to the camera)."""

    direction: tuple[float, float, float]
    colour: tuple[float, float, float]

    def towards(self) -> Floats:
        """The unit vector (3,) to the lamp."""
        return np.asarray(np.array(self.direction) / np.linalg.norm(self.direction), np.float32)

    def halfway(self) -> Floats:
        """The unit vector (3,) halfway between lamp and camera: where a mirror shows the lamp."""
        half = self.towards() + VIEWER
        return np.asarray(half / np.linalg.norm(half), np.float32)


@dataclass(frozen=True, slots=True)
class Light:
    """All light of a place: lamps, and what comes from everywhere (from above, from below)."""

    lamps: Sequence[Lamp]
    sky: tuple[float, float, float]
    floor: tuple[float, float, float]

    def from_front(self) -> float:
        """Green light on a surface that faces the camera."""
        even = 0.5 * (self.sky[1] + self.floor[1])
        return even + sum(lamp.colour[1] * max(0.0, float(lamp.towards()[2])) for lamp in self.lamps)


GATE_LIGHT = Light(
    (
        Lamp((-0.15, 0.75, 0.65), (0.62, 0.60, 0.56)),
        Lamp((-0.75, 0.10, 0.65), (0.26, 0.27, 0.29)),
        Lamp((0.80, 0.05, 0.60), (0.19, 0.20, 0.22)),
    ),
    sky=(0.30, 0.30, 0.31),
    floor=(0.13, 0.12, 0.11),
)
FACE_LIGHT_AT_FACE = LAMP_SHARE / (1 - LAMP_SHARE) * GATE_LIGHT.from_front()
"""Unit white of the face light on a surface that faces it at LAMP_DISTANCE_MM, in the units of GATE_LIGHT."""


def to_face_light(places_mm: Floats) -> tuple[tuple[Floats, Floats], ...]:
    """For every bar of the face light: unit vectors (k, 3) to it, and strength (k,) of its light on a surface turned
    to it, which falls off with the square of the distance. ``places_mm`` (k, 3): x, y from the optical axis, z from
    the camera, negative before it."""
    bars = []
    for x, y in FACE_LIGHT_PLACES_MM:
        way = np.array([x, y, 0], np.float32) - places_mm
        squared = (way**2).sum(axis=1)
        strength = FACE_LIGHT_AT_FACE / len(FACE_LIGHT_PLACES_MM) * LAMP_DISTANCE_MM**2 / squared
        bars.append((np.asarray(way / np.sqrt(squared)[:, None], np.float32), np.asarray(strength, np.float32)))
    return tuple(bars)


def face_light(places_mm: Floats, normals: Floats, sheen: float = 0.0) -> Floats:
    """Unit white of the face light (k,) on matt surfaces at ``places_mm`` (k, 3) with unit ``normals`` (k, 3), or one
    normal (3,) for all; ``sheen``: how much is mirrored besides, broadly."""
    total = np.zeros(len(places_mm), np.float32)
    facing = np.broadcast_to(normals, places_mm.shape)
    for way, strength in to_face_light(places_mm):
        lit = np.clip((way * facing).sum(axis=1), 0, 1)
        if sheen:
            half = way - places_mm / np.linalg.norm(places_mm, axis=1, keepdims=True)
            half /= np.linalg.norm(half, axis=1, keepdims=True)
            lit += sheen * np.clip((half * facing).sum(axis=1), 0, 1) ** 40
        total += strength * lit
    return total


def linear(colour: tuple[float, float, float]) -> Floats:
    """Linear light (3,) of an sRGB colour in 0..1."""
    return np.power(np.array(colour, np.float32), np.float32(2.2))
