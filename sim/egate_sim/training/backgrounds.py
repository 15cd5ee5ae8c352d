"""Rooms at random, so that a network can't learn that one corridor means a live face and a plain wall an attack."""

import numpy as np

from egate_sim.people import photo
from egate_sim.people.layers import HEIGHT, WIDTH
from egate_sim.people.light import Lamp, Light
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal

_CORRIDORS = 0.35


def any_room(chance: np.random.Generator) -> Floats:
    """Linear light (HEIGHT, WIDTH, 3): a corridor, or a wall with or without things on it."""
    if chance.random() < _CORRIDORS:
        strength = np.float32(chance.uniform(0.5, 1.4))
        return np.asarray(photo.corridor(int(chance.integers(1, 40)))[0] * strength, np.float32)
    wall = np.array(chance.uniform(0.05, 0.9) * chance.uniform(0.8, 1.2, 3), np.float32)
    shade = 1 + chance.uniform(0, 0.5) * fractal(chance, WIDTH, HEIGHT, int(chance.integers(60, 400)), 3)
    light = np.asarray(wall * np.maximum(shade, 0.05)[:, :, None], np.float32)
    for _ in range(int(chance.integers(0, 7))):
        _thing(light, chance)
    return light


def any_light(chance: np.random.Generator) -> Light:
    """One to three lamps from the front half, and what comes from everywhere; of every warmth and strength."""
    lamps = [
        Lamp(
            (chance.uniform(-1, 1), chance.uniform(-0.2, 1), chance.uniform(0.2, 1)),
            _tinted(chance, chance.uniform(0.1, 0.8)),
        )
        for _ in range(int(chance.integers(1, 4)))
    ]
    return Light(
        tuple(lamps), sky=_tinted(chance, chance.uniform(0.1, 0.5)), floor=_tinted(chance, chance.uniform(0.05, 0.25))
    )


def _tinted(chance: np.random.Generator, strength: float) -> tuple[float, float, float]:
    warmth = chance.normal(0, 0.1)
    return strength * (1 + warmth), strength, strength * (1 - warmth)


def _thing(light: Floats, chance: np.random.Generator) -> None:
    """A picture, a door, a shelf, a window: an upright rectangle with a plain or shaded face. Straight edges belong
    to live scenes as well, and only what moves with the face is suspicious."""
    width, height = chance.integers(20, WIDTH), chance.integers(20, HEIGHT)
    left, top = chance.integers(-60, WIDTH - 20), chance.integers(-60, HEIGHT - 20)
    window = light[max(0, top) : top + height, max(0, left) : left + width]
    colour = np.array(chance.uniform(0.02, 1.0) * chance.uniform(0.7, 1.3, 3), np.float32)
    window[:] = colour * np.linspace(1, chance.uniform(0.5, 1.2), window.shape[0], dtype=np.float32)[:, None, None]
