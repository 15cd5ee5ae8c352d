"""How features become scores: logistic models whose coefficients are data (models/pad.toml, or a site's own file)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from egate.face.errors import ModelError
from egate.face.networks.manifest import Manifest, read_listed
from egate.face.pad.cue import CueResult, Features, Missing

CALIBRATION_FILE = "pad.toml"
_BOUND = 6.0  # standard deviations beyond which a feature says no more; one wild figure decides nothing
_LOGIT_BOUND = 12.0


@dataclass(frozen=True, slots=True)
class Term:
    """One feature's part in a logistic model: ``weight`` times (value - ``mean``) / ``scale``."""

    weight: float
    mean: float = 0.0
    scale: Annotated[float, Meta(gt=0)] = 1.0


@dataclass(frozen=True, slots=True)
class Logistic:
    """Score = 1 / (1 + exp(-(bias + sum of terms))): 0 live .. 1 attack."""

    bias: float
    terms: dict[str, Term]

    def score(self, features: Features) -> float:
        """Raises KeyError where a feature that it needs is not there."""
        total = self.bias
        for name, term in self.terms.items():
            total += term.weight * float(np.clip((features[name] - term.mean) / term.scale, -_BOUND, _BOUND))
        return 1 / (1 + float(np.exp(-np.clip(total, -_LOGIT_BOUND, _LOGIT_BOUND))))


@dataclass(frozen=True, slots=True)
class Fusion:
    """One way to join cues. ``threshold``: fused score from which it is an alarm; ``model``: terms by cue name, over
    the cues' logits. A fusion needs every cue that it names."""

    threshold: Annotated[float, Meta(gt=0, lt=1)]
    model: Logistic

    @property
    def cues(self) -> frozenset[str]:
        return frozenset(self.model.terms)

    def score(self, results: Mapping[str, CueResult]) -> float | None:
        """0 live .. 1 attack; None where a cue that it needs is undetermined."""
        logits: dict[str, float] = {}
        for name in self.cues:
            result = results.get(name)
            if result is None or result.score is None:
                return None
            logits[name] = logit(result.score)
        return self.model.score(logits)


@dataclass(frozen=True, slots=True)
class Calibration:
    """``cues``: how each cue's features become its score. ``fusions``: by name, e.g. "sequence" and "still"; which of
    them a use needs is for that use to say."""

    format: Annotated[int, Meta(ge=1, le=1)]
    cues: dict[str, Logistic]
    fusions: dict[str, Fusion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = {cue for fusion in self.fusions.values() for cue in fusion.cues} - set(self.cues)
        if unknown:
            raise ValueError(f"a fusion names cues without calibration: {', '.join(sorted(unknown))}")

    def result(self, name: str, features: Features | Missing) -> CueResult:
        """A cue's features as its result."""
        if isinstance(features, Missing):
            return CueResult(name, None, features, {})
        model = self.cues.get(name)
        if model is None:
            return CueResult(name, None, Missing.NOT_CALIBRATED, features)
        return CueResult(name, model.score(features), None, features)


def logit(score: float) -> float:
    """The inverse of the logistic function, bounded."""
    return float(np.clip(np.log(max(score, 1e-9) / max(1 - score, 1e-9)), -_LOGIT_BOUND, _LOGIT_BOUND))


def relative_to(score: float, threshold: float) -> float:
    """The score moved, on the logit scale, so that ``threshold`` comes to lie at one half. Scores of several fusions
    with thresholds of their own are compared that way."""
    return 1 / (1 + float(np.exp(-(logit(score) - logit(threshold)))))


def read_calibration(path: Path, manifest: Manifest | None = None) -> Calibration:
    """Read pad.toml or a site's calibration; with a ``manifest``, only if that lists it. Raises ModelError."""
    content = read_listed(path, manifest, "install the models again")
    try:
        return msgspec.convert(tomllib.loads(content.decode("utf-8")), Calibration)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, msgspec.ValidationError) as error:
        raise ModelError(f"{path}: not a valid calibration ({error}); install the models again") from error
