"""The values that the files of details (DG11, DG12, DG16) are made of: names, dates, texts, and their defects.

Nobody decides by these fields; an officer reads them. So a field that is wrong is told as a defect, and the rest of the
file is still shown.
"""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from egate.document.lds.redacted import Redacted


class Defect(StrEnum):
    """In what a file departs from Doc 9303-10 that could be read nevertheless. Coded: a record may show them."""

    TAG_LIST = "tag_list"  # the list of tags names others than those that are there
    COUNT = "count"  # a number of things is not how many there are
    UNKNOWN_TAG = "unknown_tag"
    TEXT = "text"  # not UTF-8
    DATE = "date"
    IMAGE = "image"  # neither JPEG nor JPEG 2000
    NESTING = "nesting"  # a repeated field outside the object that should hold it


@dataclass(frozen=True, slots=True, repr=False)
class PersonName(Redacted):
    """A name as Doc 9303-3 divides it; ``secondary`` is empty where the file does not divide. Never both empty."""

    primary: str
    secondary: str = ""

    @property
    def divided(self) -> str:
        """Both parts as ``mrz.names.names_agree`` compares them with a zone."""
        return f"{self.primary}<<{self.secondary}".replace(" ", "<")


@dataclass(frozen=True, slots=True, repr=False)
class PartialDate(Redacted):
    """A day of the calendar; month, or day, 0 where the document does not know it. Raises ValueError."""

    year: int
    month: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        date(self.year, self.month or 1, self.day or 1)
        if self.day and not self.month:
            raise ValueError("a day without its month")

    @property
    def day_of_calendar(self) -> date | None:
        """None where a part is unknown."""
        return date(self.year, self.month, self.day) if self.day else None


# Persian and Indic names need them; other invisible characters could make a name read as another.
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def printable(text: str) -> str:
    """The text with a space for each control or invisible character."""
    return "".join(char if char.isprintable() or char in _JOINERS else " " for char in text)


_BCD_BYTES = (4, 7)  # of a date, of a date with its time
DATE_DIGITS = 8
_TIME_DIGITS = 6


def words(text: str) -> str:
    """The text with its fillers as spaces, and no more spaces than needed."""
    return " ".join(text.replace("<", " ").split())


def person(text: str) -> PersonName | None:
    """``<<`` divides primary from secondary identifier, ``<`` the words of each (Doc 9303-3)."""
    primary, secondary = (words(part) for part in text.partition("<<")[::2])
    if not primary and not secondary:
        return None
    return PersonName(primary or secondary, secondary if primary else "")


def digits(value: bytes) -> str:
    """The digits of a date, in characters or BCD, unknown ones as 0; empty where it holds anything else."""
    text = value.hex() if len(value) in _BCD_BYTES else value.replace(b"<", b"0").decode("latin-1")
    return text if text.isascii() and text.isdigit() else ""


def partial_date(figures: str) -> PartialDate | None:
    if len(figures) != DATE_DIGITS:
        return None
    try:
        return PartialDate(int(figures[:4]), int(figures[4:6]), int(figures[6:]))
    except ValueError:
        return None


def time_of_day(figures: str) -> time | None:
    if len(figures) != _TIME_DIGITS:
        return None
    try:
        return time(int(figures[:2]), int(figures[2:4]), int(figures[4:]))
    except ValueError:
        return None
