"""Class 3: photographs with openings, behind which a living face looks out."""

import random

from egate_sim.people.attacks import cuts
from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.held import Held, OnFace, Rest
from egate_sim.people.attacks.printed import Holes, Layout, Printed
from egate_sim.people.attacks.surface import Sheet, rolled
from egate_sim.people.attacks.taken import EYES_MM, still
from egate_sim.people.head import Person

_SIZE_MM = (210.0, 270.0)


def _before_face(
    victim: Person, holder: Person, chance: random.Random, holes: Holes, *, before_mm: float, bend_mm: float
) -> OnFace:
    """Life-size paper pressed to the holder's face; the nose keeps it off a little."""
    layout = Layout(eyes_mm=EYES_MM * (780 - before_mm) / 780, eyes_up_mm=20)
    thing = Printed(still(victim), *_SIZE_MM, layout, sheet=Sheet(*_SIZE_MM, rolled(bend_mm), 9), holes=holes)
    return OnFace(thing, holder, before_mm=before_mm, eyes_up_mm=layout.eyes_up_mm, chance=chance)


def eyes(victim: Person, holder: Person, chance: random.Random) -> OnFace:
    """Two holes to look through: these eyes blink and move."""
    return _before_face(victim, holder, chance, cuts.eye_holes, before_mm=24, bend_mm=170)


def eyes_and_mouth(victim: Person, holder: Person, chance: random.Random) -> OnFace:
    """Three holes: this face can also speak."""
    return _before_face(victim, holder, chance, cuts.eyes_and_mouth, before_mm=22, bend_mm=150)


def nose(victim: Person, holder: Person, chance: random.Random) -> OnFace:
    """The nose comes through a flap, so that there is some relief; the paper then lies on the eyes."""
    return _before_face(victim, holder, chance, cuts.eyes_and_nose, before_mm=8, bend_mm=110)


def card(victim: Person, holder: Person, chance: random.Random) -> Held:
    """Pasted on card, cut along head and neck, held by the lower edge; eyes cut out, but nothing lives behind them."""
    layout = Layout(eyes_mm=60, eyes_up_mm=10)
    thing = Printed(still(victim), 200, 264, layout, outline=cuts.head_and_neck, holes=cuts.eye_holes)
    return Held(thing, holder, Rest(740, layout.eyes_up_mm, holder_mm=790), chance)


ARTEFACTS = (
    Artefact(
        "holes-eyes", AttackClass.CUT_PRINT, "print with the eyes cut out", "the wearer, fit, askew by some degrees",
        "paper around living eyes: no relief, another answer to the light than the eyes'", eyes,
    ),
    Artefact(
        "holes-eyes-mouth", AttackClass.CUT_PRINT, "print with eyes and mouth cut out", "the wearer, fit, askew",
        "shadowed edges of the holes; skin of two colours", eyes_and_mouth,
    ),
    Artefact(
        "holes-nose", AttackClass.CUT_PRINT, "print with eyes cut out and a nose flap", "the wearer, fit, askew",
        "a nose of another colour stands out of a plane", nose,
    ),
    Artefact(
        "holes-card", AttackClass.CUT_PRINT, "photograph on a head-shaped card, eyes cut out", "distance, tilt, hand",
        "plane; what is behind the holes moves differently", card,
    ),
)  # fmt: skip
