"""The characters of a machine readable zone and the check digit over them (Doc 9303-3, 4.3 and 4.9)."""

import re

FILLER = "<"
_LEGAL = re.compile(r"[0-9A-Z<]*", re.ASCII)
_WEIGHTS = (7, 3, 1)


def is_legal(text: str) -> bool:
    """Whether ``text`` consists of 0-9, A-Z and the filler alone."""
    return _LEGAL.fullmatch(text) is not None


def check_digit(text: str) -> str:
    """The check digit over ``text``: weights 7 3 1, modulus 10. Legal characters only."""
    return str(sum(value(char) * _WEIGHTS[i % len(_WEIGHTS)] for i, char in enumerate(text)) % 10)


def value(char: str) -> int:
    """0-9 count as themselves, A-Z as 10-35, the filler as 0."""
    return 0 if char == FILLER else int(char, 36)
