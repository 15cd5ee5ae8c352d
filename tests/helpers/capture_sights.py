"""Sights of a capture as the technician's page gets them, made by hand."""

from egate.face.pad.challenge import hue
from egate.face.pad.cue import Missing
from egate.face.pad.presentation_test import FusionResult
from egate.face.quality.judgement import Finding, Judged
from egate.face.snapshot import CueFigure, FeatureFigure, PadFigures, Phase, Snapshot, Stage
from egate.runtime.technician.watch import Lap, Sight


def snapshot(
    phase: Phase = Phase.LOOKING, finding: Finding = Finding.OK, network: float = 0.03, light: float | None = None
) -> Snapshot:
    """``network``, ``light``: scores of the two cues that vote."""
    cues = (
        CueFigure(
            "network", network, None,
            (FeatureFigure("tight", -3.2, 0.1, 3.9, 2.3), FeatureFigure("wide", -1.0, 0.15, 4.1, 1.2)), ("sequence",),
        ),
        CueFigure("geometry", None, Missing.TOO_SHORT, (), ()),
        CueFigure("light", light, Missing.TOO_SHORT if light is None else None, (), ("active",)),
    )  # fmt: skip
    fusions = (
        FusionResult("sequence", network, 0.7, frozenset({"network"})),
        FusionResult("active", light, 0.5, frozenset({"light"})),
    )
    relative = [fusion.relative for fusion in fusions]
    score = None if None in relative else max(each for each in relative if each is not None)
    measures = (
        Judged("eye_distance_px", 121.3, 50.0, None, Finding.OK),
        Judged("yaw_deg", 2.0, -25.0, 25.0, finding if finding is Finding.NOT_FRONTAL else Finding.OK),
    )
    lamp = hue(3) if phase is Phase.CHALLENGE else None
    return Snapshot(phase, finding, measures, 3, 5, 0.3, lamp, 0.5, PadFigures(score, fusions, cues), 0.5)


def sight(now: Snapshot) -> Sight:
    return Sight(now, 9.8, (Lap(Stage.FINDING, 4.2, 14.9), Lap(Stage.CUES, 2.0, 21.0)))
