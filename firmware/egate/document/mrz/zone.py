"""The machine readable zone of every format of Doc 9303: TD1, TD2, TD3, MRV-A and MRV-B.

An ``Mrz`` exists only if its characters, its fields and all its check digits are right, so nobody who holds one has to
ask again. Dates stay as printed: a two-digit year means something only together with the day on which it is read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from egate.checks import Reason
from egate.document.errors import MrzError
from egate.document.mrz import dates
from egate.document.mrz.characters import FILLER, check_digit, is_legal
from egate.document.mrz.formats import Field, Format
from egate.document.mrz.names import Name, is_name
from egate.document.mrz.number import DocumentNumber

_STATE = re.compile(r"[A-Z]{3}|[A-Z]{1,2}<{1,2}", re.ASCII)
_CODE = re.compile(r"[A-Z][A-Z<]", re.ASCII)
_SEXES = "MFX<"
_READ_AGAIN = "read the page again, and call an officer if it stays so"


@dataclass(frozen=True, slots=True)
class Mrz:
    """A valid zone. ``text``: its lines run together, 90, 72 or 88 characters, as EF.DG1 holds them; ``repr`` hides it.

    Raises MrzError: MRZ_FORMAT, MRZ_CHECK_DIGIT.
    """

    text: str
    format: Format = field(init=False, compare=False)

    def __post_init__(self) -> None:
        found = Format.of_text(self.text)
        if found is None:
            raise MrzError(f"no zone of Doc 9303 has this many characters: some are missing or too many; {_READ_AGAIN}")
        object.__setattr__(self, "format", found)
        if not is_legal(self.text):
            raise MrzError(f"a character is none of 0-9, A-Z and <: it was misread; {_READ_AGAIN}")
        broken = next(_broken_rules(self), None)
        if broken is not None:
            raise MrzError(f"{broken}: a character was misread, or the page does not follow Doc 9303; {_READ_AGAIN}")
        wrong = tuple(_wrong_digits(self))
        if wrong:
            text = f"check digit wrong for {', '.join(wrong)}: a character was misread or altered; {_READ_AGAIN}"
            raise MrzError(text, Reason.MRZ_CHECK_DIGIT)

    def __repr__(self) -> str:
        return f"Mrz({self.format.name})"

    @classmethod
    def from_lines(cls, lines: Sequence[str]) -> Self:
        """Parse what a reader delivered. Raises MrzError: MRZ_FORMAT, MRZ_CHECK_DIGIT."""
        if Format.of_lines(lines) is None:
            shapes = "3 lines of 30, 2 of 36 or 2 of 44 characters"
            raise MrzError(f"the zone does not have {shapes}: a part was not seen; {_READ_AGAIN}")
        return cls("".join(lines))

    def printed(self, name: Field) -> str:
        """A field as printed, check digit and fillers included; empty where the format has no such field."""
        layout = self.format.layout
        return layout.cut(self.text, layout.fields[name]) if name in layout.fields else ""

    # The document

    @property
    def document_type(self) -> str:
        """ "P", "I", "V", …, perhaps with a second letter."""
        return self.printed(Field.DOCUMENT_TYPE).rstrip(FILLER)

    @property
    def issuing_state(self) -> str:
        """Code of Doc 9303-3, section 5: three letters, or "D"."""
        return self.printed(Field.ISSUING_STATE).rstrip(FILLER)

    @property
    def document_number(self) -> str:
        """The whole number, also where it is longer than its field. A visa may bear that of its passport."""
        return self.number.characters.rstrip(FILLER)

    @property
    def optional_data(self) -> str:
        """Personal number or whatever else the issuer keeps there, without a long document number; may be empty."""
        data = self.number.optional_data
        return (data[:-1] if Field.OPTIONAL_DATA in self.format.layout.checked else data).rstrip(FILLER)

    @property
    def more_optional_data(self) -> str:
        """The second such field, which TD1 alone has."""
        return self.printed(Field.MORE_OPTIONAL_DATA).rstrip(FILLER)

    def expiry_date(self, today: date, window_years: int) -> date:
        """See ``dates.expiry_date``; for a visa the last day of its use. Raises MrzError (DATE_INVALID)."""
        return dates.expiry_date(self.printed(Field.EXPIRY)[:-1], today, window_years)

    # The holder

    @property
    def name(self) -> Name:
        return Name.read(self.printed(Field.NAME))

    @property
    def primary_identifier(self) -> str:
        """In most states the surname; components separated by spaces."""
        return " ".join(self.name.primary)

    @property
    def secondary_identifier(self) -> str:
        """In most states the given names; empty where the holder has none."""
        return " ".join(self.name.secondary)

    @property
    def name_may_be_truncated(self) -> bool:
        """A name field without a filler at its end must be taken for cut (Doc 9303-4 to -7, 4.2.3)."""
        return self.name.may_be_truncated

    @property
    def nationality(self) -> str:
        return self.printed(Field.NATIONALITY).rstrip(FILLER)

    @property
    def sex(self) -> str:
        """M, F or, unspecified, X."""
        return self.printed(Field.SEX).replace(FILLER, "X")

    def birth_date(self, today: date) -> date | None:
        """See ``dates.birth_date``: None where parts are unknown. Raises MrzError (DATE_INVALID)."""
        return dates.birth_date(self.printed(Field.BIRTH)[:-1], today)

    # For others who must agree with it

    @property
    def mrz_information(self) -> bytes:
        """Document number, birth and expiry, each with its check digit: what the keys of BAC and PACE are made of
        (Doc 9303-11, 4.3.2 and 4.4.4.1). A long document number counts whole."""
        number = self.number.characters + self.number.digit
        return (number + self.printed(Field.BIRTH) + self.printed(Field.EXPIRY)).encode("ascii")

    def differs_from(self, other: "Mrz") -> tuple[str, ...]:
        """Names of the fields in which two zones differ, in the order of ``Field``; "format" where nothing compares.

        A long document number is compared as the number that it is, not as the optional data that hold its end.
        """
        if self.format is not other.format:
            return ("format",)
        ours, theirs = self._comparable(), other._comparable()
        return tuple(name.value for name in ours if ours[name] != theirs[name])

    @property
    def number(self) -> DocumentNumber:
        """The document number with its check digit, and what it leaves of the optional data."""
        number, rest = self.printed(Field.DOCUMENT_NUMBER), self.printed(Field.OPTIONAL_DATA)
        return DocumentNumber.read(number, rest, self.format.layout.long_numbers)

    def _comparable(self) -> dict[Field, tuple[str, ...]]:
        number = self.number
        values: dict[Field, tuple[str, ...]] = {name: (self.printed(name),) for name in Field}
        values[Field.DOCUMENT_NUMBER] = (number.characters, number.digit)
        values[Field.OPTIONAL_DATA] = (number.optional_data, *values.pop(Field.MORE_OPTIONAL_DATA))
        return values


def _broken_rules(mrz: Mrz) -> Iterator[str]:
    """What no field may be, whatever its check digit says."""
    if not _CODE.fullmatch(mrz.printed(Field.DOCUMENT_TYPE)):
        yield "the document code is not a letter, perhaps with a second one"
    if not _STATE.fullmatch(mrz.printed(Field.ISSUING_STATE)):
        yield "the issuing state is not a code of letters"
    if not _STATE.fullmatch(mrz.printed(Field.NATIONALITY)):
        yield "the nationality is not a code of letters"
    if not is_name(mrz.printed(Field.NAME)):
        yield "the name does not begin with a letter or holds a digit"
    if mrz.printed(Field.SEX) not in _SEXES:
        yield "the field for the sex holds none of M, F, X and <"
    if mrz.printed(Field.DOCUMENT_NUMBER).startswith(FILLER):
        yield "the document number is missing"
    if not (dates.is_birth(mrz.printed(Field.BIRTH)[:-1]) and dates.is_expiry(mrz.printed(Field.EXPIRY)[:-1])):
        yield "a date holds something other than digits"


def _wrong_digits(mrz: Mrz) -> Iterator[str]:
    """Names of the fields whose check digit does not agree, in printed order."""
    layout = mrz.format.layout
    for name in layout.fields:
        if name in layout.checked and not _agrees(mrz, name):
            yield name.value
    if layout.composite:
        covered = "".join(layout.cut(mrz.text, span) for span in layout.composite)
        if check_digit(covered) != mrz.printed(Field.COMPOSITE):
            yield Field.COMPOSITE.value


def _agrees(mrz: Mrz, name: Field) -> bool:
    printed = mrz.printed(name)
    data, digit = printed[:-1], printed[-1]
    if name is Field.DOCUMENT_NUMBER:
        return mrz.number.agrees
    if name is Field.OPTIONAL_DATA and digit == FILLER:
        return not data.strip(FILLER)  # Doc 9303-4, 4.2.2: a field that is not used may have 0 or < for its digit
    return check_digit(data) == digit
