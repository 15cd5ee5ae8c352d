"""Figures for somebody at a terminal, on standard error, so that standard output stays JSON alone."""

from rich.console import Console
from rich.table import Table

from egate_models.figures import PadFigures, VerificationFigures
from egate_models.tables import notes, overview, tables


def show(figures: PadFigures | VerificationFigures) -> None:
    """What was measured, the tables, and how to read them."""
    console = Console(stderr=True, highlight=False)
    console.print(f"\n[bold]{figures.collection}[/bold]: {overview(figures)}")
    for cells in tables(figures):
        table = Table(title=cells.title, title_justify="left")
        for number, name in enumerate(cells.head):
            table.add_column(name, justify="right" if number else "left")
        for row in cells.rows:
            table.add_row(*row)
        console.print(table)
    for line in notes(figures):
        console.print(line, style="dim")
