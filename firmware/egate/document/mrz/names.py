"""The name in a zone: components, truncation, and whether it is the short form of a full name (Doc 9303-3, 4.6)."""

import re
from dataclasses import dataclass

from egate.document.mrz.characters import FILLER
from egate.document.mrz.transliteration import Component, Untransliterable, components, spelling_begins, spelling_is

_SEPARATOR = 2 * FILLER
_NAME = re.compile(r"[A-Z][A-Z<]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Name:
    """Components of the primary and of the secondary identifier, the latter perhaps none. ``may_be_truncated``: the
    field is full to its last character, so it must be taken for cut. ``repr`` shows no name."""

    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    may_be_truncated: bool

    def __repr__(self) -> str:
        return f"Name({len(self.primary)} + {len(self.secondary)} components)"

    @classmethod
    def read(cls, field: str) -> "Name":
        """The name field of a zone, fillers included."""
        primary, _, secondary = field.partition(_SEPARATOR)
        return cls(_components(primary), _components(secondary), not field.endswith(FILLER))


def is_name(field: str) -> bool:
    """A name field begins with a letter and holds letters and fillers alone."""
    return _NAME.fullmatch(field) is not None


def _components(identifier: str) -> tuple[str, ...]:
    return tuple(part for part in identifier.split(FILLER) if part)


def names_agree(name: Name, full_name: str) -> bool | None:
    """Whether the zone's name is that of ``full_name``, perhaps cut short; None where nobody can say, because the full
    name holds characters that Doc 9303-3 does not transliterate.

    ``full_name``: as in EF.DG11, identifiers separated by ``<<`` and components by ``<``; a comma and spaces will do.
    It may be written in national characters; each recommended transliteration counts. A cut name agrees if each of its
    components begins the full name's component in the same place; only the last components of an identifier may be
    left out, never all of them.
    """
    primary, secondary = _identifiers(full_name)
    try:
        pairs = ((name.primary, components(primary)), (name.secondary, components(secondary)))
        return all(_identifier_agrees(short, full, name.may_be_truncated) for short, full in pairs)
    except Untransliterable:
        return None


def _identifiers(full_name: str) -> tuple[str, str]:
    separator = _SEPARATOR if _SEPARATOR in full_name else ","
    primary, _, secondary = full_name.partition(separator)
    return primary, secondary


def _identifier_agrees(short: tuple[str, ...], full: tuple[Component, ...], cut: bool) -> bool:
    if not cut:
        return len(short) == len(full) and all(map(spelling_is, full, short))
    shown = len(short) <= len(full) and bool(short) == bool(full)
    return shown and all(spelling_begins(whole, part) for whole, part in zip(full, short, strict=False))
