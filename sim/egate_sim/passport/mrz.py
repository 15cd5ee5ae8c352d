"""Composes machine readable zones: cards (TD1, TD2), passport booklets (TD3) and visas, Doc 9303-4 to -7."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum, auto

from egate_sim.passport.mrz_names import name_field

_NUMBER_LENGTH = 9
_CODE_LENGTH = 3
_DOCUMENT_CODE_LENGTH = 2
_WEIGHTS = (7, 3, 1)
_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Format(Enum):
    """The formats: cards, passport booklets, visas."""

    TD1 = auto()
    TD2 = auto()
    TD3 = auto()
    MRV_A = auto()
    MRV_B = auto()


_CODES = {Format.TD1: "I", Format.TD2: "I", Format.TD3: "P", Format.MRV_A: "V", Format.MRV_B: "V"}


class Sex(StrEnum):
    """As the MRZ writes it; the filler stands for unspecified."""

    FEMALE = "F"
    MALE = "M"
    UNSPECIFIED = "<"


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """Whom a document is issued to, and until when. Invented people only.

    ``number``: letters and digits, nine at most in a passport, more on a card. ``nationality``: the code of Doc 9303-3,
    section 5, one to three letters. ``optional`` and, on a TD1, ``more_optional``: whatever the issuer keeps there.
    """

    surname: str
    given_names: str
    birth: date
    sex: Sex
    nationality: str
    number: str
    expiry: date
    optional: str = ""
    more_optional: str = ""

    def __post_init__(self) -> None:
        if not self.number or not set(self.number + self.optional + self.more_optional) <= set(_DIGITS + _LETTERS):
            raise ValueError("document number and optional data are capital letters and digits")
        if not 1 <= len(self.nationality) <= _CODE_LENGTH or not set(self.nationality) <= set(_LETTERS):
            raise ValueError("a nationality is one to three capital letters")

    def __repr__(self) -> str:
        return "Holder(...)"


def compose(form: Format, issuer: str, holder: Holder, code: str = "") -> tuple[str, ...]:
    """The lines of a zone. ``issuer``: the issuing state's code, one to three letters; ``code``: the document code.

    Raises ValueError where the format cannot hold what it should.
    """
    head = _filled(code or _CODES[form], _DOCUMENT_CODE_LENGTH) + _filled(issuer, _CODE_LENGTH)
    match form:
        case Format.TD1:
            return _three_lines(head, holder)
        case Format.TD2:
            number, optional = _long_number(holder.number, holder.optional, 7)
            return _two_lines(head, holder, number, optional, 31)
        case Format.TD3:
            number = _with_check_digit(_filled(holder.number, _NUMBER_LENGTH))
            return _two_lines(head, holder, number, _personal_number(holder.optional), 39)
        case Format.MRV_A | Format.MRV_B:
            width, room = (39, 16) if form is Format.MRV_A else (31, 8)
            # A visa shows the nine principal characters of a longer number (Doc 9303-7, note j)
            number = _with_check_digit(_filled(holder.number[:_NUMBER_LENGTH], _NUMBER_LENGTH))
            upper, lower = _two_lines(head, holder, number, _filled(holder.optional, room), width)
            return upper, lower[:-1]


def compose_td3(issuer: str, holder: Holder) -> tuple[str, str]:
    """Both lines of a passport booklet, 44 characters each."""
    upper, lower = compose(Format.TD3, issuer, holder)
    return upper, lower


def access_information(lines: tuple[str, ...]) -> str:
    """The part of a zone that access keys are derived from: number, birth, expiry with their check digits
    (Doc 9303-11, appendix D.2); of a long number, all of it."""
    if len(lines) == 3:  # noqa: PLR2004 - the one format of three lines
        number, rest, dates = lines[0][5:15], lines[0][15:], lines[1][0:7] + lines[1][8:15]
    else:
        number, rest, dates = lines[1][0:10], lines[1][28:], lines[1][13:20] + lines[1][21:28]
    if number.endswith("<"):
        number = number[:-1] + rest[: rest.index("<")]
    return number + dates


def check_digit(text: str) -> str:
    """Doc 9303-3, 4.9: weights 7, 3, 1; letters count from 10; the filler counts nothing."""
    total = sum(_value(character) * _WEIGHTS[i % 3] for i, character in enumerate(text))
    return str(total % 10)


def _value(character: str) -> int:
    return 0 if character == "<" else (_DIGITS + _LETTERS).index(character)


def _with_check_digit(text: str) -> str:
    return text + check_digit(text)


def _filled(text: str, length: int) -> str:
    if len(text) > length:
        raise ValueError(f"a field of {length} characters cannot hold {len(text)}, be it in a TD1, TD2, TD3 or visa")
    return text.ljust(length, "<")


def _two_lines(head: str, holder: Holder, number: str, optional: str, name_width: int) -> tuple[str, str]:
    """The formats of two lines; the last character is the composite check digit."""
    birth, expiry = _dates(holder)
    composite = check_digit(number + birth + expiry + optional)
    lower = number + _filled(holder.nationality, _CODE_LENGTH) + birth + holder.sex + expiry + optional + composite
    return head + name_field(holder.surname, holder.given_names, name_width), lower


def _three_lines(head: str, holder: Holder) -> tuple[str, str, str]:
    number, optional = _long_number(holder.number, holder.optional, 15)
    birth, expiry = _dates(holder)
    more = _filled(holder.more_optional, 11)
    middle = birth + holder.sex + expiry + _filled(holder.nationality, _CODE_LENGTH) + more
    composite = check_digit(number + optional + birth + expiry + more)
    return head + number + optional, middle + composite, name_field(holder.surname, holder.given_names, 30)


def _dates(holder: Holder) -> tuple[str, str]:
    return _with_check_digit(f"{holder.birth:%y%m%d}"), _with_check_digit(f"{holder.expiry:%y%m%d}")


def _long_number(number: str, optional: str, room: int) -> tuple[str, str]:
    """The number's field with its check digit and the optional data, which take the end of a long number first: its
    last characters, the check digit over all of it, a filler (Doc 9303-5 and -6, note j)."""
    principal, rest = number[:_NUMBER_LENGTH], number[_NUMBER_LENGTH:]
    if not rest:
        return _with_check_digit(_filled(principal, _NUMBER_LENGTH)), _filled(optional, room)
    return principal + "<", _filled(f"{rest}{check_digit(number)}<{optional}", room)


def _personal_number(optional: str) -> str:
    """An empty field may carry the filler in place of its check digit (Doc 9303-4, 4.2.2.2)."""
    field = _filled(optional, 14)
    return field + (check_digit(field) if optional else "<")
