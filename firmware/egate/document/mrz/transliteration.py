"""National characters to the letters of a zone (Doc 9303-3, 4.6 and section 6).

Several characters have more than one spelling, so a name has many. A component is therefore kept as what each of its
characters may become, and compared with a zone without listing the combinations.
"""

import unicodedata
from collections.abc import Iterator
from string import ascii_uppercase

from egate.document.mrz.characters import FILLER
from egate.document.mrz.transliteration_tables import SHADDA, SPELLINGS, TEH_MARBUTA, Spellings

Component = tuple[Spellings, ...]


class Untransliterable(Exception):
    """A character has no place in the tables of Doc 9303-3. The text does not say which."""


def transliterate(identifier: str) -> str:
    """The recommended form in a zone, components separated by one filler. Raises Untransliterable."""
    return FILLER.join("".join(letter[0] for letter in _ended(component)) for component in components(identifier))


def components(identifier: str) -> tuple[Component, ...]:
    """The components of an identifier, each with the spellings of its characters. Raises Untransliterable.

    Spaces, hyphens, commas and fillers part components; apostrophes and all other punctuation vanish.
    """
    upper = unicodedata.normalize("NFC", unicodedata.normalize("NFC", identifier).upper())
    words = "".join(" " if _parts(char) else char for char in upper).split()
    found = (tuple(_letters(word)) for word in words)
    return tuple(component for component in found if any(any(spellings) for spellings in component))


def spelling_is(component: Component, text: str) -> bool:
    """Whether ``text`` is one way to write the component."""
    reached = {0}
    for spellings in component:
        reached = {at + len(s) for at in reached for s in spellings if text.startswith(s, at)}
    return len(text) in reached


def spelling_begins(component: Component, text: str) -> bool:
    """Whether ``text`` is the beginning of one way to write the component, or all of it."""
    reached = {0}
    for spellings in component:
        if any(s.startswith(text[at:]) for at in reached for s in spellings):
            return True
        reached = {at + len(s) for at in reached for s in spellings if text.startswith(s, at)}
    return len(text) in reached


def _parts(char: str) -> bool:
    return char in {FILLER, ","} or char.isspace() or unicodedata.category(char) == "Pd"


def _letters(word: str) -> Iterator[Spellings]:
    before: Spellings = ("",)
    for char in word:
        if char == SHADDA:  # seldom written, so search allows for both (appendix B, 5.5.11)
            yield (*before, "")
            continue
        before = SPELLINGS.get(char) or _base_letters(char)
        yield before


def _base_letters(char: str) -> Spellings:
    """What is in no table: the letter without its marks; nothing for a mark or for punctuation."""
    if char in ascii_uppercase:
        return (char,)
    if unicodedata.category(char)[0] in "PSM" or unicodedata.category(char) == "Lm":
        return ("",)
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    if plain and set(plain) <= set(ascii_uppercase):
        return (plain,)
    raise Untransliterable("Doc 9303-3 has no transliteration for a character of the name")


def _ended(component: Component) -> Component:
    """Teh marbuta is written otherwise where it ends a component."""
    marbuta = SPELLINGS[TEH_MARBUTA]
    return (*component[:-1], marbuta[::-1]) if component[-1] == marbuta else component
