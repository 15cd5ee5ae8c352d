"""The page's words, one TOML file a language."""

import tomllib
from functools import cache
from importlib.resources import files

Texts = dict[str, dict[str, str]]


@cache
def load(language: str = "en") -> Texts:
    """Section -> key -> text. Raises FileNotFoundError for a language that is not here."""
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text("utf-8"))
