"""Which curves are drawn of which figures."""

from egate_models.det_plot import APCER, BPCER, FMR, FNMR, Line, draw
from egate_models.figures import ALL_ATTACKS, PadFigures, VerificationFigures


def species_plot(figures: PadFigures, title: str) -> str:
    """The first system: all attacks, and each species."""
    curves = figures.systems[0].curves
    names = [ALL_ATTACKS, *sorted(set(curves) - {ALL_ATTACKS})]
    return draw(title, APCER, BPCER, [Line(name, curves[name], name == ALL_ATTACKS) for name in names])


def systems_plot(figures: PadFigures, title: str) -> str:
    """Every system, all attacks together."""
    lines = [
        Line(system.name, system.curves[ALL_ATTACKS], number == 0) for number, system in enumerate(figures.systems)
    ]
    return draw(title, APCER, BPCER, lines)


def verification_plot(figures: dict[str, VerificationFigures], title: str) -> str:
    """One line an evaluation."""
    return draw(
        title, FMR, FNMR, [Line(name, each.curve, number == 0) for number, (name, each) in enumerate(figures.items())]
    )
