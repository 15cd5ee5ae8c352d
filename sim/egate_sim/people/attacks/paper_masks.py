"""Class 6: masks of paper and of printed plaster."""

import random

from egate_sim.people.attacks import cuts, regions
from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.bends import facets
from egate_sim.people.attacks.held import Masked, OnFace
from egate_sim.people.attacks.printed import Layout, Printed
from egate_sim.people.attacks.shell import Material, Shell
from egate_sim.people.attacks.surface import Sheet, rolled
from egate_sim.people.attacks.taken import still
from egate_sim.people.head import Person

_PAPER = Material(photographed=True, tint=(0.95, 1.0, 1.04), grain=0.05, lift_mm=5)
_PLASTER = Material(gloss=0.02, power=10, fade=0.22, grain=0.06, grain_px=(90, 2.4), lift_mm=5)


def folded(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """Cut, folded and glued from a photograph: flat facets of some two centimetres."""
    bend = facets(chance.uniform(0.20, 0.26))
    return Masked(Shell(victim, regions.without_eyes(regions.face), _PAPER, bend=bend), holder, chance)


def cut_out(victim: Person, holder: Person, chance: random.Random) -> OnFace:
    """A printed face with holes for the eyes and the mouth, on a rubber band."""
    layout, size = Layout(eyes_mm=61, eyes_up_mm=-24), (165.0, 215.0)
    sheet = Sheet(*size, rolled(chance.uniform(78, 95)), 9)
    thing = Printed(still(victim), *size, layout, sheet=sheet, outline=cuts.oval, holes=cuts.eyes_and_mouth)
    return OnFace(thing, holder, before_mm=22, eyes_up_mm=layout.eyes_up_mm, chance=chance)


def upper_half(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """Forehead, eyes and nose of the victim above a living mouth."""
    shell = Shell(victim, regions.without_eyes(regions.upper_face), _PAPER, bend=facets(chance.uniform(0.12, 0.18)))
    return Masked(shell, holder, chance)


def printed_plaster(victim: Person, holder: Person, chance: random.Random) -> Masked:
    """Printed in three dimensions and in colour; its layers show as fine lines across."""
    return Masked(Shell(victim, regions.without_eyes(regions.face), _PLASTER), holder, chance)


_VARIED = "the wearer, distance, how it fits"
ARTEFACTS = (
    Artefact(
        "paper-folded", AttackClass.PAPER_MASK, "mask folded of printed paper", f"{_VARIED}, size of the facets",
        "flat facets in the answer to the light; the photograph's own shadows; stiff; no pulse", folded,
    ),
    Artefact(
        "paper-cut-out", AttackClass.PAPER_MASK, "printed mask with eye and mouth holes", f"{_VARIED}, bend, askew",
        "no relief; edges; skin of another colour in the holes", cut_out,
    ),
    Artefact(
        "paper-half", AttackClass.PAPER_MASK, "half mask of paper over forehead, eyes and nose", _VARIED,
        "an edge below the nose; two kinds of skin; half of the face has no pulse", upper_half,
    ),
    Artefact(
        "paper-plaster", AttackClass.PAPER_MASK, "three-dimensional colour print", _VARIED,
        "stiff, no pulse, pale; light does not enter it; lines of its layers", printed_plaster,
    ),
)  # fmt: skip
