"""Doc 9303-3, section 6: how national characters are written in a zone. Data only; upper case only.

Each character has its recommended spelling first, then the others that the standard allows or prescribes for one
language; "" means that nothing is written. Where a table's drawing and its code point disagree, both are here.
"""

from collections.abc import Mapping

Spellings = tuple[str, ...]

# A. Letters whose marks are simply left out
_LATIN_PLAIN = {
    "A": "ÀÁÂÃĀĂĄ", "C": "ÇĆĈĊČ", "D": "ÐĎĐ", "E": "ÈÉÊËĒĔĖĘĚ", "G": "ĜĞĠĢ", "H": "ĤĦ", "I": "ÌÍÎÏĨĪĬĮİ",
    "J": "Ĵ", "K": "Ķ", "L": "ĹĻĽĿŁ", "N": "ŃŅŇŊ", "O": "ÒÓÔÕŌŎŐ", "R": "ŔŖŘ", "S": "ŚŜŞŠ", "T": "ŢŤŦ",
    "U": "ÙÚÛŨŪŬŮŰŲ", "W": "Ŵ", "Y": "ÝŶŸ", "Z": "ŹŻŽ",
}  # fmt: skip

# A. The others
_LATIN_SPECIAL: Mapping[str, Spellings] = {
    "Ä": ("AE", "A"), "Å": ("AA", "A"), "Æ": ("AE",), "Ñ": ("N", "NXX"), "Ö": ("OE", "O"), "Ø": ("OE",),
    "Ü": ("UE", "UXX", "U"), "Þ": ("TH",), "Ĳ": ("IJ",), "Œ": ("OE",), "ẞ": ("SS",),
}  # fmt: skip

# B. Second and third spellings belong to Belorussian, Bulgarian, Macedonian, Serbian or Ukrainian
_CYRILLIC: Mapping[str, Spellings] = {
    "Ё": ("E", "IO"), "Ђ": ("D",), "Є": ("IE", "YE"), "Ѕ": ("DZ",), "І": ("I",), "Ї": ("I", "YI"), "Ј": ("J",),
    "Љ": ("LJ",), "Њ": ("NJ",), "Ќ": ("K", "KJ"), "Ў": ("U",), "Џ": ("DZ", "DJ"), "А": ("A",), "Б": ("B",),
    "В": ("V",), "Г": ("G", "H"), "Д": ("D",), "Е": ("E",), "Ж": ("ZH", "Z"), "З": ("Z",), "И": ("I", "Y"),
    "Й": ("I", "Y"), "К": ("K",), "Л": ("L",), "М": ("M",), "Н": ("N",), "О": ("O",), "П": ("P",), "Р": ("R",),
    "С": ("S",), "Т": ("T",), "У": ("U",), "Ф": ("F",), "Х": ("KH", "H"), "Ц": ("TS", "C"), "Ч": ("CH", "C"),
    "Ш": ("SH", "S"), "Щ": ("SHCH", "SHT"), "Ъ": ("IE",), "Ы": ("Y",), "Э": ("E",), "Ю": ("IU", "YU"),
    "Я": ("IA", "YA"), "Ѫ": ("U",), "Ѵ": ("Y",), "Ґ": ("G",), "Ғ": ("G", "GJ"), "Ѓ": ("G", "GJ"), "Һ": ("C",),
    "Ћ": ("C",),
    "Ь": ("",),  # in no row of the table: nothing is written
}  # fmt: skip

# C. By code point, because the letters run from right to left
_ARABIC: Mapping[int, Spellings] = {
    0x0621: ("XE",), 0x0622: ("XAA",), 0x0623: ("XAE",), 0x0624: ("U",), 0x0625: ("I",), 0x0626: ("XI",),
    0x0627: ("A",), 0x0628: ("B",), 0x0629: ("XTA", "XAH"), 0x062A: ("T",), 0x062B: ("XTH",), 0x062C: ("J",),
    0x062D: ("XH",), 0x062E: ("XKH",), 0x062F: ("D",), 0x0630: ("XDH",), 0x0631: ("R",), 0x0632: ("Z",),
    0x0633: ("S",), 0x0634: ("XSH",), 0x0635: ("XSS",), 0x0636: ("XDZ",), 0x0637: ("XTT",), 0x0638: ("XZZ",),
    0x0639: ("E",), 0x063A: ("G",), 0x0640: ("",), 0x0641: ("F",), 0x0642: ("Q",), 0x0643: ("K",), 0x0644: ("L",),
    0x0645: ("M",), 0x0646: ("N",), 0x0647: ("H",), 0x0648: ("W",), 0x0649: ("XAY",), 0x064A: ("Y",),
    0x064B: ("",), 0x064C: ("",), 0x064D: ("",), 0x064E: ("",), 0x064F: ("",), 0x0650: ("",), 0x0652: ("",),
    0x0670: ("",), 0x0671: ("XXA",), 0x0679: ("XXT",), 0x067C: ("XRT",), 0x067E: ("P",), 0x0681: ("XKE",),
    0x0685: ("XXH",), 0x0686: ("XC",), 0x0688: ("XXD",), 0x0689: ("XDR",), 0x0691: ("XXR",), 0x0693: ("XRR",),
    0x0696: ("XRX",), 0x0698: ("XJ",), 0x069A: ("XXS",), 0x069C: ("",), 0x06A2: ("",), 0x06A4: ("V",),
    0x06A5: ("XF",), 0x06A7: ("",), 0x06A8: ("",), 0x06A9: ("XKK",), 0x06AB: ("XXK",), 0x06AD: ("XNG",),
    0x06AF: ("XGG",), 0x06BA: ("XNN",), 0x06BC: ("XXN",), 0x06BE: ("XDO",), 0x06C0: ("XYH",), 0x06C1: ("XXG",),
    0x06C2: ("XGE",), 0x06C3: ("XTG",), 0x06CC: ("XYA",), 0x06CD: ("XXY",), 0x06D0: ("Y",), 0x06D2: ("XYB",),
    0x06D3: ("XBE",),
}  # fmt: skip

TEH_MARBUTA = "\N{ARABIC LETTER TEH MARBUTA}"  # its second spelling is for the end of a name component
SHADDA = "\N{ARABIC SHADDA}"  # doubles the letter before it

SPELLINGS: Mapping[str, Spellings] = (
    {letter: (base,) for base, letters in _LATIN_PLAIN.items() for letter in letters}
    | dict(_LATIN_SPECIAL)
    | dict(_CYRILLIC)
    | {chr(code): spellings for code, spellings in _ARABIC.items()}
)
