"""Figures as tables: rows of cells, for a page in HTML and for one in Markdown alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from egate_models.figures import (
    ALL_ATTACKS,
    Count,
    OperatingPoint,
    PadFigures,
    SystemFigures,
    VerificationFigures,
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A table. The first column is text, the others are figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        ruler = ("---", *("---:" for _ in self.head[1:]))
        lines = (self.head, ruler, *self.rows)
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)

    def html(self) -> str:
        head = "".join(f"<th>{escape(cell)}</th>" for cell in self.head)
        rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        return f"<h2>{escape(self.title)}</h2>\n<table><tr>{head}</tr>{rows}</table>"


def overview(figures: PadFigures | VerificationFigures) -> str:
    """What was measured on, in a line."""
    if isinstance(figures, PadFigures):
        return f"{figures.presentations} presentations of {figures.subjects} subjects; 95 % intervals in brackets."
    return (
        f"{figures.pictures} pictures of {figures.subjects} people; {figures.genuine} genuine and {figures.impostor} "
        f"impostor pairs; EER {figures.eer:.2%}; failures to acquire {figures.not_acquired.wrong} of "
        f"{figures.not_acquired.trials}, to enrol {figures.not_enrolled.wrong} of {figures.not_enrolled.trials}; "
        "95 % intervals in brackets."
    )


def tables(figures: PadFigures | VerificationFigures) -> tuple[Cells, ...]:
    return tuple(_pad(figures) if isinstance(figures, PadFigures) else _verification(figures))


def notes(figures: PadFigures | VerificationFigures) -> tuple[str, ...]:
    """Worst group against best, and what matters for reading the figures."""
    groups = _false_alarms(figures) if isinstance(figures, PadFigures) else _worst_against_best(figures)
    return (*groups, *figures.how)


def _pad(figures: PadFigures) -> Iterator[Cells]:
    """Systems against one another, the first one's species, who got no answer, and groups."""
    first = figures.systems[0]
    yield Cells(
        "Systems",
        ("System", "EER", *(f"{point.chosen}: BPCER, worst APCER" for point in first.points), "No score"),
        tuple(_system_row(system) for system in figures.systems),
    )
    species = sorted(set(first.eer) - {ALL_ATTACKS})
    yield Cells(
        f"{first.name}: APCER by species",
        ("Species", "Trials", "EER", *(point.chosen for point in first.points)),
        tuple(_species_row(first, name) for name in species),
    )
    yield Cells(
        "No face found (non-response)",
        ("Presentations", "Without a face", "Share"),
        tuple((name, f"{count.wrong} of {count.trials}", share(count)) for name, count in figures.unanswered.items()),
    )
    if figures.groups:
        yield Cells(
            f"{first.name} as shipped, by group",
            ("Group", "BPCER", "Trials", "APCER, all attacks", "Trials"),
            tuple(
                (f"{g.column}: {g.value}", share(g.bpcer), str(g.bpcer.trials), share(g.apcer), str(g.apcer.trials))
                for g in figures.groups
            ),
        )


def _system_row(system: SystemFigures) -> tuple[str, ...]:
    unscored = sum(count.wrong for count in system.undetermined.values())
    name = f"{system.name} ({system.kind})" if system.name != system.kind else system.name
    return (name, f"{system.eer[ALL_ATTACKS]:.1%}", *map(_errors, system.points), str(unscored))


def _errors(point: OperatingPoint) -> str:
    if point.bpcer is None:
        return "not reachable"
    return f"{point.bpcer.rate:.1%}, {point.apcer[point.worst].rate:.1%} ({point.worst})"


def _species_row(system: SystemFigures, species: str) -> tuple[str, ...]:
    counts = [point.apcer.get(species) for point in system.points]
    trials = next((count.trials for count in counts if count), 0)
    return (species, str(trials), f"{system.eer[species]:.1%}", *(share(c) if c else "not reachable" for c in counts))


def _verification(figures: VerificationFigures) -> Iterator[Cells]:
    """Thresholds, and groups."""
    yield Cells(
        "Thresholds",
        ("Threshold", "Cosine", "FMR", "FNMR"),
        tuple(
            (p.chosen, f"{p.threshold:.3f}", small(p.fmr), share(p.fnmr))
            if p.threshold is not None and p.fmr and p.fnmr
            else (p.chosen, "too few pairs", "", "")
            for p in figures.points
        ),
    )
    if figures.groups:
        yield Cells(
            "Within groups, as shipped",
            ("Group", "People", "FMR", "FNMR"),
            tuple((f"{g.column}: {g.value}", str(g.subjects), small(g.fmr), share(g.fnmr)) for g in figures.groups),
        )


def _worst_against_best(figures: VerificationFigures) -> Iterator[str]:
    """One line a column of groups: how unequally it is treated."""
    for column in sorted({group.column for group in figures.groups}):
        groups = [group for group in figures.groups if group.column == column]
        for name, rates in (("FMR", [g.fmr for g in groups]), ("FNMR", [g.fnmr for g in groups])):
            low, high = min(c.rate for c in rates), max(c.rate for c in rates)
            ratio = f"{high / low:.1f} times" if low > 0 else "against none seen"
            yield f"{name} by {column}: worst group {high:.2e}, best {low:.2e}, {ratio}."


def _false_alarms(figures: PadFigures) -> Iterator[str]:
    """The same for false alarms."""
    for column in sorted({group.column for group in figures.groups}):
        rates = [g.bpcer for g in figures.groups if g.column == column and g.bpcer.trials]
        if len(rates) > 1:
            worst, best = max(r.rate for r in rates), min(r.rate for r in rates)
            yield f"BPCER by {column}: worst group {worst:.1%}, best {best:.1%}."


def share(count: Count) -> str:
    return f"{count.rate:.1%} ({count.low:.1%} .. {count.high:.1%})" if count.trials else "none tried"


def small(count: Count) -> str:
    return f"{count.rate:.1e} ({count.low:.1e} .. {count.high:.1e})"
