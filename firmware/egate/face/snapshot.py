"""What a capture comes to at one moment, for a technician who watches: figures alone.

No picture, no point of a face, no template, and nothing of the comparison with the portrait. Nothing in it tells one
traveller from another.
"""

from dataclasses import dataclass
from enum import StrEnum

from egate.face.pad.calibration import Calibration
from egate.face.pad.challenge import Colour
from egate.face.pad.cue import CueResult, Missing
from egate.face.pad.cues.own_network import OwnNetworkCue
from egate.face.pad.presentation_test import FusionResult, PadResult
from egate.face.quality.judgement import GUIDANCE, Finding, Judged
from egate.screens import Guidance

_UNNAMED = frozenset({OwnNetworkCue.name})
"""Cues whose features are an embedding: figures without a meaning of their own, so only their score is told."""


class Phase(StrEnum):
    LOOKING = "looking"
    CHALLENGE = "challenge"
    WATCHING = "watching"  # in white light again
    DONE = "done"


class Stage(StrEnum):
    """What a frame goes through, and at the end the capture."""

    CAMERA = "camera"
    FINDING = "finding"
    QUALITY = "quality"
    TEMPLATE = "template"
    CUES = "cues"
    FIGURES = "figures"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True)
class FeatureFigure:
    """One feature as the calibration sees it: ``weight`` times (``value`` - ``mean``) / ``scale``. The three are None
    where the calibration does not use it."""

    name: str
    value: float
    mean: float | None
    scale: float | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class CueFigure:
    """What one cue says: ``score`` 0 live .. 1 attack, or why it is ``missing``; ``fusions`` are those that need it."""

    name: str
    score: float | None
    missing: Missing | None
    features: tuple[FeatureFigure, ...]
    fusions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PadFigures:
    """``score``: 0 live .. 1 attack; None where a fusion has none."""

    score: float | None
    fusions: tuple[FusionResult, ...]
    cues: tuple[CueFigure, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of one capture.

    ``finding``: what the last frame showed, None before the first; ``measures``: of its face, empty where it shows
    none. ``frames_used``: good frames so far, at least ``frames_needed`` are; ``progress`` in 0 .. 1: how much of the
    capture is done. ``lamp``: what the face light shows, None where it shows nothing; ``challenge``: share of the light
    challenge that is done, None on a lane without one. ``pad``: what the cues said when they were last asked in this
    unbroken presence, None where they have not been. ``alarm_from``: the PAD score from which there is an alarm.
    """

    phase: Phase
    finding: Finding | None
    measures: tuple[Judged, ...]
    frames_used: int
    frames_needed: int
    progress: float
    lamp: Colour | None
    challenge: float | None
    pad: PadFigures | None
    alarm_from: float

    @property
    def guidance(self) -> Guidance | None:
        """What the traveller is asked to do; None when nothing is to be said."""
        return None if self.finding is None else GUIDANCE[self.finding]

    @property
    def alarm(self) -> bool | None:
        """Whether it is an alarm: a missing score is one when the capture is done, and until then not yet known."""
        score = None if self.pad is None else self.pad.score
        if score is None:
            return True if self.phase is Phase.DONE else None
        return not score < self.alarm_from


def pad_figures(result: PadResult, calibration: Calibration) -> PadFigures:
    """A result beside the calibration that it was reached with."""
    cues = tuple(_cue(each, result.fusions, calibration) for each in result.cues)
    return PadFigures(result.score, result.fusions, cues)


def _cue(result: CueResult, fusions: tuple[FusionResult, ...], calibration: Calibration) -> CueFigure:
    model = calibration.cues.get(result.name)
    terms = {} if model is None else model.terms
    features = []
    named = {} if result.name in _UNNAMED else result.features
    for name, value in sorted(named.items()):
        term = terms.get(name)
        known = (None, None, None) if term is None else (term.mean, term.scale, term.weight)
        features.append(FeatureFigure(name, value, *known))
    needed_by = tuple(fusion.name for fusion in fusions if result.name in fusion.cues)
    return CueFigure(result.name, result.score, result.missing, tuple(features), needed_by)
