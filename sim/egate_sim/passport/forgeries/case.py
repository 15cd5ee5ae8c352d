"""What a forgery is: what somebody did to a genuine document, and what a reader must find.

Each is a function whose name is the forgery's and whose docstring says in one sentence what was done::

    @forgery(Group.EDITING, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_HASH))
    def swapped_portrait(passport, workshop): ...
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from egate.checks import Check, CheckResult, Outcome, Reason
from egate_sim.passport.chip import Quirks
from egate_sim.passport.contents import Passport
from egate_sim.passport.profiles import Profile
from egate_sim.passport.state import State, master_list

_USUALLY_LATER = timedelta(days=31)
Forge = Callable[[Passport, "Workshop"], Passport]


class Group(StrEnum):
    """Kinds of forgeries, in the order of the documentation."""

    COPYING = "copying"
    EDITING = "editing"
    OWN_PKI = "self-made or misused certificates"
    REVOKED = "revoked, expired, known to be broken"
    DOWNGRADE = "downgrade"
    PROTOCOL = "attacks on the protocols"
    HOSTILE_CHIP = "malformed files"
    ISSUER = "defects of the issuer"
    PRINT = "the printed zone"
    TOLERATED = "odd, but genuine"


class Known(StrEnum):
    """What the gate knows that all documents of a kind have: the features of its known-document models."""

    CHIP = "chip"
    PACE = "pace"
    AUTHENTICITY = "authenticity"


@dataclass(frozen=True, slots=True)
class TrustLists:
    """What the gate has been given (all DER). ``master_list`` and its ``pinned`` CSCA; ``crls``; ``links``: link
    certificates; ``defects``: deviation lists and defect lists, the latter by ``pinned_publishers``."""

    master_list: bytes
    pinned: bytes
    crls: tuple[bytes, ...] = ()
    links: tuple[bytes, ...] = ()
    defects: tuple[bytes, ...] = ()
    pinned_publishers: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Workshop:
    """What a forger has at hand: the genuine passport's state, and a JPEG of who wants to travel on it."""

    state: State
    portrait_jpeg: bytes

    def lists(self, *further: State) -> TrustLists:
        """What a gate knows of this state and of ``further`` ones."""
        states = (self.state, *further)
        anchor = self.state.csca.certificate_der
        return TrustLists(master_list(self.state, states), anchor, tuple(state.crl for state in states))


@dataclass(frozen=True, slots=True)
class Expected:
    """How one check must end. ``detail``: a word that the result must hold among its details."""

    check: Check
    outcome: Outcome
    reason: Reason = Reason.OK
    detail: str | None = None

    def is_met_by(self, result: CheckResult) -> bool:
        """Whether this is that check, with that end."""
        same = (result.check, result.outcome, result.reason) == (self.check, self.outcome, self.reason)
        return same and (self.detail is None or self.detail in result.details)


@dataclass(frozen=True, slots=True)
class Forgery:
    """``forge`` makes the forged passport from a genuine one of ``profile``; a reader that has been given ``lists``
    then ends with ``expected``. ``later``: how long after the state was founded the gate meets it; ``known``: what the
    gate knows of documents of this kind; ``quirks``: of its chip."""

    name: str
    what: str
    group: Group
    forge: Forge
    expected: Expected
    profile: Profile
    lists: Callable[[Workshop], TrustLists]
    later: timedelta
    known: tuple[Known, ...]
    quirks: Quirks | None

    @property
    def check(self) -> Check:
        return self.expected.check

    @property
    def reason(self) -> Reason:
        return self.expected.reason


@dataclass(frozen=True, slots=True)
class Collection:
    """The forgeries of one module, in their order."""

    forgeries: dict[str, Forgery] = field(default_factory=dict)

    def forgery(
        self,
        group: Group,
        expected: Expected,
        *,
        profile: Profile | None = None,
        lists: Callable[[Workshop], TrustLists] = Workshop.lists,
        later: timedelta = _USUALLY_LATER,
        known: tuple[Known, ...] = (),
        quirks: Quirks | None = None,
    ) -> Callable[[Forge], Forge]:
        """Enter the decorated function under its name."""

        def enter(forge: Forge) -> Forge:
            name, what = forge.__name__, (forge.__doc__ or "").strip()
            if not what or name in self.forgeries:
                raise ValueError(f"{name} has no docstring or is there twice")
            self.forgeries[name] = Forgery(
                name, what, group, forge, expected, profile or Profile(), lists, later, known, quirks
            )
            return forge

        return enter


def failed(check: Check, reason: Reason, detail: str | None = None) -> Expected:
    """The check must fail."""
    return Expected(check, Outcome.FAILED, reason, detail)


def left_open(check: Check, reason: Reason, detail: str | None = None) -> Expected:
    """Nothing can be said, so nobody passes on it."""
    return Expected(check, Outcome.UNDETERMINED, reason, detail)


def merged(*collections: Collection) -> Mapping[str, Forgery]:
    """All forgeries, in order. Raises ValueError for a name that is there twice."""
    everything: dict[str, Forgery] = {}
    for collection in collections:
        if everything.keys() & collection.forgeries.keys():
            raise ValueError("a name of a forgery is there twice")
        everything |= collection.forgeries
    return everything
