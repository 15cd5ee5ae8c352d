"""The document number, also where it has more than nine characters (Doc 9303-5 and -6, 4.2.2, note j)."""

from dataclasses import dataclass

from egate.document.mrz.characters import FILLER, check_digit

_SHORTEST_CONTINUATION = 2  # one character of the number and the check digit


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """``characters``: the whole number, filled to nine; ``digit``: its check digit as printed; ``optional_data``: what
    the field behind it holds besides. ``repr`` hides all of them."""

    characters: str
    digit: str
    optional_data: str

    def __repr__(self) -> str:
        return f"DocumentNumber({len(self.characters)} characters)"

    @classmethod
    def read(cls, field: str, optional_data: str, may_be_long: bool) -> "DocumentNumber":
        """``field``: nine characters and the check digit. A filler in the digit's place says that the number goes on in
        ``optional_data``, is followed there by its check digit, and that by a filler."""
        principal, digit = field[:-1], field[-1]
        rest, filler, remaining = optional_data.partition(FILLER)
        long = may_be_long and digit == FILLER and not principal.endswith(FILLER)
        if not long or not filler or len(rest) < _SHORTEST_CONTINUATION:
            return cls(principal, digit, optional_data)
        return cls(principal + rest[:-1], rest[-1], remaining)

    @property
    def agrees(self) -> bool:
        """Whether the check digit is that of the whole number."""
        return check_digit(self.characters) == self.digit
