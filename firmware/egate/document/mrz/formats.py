"""The five formats of a zone and where each keeps its fields: the tables of Doc 9303-4 to -7, and nothing else.

Positions are written as the standard writes them: line, first and last character, counted from 1. A field that has a
check digit of its own includes it as its last character.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Doc 9303-10: EF.DG1 is the zone in an object with a tag of two bytes, in an object with a tag of one.
_DG1_HEADER_BYTES = 5


class Field(StrEnum):
    """The fields of a zone, under the names that records and officers see."""

    DOCUMENT_TYPE = "document_type"
    ISSUING_STATE = "issuing_state"
    NAME = "name"
    DOCUMENT_NUMBER = "document_number"
    NATIONALITY = "nationality"
    BIRTH = "birth"
    SEX = "sex"
    EXPIRY = "expiry"
    OPTIONAL_DATA = "optional_data"
    MORE_OPTIONAL_DATA = "more_optional_data"
    COMPOSITE = "composite"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``first`` to ``last`` of one ``line``, all counted from 1."""

    line: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Layout:
    """One format's table. ``letters``: what its document code may begin with. ``checked``: fields with a check digit
    of their own. ``composite``: what the composite digit covers, in that order. ``long_numbers``: a document number of
    more than nine characters goes on in the optional data."""

    lines: int
    width: int
    letters: str
    fields: Mapping[Field, Span]
    checked: tuple[Field, ...]
    composite: tuple[Span, ...] = ()
    long_numbers: bool = False

    @property
    def characters(self) -> int:
        return self.lines * self.width

    def cut(self, text: str, span: Span) -> str:
        """The characters of ``span`` in a zone whose lines are run together."""
        start = (span.line - 1) * self.width
        return text[start + span.first - 1 : start + span.last]

    def positions(self, field: Field) -> range:
        """Where ``field`` lies in a zone whose lines are run together, counted from 0."""
        span = self.fields[field]
        start = (span.line - 1) * self.width
        return range(start + span.first - 1, start + span.last)


class Format(StrEnum):
    """The formats of Doc 9303: cards in TD1 and TD2, passport booklets in TD3, visas in MRV-A and MRV-B."""

    TD1 = "td1"
    TD2 = "td2"
    TD3 = "td3"
    MRV_A = "mrv-a"
    MRV_B = "mrv-b"

    @classmethod
    def of_lines(cls, lines: Sequence[str]) -> "Format | None":
        """Which format has the shape of these lines; a V at the start tells a visa from TD2 and TD3."""
        widths = {len(line) for line in lines}
        if len(widths) != 1:
            return None
        return _of_shape(len(lines), widths.pop(), lines[0])

    @classmethod
    def of_text(cls, text: str) -> "Format | None":
        """The same for lines run together, as EF.DG1 holds them."""
        layout = next((layout for layout in LAYOUTS.values() if layout.characters == len(text)), None)
        return _of_shape(layout.lines, layout.width, text) if layout is not None else None

    @property
    def layout(self) -> Layout:
        return LAYOUTS[self]

    @property
    def is_visa(self) -> bool:
        """A visa is no travel document: it lies in one, and has neither a chip nor a composite digit."""
        return self in (Format.MRV_A, Format.MRV_B)

    @property
    def dg1_bytes(self) -> int:
        """The size of EF.DG1, known before it is read."""
        return self.layout.characters + _DG1_HEADER_BYTES


def _of_shape(lines: int, width: int, text: str) -> Format | None:
    visa = text.startswith(_VISA)
    fitting = (f for f, layout in LAYOUTS.items() if (layout.lines, layout.width) == (lines, width))
    return next((f for f in fitting if f.is_visa == visa or f is Format.TD1), None)


_PASSPORT, _CARD, _VISA = "P", "ACI", "V"
_CHECKED = (Field.DOCUMENT_NUMBER, Field.BIRTH, Field.EXPIRY)


def _two_lines(width: int, **others: Span) -> dict[Field, Span]:
    """What all formats of two lines have in common; ``others`` by the names of their fields."""
    return {
        Field.DOCUMENT_TYPE: Span(1, 1, 2),
        Field.ISSUING_STATE: Span(1, 3, 5),
        Field.NAME: Span(1, 6, width),
        Field.DOCUMENT_NUMBER: Span(2, 1, 10),
        Field.NATIONALITY: Span(2, 11, 13),
        Field.BIRTH: Span(2, 14, 20),
        Field.SEX: Span(2, 21, 21),
        Field.EXPIRY: Span(2, 22, 28),
    } | {Field(name): span for name, span in others.items()}


LAYOUTS: Mapping[Format, Layout] = {
    Format.TD1: Layout(  # 9303-5, 4.2.2 and 4.2.4
        lines=3,
        width=30,
        letters=_CARD,
        fields={
            Field.DOCUMENT_TYPE: Span(1, 1, 2),
            Field.ISSUING_STATE: Span(1, 3, 5),
            Field.DOCUMENT_NUMBER: Span(1, 6, 15),
            Field.OPTIONAL_DATA: Span(1, 16, 30),
            Field.BIRTH: Span(2, 1, 7),
            Field.SEX: Span(2, 8, 8),
            Field.EXPIRY: Span(2, 9, 15),
            Field.NATIONALITY: Span(2, 16, 18),
            Field.MORE_OPTIONAL_DATA: Span(2, 19, 29),
            Field.COMPOSITE: Span(2, 30, 30),
            Field.NAME: Span(3, 1, 30),
        },
        checked=_CHECKED,
        composite=(Span(1, 6, 30), Span(2, 1, 7), Span(2, 9, 15), Span(2, 19, 29)),
        long_numbers=True,
    ),
    Format.TD2: Layout(  # 9303-6, 4.2.2 and 4.2.4
        lines=2,
        width=36,
        letters=_CARD,
        fields=_two_lines(36, optional_data=Span(2, 29, 35), composite=Span(2, 36, 36)),
        checked=_CHECKED,
        composite=(Span(2, 1, 10), Span(2, 14, 20), Span(2, 22, 35)),
        long_numbers=True,
    ),
    Format.TD3: Layout(  # 9303-4, 4.2.2 and 4.2.4
        lines=2,
        width=44,
        letters=_PASSPORT,
        fields=_two_lines(44, optional_data=Span(2, 29, 43), composite=Span(2, 44, 44)),
        checked=(*_CHECKED, Field.OPTIONAL_DATA),
        composite=(Span(2, 1, 10), Span(2, 14, 20), Span(2, 22, 43)),
    ),
    Format.MRV_A: Layout(  # 9303-7, 4.2.2
        lines=2, width=44, letters=_VISA, fields=_two_lines(44, optional_data=Span(2, 29, 44)), checked=_CHECKED
    ),
    Format.MRV_B: Layout(  # 9303-7, 7.2.2
        lines=2, width=36, letters=_VISA, fields=_two_lines(36, optional_data=Span(2, 29, 36)), checked=_CHECKED
    ),
}
