"""Class 2: photographs on paper that is bent, so that it is not quite a plane."""

import math
import random

from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.cuts import oval
from egate_sim.people.attacks.held import Held, OnFace, Rest
from egate_sim.people.attacks.printed import Layout, Printed
from egate_sim.people.attacks.surface import Form, Sheet, folded, rolled, waved
from egate_sim.people.attacks.taken import still
from egate_sim.people.head import Person

_SIZE_MM = (190.0, 250.0)
_LAYOUT = Layout(eyes_mm=58, eyes_up_mm=22, border_mm=4)
_VARIED = "strength of the bend, distance, tilt, hand"


def _held(victim: Person, holder: Person, chance: random.Random, form: Form) -> Held:
    thing = Printed(still(victim), *_SIZE_MM, _LAYOUT, sheet=Sheet(*_SIZE_MM, form, 9))
    return Held(thing, holder, Rest(700, _LAYOUT.eyes_up_mm), chance)


def cylinder(victim: Person, holder: Person, chance: random.Random) -> Held:
    """Bent round an upright axis, about as a head is round."""
    return _held(victim, holder, chance, rolled(chance.uniform(90, 150)))


def wavy(victim: Person, holder: Person, chance: random.Random) -> Held:
    """Limp paper."""
    return _held(victim, holder, chance, waved(chance.uniform(4, 8), chance.uniform(110, 170), chance.uniform(0, 6)))


def creased(victim: Person, holder: Person, chance: random.Random) -> Held:
    """Folded down the nose, both cheeks turned back."""
    return _held(victim, holder, chance, folded(chance.uniform(18, 32)))


def worn_close(victim: Person, holder: Person, chance: random.Random) -> OnFace:
    """The printed face cut out and laid around the holder's own, whose hair and ears remain."""
    layout = Layout(eyes_mm=64, eyes_up_mm=math.floor(chance.uniform(-26, -20)))
    size = (170.0, 230.0)
    thing = Printed(still(victim), *size, layout, sheet=Sheet(*size, rolled(82), 9), outline=oval)
    return OnFace(thing, holder, before_mm=30, eyes_up_mm=layout.eyes_up_mm, chance=chance)


ARTEFACTS = (
    Artefact(
        "bent-cylinder", AttackClass.BENT_PRINT, "print bent to a cylinder", f"radius 90 to 150 mm; {_VARIED}",
        "no nose in the answer to the face light; edges; stiff", cylinder,
    ),
    Artefact(
        "bent-waves", AttackClass.BENT_PRINT, "limp, wavy print", _VARIED,
        "light and shade run in waves across the face", wavy,
    ),
    Artefact(
        "bent-crease", AttackClass.BENT_PRINT, "print folded down the nose", f"18 to 32 degrees; {_VARIED}",
        "two planes; a crease from forehead to chin", creased,
    ),
    Artefact(
        "bent-worn", AttackClass.BENT_PRINT, "print worn close around a face", "fit, askew by some degrees; the wearer",
        "no relief, no blinking, no pulse; paper's edge before the ears", worn_close,
    ),
)  # fmt: skip
