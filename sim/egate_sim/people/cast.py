"""The people of the demonstrations: seeds chosen because the gate's own models tell them apart."""

from egate_sim.people.head import Person

DEMO_MATCH_THRESHOLD = 0.55
"""Cosine. Rendered people resemble each other more than real ones do, so demonstrations ask for more."""

CAST: tuple[Person, ...] = tuple(Person.draw(seed) for seed in range(12))


def holder_of(victim: Person) -> Person:
    """Somebody else, to hold an attack that shows ``victim``."""
    return Person.draw(victim.seed + 10_000)
