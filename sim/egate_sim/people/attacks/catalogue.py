"""All 32 artefacts: eight classes, four of each (TR-03122-3)."""

import random
from collections.abc import Mapping

from egate_sim.people.attacks import bent, full_masks, holes, paper_masks, partial, prints, stills, videos
from egate_sim.people.attacks.artefact import Artefact
from egate_sim.people.head import Person
from egate_sim.people.presentation import Looped

ARTEFACTS: tuple[Artefact, ...] = (
    *prints.ARTEFACTS,
    *bent.ARTEFACTS,
    *holes.ARTEFACTS,
    *stills.ARTEFACTS,
    *videos.ARTEFACTS,
    *paper_masks.ARTEFACTS,
    *full_masks.ARTEFACTS,
    *partial.ARTEFACTS,
)
BY_ID: Mapping[str, Artefact] = {artefact.id: artefact for artefact in ARTEFACTS}


def attack(artefact_id: str, victim: Person, holder: Person, number: int = 0) -> Looped:
    """One try with an artefact: it shows ``victim``, ``holder`` holds or wears it; tries differ by ``number``. Raises
    KeyError for an artefact that is not listed."""
    chance = random.Random(f"{artefact_id} {victim.seed} {holder.seed} {number}")
    return BY_ID[artefact_id].present(victim, holder, chance)
