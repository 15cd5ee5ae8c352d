"""Dates of a zone: YYMMDD, which means a day only together with the day on which it is read (Doc 9303-3, 4.8)."""

import re
from datetime import date

from egate.checks import Reason
from egate.document.errors import MrzError
from egate.document.mrz.characters import FILLER

_EXPIRY = re.compile(r"[0-9]{6}", re.ASCII)
_BIRTH = re.compile(r"(?:[0-9]{2}|<<){3}", re.ASCII)  # parts that nobody knows are filled
_CENTURY = 100
_LEAP_YEAR = 2000


def is_expiry(printed: str) -> bool:
    return _EXPIRY.fullmatch(printed) is not None


def is_birth(printed: str) -> bool:
    return _BIRTH.fullmatch(printed) is not None


def birth_date(printed: str, today: date) -> date | None:
    """The latest day that fits and is not after ``today``; None where parts are unknown.

    Raises MrzError (DATE_INVALID) for what no calendar has.
    """
    if FILLER in printed:
        _check_known_parts(printed)
        return None
    for century in (0, _CENTURY):
        born = _day(printed, today.year - century)
        if born is not None and born <= today:
            return born
    raise _impossible("birth")


def expiry_date(printed: str, today: date, window_years: int) -> date:
    """The latest day that fits and lies at most ``window_years`` after the year of ``today``.

    Raises MrzError (DATE_INVALID) for a day that no calendar has.
    """
    last_year = today.year + window_years
    year = last_year - last_year % _CENTURY + int(printed[:2])
    expiry = _day(printed, year if year <= last_year else year - _CENTURY)
    if expiry is None:
        raise _impossible("expiry")
    return expiry


def _day(printed: str, near_year: int) -> date | None:
    """YYMMDD in the century of ``near_year``; None where no calendar has it."""
    year, month, day = (int(printed[i : i + 2]) for i in (0, 2, 4))
    try:
        return date(near_year - near_year % _CENTURY + year, month, day)
    except ValueError:
        return None


def _check_known_parts(printed: str) -> None:
    """The known parts of a date of birth must fit some day; where the year is unknown, a leap year."""
    parts = [printed[i : i + 2].replace(2 * FILLER, any_) for i, any_ in ((0, "00"), (2, "01"), (4, "01"))]
    if _day("".join(parts), _LEAP_YEAR) is None:
        raise _impossible("birth")


def _impossible(what: str) -> MrzError:
    return MrzError(
        f"the date of {what} is no day of the calendar: the issuer erred or the page was altered; call an officer",
        Reason.DATE_INVALID,
    )
