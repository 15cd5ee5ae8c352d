"""Composes the machine readable zone of a passport booklet: TD3, Doc 9303-4, 4.2."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_NAME_LENGTH = 39
_NUMBER_LENGTH = 9
_CODE_LENGTH = 3
_OPTIONAL_LENGTH = 14
_WEIGHTS = (7, 3, 1)
_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Doc 9303-3, section 6: letters that are not the base letter without its mark
_TRANSLITERATION = str.maketrans(
    {"Ä": "AE", "Å": "AA", "Æ": "AE", "Ð": "D", "Đ": "D", "Ł": "L", "Ö": "OE", "Ø": "OE", "Þ": "TH", "Ü": "UE"}
)  # fmt: skip


class Sex(StrEnum):
    """As the MRZ writes it; the filler stands for unspecified."""

    FEMALE = "F"
    MALE = "M"
    UNSPECIFIED = "<"


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """Whom a passport is issued to, and until when. Invented people only.

    ``number``: up to nine letters and digits. ``nationality``: the code of Doc 9303-3, section 5, one to three letters.
    """

    surname: str
    given_names: str
    birth: date
    sex: Sex
    nationality: str
    number: str
    expiry: date
    optional: str = ""

    def __post_init__(self) -> None:
        if not _is_field(self.number, _NUMBER_LENGTH) or not self.number:
            raise ValueError("a TD3 document number is one to nine capital letters and digits")
        if not _is_field(self.optional, _OPTIONAL_LENGTH):
            raise ValueError("optional data of a TD3 is at most fourteen capital letters and digits")
        if not 1 <= len(self.nationality) <= _CODE_LENGTH or not set(self.nationality) <= set(_LETTERS):
            raise ValueError("a nationality is one to three capital letters")

    def __repr__(self) -> str:
        return "Holder(...)"


def compose_td3(issuer: str, holder: Holder) -> tuple[str, str]:
    """Both lines, 44 characters each. ``issuer``: the issuing state's code, one to three letters."""
    upper = "P<" + issuer.ljust(_CODE_LENGTH, "<") + _name_field(holder.surname, holder.given_names)
    number = _with_check_digit(holder.number.ljust(_NUMBER_LENGTH, "<"))
    birth = _with_check_digit(f"{holder.birth:%y%m%d}")
    expiry = _with_check_digit(f"{holder.expiry:%y%m%d}")
    optional = holder.optional.ljust(_OPTIONAL_LENGTH, "<")
    # An empty optional field may carry the filler in place of its check digit (Doc 9303-4, 4.2.2.2)
    optional += check_digit(optional) if holder.optional else "<"
    composite = check_digit(number + birth + expiry + optional)
    lower = number + holder.nationality.ljust(_CODE_LENGTH, "<") + birth + holder.sex + expiry + optional + composite
    return upper, lower


def access_information(lines: tuple[str, str]) -> str:
    """The part of a TD3 that Basic Access Control derives its keys from (Doc 9303-11, appendix D.2)."""
    lower = lines[1]
    return lower[0:10] + lower[13:20] + lower[21:28]


def check_digit(text: str) -> str:
    """Doc 9303-3, 4.9: weights 7, 3, 1; letters count from 10; the filler counts nothing."""
    total = sum(_value(character) * _WEIGHTS[i % 3] for i, character in enumerate(text))
    return str(total % 10)


def _value(character: str) -> int:
    return 0 if character == "<" else (_DIGITS + _LETTERS).index(character)


def _with_check_digit(text: str) -> str:
    return text + check_digit(text)


def _is_field(text: str, length: int) -> bool:
    return len(text) <= length and set(text) <= set(_DIGITS + _LETTERS)


def _name_field(surname: str, given_names: str) -> str:
    """Primary and secondary identifier; the longest names lose letters until both fit (Doc 9303-4, 4.2.3)."""
    identifiers = [_components(surname), _components(given_names)]
    if not identifiers[0]:
        raise ValueError("a surname must have at least one letter that an MRZ can hold")
    while len(field := _join(identifiers)) > _NAME_LENGTH:
        names = max(identifiers, key=lambda i: max(map(len, i), default=0))
        longest = max(range(len(names)), key=lambda i: len(names[i]))
        names[longest] = names[longest][:-1]
        names[:] = [name for name in names if name]
    return field.ljust(_NAME_LENGTH, "<")


def _join(identifiers: list[list[str]]) -> str:
    return "<<".join("<".join(names) for names in identifiers if names)


def _components(name: str) -> list[str]:
    """'Anna-María O'Neill' -> ['ANNA', 'MARIA', 'ONEILL']: hyphens part, apostrophes vanish, marks are written out."""
    composed = unicodedata.normalize("NFC", name).upper().translate(_TRANSLITERATION)
    plain = unicodedata.normalize("NFKD", composed)
    letters = "".join(c if c in _LETTERS else " " if c in " -," else "" for c in plain)
    return letters.split()
