"""The machine readable zone of a passport booklet: TD3, two lines of 44 characters (Doc 9303-3 and 9303-4).

An ``Mrz`` exists only if its characters, its fields and all its check digits are right, so nobody who holds one has to
ask again. Dates stay as printed: a two-digit year means something only together with the day on which it is read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from egate.checks import Reason
from egate.document.errors import MrzError

TD3_LINES = 2
TD3_LINE_LENGTH = 44
_OTHER_FORMATS = {(3, 30): "TD1", (2, 36): "TD2 or MRV-B"}

_LEGAL = re.compile(r"[0-9A-Z<]*", re.ASCII)
_STATE = re.compile(r"[A-Z]{3}|[A-Z]{1,2}<{1,2}", re.ASCII)
_EXPIRY = re.compile(r"[0-9]{6}", re.ASCII)
# Doc 9303-3: parts of the date of birth that are unknown are filled with "<".
_BIRTH = re.compile(r"(?:[0-9]{2}|<<){3}", re.ASCII)
_SEXES = "MFX<"
_WEIGHTS = (7, 3, 1)
_CENTURY = 100


def check_digit(text: str) -> str:
    """The check digit over ``text``: weights 7 3 1, modulus 10 (Doc 9303-3, 4.9). Legal characters only."""
    return str(sum(_value(char) * _WEIGHTS[i % len(_WEIGHTS)] for i, char in enumerate(text)) % 10)


def _value(char: str) -> int:
    """0-9 count as themselves, A-Z as 10-35, the filler as 0."""
    return 0 if char == "<" else int(char, 36)


@dataclass(frozen=True, slots=True)
class Mrz:
    """A valid TD3 zone. ``text`` is both lines, 88 characters; ``repr`` hides it. Raises MrzError."""

    text: str

    def __post_init__(self) -> None:
        _check_characters(self.text)
        _check_fields(self)
        _check_digits(self)

    def __repr__(self) -> str:
        return "Mrz(TD3)"

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> Self:
        """Parse what a reader delivered. Raises MrzError: MRZ_FORMAT, MRZ_CHECK_DIGIT, DOCUMENT_TYPE."""
        widths = {len(line) for line in lines}
        if len(lines) != TD3_LINES or widths != {TD3_LINE_LENGTH}:
            other = _OTHER_FORMATS.get((len(lines), widths.pop())) if len(widths) == 1 else None
            if other is not None:
                raise MrzError(f"the zone has the shape of {other}; only TD3 can be read here", Reason.DOCUMENT_TYPE)
            raise MrzError("the zone does not have two lines of 44 characters; read it again")
        return cls("".join(lines))

    # Upper line

    @property
    def document_type(self) -> str:
        """ "P", or "P" with the issuer's own second letter."""
        return self.text[0:2].rstrip("<")

    @property
    def issuing_state(self) -> str:
        """Code of Doc 9303-3, section 5: three letters, or "D"."""
        return self.text[2:5].rstrip("<")

    @property
    def surname(self) -> str:
        return _words(self.text[5:44].partition("<<")[0])

    @property
    def given_names(self) -> str:
        return _words(self.text[5:44].partition("<<")[2])

    @property
    def name_may_be_truncated(self) -> bool:
        """A name field without a filler at its end may have been cut (Doc 9303-4)."""
        return self.text[43] != "<"

    # Lower line

    @property
    def document_number(self) -> str:
        return self.text[44:53].rstrip("<")

    @property
    def nationality(self) -> str:
        return self.text[54:57].rstrip("<")

    @property
    def sex(self) -> str:
        """M, F or, unspecified, X."""
        return self.text[64].replace("<", "X")

    @property
    def optional_data(self) -> str:
        """Personal number or whatever the issuer keeps there; may be empty."""
        return self.text[72:86].rstrip("<")

    def birth_date(self, today: date) -> date | None:
        """The latest day that fits and is not after ``today``; None where parts are unknown.

        Raises MrzError (DATE_INVALID) for a day that no calendar has.
        """
        printed = self.text[57:63]
        if "<" in printed:
            return None
        for century in (0, _CENTURY):
            born = _day(printed, today.year - century)
            if born is not None and born <= today:
                return born
        raise MrzError("the date of birth is not a day of the calendar", Reason.DATE_INVALID)

    def expiry_date(self, today: date, window_years: int) -> date:
        """The latest day that fits and lies at most ``window_years`` after the year of ``today``.

        Raises MrzError (DATE_INVALID) for a day that no calendar has.
        """
        last_year = today.year + window_years
        century = last_year - last_year % _CENTURY
        year = century + int(self.text[65:67])
        expiry = _day(self.text[65:71], year if year <= last_year else year - _CENTURY)
        if expiry is None:
            raise MrzError("the date of expiry is not a day of the calendar", Reason.DATE_INVALID)
        return expiry

    # For others who must agree with it

    @property
    def mrz_information(self) -> bytes:
        """Document number, birth and expiry, each with its check digit: what BAC keys are made of (9303-11, 4.3)."""
        return (self.text[44:54] + self.text[57:64] + self.text[65:72]).encode("ascii")

    def differs_from(self, other: "Mrz") -> tuple[str, ...]:
        """Names of the fields in which two zones differ, in printed order."""
        return tuple(name for name, (start, end) in FIELDS.items() if self.text[start:end] != other.text[start:end])


# Doc 9303-4, 4.2.2: first and last position of each field with its check digit, counted from 0 over both lines.
FIELDS = {
    "document_type": (0, 2),
    "issuing_state": (2, 5),
    "name": (5, 44),
    "document_number": (44, 54),
    "nationality": (54, 57),
    "birth": (57, 64),
    "sex": (64, 65),
    "expiry": (65, 72),
    "optional_data": (72, 87),
    "composite": (87, 88),
}


def _words(field: str) -> str:
    return " ".join(field.replace("<", " ").split())


def _day(printed: str, near_year: int) -> date | None:
    """YYMMDD in the century of ``near_year``; None where no calendar has it."""
    year, month, day = (int(printed[i : i + 2]) for i in (0, 2, 4))
    try:
        return date(near_year - near_year % _CENTURY + year, month, day)
    except ValueError:
        return None


def _check_characters(text: str) -> None:
    if len(text) != TD3_LINES * TD3_LINE_LENGTH:
        raise MrzError("a TD3 zone has 88 characters")
    if not _LEGAL.fullmatch(text):
        raise MrzError("a character is not one of 0-9, A-Z and <; read it again")


def _check_fields(mrz: Mrz) -> None:
    text = mrz.text
    if not text[0].isalpha() or text[5] == "<":
        raise MrzError("the document type or the name is missing")
    if not (_STATE.fullmatch(text[2:5]) and _STATE.fullmatch(text[54:57])):
        raise MrzError("issuing state or nationality is not a code of letters")
    if text[64] not in _SEXES:
        raise MrzError("the field for the sex holds none of M, F, X and <")
    if not (_BIRTH.fullmatch(text[57:63]) and _EXPIRY.fullmatch(text[65:71])):
        raise MrzError("a date holds something other than digits; read it again")


def _check_digits(mrz: Mrz) -> None:
    text = mrz.text
    wrong = [
        name
        for name in ("document_number", "birth", "expiry")
        if check_digit(text[FIELDS[name][0] : FIELDS[name][1] - 1]) != text[FIELDS[name][1] - 1]
    ]
    if not _optional_data_agrees(text[72:86], text[86]):
        wrong.append("optional_data")
    if check_digit(text[44:54] + text[57:64] + text[65:87]) != text[87]:
        wrong.append("composite")
    if wrong:
        raise MrzError(f"check digit wrong: {', '.join(wrong)}; read it again", Reason.MRZ_CHECK_DIGIT)


def _optional_data_agrees(data: str, digit: str) -> bool:
    """Doc 9303-4, 4.2.2: where the field is not used its check digit may be 0 or <."""
    return check_digit(data) == digit or (digit == "<" and not data.strip("<"))
