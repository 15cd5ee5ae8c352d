"""What the codes of ``egate.checks`` mean, in words for officers and technicians: one TOML file a language.

Whoever shows checks to people takes them from here: the gate's own commands, the operations centre's page.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files

Texts = dict[str, dict[str, str]]

_FILE = re.compile(r"dg\d+|sod")


@cache
def load(language: str = "en") -> Texts:
    """Section (step, outcome, reason, detail, stage) -> code -> words. Raises FileNotFoundError for a language that is
    not here."""
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text("utf-8"))


def say(section: str, code: str) -> str:
    """One code in words; one that nobody has found words for says itself."""
    return load()[section].get(code, code.replace("_", " "))


def say_detail(word: str) -> str:
    """A detail of a check: a word, or a part of it with its reason, ``dg2:dg_hash``; of a part in order its name."""
    part, _, reason = word.partition(":")
    name = part.upper() if _FILE.fullmatch(part) else say("detail", part)
    return name if reason in ("", "ok") else f"{name}: {say('detail', reason)}"
