"""The people of the demonstrations: seeds chosen because the gate's own models tell them apart."""

from egate_sim.people.head import Person

DEMO_MATCH_THRESHOLD = 0.55
"""Cosine. Rendered people resemble each other more than real ones do, so demonstrations ask for more."""

_SEEDS = (65, 28, 106, 53, 51, 109, 98, 104, 30, 118, 13, 50, 37, 96, 33, 12, 81, 11, 84, 48)

CAST: tuple[Person, ...] = tuple(map(Person.draw, _SEEDS))
"""Twenty people. No two reach a cosine of 0.45, portrait against portrait or live; README.md has the figures."""


def holder_of(victim: Person) -> Person:
    """Somebody else, to hold an attack that shows ``victim``."""
    return Person.draw(victim.seed + 10_000)
