"""Writes docs/evaluation.md and its plots from the figures in models/measured: ``python -m egate_models.report``.

``--check`` fails where the page has drifted from the figures. The figures come from evaluate and fit, with --figures.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from egate_models.elsewhere import elsewhere, site
from egate_models.figures import (
    ALL_ATTACKS,
    OperatingPoint,
    PadFigures,
    SystemFigures,
    VerificationFigures,
    read_pad_figures,
    read_verification_figures,
)
from egate_models.judged import Kind
from egate_models.plots import species_plot, systems_plot, verification_plot
from egate_models.tables import notes, overview, tables

_ROOT = Path(__file__).resolve().parents[2]
FIGURES, DOCS = _ROOT / "models/measured", _ROOT / "docs"
_NAME, _PICTURES = "evaluation.md", "pictures"


@dataclass(frozen=True, slots=True)
class Section:
    """One file of figures: ``file`` in FIGURES, ``about``: what it was measured on and how, in words."""

    file: str
    heading: str
    about: str


_WEBCAM = (
    "Webcam videos of 30 people at 320 × 240, from a collection for research only: the parts that its makers meant for "
    "development, none of the part that they keep for tests. 20 frames a video, half a second (attacks) and 0.8 s "
    "(people) apart; people were recorded for longer, so only nine seconds are looked at: the length alone would tell "
    "them apart. Nothing of it is in this repository and no network was trained on it; the few coefficients that join "
    "the cues were fitted to it, together with rendered people and artefacts, as those that are shipped are. Every "
    "figure is of people of the videos who were held out: the coefficients that judged them were fitted to others, "
    "rendered ones among them. But they stood before the same camera, and the cues themselves were designed with these "
    "recordings in view: take the figures for the best case of a calibrated camera."
)
_PRESS = (
    "Uncontrolled grey press photographs, 250 × 250, at most four of a person; not in this repository, and nothing was "
    "trained or fitted on them. They are neither a gate's frames nor passport portraits: a gate sees better pictures. "
    "Thresholds were chosen on the pictures that they are reported on."
)
PAD = (
    Section("pad_sequence.json", "Attack detection over a few seconds", _WEBCAM),
    Section(
        "pad_still.json",
        "Attack detection in a single picture",
        "The same videos, one frame of each: what remains where nothing is known over time.",
    ),
)
VERIFICATION = (
    Section("verify_photographs.json", "Photograph against photograph", _PRESS),
    Section(
        "verify_chip.json",
        "Photograph against chip",
        "The same photographs, each against the others as a chip would hold them: cropped, 144 × 180, JPEG of quality "
        "40.",
    ),
)
_HEAD = """\
# What the face models are worth

Generated from `models/measured` by `make generate`; do not edit. The figures are results of
`python -m egate_models.fit --figures` and `python -m egate_models.evaluate`; anybody can repeat them on a collection of
their own: `make eval ARGS="pad --csv FILE --out DIR"`, `make eval ARGS="verify --csv FILE --out DIR"`
([models/README.md](../models/README.md) says how a table must look).

APCER: share of the attacks of one kind (species) that are taken for bona fide. BPCER: share of the bona fide that raise
an alarm. FMR, FNMR: share of different people that are taken for one, and of one person's pictures that are not. EER:
where two of these are equal. Intervals are at 95 %: Clopper and Pearson's for attacks; for comparisons from drawing
people anew.
"""
_TAIL = """\
## What was not measured

- **The gate's own camera and lamp.** The light challenge needs the lamp and takes no part in recordings, so the gate
  has one more cue than these figures show; what it is worth is known from the simulation alone.
- **Masks, make-up, morphs, injected video.** The real recordings hold prints, phones and tablets alone.
- **Groups of people.** The recordings come without age, sex or skin tone; only the photographs are told apart by sex.
- **A certified test.** Thirty people and five kinds of artefact are a development test (ISO/IEC 30107-3 asks for its
  number of trials with every rate: they are in the tables).
"""


def main(arguments: list[str]) -> int:
    """Exit status 1 where ``--check`` finds a drift."""
    wanted = pages(FIGURES, DOCS)
    if "--check" not in arguments:
        for path, text in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return 0
    drifted = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in drifted:
        sys.stderr.write(f"docs/{path.relative_to(DOCS)} is not what models/measured says; run: make generate\n")
    return 1 if drifted else 0


def pages(figures: Path, docs: Path) -> dict[Path, str]:
    """Path -> text of the page and its plots. Raises SampleError where figures are missing."""
    pad = {section: read_pad_figures(figures / section.file) for section in PAD}
    verification = {section: read_verification_figures(figures / section.file) for section in VERIFICATION}
    plots = dict(_plots(pad, verification))
    text = "\n".join((_HEAD, *_pad(pad), *elsewhere(figures), *site(figures), *_verification(verification), _TAIL))
    return {docs / _NAME: text, **{docs / _PICTURES / name: svg for name, svg in plots.items()}}


def _plots(
    pad: dict[Section, PadFigures], verification: dict[Section, VerificationFigures]
) -> Iterator[tuple[str, str]]:
    for section, figures in pad.items():
        stem = Path(section.file).stem
        yield f"{stem}_species.svg", species_plot(figures, f"{section.heading}: kinds of attack")
        yield f"{stem}_systems.svg", systems_plot(figures, f"{section.heading}: cues and networks")
    named = {section.heading: figures for section, figures in verification.items()}
    yield "verification.svg", verification_plot(named, "Verification")


def _pad(found: dict[Section, PadFigures]) -> Iterator[str]:
    for section, figures in found.items():
        stem = Path(section.file).stem
        yield f"## {section.heading}\n\n{section.about}\n\n{overview(figures)}\n\n{_in_short(figures)}\n"
        yield f"![{section.heading}: curve of each kind of attack]({_PICTURES}/{stem}_species.svg)\n"
        yield from _tables(figures)
        yield f"![{section.heading}: curve of each cue and network]({_PICTURES}/{stem}_systems.svg)\n"


def _in_short(figures: PadFigures) -> str:
    """All together against the best packaged network, where both keep to BPCER 5 %."""
    fused, *others = figures.systems
    networks = [system for system in others if system.kind is Kind.NETWORK]
    best = min(networks, key=lambda system: system.eer[ALL_ATTACKS])
    return (
        f"**In short**: EER {fused.eer[ALL_ATTACKS]:.1%}, at BPCER 5 % {_worst(fused)}. "
        f"The best packaged network alone ({best.name}): EER {best.eer[ALL_ATTACKS]:.1%}, {_worst(best)}."
    )


def _worst(system: SystemFigures) -> str:
    point: OperatingPoint = system.points[-1]
    if point.bpcer is None:
        return "no threshold keeps to it"
    wrong, trials = (sum(getattr(c, name) for c in point.apcer.values()) for name in ("wrong", "trials"))
    worst = point.apcer[point.worst]
    return f"{wrong / trials:.1%} of all attacks pass, and {worst.rate:.1%} of the worst kind ({point.worst})"


def _verification(found: dict[Section, VerificationFigures]) -> Iterator[str]:
    yield f"## Verification\n\n![FMR against FNMR]({_PICTURES}/verification.svg)\n"
    for section, figures in found.items():
        yield f"### {section.heading}\n\n{section.about}\n\n{overview(figures)}\n"
        yield from _tables(figures)


def _tables(figures: PadFigures | VerificationFigures) -> Iterator[str]:
    for table in tables(figures):
        yield f"**{table.title}**\n\n{table.markdown()}\n"
    yield "\n".join(f"- {line}" for line in notes(figures)) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
