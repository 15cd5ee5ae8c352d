"""Class 7: rigid and soft masks of the victim's head."""

import random
from dataclasses import replace

from egate_sim.people.attacks import regions
from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.bends import wrinkles
from egate_sim.people.attacks.held import Masked
from egate_sim.people.attacks.shell import Material, Shell
from egate_sim.people.head import Hair, Person

_RESIN = Material(gloss=0.45, power=55, fade=0.1, lift_mm=4)
_SILICONE = Material(gloss=0.10, power=14, soft=0.6, fade=0.06, grain=0.03, lift_mm=2)
_LATEX = Material(gloss=0.16, power=22, soft=0.3, fade=0.12, tint=(1.04, 0.97, 0.86), grain=0.04, lift_mm=4)
_FOAM = Material(gloss=0.05, power=12, soft=0.4, fade=0.1, tint=(1.0, 0.96, 0.93), grain=0.04, lift_mm=3)


def _flat_hair(person: Person) -> Person:
    """With the hair pressed flat, as under a hood."""
    return replace(person, hair=Hair.CROPPED, hair_depth_dm=0.02)


def resin(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """Cast, hard and varnished."""
    return Masked(Shell(victim, regions.without_eyes(regions.face, 0.15, 0.075), _RESIN), holder, chance)


def silicone(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """Thin, translucent, glued around eyes and mouth: a little of the wearer's expression comes through."""
    region = regions.without_eyes(regions.head, 0.175, 0.08)
    shell = Shell(victim, region, _SILICONE, lively=0.35)
    return Masked(shell, _flat_hair(holder), chance)


def latex(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """Pulled over the head; too large, so that it wrinkles."""
    region = regions.without_mouth(regions.without_eyes(regions.head, 0.19, 0.10))
    shell = Shell(victim, region, _LATEX, bend=wrinkles(chance.uniform(0.012, 0.022)), lively=0.15)
    return Masked(shell, _flat_hair(holder), chance)


def hood(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """A hood with the victim's face and hair, down to the collar."""
    shell = Shell(victim, regions.without_eyes(regions.head), _FOAM, hair=True)
    return Masked(shell, _flat_hair(holder), chance)


_VARIED = "the wearer, distance"
ARTEFACTS = (
    Artefact(
        "mask-resin", AttackClass.FULL_MASK, "rigid mask of resin", _VARIED,
        "gloss like varnish; stiff; no pulse; a rim before the ears; shadows around the eyes", resin,
    ),
    Artefact(
        "mask-silicone", AttackClass.FULL_MASK, "silicone mask with the wearer's own eyes", _VARIED,
        "no pulse; hardly any expression; seams around the eyes and at the neck", silicone,
    ),
    Artefact(
        "mask-latex", AttackClass.FULL_MASK, "latex mask, wrinkled", f"{_VARIED}, depth of the wrinkles",
        "wrinkles that no face has; yellowish; wide holes; no pulse", latex,
    ),
    Artefact(
        "mask-hood", AttackClass.FULL_MASK, "hood with the victim's face and hair", _VARIED,
        "stiff; no pulse; skin of another colour around the eyes; seam at the collar", hood,
    ),
)  # fmt: skip
