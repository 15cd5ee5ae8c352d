"""The page's words, one TOML file a language, and with them those for the codes that gates send."""

import tomllib
from functools import cache
from importlib.resources import files

from egate import wording

Texts = dict[str, dict[str, str]]


@cache
def load(language: str = "en") -> Texts:
    """Section -> key -> text. Raises FileNotFoundError for a language that is not here."""
    own = tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text("utf-8"))
    shared = wording.load(language)
    return {section: shared.get(section, {}) | own.get(section, {}) for section in own | shared}
