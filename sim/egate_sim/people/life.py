"""What a living person does while standing still: breathes, sways, looks about, blinks, moves the face a little; and
the pulse in the skin. All of it follows from the person's seed and the time alone, and nothing repeats within minutes.

Figures of adults at rest: 12 to 18 breaths and 10 to 25 blinks a minute, a blink of 150 to 300 ms, gaze that rests for
200 to 1500 ms and jumps between, 55 to 100 heartbeats a minute.
"""

import bisect
import math
import random
from dataclasses import dataclass
from functools import lru_cache

from egate_sim.people.head import Person
from egate_sim.people.sensor import Pulse

_DRAWN_S = 300.0
"""For so long blinks and looks are drawn; then they begin anew."""
_BLOOD_COLOUR = (0.35, 1.0, 0.55)
"""Haemoglobin takes most out of green light, less out of blue, which does not reach deep, least out of red."""


@dataclass(frozen=True, slots=True)
class Wander:
    """A slow movement without a period: waves whose lengths have no common measure. ``waves``: (Hz, phase)."""

    waves: tuple[tuple[float, float], ...]

    @staticmethod
    def draw(chance: random.Random, slowest_hz: float, count: int = 4) -> "Wander":
        return Wander(
            tuple(
                (slowest_hz * 1.73**n * chance.uniform(0.85, 1.18), chance.uniform(0, math.tau)) for n in range(count)
            )
        )

    def at(self, t_s: float) -> float:
        """About unit variance."""
        total = sum(math.sin(math.tau * hz * t_s + phase) / (1 + n) for n, (hz, phase) in enumerate(self.waves))
        return 1.2 * total


@dataclass(frozen=True, slots=True)
class Heart:
    """``rate_hz``; ``strength``: relative change of green light from skin, peak to peak."""

    rate_hz: float
    strength: float
    breath_hz: float
    phase: float

    def pulse(self, t_ms: float) -> Pulse:
        """More blood gives less light. The rate goes up and down with the breath."""
        t_s = t_ms / 1000
        beat = math.tau * self.rate_hz * t_s + self.phase + 0.35 * math.sin(math.tau * self.breath_hz * t_s)
        wave = 0.5 * (math.sin(beat) + 0.32 * math.sin(2 * beat - 0.9)) / 1.12
        red, green, blue = (-self.strength * share * wave for share in _BLOOD_COLOUR)
        return red, green, blue


@dataclass(frozen=True, slots=True)
class Life:
    """One person's ways. ``blinks``: (start s, length s); ``looks``: start s and gaze offsets in degrees from then."""

    heart: Heart
    yaw: Wander
    pitch: Wander
    roll: Wander
    right: Wander
    up: Wander
    smile: Wander
    brow: Wander
    blinks: tuple[tuple[float, float], ...]
    looks: tuple[tuple[float, float, float], ...]
    lid: float

    def blink(self, t_ms: float) -> float:
        """How far the eyes are closed, 0..1: quickly shut, more slowly opened."""
        t_s = t_ms / 1000 % _DRAWN_S
        place = bisect.bisect_right(self.blinks, (t_s, math.inf)) - 1
        if place < 0:
            return self.lid
        start, length = self.blinks[place]
        share = (t_s - start) / length
        if share >= 1:
            return self.lid
        closed = share / 0.3 if share < 0.3 else 1.0 if share < 0.55 else (1 - share) / 0.45
        return max(self.lid, min(1.0, closed))

    def gaze_deg(self, t_ms: float) -> tuple[float, float]:
        """Where the eyes look, yaw and pitch from the camera: at rest, then somewhere else at once."""
        t_s = t_ms / 1000 % _DRAWN_S
        place = bisect.bisect_right(self.looks, (t_s, math.inf, math.inf)) - 1
        return self.looks[max(0, place)][1:]


@lru_cache(maxsize=64)
def life(person: Person) -> Life:
    """The ways of a person."""
    chance = random.Random(f"life {person.seed}")
    breath = chance.uniform(0.20, 0.30)
    lightness = sum(person.skin) / 3
    heart = Heart(
        rate_hz=chance.uniform(55, 100) / 60,
        strength=chance.uniform(0.005, 0.010) * min(1.0, 0.35 + lightness),  # melanin takes its part before blood does
        breath_hz=breath,
        phase=chance.uniform(0, math.tau),
    )
    return Life(
        heart=heart,
        yaw=Wander.draw(chance, 0.11), pitch=Wander.draw(chance, 0.13), roll=Wander.draw(chance, 0.09),
        right=Wander.draw(chance, 0.10), up=Wander.draw(chance, breath, 2),
        smile=Wander.draw(chance, 0.07), brow=Wander.draw(chance, 0.12),
        blinks=_blinks(chance), looks=_looks(chance), lid=chance.uniform(0.0, 0.08),
    )  # fmt: skip


def _blinks(chance: random.Random) -> tuple[tuple[float, float], ...]:
    mean_s = chance.uniform(2.6, 5.5)
    blinks, at = [], chance.uniform(0.6, mean_s)
    while at < _DRAWN_S:
        blinks.append((at, chance.uniform(0.15, 0.30)))
        at += max(0.7, chance.lognormvariate(math.log(mean_s), 0.5))
    return tuple(blinks)


def _looks(chance: random.Random) -> tuple[tuple[float, float, float], ...]:
    """Mostly at the screen beside the camera, sometimes elsewhere."""
    looks, at = [], 0.0
    while at < _DRAWN_S:
        wide = 5.0 if chance.random() < 0.15 else 1.2
        looks.append((at, chance.gauss(0, wide), chance.gauss(-0.5, 0.6 * wide)))
        at += chance.uniform(0.2, 1.5)
    return tuple(looks)
