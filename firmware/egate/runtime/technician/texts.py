"""The page's words: one TOML file a language."""

import tomllib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "texts"

Texts = dict[str, dict[str, str]]


@cache
def load(language: str = "en") -> Texts:
    """Section -> code -> words. Raises FileNotFoundError for a language that is not here."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))


def say(section: str, code: str, **values: object) -> str:
    """One code in words; one that nobody has found words for says itself."""
    return load()[section].get(code, code.replace("_", " ")).format(**values)
