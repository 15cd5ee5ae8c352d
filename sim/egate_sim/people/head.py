"""Who a simulated person is: everything that is drawn from the seed, and nothing that changes while one looks."""

import random
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from egate_sim.people.looks import Colour, Looks, draw_looks
from egate_sim.people.mesh import heads


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Hair(StrEnum):
    BALD = "bald"
    CROPPED = "cropped"
    SHORT = "short"
    FULL = "full"
    CHIN = "chin"
    LONG = "long"
    SCARF = "scarf"


class Garment(StrEnum):
    CREW = "crew"
    COLLAR = "collar"
    JACKET = "jacket"
    ROLL_NECK = "roll_neck"


ANCESTRIES = ("african", "asian", "caucasian")

# Ramps of colour, light to dark, by eye; a person lies somewhere between two entries.
_SKIN: tuple[Colour, ...] = (
    (0.95, 0.83, 0.75), (0.91, 0.75, 0.65), (0.83, 0.65, 0.52), (0.72, 0.52, 0.39),
    (0.56, 0.38, 0.27), (0.41, 0.27, 0.19), (0.29, 0.19, 0.14),
)  # fmt: skip
_HAIR: tuple[Colour, ...] = ((0.72, 0.56, 0.36), (0.48, 0.31, 0.18), (0.28, 0.18, 0.12), (0.11, 0.09, 0.08))
_GREY: Colour = (0.72, 0.71, 0.70)
_IRIS: tuple[Colour, ...] = ((0.42, 0.55, 0.66), (0.38, 0.47, 0.36), (0.42, 0.30, 0.16), (0.22, 0.13, 0.08))
_CLOTH: tuple[Colour, ...] = (
    (0.16, 0.18, 0.24), (0.10, 0.10, 0.11), (0.45, 0.46, 0.48), (0.62, 0.58, 0.50), (0.30, 0.12, 0.14),
    (0.18, 0.29, 0.25), (0.24, 0.34, 0.50), (0.82, 0.82, 0.80), (0.52, 0.38, 0.22), (0.35, 0.22, 0.34),
)  # fmt: skip
_SKIN_RANGE = {"african": (0.60, 1.0), "asian": (0.12, 0.55), "caucasian": (0.0, 0.38)}
_OPPOSITES = (
    ("-decr", "-incr"), ("-down", "-up"), ("-in", "-out"), ("-backward", "-forward"), ("-concave", "-convex"),
    ("-compress", "-uncompress"),
)  # fmt: skip
# Mild everywhere: the sum of many details makes a face, not the strength of one.
_SPREAD = {"eyes": 0.50, "nose": 0.52, "mouth": 0.46, "cheek": 0.50, "chin": 0.44, "forehead": 0.42, "head": 0.34,
           "ears": 0.40, "neck": 0.30, "eyebrows": 0.60, "asym": 0.18}  # fmt: skip
_CALMED = (
    ("mouth-angles", 0.35), ("mouth-trans-in", 0.15), ("nose-trans-in", 0.2), ("lip-ext", 0.4), ("lip-middle", 0.4),
    ("lip-height", 0.6), ("mouth-trans-backward", 0.5), ("eyebrows-angle", 0.25), ("head-angle", 0.6),
    ("head-scale-vert", 0.5), ("forehead-scale-vert", 0.6), ("mouth-scale", 0.7), ("lip-volume", 0.75),
    ("prognathism", 0.6), ("jaw-drop", 0.6), ("laugh-lines", 0.6),
)  # fmt: skip
_SHAPES = ("head/head-diamond", "head/head-invertedtriangular", "head/head-oval", "head/head-rectangular",
           "head/head-round", "head/head-square", "head/head-triangular", "chin/chin-triangle")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brows:
    """``height_dm`` above the usual place; ``thickness``, ``arch`` and ``arch_place`` (farther out the larger) about 1;
    ``density``, ``taper`` 0..1; ``gap_dm`` from the middle; ``darkness``: relative to the hair of the head."""

    height_dm: float
    thickness: float
    arch: float
    density: float
    gap_dm: float
    length_dm: float
    arch_place: float
    taper: float
    darkness: float


@dataclass(frozen=True, slots=True)
class Beard:
    """``density`` 0 (shaved) .. 1; each region's share 0..1."""

    density: float
    cheeks: float
    moustache: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A mole: place on the rest mesh (x, y in decimetres, on the front), radius and darkness 0..1."""

    x_dm: float
    y_dm: float
    radius_dm: float
    darkness: float


@dataclass(frozen=True, slots=True)
class Person:
    """One person. ``shape``: target names with their weights. Drawn by :meth:`draw`; equal seeds give equal people."""

    seed: int
    sex: Sex
    age_years: int
    ancestry: tuple[float, float, float]
    shape: tuple[tuple[str, float], ...] = field(repr=False)
    skin: Colour
    lips: float
    freckles: float
    ruddiness: float
    iris: Colour
    hair: Hair
    hair_colour: Colour
    hair_depth_dm: float
    hairline_dm: float
    parting: float
    brows: Brows
    beard: Beard
    marks: tuple[Mark, ...]
    garment: Garment
    cloth: Colour
    cloth_inner: Colour
    looks: Looks = field(repr=False)

    @staticmethod
    @lru_cache(maxsize=256)
    def draw(seed: int) -> "Person":
        """The person with this seed."""
        chance = random.Random(f"person {seed}")
        sex = chance.choice(list(Sex))
        age = round(chance.triangular(18, 78, 34))
        ancestry = _ancestry(chance)
        tone = sum(w * chance.uniform(*_SKIN_RANGE[name]) for w, name in zip(ancestry, ANCESTRIES, strict=True))
        darkness = min(1.0, max(0.0, chance.gauss(0.35 + 0.9 * tone, 0.22)))
        hair = _hair(chance, sex, age)
        grey = min(1.0, max(0.0, chance.gauss((age - 46) / 26, 0.2)))
        return Person(
            seed=seed, sex=sex, age_years=age, ancestry=ancestry, shape=_shape(chance, sex, age, ancestry),
            skin=_jitter(chance, _ramp(_SKIN, tone), 0.04),
            lips=chance.uniform(0.35, 1.0) if sex is Sex.FEMALE else chance.uniform(0.2, 0.55),
            freckles=max(0.0, chance.gauss(-0.1, 0.4)) * (1 - tone), ruddiness=chance.uniform(0.2, 1.0),
            iris=_jitter(chance, _ramp(_IRIS, min(1.0, tone * 1.6 + chance.uniform(0, 0.7))), 0.1),
            hair=hair, hair_colour=_mix(_jitter(chance, _ramp(_HAIR, darkness), 0.1), _GREY, grey),
            hair_depth_dm={Hair.BALD: 0.0, Hair.CROPPED: 0.03, Hair.SHORT: 0.11}.get(hair, chance.uniform(0.14, 0.3)),
            hairline_dm=_hairline(chance, sex, age), parting=chance.uniform(-0.5, 0.5),
            brows=_brows(chance, sex), beard=_beard(chance, sex), marks=_marks(chance),
            garment=Garment.ROLL_NECK if hair is Hair.SCARF else chance.choice(list(Garment)),
            cloth=_jitter(chance, chance.choice(_CLOTH), 0.12),
            cloth_inner=_jitter(chance, (0.78, 0.79, 0.81), 0.06),
            looks=draw_looks(
                seed, female=sex is Sex.FEMALE, age_years=age, tone=tone,
                short_hair=hair not in (Hair.CHIN, Hair.LONG, Hair.SCARF),
            ),
        )  # fmt: skip


def _ancestry(chance: random.Random) -> tuple[float, float, float]:
    shares = [chance.random() ** 3 + 1e-3 for _ in ANCESTRIES]
    total = sum(shares)
    return (shares[0] / total, shares[1] / total, shares[2] / total)


def _shape(
    chance: random.Random, sex: Sex, age: int, ancestry: tuple[float, float, float]
) -> tuple[tuple[str, float], ...]:
    old = min(1.0, max(0.0, (age - 25) / 65))
    shape: dict[str, float] = {}
    weight = chance.gauss(0, 0.5)
    build = f"averagemuscle-{'maxweight' if weight > 0 else 'minweight'}"
    for years, share in (("young", 1 - old), ("old", old)):
        for name, part in zip(ANCESTRIES, ancestry, strict=True):
            shape[f"macro/{name}-{sex}-{years}"] = share * part
        shape[f"macro/universal-{sex}-{years}-{build}"] = share * min(1.0, abs(weight))
    for folder, low, high in _axes():
        value = max(-1.0, min(1.0, chance.gauss(0, _SPREAD[folder] * _calm(low))))
        shape[high if value > 0 else low] = abs(value)
    shape[chance.choice(_SHAPES)] = chance.uniform(0.15, 0.6)
    # The mesh at rest looks stern; a person who waits does not.
    shape["expression/browInnerUp"] = chance.uniform(0.25, 0.55)
    shape["expression/mouthSmile"] = chance.uniform(0.05, 0.22)
    return tuple(shape.items())


def _calm(name: str) -> float:
    """Less of what would give a resting face an expression, or set it askew."""
    return next((share for part, share in _CALMED if part in name), 1.0)


@lru_cache(maxsize=1)
def _axes() -> tuple[tuple[str, str, str], ...]:
    """(folder, target at -1, target at +1) of every detail that has two opposite ends."""
    names = sorted(heads().targets)
    axes = []
    for name in names:
        folder = name.split("/")[0]
        for low, high in (*_OPPOSITES, ("-l", "-r")):
            other = name.removesuffix(low) + high
            if folder in _SPREAD and name.endswith(low) and other in heads().targets:
                axes.append((folder, name, other))
    return tuple(axes)


def _hair(chance: random.Random, sex: Sex, age: int) -> Hair:
    if sex is Sex.FEMALE:
        return chance.choices(list(Hair), (0, 3, 12, 14, 26, 36, 9))[0]
    thinning = max(0, age - 30)
    return chance.choices(list(Hair), (2 + thinning, 18 + thinning, 50, 22, 4, 3, 0))[0]


def _hairline(chance: random.Random, sex: Sex, age: int) -> float:
    receded = 0.0 if sex is Sex.FEMALE else max(0.0, chance.gauss((age - 30) / 160, 0.07))
    return chance.gauss(0, 0.035) + receded


def _brows(chance: random.Random, sex: Sex) -> Brows:
    heavy = 0.15 if sex is Sex.MALE else -0.15
    return Brows(
        chance.gauss(-0.01, 0.03), chance.triangular(0.35, 1.5, 0.85) + heavy, chance.uniform(0.1, 1.35) - heavy,
        chance.uniform(0.35, 1.0), chance.triangular(0.04, 0.20, 0.12), chance.uniform(0.40, 0.56),
        chance.uniform(0.8, 1.7), chance.uniform(0.3, 0.8), chance.uniform(0.5, 1.05),
    )  # fmt: skip


def _beard(chance: random.Random, sex: Sex) -> Beard:
    if sex is Sex.FEMALE:
        return Beard(0, 0, 0)
    style = chance.random()
    if style < 0.5:
        return Beard(chance.uniform(0.05, 0.25), 1, 1)
    if style < 0.85:
        return Beard(chance.uniform(0.35, 0.95), 1, chance.uniform(0.7, 1))
    return Beard(chance.uniform(0.5, 0.9), 0.15, 1)


def _marks(chance: random.Random) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            chance.uniform(-0.6, 0.6), chance.uniform(6.3, 7.9), chance.uniform(0.008, 0.022), chance.uniform(0.3, 0.8)
        )
        for _ in range(chance.choice((0, 1, 2, 3, 5)))
    )


def _ramp(colours: tuple[Colour, ...], position: float) -> Colour:
    place = min(1.0, max(0.0, position)) * (len(colours) - 1)
    index = min(int(place), len(colours) - 2)
    return _mix(colours[index], colours[index + 1], place - index)


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def _jitter(chance: random.Random, colour: Colour, spread: float) -> Colour:
    """A little lighter or darker, and a third of that in hue; ``spread`` is relative."""
    light = 1 + chance.gauss(0, spread)
    r, g, b = (min(1.0, max(0.02, c * light * (1 + chance.gauss(0, spread / 3)))) for c in colour)
    return (r, g, b)
