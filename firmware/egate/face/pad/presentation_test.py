"""One presentation put to the test: every cue sees every frame, and at the end there is one score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from egate.face.pad.calibration import Calibration, relative_to
from egate.face.pad.cue import Cue, CueResult
from egate.face.pad.observation import Observation

ALARM = 0.5
"""The score from which a presentation is taken for an attack, once ``relative_to`` a fusion's own threshold."""

LIVING = "living"
"""The fusion that asks for what only a living face has, and for which it must be watched long enough."""


@dataclass(frozen=True, slots=True)
class FusionResult:
    """``score``: 0 live .. 1 attack, an alarm from ``threshold`` on; None where one of the ``cues`` that it needs is
    undetermined."""

    name: str
    score: float | None
    threshold: float
    cues: frozenset[str]

    @property
    def relative(self) -> float | None:
        """The score, moved so that the threshold lies at ALARM."""
        return None if self.score is None else relative_to(self.score, self.threshold)


@dataclass(frozen=True, slots=True)
class PadResult:
    """``score``: 0 live .. 1 attack, an alarm from ALARM on; None, which counts as an alarm, where a cue that is needed
    is undetermined and the others raise none. ``cues``: what each said; ``fusions``: what each that is needed made of
    it."""

    score: float | None
    cues: tuple[CueResult, ...]
    fusions: tuple[FusionResult, ...]

    def alarms(self, threshold: float = ALARM) -> frozenset[str]:
        """Names of the fusions that raise an alarm from ``threshold`` on, or have no score."""
        silent = {each.name for each in self.fusions if each.relative is not None and each.relative < threshold}
        return frozenset(each.name for each in self.fusions) - silent


class PresentationTest:
    """Lives as long as one unbroken presence. ``required``: names of fusions that must all come to a score; the most
    suspicious of them is the result, because each looks for what the others cannot see."""

    def __init__(self, cues: Sequence[Cue], calibration: Calibration, required: Sequence[str]) -> None:
        """Raises ValueError where a required fusion is not calibrated."""
        absent = [name for name in required if name not in calibration.fusions]
        if absent or not required:
            raise ValueError(f"no calibration for {', '.join(absent) or 'any fusion'}")
        self._cues = tuple(cues)
        self._calibration = calibration
        self._required = tuple(required)

    def observe(self, seen: Observation) -> None:
        """Show one frame to every cue."""
        for cue in self._cues:
            cue.observe(seen)

    def result(self) -> PadResult:
        """What the frames so far come to. May be asked again and again; asking changes nothing."""
        results = {cue.name: self._calibration.result(cue.name, cue.features()) for cue in self._cues}
        fusions = tuple(self._fused(name, results) for name in self._required)
        scores = [fusion.relative for fusion in fusions]
        known = [score for score in scores if score is not None]
        worst = max(known, default=None)
        if worst is not None and worst < ALARM and len(known) < len(scores):
            worst = None
        return PadResult(worst, tuple(results.values()), fusions)

    def _fused(self, name: str, results: Mapping[str, CueResult]) -> FusionResult:
        fusion = self._calibration.fusions[name]
        return FusionResult(name, fusion.score(results), fusion.threshold, fusion.cues)

    def wipe(self) -> None:
        for cue in self._cues:
            cue.wipe()
