"""What tells people apart beside the shape of their bones: complexion, marks, make-up, how hair grows, what they wear.

Drawn from the seed like everything else, in a stream of its own.
"""

import random
from dataclasses import dataclass
from enum import StrEnum

Colour = tuple[float, float, float]
"""sRGB, 0..1."""


class Cover(StrEnum):
    """Worn on the head beside a scarf, which is a kind of ``head.Hair`` because it hangs."""

    NONE = "none"
    TURBAN = "turban"
    CAP = "cap"


class Rim(StrEnum):
    """The shape of a pair of glasses."""

    ROUND = "round"
    OVAL = "oval"
    RECTANGLE = "rectangle"
    SQUARE = "square"
    AVIATOR = "aviator"


@dataclass(frozen=True, slots=True)
class Glasses:
    """Half width and half height of a lens, and thickness of its rim, in decimetres."""

    rim: Rim
    half_width_dm: float
    half_height_dm: float
    thickness_dm: float
    colour: Colour
    gloss: float


@dataclass(frozen=True, slots=True)
class Complexion:
    """Light and dark of a face that no lamp makes. Each 0..1 or about 0, as share of the skin's own colour;
    ``undertone``: factors of red, green and blue."""

    undertone: Colour
    sockets: float
    bags: float
    folds: float
    hollows: float
    ridge: float
    nose_sides: float
    under_nose: float
    under_lip: float
    forehead: float
    jaw: float
    blotches: float
    spots: float


@dataclass(frozen=True, slots=True)
class Scar:
    """A pale line from one place to another on the front of the rest mesh, in decimetres."""

    start: tuple[float, float]
    end: tuple[float, float]
    width_dm: float


@dataclass(frozen=True, slots=True)
class Birthmark:
    """A patch: place and radius in decimetres, strength 0..1."""

    x_dm: float
    y_dm: float
    radius_dm: float
    strength: float


@dataclass(frozen=True, slots=True)
class MakeUp:
    """Little of it: each 0..1."""

    lipstick: float
    lipstick_colour: Colour
    shadow: float
    shadow_colour: Colour
    liner: float
    blush: float


@dataclass(frozen=True, slots=True)
class HairGrowth:
    """``peak_dm``: how far the hairline comes down in the middle of the forehead; ``temple_dm``: how far it recedes
    beside it; ``fringe_dm``: hair that falls onto the forehead; ``sweep``: how much more on one side; ``curl`` 0..1;
    ``ragged``: about 1."""

    peak_dm: float
    temple_dm: float
    fringe_dm: float
    sweep: float
    curl: float
    ragged: float
    streaks: float


@dataclass(frozen=True, slots=True)
class Looks:
    complexion: Complexion
    make_up: MakeUp
    growth: HairGrowth
    scars: tuple[Scar, ...]
    birthmark: Birthmark | None
    cover: Cover
    cover_colour: Colour
    glasses: Glasses | None


_LIPSTICKS: tuple[Colour, ...] = ((0.62, 0.12, 0.16), (0.70, 0.30, 0.32), (0.45, 0.12, 0.22), (0.72, 0.38, 0.30))
_SHADOWS: tuple[Colour, ...] = ((0.35, 0.26, 0.24), (0.30, 0.30, 0.38), (0.42, 0.30, 0.34), (0.45, 0.36, 0.26))
_RIMS: tuple[Colour, ...] = (
    (0.05, 0.05, 0.06), (0.22, 0.12, 0.07), (0.45, 0.44, 0.42), (0.48, 0.38, 0.22), (0.12, 0.16, 0.26),
    (0.40, 0.10, 0.12),
)  # fmt: skip
_COVERS: tuple[Colour, ...] = (
    (0.10, 0.14, 0.30), (0.50, 0.16, 0.14), (0.78, 0.75, 0.68), (0.12, 0.12, 0.13), (0.60, 0.45, 0.18),
    (0.16, 0.32, 0.24),
)  # fmt: skip
_SPARSE = 0.12


def draw_looks(seed: int, *, female: bool, age_years: int, tone: float, short_hair: bool) -> Looks:
    """The looks of the person with this seed. ``tone``: skin from light 0 to dark 1; ``short_hair``: it does not hang,
    so that something may be wound round it."""
    chance = random.Random(f"looks {seed}")
    aged = min(1.0, max(0.0, (age_years - 28) / 45))
    complexion = _complexion(chance, aged, tone)
    make_up, growth = _make_up(chance, female), _growth(chance, female=female, tone=tone)
    scars = tuple(_scar(chance) for _ in range(chance.choices((0, 1, 2), (80, 17, 3))[0]))
    birthmark = _birthmark(chance) if chance.random() < _SPARSE / 2 else None
    cover = chance.choices(list(Cover), (86, 0 if female else 7, 7))[0] if short_hair else Cover.NONE
    glasses = _glasses(chance) if chance.random() < 0.22 + 0.25 * aged else None
    return Looks(complexion, make_up, growth, scars, birthmark, cover, chance.choice(_COVERS), glasses)


def _complexion(chance: random.Random, aged: float, tone: float) -> Complexion:
    return Complexion(
        undertone=(1 + chance.gauss(0, 0.025), 1 + chance.gauss(0, 0.02), 1 + chance.gauss(0, 0.03)),
        sockets=chance.triangular(0, 0.42, 0.12), bags=chance.uniform(0, 0.18) + 0.14 * aged,
        folds=chance.uniform(0, 0.14) + 0.18 * aged, hollows=chance.gauss(0, 0.10),
        ridge=chance.gauss(0.03, 0.06), nose_sides=chance.uniform(0, 0.22), under_nose=chance.uniform(0.05, 0.35),
        under_lip=chance.uniform(0, 0.30), forehead=chance.gauss(0, 0.06), jaw=chance.gauss(0, 0.09),
        blotches=chance.triangular(0.01, 0.08, 0.02), spots=max(0.0, chance.gauss(aged - 0.5, 0.3)) * (1 - 0.6 * tone),
    )  # fmt: skip


def _make_up(chance: random.Random, female: bool) -> MakeUp:
    worn = female and chance.random() < 0.6
    amount = chance.uniform(0.3, 1.0) if worn else 0.0
    return MakeUp(
        lipstick=amount * chance.uniform(0.2, 0.9), lipstick_colour=chance.choice(_LIPSTICKS),
        shadow=amount * chance.uniform(0, 0.5), shadow_colour=chance.choice(_SHADOWS),
        liner=amount * chance.uniform(0.2, 1.0), blush=amount * chance.uniform(0, 0.8),
    )  # fmt: skip


def _growth(chance: random.Random, *, female: bool, tone: float) -> HairGrowth:
    fringe = chance.uniform(0.15, 0.42) if chance.random() < (0.35 if female else 0.22) else 0.0
    return HairGrowth(
        peak_dm=max(-0.05, chance.gauss(0.02, 0.05)),
        temple_dm=abs(chance.gauss(0, 0.03 if female else 0.09)),
        fringe_dm=fringe, sweep=chance.uniform(-0.28, 0.28),
        curl=min(1.0, max(0.0, chance.gauss(0.15 + 0.9 * max(0.0, tone - 0.45), 0.25))),
        ragged=chance.uniform(0.2, 1.1), streaks=chance.uniform(0.5, 1.3),
    )  # fmt: skip


def _scar(chance: random.Random) -> Scar:
    x, y = chance.uniform(-0.5, 0.5), chance.uniform(6.4, 7.9)
    return Scar((x, y), (x + chance.gauss(0, 0.10), y + chance.gauss(0, 0.14)), chance.uniform(0.006, 0.014))


def _birthmark(chance: random.Random) -> Birthmark:
    return Birthmark(
        chance.uniform(-0.6, 0.6), chance.uniform(6.4, 7.9), chance.uniform(0.06, 0.16), chance.uniform(0.2, 0.5)
    )


def _glasses(chance: random.Random) -> Glasses:
    rim = chance.choice(list(Rim))
    width, height = {
        Rim.ROUND: (0.235, 0.225), Rim.OVAL: (0.26, 0.18), Rim.RECTANGLE: (0.28, 0.155),
        Rim.SQUARE: (0.27, 0.215), Rim.AVIATOR: (0.285, 0.24),
    }[rim]  # fmt: skip
    scale = chance.uniform(0.93, 1.08)
    metal = chance.random() < 0.4
    return Glasses(
        rim, width * scale, height * scale * chance.uniform(0.92, 1.08),
        chance.uniform(0.010, 0.016) if metal else chance.uniform(0.022, 0.045),
        chance.choice(_RIMS), 0.9 if metal else 0.5,
    )  # fmt: skip
