"""Class 8: pieces that change a part of the holder's face."""

import random

from egate_sim.people.attacks import cuts, regions
from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.held import Masked, OnFace
from egate_sim.people.attacks.printed import Layout, Printed
from egate_sim.people.attacks.shell import Material, Shell
from egate_sim.people.attacks.surface import Sheet, rolled
from egate_sim.people.attacks.taken import still
from egate_sim.people.head import Person

_SILICONE = Material(gloss=0.12, power=16, soft=0.5, fade=0.08, grain=0.03, lift_mm=2)
_CLOTH = Material(photographed=True, fade=0.1, grain=0.09, grain_px=(2.2, 2.2), lift_mm=7)
_PAPER = Material(photographed=True, tint=(0.95, 1.0, 1.04), grain=0.05, lift_mm=4)


def nose(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """The victim's nose and cheeks in silicone, glued on."""
    return Masked(Shell(victim, regions.nose_and_cheeks, _SILICONE, lively=0.5), holder, chance)


def lower_face(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """A cloth mask on which the victim's nose, mouth and chin are printed."""
    return Masked(Shell(victim, regions.lower_face, _CLOTH, lively=0.2), holder, chance)


def spectacles(victim: Person, holder: Person, chance: random.Random) -> OnFace:
    """Spectacles whose lenses are prints of the victim's eyes."""
    layout, size = Layout(eyes_mm=60, eyes_up_mm=3), (132.0, 62.0)
    sheet = Sheet(*size, rolled(110), 6)
    thing = Printed(still(victim), *size, layout, sheet=sheet, outline=cuts.lenses, blackened=cuts.rims)
    return OnFace(thing, holder, before_mm=20, eyes_up_mm=layout.eyes_up_mm, chance=chance)


def half_face(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """Paper over the forehead and down one side."""
    return Masked(Shell(victim, regions.without_eyes(regions.half), _PAPER), holder, chance)


_VARIED = "the wearer, distance"
ARTEFACTS = (
    Artefact(
        "partial-nose", AttackClass.PARTIAL_MASK, "silicone nose and cheeks", _VARIED,
        "seams; no pulse in the middle of the face; skin of two colours", nose,
    ),
    Artefact(
        "partial-lower-face", AttackClass.PARTIAL_MASK, "cloth mask with a printed mouth and chin", _VARIED,
        "weave; stiff mouth; edge across nose and cheeks; no pulse below", lower_face,
    ),
    Artefact(
        "partial-spectacles", AttackClass.PARTIAL_MASK, "spectacles with printed eyes", f"{_VARIED}, askew",
        "eyes that never blink or move; two flat lenses in the answer to the light", spectacles,
    ),
    Artefact(
        "partial-half-face", AttackClass.PARTIAL_MASK, "paper over forehead and one cheek", _VARIED,
        "a slanting edge; left and right answer the light differently", half_face,
    ),
)  # fmt: skip
