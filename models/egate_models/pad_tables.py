"""Figures of presentation attack detection as tables on a terminal."""

from rich.console import Console
from rich.table import Table

from egate_models.figures import ALL_ATTACKS, Count, PadFigures, SystemFigures


def show(title: str, figures: PadFigures) -> None:
    """On standard error, so that standard output stays JSON alone."""
    console = Console(stderr=True)
    console.print(_overview(title, figures))
    console.print(_species(figures.systems[0]))
    for line in figures.how:
        console.print(line)


def _overview(title: str, figures: PadFigures) -> Table:
    table = Table(title=f"{title}\n{figures.presentations} presentations of {figures.subjects} subjects")
    table.add_column("system")
    for column in ("EER", *(point.chosen for point in figures.systems[0].points), "no score"):
        table.add_column(column, justify="right")
    for system in figures.systems:
        undetermined = sum(count.wrong for count in system.undetermined.values())
        table.add_row(
            f"{system.name} ({system.kind})",
            f"{system.eer[ALL_ATTACKS]:.1%}",
            *(_errors(point.bpcer, point.apcer.get(point.worst), point.worst) for point in system.points),
            str(undetermined),
        )
    return table


def _errors(bpcer: Count | None, worst: Count | None, species: str) -> str:
    if bpcer is None or worst is None:
        return "not reachable"
    return f"BPCER {bpcer.rate:.1%}\nAPCER {worst.rate:.1%} {species}"


def _species(system: SystemFigures) -> Table:
    table = Table(title=f"{system.name}: APCER by species, with 95 % interval")
    table.add_column("species")
    table.add_column("trials", justify="right")
    for column in ("EER", *(point.chosen for point in system.points)):
        table.add_column(column, justify="right")
    for species in sorted(set(system.eer) - {ALL_ATTACKS}):
        counts = [point.apcer.get(species) for point in system.points]
        trials = next((count.trials for count in counts if count), 0)
        table.add_row(species, str(trials), f"{system.eer[species]:.1%}", *map(_rate, counts))
    return table


def _rate(count: Count | None) -> str:
    return f"{count.rate:.1%} ({count.low:.1%} .. {count.high:.1%})" if count else "not reachable"
