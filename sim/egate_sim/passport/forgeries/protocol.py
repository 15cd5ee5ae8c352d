"""Chips that do not keep to the protocols: in secure messaging, in PACE, in reading."""

from dataclasses import replace

from egate.checks import Check, Reason
from egate_sim.passport.chip import Quirks
from egate_sim.passport.contents import Fault, Passport
from egate_sim.passport.forgeries.case import Collection, Group, Workshop, failed
from egate_sim.passport.profiles import PROFILES, PacePlan, Profile

PROTOCOL = Collection()
_attack = PROTOCOL.forgery
_GROUP = Group.PROTOCOL
_PACE_ONLY = Profile(bac=False, pace=(PacePlan(),))
_SAC = PROFILES["2014 SAC"]
_BROKEN_SESSION = failed(Check.CHIP_ACCESS, Reason.SECURE_MESSAGING)
_REFUSED = failed(Check.CHIP_ACCESS, Reason.CHIP_PROTOCOL)


def _with(passport: Passport, fault: Fault) -> Passport:
    return replace(passport, faults=frozenset({fault}))


@_attack(_GROUP, _BROKEN_SESSION)
def unprotected_response(passport: Passport, _: Workshop) -> Passport:
    """In the middle of a session files come without secure messaging, as from a second chip in the field."""
    return _with(passport, Fault.ANSWERS_UNPROTECTED)


@_attack(_GROUP, _BROKEN_SESSION, profile=_SAC)
def unprotected_response_after_pace(passport: Passport, _: Workshop) -> Passport:
    """The same after PACE, with AES."""
    return _with(passport, Fault.ANSWERS_UNPROTECTED)


@_attack(_GROUP, _BROKEN_SESSION)
def turned_checksum(passport: Passport, _: Workshop) -> Passport:
    """One bit of each response's checksum is another one."""
    return _with(passport, Fault.WRONG_CHECKSUM)


@_attack(_GROUP, _BROKEN_SESSION, profile=_SAC)
def turned_checksum_after_pace(passport: Passport, _: Workshop) -> Passport:
    """The same after PACE, with AES."""
    return _with(passport, Fault.WRONG_CHECKSUM)


@_attack(_GROUP, _BROKEN_SESSION)
def replayed_responses(passport: Passport, _: Workshop) -> Passport:
    """Responses are sealed for another place in the sequence."""
    return _with(passport, Fault.WRONG_COUNTER)


@_attack(_GROUP, failed(Check.CHIP_ACCESS, Reason.ACCESS_DENIED), profile=_PACE_ONLY)
def made_up_token(passport: Passport, _: Workshop) -> Passport:
    """A chip that does not know the password ends PACE with a token that it made up."""
    return _with(passport, Fault.PACE_WRONG_TOKEN)


@_attack(_GROUP, _REFUSED, profile=_PACE_ONLY)
def reflected_key(passport: Passport, _: Workshop) -> Passport:
    """In PACE the chip sends the reader's own public key back."""
    return _with(passport, Fault.PACE_REFLECTS_KEY)


@_attack(_GROUP, _REFUSED, quirks=Quirks(get_response=True))
def endless_response(passport: Passport, _: Workshop) -> Passport:
    """After each answer the chip says that there is more to fetch."""
    return _with(passport, Fault.ENDLESS_RESPONSE)


@_attack(_GROUP, failed(Check.PASSIVE_AUTHENTICATION, Reason.DG_WITHHELD))
def other_file_than_asked(passport: Passport, _: Workshop) -> Passport:
    """The chip shows another file than the one that was asked for."""
    return _with(passport, Fault.OTHER_FILE)
