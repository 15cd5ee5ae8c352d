"""Draws a replay: where both leaves were, and below, as bars over the same time, what acted on them."""

from collections.abc import Callable, Sequence

from egate_sim.door.bench import Moment
from egate_sim.drawing import ALARM, FACE, FAINT, INK, OTHER, RULE, Drawing, Plot

WIDTH, HEIGHT = 860, 330
_LEFT, _RIGHT, _TOP, _PLOT_HEIGHT = 130, 20, 54, 130
_BAR, _GAP = 11, 6
_EVERY_MS = 20  # a point of a curve
_WIDTH_MM = 650
ENTRY_COLOUR, EXIT_COLOUR = OTHER, FACE

_Row = tuple[str, str, Callable[[Moment], bool]]
_ROWS: tuple[_Row, ...] = (
    ("entry driven open", ENTRY_COLOUR, lambda m: m.leaves[0].drive > 0),
    ("entry driven shut", ALARM, lambda m: m.leaves[0].drive < 0),
    ("entry beam broken", INK, lambda m: m.leaves[0].guarded),
    ("exit driven open", EXIT_COLOUR, lambda m: m.leaves[1].drive > 0),
    ("exit driven shut", ALARM, lambda m: m.leaves[1].drive < 0),
    ("exit beam broken", INK, lambda m: m.leaves[1].guarded),
    ("entry released", ENTRY_COLOUR, lambda m: m.leaves[0].released),
    ("exit released", EXIT_COLOUR, lambda m: m.leaves[1].released),
    ("emergency contact", ALARM, lambda m: m.emergency),
    ("host alive", FAINT, lambda m: m.host),
    ("no power", INK, lambda m: m.mode < 0),
)


def draw(title: str, trace: Sequence[Moment]) -> Drawing:
    """Rows in which nothing ever happens are left out."""
    rows = [row for row in _ROWS if any(row[2](moment) for moment in trace)]
    height = _TOP + _PLOT_HEIGHT + 34 + len(rows) * (_BAR + _GAP) + 12
    drawing = Drawing(WIDTH, height)
    drawing.text(20, 26, title, size=15, bold=True)
    end_ms = trace[-1].time_ms
    plot = Plot(drawing, _LEFT, _TOP, WIDTH - _LEFT - _RIGHT, _PLOT_HEIGHT, (0, end_ms / 1000), (0, _WIDTH_MM))
    plot.frame("opening, mm", "seconds")
    _scale(drawing, plot, end_ms)
    points = [moment for at, moment in enumerate(trace) if at % (_EVERY_MS // 5) == 0 or at == len(trace) - 1]
    times = [moment.time_ms / 1000 for moment in points]
    for index, (name, colour) in enumerate((("entry", ENTRY_COLOUR), ("exit", EXIT_COLOUR))):
        plot.curve(times, [moment.leaves[index].opening_mm for moment in points], colour, width=2.2)
        drawing.rect(20, _TOP + 12 + 22 * index, 14, 3, colour)
        drawing.text(40, _TOP + 18 + 22 * index, name, size=12, colour=FAINT)
    for number, row in enumerate(rows):
        _bars(drawing, plot, row, trace, _TOP + _PLOT_HEIGHT + 34 + number * (_BAR + _GAP))
    return drawing


def _scale(drawing: Drawing, plot: Plot, end_ms: int) -> None:
    for second in range(0, end_ms // 1000 + 1, 1 if end_ms < 12_000 else 2):
        x, y = plot.at(second, 0)
        drawing.path([(x, y), (x, y - _PLOT_HEIGHT)], RULE, width=0.6)
        if second * 1000 < end_ms * 0.93:  # there the axis says what it counts
            drawing.text(x, y + 14, str(second), size=10, colour=FAINT, anchor="middle")


def _bars(drawing: Drawing, plot: Plot, row: _Row, trace: Sequence[Moment], top: float) -> None:
    name, colour, true = row
    drawing.text(_LEFT - 8, top + _BAR - 2, name, size=11, colour=FAINT, anchor="end")
    begun_ms: int | None = None
    for moment in trace:
        if true(moment) and begun_ms is None:
            begun_ms = moment.time_ms
        elif not true(moment) and begun_ms is not None:
            _bar(drawing, plot, (begun_ms, moment.time_ms), top, colour)
            begun_ms = None
    if begun_ms is not None:
        _bar(drawing, plot, (begun_ms, trace[-1].time_ms), top, colour)


def _bar(drawing: Drawing, plot: Plot, span_ms: tuple[int, int], top: float, colour: str) -> None:
    left, right = (plot.at(time_ms / 1000, 0)[0] for time_ms in span_ms)
    drawing.rect(left, top, max(right - left, 1.5), _BAR, colour)
