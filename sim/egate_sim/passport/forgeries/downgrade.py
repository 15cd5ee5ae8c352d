"""Downgrades: the better protocol is taken away, because the weaker one can be copied."""

from dataclasses import replace

from egate.checks import Check, Reason
from egate_sim.passport.contents import Fault, MasterFile, Passport, SessionCipher
from egate_sim.passport.forgeries.case import Collection, Group, Known, Workshop, failed
from egate_sim.passport.master_files import card_access
from egate_sim.passport.profiles import PROFILES, ActiveAuthentication, Profile

DOWNGRADES = Collection()
_downgrade = DOWNGRADES.forgery
_GROUP = Group.DOWNGRADE
_SAC = PROFILES["2014 SAC"]
_NO_AA = Profile(ActiveAuthentication.NONE)
_MISMATCH = failed(Check.CHIP_ACCESS, Reason.SECURITY_INFOS_MISMATCH)
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


@_downgrade(_GROUP, _MISMATCH, profile=_SAC)
def card_access_weakened(passport: Passport, _: Workshop) -> Passport:
    """EF.CardAccess, which nobody signs, offers PACE with Triple-DES; DG14 tells of AES."""
    weaker = tuple(replace(offer, cipher=SessionCipher.TDES) for offer in passport.pace)
    files = {**passport.master_files, MasterFile.CARD_ACCESS: card_access(weaker)}
    return replace(passport, pace=weaker, master_files=files)


@_downgrade(_GROUP, failed(Check.CHIP_ACCESS, Reason.ACCESS_DOWNGRADED), profile=_SAC)
def card_access_taken_away(passport: Passport, workshop: Workshop) -> Passport:
    """A copy that knows BAC alone and has no EF.CardAccess; its DG14 still tells of PACE."""
    return pace_taken_away(passport, workshop)


@_downgrade(_GROUP, _DOWNGRADED, profile=_SAC, known=(Known.PACE,))
def pace_fails_on_purpose(passport: Passport, _: Workshop) -> Passport:
    """The chip offers PACE, lets it fail, and is content with BAC, in a kind of document all of which have PACE."""
    return replace(passport, faults=frozenset({Fault.PACE_WRONG_TOKEN}))
