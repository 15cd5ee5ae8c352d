"""The words of the screen, read from one TOML file a language.

A complete file has every key of the vocabulary in ``egate.screens``; the tests hold every shipped file to that. At the
gate a file with gaps is still of use: what is missing is shown in English.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from egate.screens import Guidance, Screen

FALLBACK = "en"
TITLE_MAX, TEXT_MAX = 32, 80  # what the layout shows in large type from two metres away


class TextsError(Exception):
    """A language file is missing or wrong. The text names the file, the key and what belongs there."""


class Direction(StrEnum):
    LTR = "ltr"
    RTL = "rtl"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One instruction: few words in large type, and a line that explains it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. ``language``: ISO 639 code, the file's name."""

    language: str
    name: str
    direction: Direction
    screens: dict[Screen, Words]
    guidance: dict[Guidance, str]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    direction: Direction
    screens: dict[Screen, Words]
    guidance: dict[Guidance, str] = {}


def load(folder: Path) -> dict[str, Texts]:
    """Every language of the folder by its code, gaps filled from English. Raises TextsError."""
    try:
        paths = sorted(folder.glob("*.toml"))
        files = {path.stem: read(path) for path in paths}
    except OSError as error:
        raise TextsError(f"{folder}: the screen's texts cannot be read ({error.strerror})") from error
    if FALLBACK not in files:
        raise TextsError(f"{folder}: {FALLBACK}.toml is missing; the other languages fall back to it")
    fallback = files[FALLBACK]
    if missing := gaps(fallback):
        raise TextsError(f"{folder / FALLBACK}.toml: {missing[0]} is missing; English must be complete")
    return {code: _filled(texts, fallback) for code, texts in files.items()}


def read(path: Path) -> Texts:
    """One language, with whatever gaps it has. Raises TextsError, OSError."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        file = msgspec.convert(raw, _File)
    except (ValueError, msgspec.ValidationError) as error:  # TOML syntax, encoding; then keys and types
        raise TextsError(f"{path}: {error}") from error
    for key, words in file.screens.items():
        _check_length(path, f"screens.{key}.title", words.title, TITLE_MAX)
        _check_length(path, f"screens.{key}.text", words.text, TEXT_MAX)
    for guidance, title in file.guidance.items():
        _check_length(path, f"guidance.{guidance}", title, TITLE_MAX)
    return Texts(path.stem, file.name, file.direction, file.screens, file.guidance)


def gaps(texts: Texts) -> list[str]:
    """The keys that a complete file would have and this one has not."""
    return [f"screens.{key}" for key in Screen if key not in texts.screens] + [
        f"guidance.{key}" for key in Guidance if key not in texts.guidance
    ]


def _filled(texts: Texts, fallback: Texts) -> Texts:
    return Texts(
        texts.language,
        texts.name,
        texts.direction,
        fallback.screens | texts.screens,
        fallback.guidance | texts.guidance,
    )


def _check_length(path: Path, key: str, words: str, limit: int) -> None:
    if not 0 < len(words) <= limit:
        raise TextsError(f"{path}: {key} has {len(words)} characters; at least 1 and at most {limit} can be shown")
