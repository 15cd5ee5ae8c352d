"""Class 5: a video on a screen; the face in it turns and blinks."""

import random
from dataclasses import replace

from egate_sim.people.attacks.artefact import Artefact, AttackClass
from egate_sim.people.attacks.devices import MONITOR, PHONE, TABLET
from egate_sim.people.attacks.held import Held, Rest
from egate_sim.people.attacks.screen import Device, Screen
from egate_sim.people.attacks.taken import FILM_STEPS, Taken, film
from egate_sim.people.head import Person

_VARIED = "distance, place, tilt, hand, where the video begins"


def _held(victim: Person, holder: Person, chance: random.Random, device: Device, rest: Rest) -> Held:
    begin = chance.randrange(FILM_STEPS)

    def show(step: int) -> Taken:
        return film(victim, begin + step)

    return Held(Screen(device, show, rest.eyes_up_mm), holder, rest, chance)


def phone(victim: Person, holder: Person, chance: random.Random) -> Held:
    return _held(victim, holder, chance, PHONE, Rest(310, 6))


def tablet(victim: Person, holder: Person, chance: random.Random) -> Held:
    return _held(victim, holder, chance, TABLET, Rest(540, 14))


def monitor(victim: Person, holder: Person, chance: random.Random) -> Held:
    """So large that its frame is out of the picture, on a stand."""
    return _held(victim, holder, chance, MONITOR, Rest(610, 4, hands=False, shake=0.12))


def dimmed(victim: Person, holder: Person, chance: random.Random) -> Held:
    """Turned down until the face is no brighter than a face in this hall would be."""
    device = replace(TABLET, white=chance.uniform(0.5, 0.7), pulsing=0.18)
    return _held(victim, holder, chance, device, Rest(540, 14))


ARTEFACTS = (
    Artefact(
        "video-phone", AttackClass.VIDEO_ON_SCREEN, "video on a telephone", _VARIED,
        "own light; dark bands of its refresh; case, fingers", phone,
    ),
    Artefact(
        "video-tablet", AttackClass.VIDEO_ON_SCREEN, "video on a tablet", _VARIED,
        "own light; pixel grid; case; hand", tablet,
    ),
    Artefact(
        "video-monitor", AttackClass.VIDEO_ON_SCREEN, "video on a large monitor, frame out of the picture", _VARIED,
        "own light; moiré of coarse pixels; the whole background moves with the screen", monitor,
    ),
    Artefact(
        "video-dimmed", AttackClass.VIDEO_ON_SCREEN, "video on a dimmed tablet", f"{_VARIED}, brightness",
        "own light; bands, because dimmed screens are switched", dimmed,
    ),
)  # fmt: skip
