"""Downgrades: the better protocol is taken away, because the weaker one can be copied."""

from dataclasses import replace

from egate.checks import Check, Reason
from egate_sim.passport.contents import MasterFile, Passport
from egate_sim.passport.forgeries.case import Collection, Group, Known, Workshop, failed
from egate_sim.passport.profiles import PROFILES, ActiveAuthentication, Profile

DOWNGRADES = Collection()
_downgrade = DOWNGRADES.forgery
_GROUP = Group.DOWNGRADE
_SAC = PROFILES["2014 SAC"]
_NO_AA = Profile(ActiveAuthentication.NONE)
_DOWNGRADED = failed(Check.DOCUMENT_MODEL, Reason.ACCESS_DOWNGRADED)


@_downgrade(_GROUP, _DOWNGRADED, profile=_SAC, known=(Known.PACE,))
def pace_taken_away(passport: Passport, _: Workshop) -> Passport:
    """A copy that knows BAC alone, of a kind of document all of which have PACE."""
    others = dict(passport.master_files)
    del others[MasterFile.CARD_ACCESS]
    return replace(passport, pace=(), master_files=others)


@_downgrade(_GROUP, _DOWNGRADED, known=(Known.PACE,))
def access_control_taken_away(passport: Passport, _: Workshop) -> Passport:
    """A copy that anybody can read, of a kind of document all of which have PACE."""
    return replace(passport, access_seed=None)


@_downgrade(_GROUP, _DOWNGRADED, profile=_NO_AA, known=(Known.AUTHENTICITY,))
def authenticity_taken_away(passport: Passport, _: Workshop) -> Passport:
    """The chip proves nothing about itself, in a kind of document all of which can."""
    return passport
