"""The page of one evaluation: one file, with everything in it."""

from html import escape

from egate_models.figures import PadFigures, VerificationFigures
from egate_models.plots import species_plot, systems_plot, verification_plot
from egate_models.tables import notes, overview, tables

_STYLE = """\
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } svg { max-width: 100%; height: auto }
th, td { border-bottom: 1px solid #d1d9e0; padding: .3rem .8rem .3rem 0; text-align: right }
th:first-child, td:first-child { text-align: left }
"""


def render(figures: PadFigures | VerificationFigures) -> str:
    """A whole HTML document."""
    title = escape(figures.collection)
    parts = [
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        f"<style>\n{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<p>{escape(overview(figures))}</p>",
        *_plots(figures),
        *(table.html() for table in tables(figures)),
        "<h2>How to read this</h2>",
        *(f"<p>{escape(line)}</p>" for line in notes(figures)),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _plots(figures: PadFigures | VerificationFigures) -> tuple[str, ...]:
    if isinstance(figures, PadFigures):
        return species_plot(figures, f"{figures.systems[0].name}, by species"), systems_plot(figures, "All attacks")
    return (verification_plot({figures.collection: figures}, "Verification"),)
