"""The light on people and things."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from egate_sim.people.mesh import Floats

VIEWER = np.array([0, 0, 1], np.float32)
SRGB_TO_LINEAR = np.power(np.arange(256, dtype=np.float32) / 255, np.float32(2.2))


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
    """All light: lamps, and what comes from everywhere (from above, from below)."""

    lamps: Sequence[Lamp]
    sky: tuple[float, float, float]
    floor: tuple[float, float, float]


GATE_LIGHT = Light(
    (
        Lamp((-0.15, 0.75, 0.65), (0.62, 0.60, 0.56)),
        Lamp((-0.75, 0.10, 0.65), (0.26, 0.27, 0.29)),
        Lamp((0.80, 0.05, 0.60), (0.19, 0.20, 0.22)),
    ),
    sky=(0.30, 0.30, 0.31),
    floor=(0.13, 0.12, 0.11),
)


def linear(colour: tuple[float, float, float]) -> Floats:
    """Linear light (3,) of an sRGB colour in 0..1."""
    return np.power(np.array(colour, np.float32), np.float32(2.2))
