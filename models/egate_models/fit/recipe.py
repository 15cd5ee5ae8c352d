"""What is fitted: recipe.toml, typed and checked."""

import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from egate_models.samples.errors import SampleError

RECIPE = Path(__file__).with_name("recipe.toml")
STILL = "still"
"""The fusion that judges single frames; every other one judges whole presentations."""

Ridge = Annotated[float, Meta(gt=0)]


@dataclass(frozen=True, slots=True)
class CueRecipe:
    """``only``: the features that are used, all where empty; ``ridge``: None for the recipe's own; ``by_hand``: weights
    that the collection cannot show, put in place of what was fitted; ``blind``: species that the cue cannot see by its
    nature, in place of the recipe's own."""

    signs: dict[str, Literal[-1, 1]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    ridge: Ridge | None = None
    by_hand: dict[str, float] = field(default_factory=dict)
    blind: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class FusionRecipe:
    """``most``: BPCER at which the threshold is chosen; ``margin``: logits by which it then lies higher, where a
    collection is too small to show the tail; ``blind``: as for a cue."""

    cues: tuple[str, ...]
    most: Annotated[float, Meta(ge=0, lt=1)]
    margin: Annotated[float, Meta(ge=0, le=10)] = 0.0
    ridge: Ridge | None = None
    blind: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """``folds``: of the cross-validation; ``elsewhere``: cues whose part of the file is none of this program's;
    ``blind``: patterns of species that most cues cannot see. They are not fitted to those, and still judged on them."""

    ridge: Ridge
    folds: Annotated[int, Meta(ge=2, le=50)]
    cues: dict[str, CueRecipe] = field(default_factory=dict)
    fusions: dict[str, FusionRecipe] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()

    def cue(self, name: str) -> CueRecipe:
        return self.cues.get(name, CueRecipe())

    def sees(self, part: CueRecipe | FusionRecipe, species: str) -> bool:
        """Whether ``part`` may learn from an attack of that species; from bona fide ones it always may."""
        blind = self.blind if part.blind is None else part.blind
        return not any(fnmatchcase(species, pattern) for pattern in blind)


def read_recipe(path: Path = RECIPE) -> Recipe:
    """Raises SampleError."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Recipe)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise SampleError(f"{path}: is no recipe ({error}); mend it") from error
