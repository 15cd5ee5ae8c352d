"""Class 1: photographs on flat paper."""

import random

from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.cuts import head_and_neck
from egate_sim.people.attacks.held import Held, Rest
from egate_sim.people.attacks.printed import GLOSSY, Layout, Paper, Printed
from egate_sim.people.attacks.taken import still
from egate_sim.people.head import Person

_HELD = "distance, place, tilt, the hand that holds it and how steadily"


def matt(victim: Person, holder: Person, chance: random.Random) -> Held:
    """A page of ordinary paper out of a laser printer."""
    layout = Layout(eyes_mm=34, eyes_up_mm=16, border_mm=chance.uniform(6, 11))
    thing = Printed(still(victim), 150, 200, layout)
    return Held(thing, holder, Rest(520, layout.eyes_up_mm), chance)


def glossy(victim: Person, holder: Person, chance: random.Random) -> Held:
    """A photo printer's best, 15 x 20 cm."""
    thing = Printed(still(victim), 150, 200, Layout(eyes_mm=40, eyes_up_mm=18), paper=GLOSSY)
    return Held(thing, holder, Rest(500, 18), chance)


def poster(victim: Person, holder: Person, chance: random.Random) -> Held:
    """Larger than life, cut out along head and neck."""
    layout = Layout(eyes_mm=76, eyes_up_mm=12)
    thing = Printed(still(victim), 250, 330, layout, outline=head_and_neck)
    return Held(thing, holder, Rest(840, layout.eyes_up_mm, holder_mm=980), chance)


def small_grey(victim: Person, holder: Person, chance: random.Random) -> Held:
    """A small black and white photograph, held close to the camera."""
    layout = Layout(eyes_mm=19, eyes_up_mm=8, border_mm=3)
    thing = Printed(still(victim), 75, 100, layout, paper=Paper(dots_mm=0.30, grey=True))
    return Held(thing, holder, Rest(300, layout.eyes_up_mm), chance)


ARTEFACTS = (
    Artefact(
        "print-matt", AttackClass.FLAT_PRINT, "matt print, 15 x 20 cm", f"{_HELD}; width of the white border",
        "answers the face light as one plane; moves as a plane; white border; fingers", matt,
    ),
    Artefact(
        "print-glossy", AttackClass.FLAT_PRINT, "glossy photograph, 15 x 20 cm", _HELD,
        "plane; a streak of the lamps wanders over it", glossy,
    ),
    Artefact(
        "print-poster", AttackClass.FLAT_PRINT, "poster cut out at head and neck", _HELD,
        "plane, though without an edge around the face; size against distance", poster,
    ),
    Artefact(
        "print-small-grey", AttackClass.FLAT_PRINT, "small grey photograph, 75 x 100 mm", _HELD,
        "no colour of skin; plane; much nearer than a face of that size could be", small_grey,
    ),
)  # fmt: skip
