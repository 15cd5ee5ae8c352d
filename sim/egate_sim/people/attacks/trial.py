"""One presentation played to the gate's own capture, at ten frames a second of simulated time."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from egate.face.capture import CaptureSession, FaceResult
from egate.face.limits import FaceLimits
from egate.face.pipeline import FacePipeline
from egate_hal.light import DARK, Colour
from egate_sim.people.presentation import STEP_MS, Presentation

PATIENCE_MS = 4_500
_LAMP_LAG_MS = 5
_LIMITS = FaceLimits()


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one presentation. ``artefact`` None: bona fide. ``score`` 0 live .. 1 attack, None where a cue that
    is needed said nothing, which counts as an alarm; ``match``: cosine with the victim's portrait, or with the
    traveller's own; ``cues``: score of each, None where undetermined; ``features`` by "cue.feature"."""

    artefact: str | None
    number: int
    shown: int
    holder: int
    captured: bool
    score: float | None
    threshold: float
    match: float | None
    frames: int
    cues: Mapping[str, float | None] = field(default_factory=dict)
    features: Mapping[str, float] = field(default_factory=dict)

    @property
    def alarm(self) -> bool:
        """The presentation was captured, and taken for an attack."""
        return self.captured and (self.score is None or self.score >= self.threshold)

    @property
    def accepted(self) -> bool:
        """The presentation got through: captured without an alarm."""
        return self.captured and not self.alarm


@dataclass(frozen=True, slots=True)
class Who:
    """Whose turn it is: ``artefact`` None for somebody who shows the own face; seeds of people; the try's number."""

    artefact: str | None
    number: int
    shown: int
    holder: int


def play(
    pipeline: FacePipeline,
    presentation: Presentation,
    portrait: bytes,
    who: Who,
    *,
    light: bool,
    limits: FaceLimits = _LIMITS,
) -> Trial:
    """Show the presentation until the capture is finished or patience ends; ``light``: the lane has a face light;
    ``limits``: of the lane."""
    chance = random.Random(f"trial {who}")
    session = CaptureSession(pipeline, limits, chance.randbytes(32) if light else None)
    lamp, t_ms = DARK, 0
    for t_ms in range(0, PATIENCE_MS + limits.steady_ms, STEP_MS):
        session.feed(presentation.frame(t_ms, chance, lamp), t_ms)
        if session.finished:
            break
        wanted = session.lamp
        if wanted is not None:
            lamp = Colour(wanted.red, wanted.green, wanted.blue)
            session.lamp_showed(wanted, t_ms + _LAMP_LAG_MS)
    captured = session.finished
    result = session.verify(portrait, timed_out=not captured)
    session.wipe()
    return _trial(who, result, captured=captured, frames=t_ms // STEP_MS + 1)


def _trial(who: Who, result: FaceResult, *, captured: bool, frames: int) -> Trial:
    return Trial(
        who.artefact, who.number, who.shown, who.holder, captured,
        result.pad_score, result.pad_threshold, result.match_score, frames,
        {cue.name: cue.score for cue in result.cues},
        {f"{cue.name}.{name}": value for cue in result.cues for name, value in cue.features.items()},
    )  # fmt: skip
