"""Reads a zone and, only where an officer assists, undoes what optical character recognition confuses.

A letter in a place that can hold only a digit is put right; beyond that, at most one character of the fields that a
check digit covers may be exchanged for its twin, as with more of them chance alone would find a sum that agrees. The
result counts only if it is the only one for which every check digit holds. Names, states and the sex are under no check
digit and stay as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from egate.document.errors import MrzError
from egate.document.mrz.formats import Field, Format
from egate.document.mrz.zone import Mrz

# What a letter must be where only a digit can stand
_AS_DIGIT = {
    "O": "0",
    "Q": "0",
    "D": "0",
    "I": "1",
    "L": "1",
    "Z": "2",
    "A": "4",
    "S": "5",
    "G": "6",
    "T": "7",
    "B": "8",
}
# Where both may stand, only what is confused most, and never G for 6: to a check digit those two are the same
_PAIRS = {"O": "0", "I": "1", "Z": "2", "S": "5", "B": "8"}
_TWIN = _PAIRS | {digit: letter for letter, digit in _PAIRS.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """A valid zone and the fields in which it differs from what the reader delivered."""

    mrz: Mrz
    repaired: tuple[Field, ...] = ()


def read_zone(lines: Sequence[str], *, assisted: bool = False) -> Reading:
    """Parse what a reader delivered. Raises MrzError as ``Mrz.from_lines`` does, with its reason, where the zone is
    wrong and no repair, or more than one, would make it right."""
    try:
        return Reading(Mrz.from_lines(lines))
    except MrzError as error:
        form = Format.of_lines(lines)
        if not assisted or form is None:
            raise
        return _repaired("".join(lines), form, error)


def _repaired(text: str, form: Format, refusal: MrzError) -> Reading:
    candidates = [mrz for mrz in map(_valid, _candidates(text, form)) if mrz is not None]
    if not candidates:
        raise refusal
    if len(candidates) > 1:
        raise MrzError(f"{refusal}; more than one repair would do, so none is made", refusal.reason)
    (mrz,) = candidates
    layout = form.layout
    changed = (name for name in layout.fields if layout.cut(text, layout.fields[name]) != mrz.printed(name))
    return Reading(mrz, tuple(changed))


def _candidates(text: str, form: Format) -> Iterator[str]:
    letters = {at: _AS_DIGIT[text[at]] for at in _digit_positions(form) if text[at] in _AS_DIGIT}
    text = _substituted(text, letters)
    yield text
    for at in _free_positions(form):
        if text[at] in _TWIN:
            yield _substituted(text, {at: _TWIN[text[at]]})


def _digit_positions(form: Format) -> Iterator[int]:
    """Dates and check digits."""
    layout = form.layout
    for field in layout.fields:
        if field in {Field.BIRTH, Field.EXPIRY, Field.COMPOSITE}:
            yield from layout.positions(field)
        elif field in layout.checked:
            yield layout.positions(field)[-1]


def _free_positions(form: Format) -> Iterator[int]:
    """Document number and optional data, as far as a check digit covers them."""
    layout = form.layout
    yield from layout.positions(Field.DOCUMENT_NUMBER)[:-1]
    for field in (Field.OPTIONAL_DATA, Field.MORE_OPTIONAL_DATA):
        if layout.composite and field in layout.fields:
            yield from layout.positions(field)[: -1 if field in layout.checked else None]


def _substituted(text: str, changes: dict[int, str]) -> str:
    return "".join(changes.get(at, char) for at, char in enumerate(text))


def _valid(text: str) -> Mrz | None:
    try:
        return Mrz(text)
    except MrzError:
        return None
