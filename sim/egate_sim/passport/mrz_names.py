"""Names as a machine readable zone writes them: transliteration and truncation, Doc 9303-3, 4.6 and section 6."""

import unicodedata

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Latin letters that are not the base letter without its mark, and those that have no mark to take away
_LATIN = (
    "Ä AE Å AA Æ AE Ð D Đ D Ħ H Ĳ IJ Ł L Ŋ N Ö OE Ø OE Œ OE Þ TH Ŧ T Ü UE ẞ SS"
)  # fmt: skip
_CYRILLIC = (
    "А A Б B В V Г G Ґ G Д D Ђ D Е E Ё E Є IE Ж ZH З Z Ѕ DZ И I І I Ї I Й I Ј J К K Ќ K Л L Љ LJ М M Н N Њ NJ О O "
    "П P Р R С S Т T Ћ C У U Ў U Ф F Х KH Ц TS Ч CH Џ DZ Ш SH Щ SHCH Ъ IE Ы Y Э E Ю IU Я IA"
)
_SOFT_SIGN = "Ь"  # is not written
# After "ARABIC LETTER"
_ARABIC = {
    "HAMZA": "XE", "ALEF WITH MADDA ABOVE": "XAA", "ALEF WITH HAMZA ABOVE": "XAE", "WAW WITH HAMZA ABOVE": "U",
    "ALEF WITH HAMZA BELOW": "I", "YEH WITH HAMZA ABOVE": "XI", "ALEF": "A", "BEH": "B", "TEH MARBUTA": "XTA",
    "TEH": "T", "THEH": "XTH", "JEEM": "J", "HAH": "XH", "KHAH": "XKH", "DAL": "D", "THAL": "XDH", "REH": "R",
    "ZAIN": "Z", "SEEN": "S", "SHEEN": "XSH", "SAD": "XSS", "DAD": "XDZ", "TAH": "XTT", "ZAH": "XZZ", "AIN": "E",
    "GHAIN": "G", "FEH": "F", "QAF": "Q", "KAF": "K", "LAM": "L", "MEEM": "M", "NOON": "N", "HEH": "H", "WAW": "W",
    "ALEF MAKSURA": "XAY", "YEH": "Y", "ALEF WASLA": "XXA", "TTEH": "XXT", "PEH": "P", "TCHEH": "XC", "DDAL": "XXD",
    "RREH": "XXR", "JEH": "XJ", "VEH": "V", "KEHEH": "XKK", "GAF": "XGG", "NG": "XNG", "NOON GHUNNA": "XNN",
    "HEH GOAL": "XXG", "HEH DOACHASHMEE": "XDO", "FARSI YEH": "XYA", "YEH BARREE": "XYB",
}  # fmt: skip
_FINAL_TEH_MARBUTA = "XAH"


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


TRANSLITERATION = (
    _pairs(_LATIN)
    | _pairs(_CYRILLIC)
    | {unicodedata.lookup(f"ARABIC LETTER {name}"): spelling for name, spelling in _ARABIC.items()}
)


def name_field(primary: str, secondary: str, width: int) -> str:
    """Both identifiers in ``width`` characters; what does not fit is cut so that a letter stands at the end.

    Raises ValueError for a name that no zone can hold.
    """
    identifiers = [_components(primary), _components(secondary)]
    if not identifiers[0]:
        raise ValueError("a primary identifier must have at least one letter that an MRZ can hold")
    if len(_join(identifiers)) > width:
        _cut(identifiers, width)
    return _join(identifiers).ljust(width, "<")


def _cut(identifiers: list[list[str]], width: int) -> None:
    """Take letters from the longest component, then components from the end; give back what that frees too much."""
    whole = [list(names) for names in identifiers]
    while len(_join(identifiers)) > width:
        names = max(identifiers, key=lambda i: max(map(len, i), default=0))
        longest = max(range(len(names)), key=lambda i: len(names[i]))
        if len(names[longest]) > 1:
            names[longest] = names[longest][:-1]
        else:
            max(identifiers, key=len).pop()
    for names, full in zip(identifiers, whole, strict=True):
        for i, name in enumerate(names):
            free = width - len(_join(identifiers))
            names[i] = full[i][: len(name) + free]
    if len(_join(identifiers)) < width:
        raise ValueError("no way to cut this name fills the field to its last character")


def _join(identifiers: list[list[str]]) -> str:
    return "<<".join("<".join(names) for names in identifiers if names)


def _components(name: str) -> list[str]:
    """'Anna-María O'Neill' -> ['ANNA', 'MARIA', 'ONEILL']: hyphens part, apostrophes vanish, marks are written out."""
    composed = unicodedata.normalize("NFC", name).upper()
    words = "".join(" " if c in " -,‐" else c for c in composed).split()
    return [spelled for word in words if (spelled := _spelled(word))]


def _spelled(word: str) -> str:
    stem, marbuta, after = word.partition("\N{ARABIC LETTER TEH MARBUTA}")
    if marbuta and not after:
        return "".join(map(_letter, stem)) + _FINAL_TEH_MARBUTA
    return "".join(map(_letter, word))


def _letter(char: str) -> str:
    if char in TRANSLITERATION:
        return TRANSLITERATION[char]
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if c in _LETTERS)
    if not plain and char.isalpha() and char != _SOFT_SIGN and unicodedata.category(char) != "Lm":
        raise ValueError("a letter of the name has no transliteration in Doc 9303-3")
    return plain
