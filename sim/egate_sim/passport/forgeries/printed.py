"""What the printed zone gives away, whatever the chip says."""

from egate.checks import Check, Outcome, Reason
from egate_sim.passport.contents import Passport
from egate_sim.passport.forgeries.case import Collection, Expected, Group, Workshop, failed
from egate_sim.passport.forgeries.tools import rewritten, with_print

PRINTED = Collection()
_printed = PRINTED.forgery
_GROUP = Group.PRINT
_NUMBER_DIGIT, _BIRTH, _BIRTH_DIGIT, _EXPIRY, _EXPIRY_DIGIT, _COMPOSITE = 9, 13, 19, 21, 27, 43
_WRONG_DIGIT = failed(Check.MRZ_CHECK_DIGITS, Reason.MRZ_CHECK_DIGIT)


def _with_wrong_digit(passport: Passport, at: int) -> Passport:
    upper, lower = passport.mrz
    return with_print(passport, upper, lower[:at] + str((int(lower[at]) + 1) % 10) + lower[at + 1 :])


@_printed(_GROUP, _WRONG_DIGIT)
def wrong_number_digit(passport: Passport, _: Workshop) -> Passport:
    """The check digit does not go with the document number."""
    return _with_wrong_digit(passport, _NUMBER_DIGIT)


@_printed(_GROUP, _WRONG_DIGIT)
def wrong_birth_digit(passport: Passport, _: Workshop) -> Passport:
    """The check digit does not go with the date of birth."""
    return _with_wrong_digit(passport, _BIRTH_DIGIT)


@_printed(_GROUP, _WRONG_DIGIT)
def wrong_expiry_digit(passport: Passport, _: Workshop) -> Passport:
    """The check digit does not go with the date of expiry."""
    return _with_wrong_digit(passport, _EXPIRY_DIGIT)


@_printed(_GROUP, _WRONG_DIGIT)
def wrong_composite_digit(passport: Passport, _: Workshop) -> Passport:
    """The last check digit does not go with the fields before it."""
    return _with_wrong_digit(passport, _COMPOSITE)


@_printed(_GROUP, _WRONG_DIGIT)
def birth_without_new_digit(passport: Passport, _: Workshop) -> Passport:
    """Another year of birth; no check digit was recomputed."""
    upper, lower = passport.mrz
    year = "71" if lower[_BIRTH : _BIRTH + 2] != "71" else "72"
    return with_print(passport, upper, lower[:_BIRTH] + year + lower[_BIRTH + 2 :])


@_printed(_GROUP, failed(Check.DOCUMENT_EXPIRY, Reason.EXPIRED))
def expired_document(passport: Passport, workshop: Workshop) -> Passport:
    """The document expired when its state was founded, a month ago."""
    upper, lower = passport.mrz
    return with_print(passport, upper, rewritten(lower, _EXPIRY, f"{workshop.state.founded:%y%m%d}"))


@_printed(_GROUP, failed(Check.DOCUMENT_EXPIRY, Reason.DATE_INVALID))
def impossible_expiry(passport: Passport, _: Workshop) -> Passport:
    """Valid until the thirtieth of February, with check digits that fit."""
    upper, lower = passport.mrz
    return with_print(passport, upper, rewritten(lower, _EXPIRY, f"{lower[_EXPIRY : _EXPIRY + 2]}0230"))


@_printed(_GROUP, failed(Check.AGE, Reason.DATE_INVALID))
def impossible_birth(passport: Passport, _: Workshop) -> Passport:
    """Born in the thirteenth month, with check digits that fit."""
    upper, lower = passport.mrz
    return with_print(passport, upper, rewritten(lower, _BIRTH, "901301"))


@_printed(_GROUP, Expected(Check.DOCUMENT_SUPPORTED, Outcome.NOT_SUPPORTED, Reason.SPECIMEN))
def specimen(passport: Passport, _: Workshop) -> Passport:
    """A specimen: the issuing state is Utopia, which only Doc 9303 knows."""
    upper, lower = passport.mrz
    return with_print(passport, upper[:2] + "UTO" + upper[5:], lower)


@_printed(_GROUP, Expected(Check.DOCUMENT_SUPPORTED, Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE))
def fantasy_document(passport: Passport, _: Workshop) -> Passport:
    """A travel document of a type that Doc 9303 does not know."""
    upper, lower = passport.mrz
    return with_print(passport, "X<" + upper[2:], lower)


@_printed(_GROUP, failed(Check.MRZ_READ, Reason.MRZ_FORMAT))
def short_line(passport: Passport, _: Workshop) -> Passport:
    """The second line lacks its last characters."""
    upper, lower = passport.mrz
    return with_print(passport, upper, lower[:-3])


@_printed(_GROUP, failed(Check.MRZ_READ, Reason.MRZ_FORMAT))
def strange_characters(passport: Passport, _: Workshop) -> Passport:
    """The name holds characters that no zone has."""
    upper, lower = passport.mrz
    return with_print(passport, upper[:6] + "?" + upper[7:], lower)
