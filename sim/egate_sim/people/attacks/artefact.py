"""What an artefact is: one thing with which somebody may pretend to be somebody else."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from egate_sim.people.head import Person
from egate_sim.people.presentation import Looped


class AttackClass(StrEnum):
    """Eight kinds of artefact; four artefacts of each are tried (TR-03122-3)."""

    FLAT_PRINT = "flat print"
    BENT_PRINT = "bent print"
    CUT_PRINT = "print with holes"
    STILL_ON_SCREEN = "photograph on a screen"
    VIDEO_ON_SCREEN = "video on a screen"
    PAPER_MASK = "paper mask"
    FULL_MASK = "full mask"
    PARTIAL_MASK = "partial mask"


Present = Callable[[Person, Person, random.Random], Looped]
"""The victim, the one who holds or wears the artefact, and what differs from try to try."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """``id``: unique, in file names and results; ``varied``: what differs from try to try; ``given_away_by``: what a
    gate can notice."""

    id: str
    attack_class: AttackClass
    species: str
    varied: str
    given_away_by: str
    present: Present
