"""Who comes to the simulated lane, and what a gate ought to make of it. Nobody here is a real person."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from egate.checks import Reason
from egate_sim.passport.chip import Chip
from egate_sim.passport.forgeries import FORGERIES, Workshop
from egate_sim.passport.issue import Passport, issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.profiles import PROFILES
from egate_sim.passport.state import State
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.cast import CAST, holder_of
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait_jpeg
from egate_sim.people.presentation import Live, Presentation

_YEAR = timedelta(days=365)
_USUAL = "2017 PACE-GM+CA"
portrait = lru_cache(portrait_jpeg)  # drawing takes longer than issuing


@dataclass(frozen=True, slots=True)
class Expected:
    """``reason`` None: nothing against the traveller. ``attention``: what the staff is told beside the decision."""

    decision: str
    reason: Reason | None = None
    attention: str | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """One who comes: what is presented to the camera, which passport is laid down, what is forgotten."""

    key: str
    title: str
    passport: Passport
    presents: Callable[[], Presentation]
    expected: Expected
    forgets_passport: bool = False
    bar_codes: tuple[bytes, ...] = field(default=(), repr=False)

    def chip(self, random: Random) -> Chip:
        """The passport's chip, awake for the first time."""
        return Chip(self.passport, random)


@dataclass(frozen=True, slots=True)
class Cast:
    """The visitors in their order, and which document the alert list names."""

    visitors: tuple[Visitor, ...]
    wanted: Passport


def demo_cast(state: State, today: date) -> Cast:
    """The seven of the demo. The same state and day give the same passports."""
    ada, bruno, chidi, dalia, emre, farah, goran, hana = CAST[:8]

    def passport(person: Person, number: int, generation: str = _USUAL, expires: date | None = None) -> Passport:
        holder = _holder(number, today, expires or today + 6 * _YEAR)
        return issue(state, holder, portrait(person), PROFILES[generation])

    forged = FORGERIES["swapped_portrait"].forge(passport(bruno, 2), Workshop(state, portrait(hana)))
    wanted = passport(farah, 6)
    refer, noticed = "refer", Expected("refer", Reason.PRESENTATION_ATTACK, "presentation_attack")
    return Cast(
        (
            Visitor("genuine", "genuine passport, its holder", passport(ada, 1), lambda: Live(ada), Expected("admit")),
            Visitor(
                "forged_chip", "forged chip: another portrait in DG2", forged, lambda: Live(hana),
                Expected(refer, Reason.DG_HASH),
            ),
            Visitor(
                "expired", "passport that expired last month", passport(chidi, 3, expires=today - timedelta(days=30)),
                lambda: Live(chidi), Expected(refer, Reason.EXPIRED),
            ),
            Visitor(
                "another_person", "genuine passport, another person", passport(dalia, 4, "2020 PACE-CAM"),
                lambda: Live(bruno), Expected(refer, Reason.FACE_MISMATCH),
            ),
            Visitor(
                "screen_replay", "presentation attack: the holder on a tablet", passport(emre, 5, "2014 SAC"),
                lambda: attack("video-tablet", emre, holder_of(emre)), noticed,
            ),
            Visitor(
                "print", "presentation attack: the holder on paper", passport(hana, 8),
                lambda: attack("print-matt", hana, holder_of(hana)), noticed,
            ),
            Visitor(
                "alert_list", "genuine passport that the alert list names", wanted, lambda: Live(farah),
                Expected(refer, Reason.ALERT_LIST_HIT, "hold"),
            ),
            Visitor(
                "forgotten", "genuine, forgets the passport on the reader", passport(goran, 7, "2009 EAC"),
                lambda: Live(goran), Expected("admit", None, "document_left"), forgets_passport=True,
            ),
        ),
        wanted,
    )  # fmt: skip


def _holder(number: int, today: date, expires: date) -> Holder:
    surname, given, sex = _NAMES[number - 1]
    return Holder(
        surname=surname,
        given_names=given,
        birth=date(today.year - 24 - 5 * number, 1 + number, 3 + number),
        sex=sex,
        nationality="ATA",
        number=f"AQ{number:07d}",
        expiry=expires,
    )


_NAMES = (
    ("Lindqvist", "Ada", Sex.FEMALE),
    ("Moreau", "Bruno", Sex.MALE),
    ("Okafor", "Chidi", Sex.MALE),
    ("Haddad", "Dalia", Sex.FEMALE),
    ("Yilmaz", "Emre", Sex.MALE),
    ("Karimi", "Farah", Sex.FEMALE),
    ("Petrovic", "Goran", Sex.MALE),
    ("Novak", "Hana", Sex.FEMALE),
)
