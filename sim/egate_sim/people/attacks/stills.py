"""Class 4: a photograph on a screen."""

import random

from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.devices import E_PAPER, LAPTOP, PHONE, TABLET
from egate_sim.people.attacks.held import Held, Rest
from egate_sim.people.attacks.screen import Device, Screen
from egate_sim.people.attacks.taken import still
from egate_sim.people.head import Person

_VARIED = "distance, place, tilt, the hand that holds it and how steadily"


def _held(victim: Person, holder: Person, chance: random.Random, device: Device, rest: Rest) -> Held:
    taken = still(victim)
    return Held(Screen(device, lambda step: taken, rest.eyes_up_mm), holder, rest, chance)


def phone(victim: Person, holder: Person, chance: random.Random) -> Held:
    return _held(victim, holder, chance, PHONE, Rest(310, 6))


def tablet(victim: Person, holder: Person, chance: random.Random) -> Held:
    return _held(victim, holder, chance, TABLET, Rest(540, 14))


def laptop(victim: Person, holder: Person, chance: random.Random) -> Held:
    """Its lid, wider than the picture; the keyboard is below."""
    return _held(victim, holder, chance, LAPTOP, Rest(560, 20, shake=0.5))


def e_paper(victim: Person, holder: Person, chance: random.Random) -> Held:
    """A reader for books: no light of its own, sixteen greys."""
    return _held(victim, holder, chance, E_PAPER, Rest(420, 10))


ARTEFACTS = (
    Artefact(
        "still-phone", AttackClass.STILL_ON_SCREEN, "photograph on a telephone", _VARIED,
        "own light, which the face light hardly changes; case, fingers; much too near", phone,
    ),
    Artefact(
        "still-tablet", AttackClass.STILL_ON_SCREEN, "photograph on a tablet", _VARIED,
        "own light; case; mirrored lamps; nothing moves in the face", tablet,
    ),
    Artefact(
        "still-laptop", AttackClass.STILL_ON_SCREEN, "photograph on a laptop", _VARIED,
        "own light; coarse pixels: moiré; case", laptop,
    ),
    Artefact(
        "still-e-paper", AttackClass.STILL_ON_SCREEN, "photograph on electronic paper", _VARIED,
        "grey; answers the light like paper, as one plane", e_paper,
    ),
)  # fmt: skip
