"""Two parts of docs/evaluation.md: cameras that nothing was fitted to, and what a site's own calibration is worth."""

import json
from collections.abc import Iterator
from pathlib import Path

from egate_models.figures import ALL_ATTACKS, PadFigures, SystemFigures, read_pad_figures
from egate_models.judged import Kind
from egate_models.tables import Cells

COLLECTIONS = ("elsewhere_nuaa.json", "elsewhere_oulu.json", "elsewhere_celeba.json", "elsewhere_kaggle.json")
SITE = "site.json"

_ELSEWHERE = """\
## Attack detection on other cameras

Parts of four collections for research, of which nothing is in this repository and to which nothing was fitted; the
calibration is the shipped one. Of two of them only faces that others cut out were at hand, so that cues which look
beside the face see nothing there, and of most presentations a single picture. Networks may have met some of these
pictures in their makers' training.
"""
_READING = """\
Shipped thresholds do not travel: on an unknown camera every second or third person may raise an alarm. On NUAA neither
the fusion nor the best network errs; on the three others the fusion comes near the best network alone, and does not
reach it. Which network that is differs from camera to camera, and nobody knows beforehand.
"""
_SITE = """\
## What a site's own calibration is worth

The webcam videos once more, as a gate whose camera nothing was fitted to. The calibration before is the recipe fitted
to rendered people and artefacts alone. Then some people are drawn, with their artefacts, for `egate-tools
calibrate-pad`'s own code, and both calibrations are judged on everybody else. Medians over nine draws.
"""
_SITE_READING = """\
What tells a face from its picture carries over from rendered people to a real camera: the error rate would do. Where
the alarm belongs does not, and five people of one's own put it right. The cues were designed with these videos in
view, and a gate's people are asked to stand as they do there: take it for the best case.
"""


def elsewhere(folder: Path) -> Iterator[str]:
    """Raises SampleError where figures are missing."""
    found = [read_pad_figures(folder / name) for name in COLLECTIONS]
    head = (
        "Collection", "Presentations", "Fusion: EER", "its worst APCER at BPCER 5 %", "as shipped: BPCER, worst APCER",
        "Best network alone: EER", "its worst APCER at BPCER 5 %",
    )  # fmt: skip
    yield _ELSEWHERE
    yield Cells("", head, tuple(_row(figures) for figures in found)).markdown() + "\n"
    yield _READING


def _row(figures: PadFigures) -> tuple[str, ...]:
    gate, *others = figures.systems
    best = min(
        (each for each in others if each.kind is Kind.NETWORK), key=lambda system: system.eer.get(ALL_ATTACKS, 1.0)
    )
    return (
        figures.collection, str(figures.presentations), f"{gate.eer[ALL_ATTACKS]:.1%}", _worst(gate, -1),
        _shipped(gate), f"{best.eer[ALL_ATTACKS]:.1%} ({best.name})", _worst(best, -1),
    )  # fmt: skip


def _shipped(gate: SystemFigures) -> str:
    bpcer = gate.points[0].bpcer
    return "–" if bpcer is None else f"{bpcer.rate:.1%}, {_worst(gate, 0)}"


def _worst(system: SystemFigures, place: int) -> str:
    point = system.points[place]
    return f"{point.apcer[point.worst].rate:.1%} ({point.worst})" if point.worst else "not reachable"


def site(folder: Path) -> Iterator[str]:
    """What ``egate_models.site_gain`` wrote."""
    found = json.loads((folder / SITE).read_text("utf-8"))
    head = (
        "People drawn",
        "their presentations",
        "EER before",
        "after",
        "BPCER before",
        "after",
        "APCER before",
        "after",
    )
    rows = tuple(
        (str(row["people"]), str(row["presentations"]), *_pairs(row["before"], row["after"])) for row in found["gains"]
    )
    yield _SITE
    yield Cells("", head, rows).markdown() + "\n"
    yield _SITE_READING


def _pairs(before: dict[str, float], after: dict[str, float]) -> Iterator[str]:
    for name in ("eer", "bpcer", "apcer"):
        yield f"{before[name]:.1%}"
        yield f"{after[name]:.1%}"
