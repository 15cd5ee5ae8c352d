"""Who takes part in a campaign: two sets of people without anybody in common, one to calibrate on, one to judge on."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from egate_sim.people.attacks.catalogue import ARTEFACTS, attack
from egate_sim.people.attacks.trial import Who
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live, Presentation

TRIES = 10
BONA_FIDE = 60
_HOLDERS = 24


class Part(StrEnum):
    """Which people: weights are fitted on the first, figures are reported on the second."""

    CALIBRATION = "calibration"
    VERDICT = "verdict"


_FIRST_SEED = {Part.CALIBRATION: 20_000, Part.VERDICT: 30_000}


@dataclass(frozen=True, slots=True)
class Pair:
    """A victim, and somebody who resembles the victim enough to dare it."""

    victim: Person
    holder: Person


def pairs(part: Part, count: int = TRIES) -> tuple[Pair, ...]:
    """``count`` victims, each with the holder whose sex and skin come nearest; nobody is both."""
    first = _FIRST_SEED[part]
    holders = [Person.draw(seed) for seed in range(first + 100, first + 100 + _HOLDERS)]
    victims = (Person.draw(seed) for seed in range(first, first + count))
    return tuple(Pair(victim, min(holders, key=lambda other: _unlike(victim, other))) for victim in victims)


def travellers(part: Part, count: int = BONA_FIDE) -> Iterator[Person]:
    """Others again, who come with their own passports."""
    first = _FIRST_SEED[part] + 200
    return (Person.draw(seed) for seed in range(first, first + count))


def schedule(part: Part, tries: int, bona_fide: int) -> list[list[Who]]:
    """Everything that is to be played, in lists that share drawings."""
    turns = [
        [Who(artefact.id, number, pair.victim.seed, pair.holder.seed) for artefact in ARTEFACTS]
        for number, pair in enumerate(pairs(part, tries))
    ]
    live = [Who(None, number, person.seed, person.seed) for number, person in enumerate(travellers(part, bona_fide))]
    return turns + [live[begin : begin + TRIES] for begin in range(0, len(live), TRIES)]


def presentation(who: Who) -> Presentation:
    """What is shown to the camera."""
    shown = Person.draw(who.shown)
    if who.artefact is None:
        return Live(shown, distance_mm=random.Random(f"stands {who.shown}").uniform(700, 860))
    return attack(who.artefact, shown, Person.draw(who.holder), who.number)


def _unlike(victim: Person, holder: Person) -> float:
    """How different two people look at first sight."""
    skin = sum(abs(a - b) for a, b in zip(victim.skin, holder.skin, strict=True))
    return skin + 0.5 * (victim.sex is not holder.sex) + abs(victim.age_years - holder.age_years) / 100
