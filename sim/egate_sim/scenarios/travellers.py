"""Who comes in the scenarios, with which document and which chip. Nobody here is a real person."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from egate_sim.passport.chip import Chip, Quirks
from egate_sim.passport.forgeries import FORGERIES, Workshop
from egate_sim.passport.issue import ActiveAuthentication, Passport, Profile, issue
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.state import ANTARCTICA, Country, State, found_state
from egate_sim.people.cast import CAST
from egate_sim.people.head import Person
from egate_sim.people.morph import morphed_portrait_jpeg
from egate_sim.people.presentation import Live, Presentation
from egate_sim.site import Site
from egate_sim.visitors import portrait

ADA, BRUNO, DALIA, GORAN = CAST[0], CAST[1], CAST[3], CAST[6]
NUMBER = "AQ1000001"
"""Of every passport here but the one that the alert list names."""
_YEAR = timedelta(days=365)
_live = lru_cache(Live)  # keeps the pictures it has drawn


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody with a booklet. ``quirks`` None: there is no chip in it."""

    passport: Passport
    person: Person
    title: str = "a traveller"
    quirks: Quirks | None = field(default_factory=Quirks)
    shows: Callable[[], Presentation] | None = None
    forgets_passport: bool = False
    bar_codes: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def presents(self) -> Callable[[], Presentation]:
        return self.shows or (lambda: _live(self.person))

    def chip(self, random: Random) -> Chip | None:
        return None if self.quirks is None else Chip(self.passport, random, self.quirks)


def genuine(site: Site) -> Bearer:
    """A genuine passport in the hands of its holder."""
    return Bearer(_passport(site.state, site.today), ADA)


def impostor(site: Site) -> Bearer:
    """A genuine passport in the hands of somebody else."""
    return replace(genuine(site), person=BRUNO)


def forged(site: Site, forgery: str) -> Bearer:
    """With a passport that a forger worked on; see ``egate_sim.passport.forgeries``."""
    kind = FORGERIES[forgery]
    original = _passport(site.state, site.today, profile=kind.profile)
    passport = kind.forge(original, Workshop(site.state, portrait(BRUNO)))
    return replace(genuine(site), passport=passport, quirks=kind.quirks or Quirks())


def wanted(site: Site) -> Bearer:
    """With the document that the alert list names."""
    (visitor,) = (v for v in site.cast.visitors if v.passport is site.cast.wanted)
    return Bearer(visitor.passport, ADA, shows=visitor.presents)


def specimen(site: Site) -> Bearer:
    """With a passport of Utopia, the country of Doc 9303's own examples."""
    return Bearer(_passport(site.neighbour, site.today), ADA)


def unlisted(site: Site) -> Bearer:
    """With a passport of a state that the master list does not name."""
    return Bearer(_passport(_found(_BOUVET, site.state.secret, site.today), site.today), ADA)


def morphed(site: Site) -> Bearer:
    """With a genuine passport whose portrait is a morph of two people; this is the one who did not apply for it."""
    return Bearer(_passport(site.state, site.today, picture=_morph()), GORAN)


@lru_cache
def _morph() -> bytes:
    return morphed_portrait_jpeg(BRUNO, GORAN)


def expired(site: Site) -> Bearer:
    return Bearer(_passport(site.state, site.today, expiry=site.today - timedelta(days=1)), ADA)


def child(site: Site) -> Bearer:
    return Bearer(_passport(site.state, site.today, birth=site.today - 10 * _YEAR), ADA)


def without_active_authentication(site: Site) -> Bearer:
    return Bearer(_passport(site.state, site.today, profile=Profile(ActiveAuthentication.NONE)), ADA)


def without_access_control(site: Site) -> Bearer:
    return Bearer(_passport(site.state, site.today, profile=Profile(access_control=False)), ADA)


def misprinted(site: Site) -> Bearer:
    """One digit of the printed date of birth is another one; the chip is as it should be."""
    upper, lower = genuine(site).passport.mrz
    digit = str((int(lower[14]) + 1) % 10)
    passport = replace(genuine(site).passport, mrz=(upper, lower[:14] + digit + lower[15:]))
    return replace(genuine(site), passport=passport)


# A code of ISO 3166 whose owner, an uninhabited island, issues no passports.
_BOUVET = replace(ANTARCTICA, code="BVT", alpha2="BV", name="Bouvet Island")


_found = lru_cache(found_state)


@lru_cache
def _issue(
    authority: tuple[Country, bytes, date], dates: tuple[date, date], profile: Profile, picture: bytes
) -> Passport:
    """Issuing takes longer than reading; the same booklet comes again and again. ``dates``: of birth and expiry."""
    birth, expiry = dates
    holder = Holder("Lindqvist", "Ada", birth, Sex.FEMALE, "ATA", NUMBER, expiry)
    return issue(_found(*authority), holder, picture, profile)


def adult_birth(today: date) -> date:
    """The day of birth of those who are not said to be younger."""
    return today - 30 * _YEAR


def _passport(
    state: State, today: date, *, expiry: date | None = None, birth: date | None = None, profile: Profile | None = None,
    picture: bytes | None = None,
) -> Passport:  # fmt: skip
    dates = birth or adult_birth(today), expiry or today + 6 * _YEAR
    authority = (state.country, state.secret, state.founded)
    return _issue(authority, dates, profile or Profile(), picture or portrait(ADA))
