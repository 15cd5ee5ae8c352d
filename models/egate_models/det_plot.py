"""Draws detection error trade-off curves as SVG.

Both errors on the scale of the normal distribution, on which two bells give a straight line (Martin et al., 1997).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from statistics import NormalDist

WIDTH, HEIGHT = 640, 460
_LEFT, _TOP, _SIDE = 70, 44, 360
_INK, _GREY, _FAINT = "#1f2328", "#59636e", "#d1d9e0"
_COLOURS = ("#1f6feb", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#9a6700", "#57606a", "#0550ae", "#cf222e")
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Axis:
    """``name``: in the plot; ``ticks``: rates, rising, of which the first and the last are its ends."""

    name: str
    ticks: tuple[float, ...]

    def share(self, rate: float) -> float:
        """0 .. 1 along the axis; a rate beyond its ends, none at all among them, lies at the end."""
        low, high = _NORMAL.inv_cdf(self.ticks[0]), _NORMAL.inv_cdf(self.ticks[-1])
        at = _NORMAL.inv_cdf(min(max(rate, self.ticks[0]), self.ticks[-1]))
        return (at - low) / (high - low)


APCER = Axis("APCER", (0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8))
BPCER = Axis("BPCER", (0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8))
FMR = Axis("FMR", (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.4))
FNMR = Axis("FNMR", (1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4))


@dataclass(frozen=True, slots=True)
class Line:
    """``points``: (rate on the axis across, rate on the axis up). ``strong``: drawn thicker."""

    name: str
    points: Sequence[tuple[float, float]]
    strong: bool = False


def draw(title: str, across: Axis, up: Axis, lines: Sequence[Line]) -> str:
    """The same text on every machine."""
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"',
        f'  font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="{escape(title)}">',
        '<rect width="100%" height="100%" rx="6" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="15" font-weight="600" fill="{_INK}">{escape(title)}</text>',
        *_grid(across, up),
        *_lines(across, up, lines),
        "</svg>\n",
    ))  # fmt: skip


def _grid(across: Axis, up: Axis) -> Iterator[str]:
    bottom, right = _TOP + _SIDE, _LEFT + _SIDE
    for tick in across.ticks:
        x = _LEFT + across.share(tick) * _SIDE
        yield f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="{_FAINT}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="{_GREY}">{_percent(tick)}</text>'
    for tick in up.ticks:
        y = bottom - up.share(tick) * _SIDE
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="{_FAINT}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{_GREY}">{_percent(tick)}</text>'
    middle = f"{_LEFT + _SIDE / 2:.0f}"
    yield f'<text x="{middle}" y="{bottom + 36}" text-anchor="middle" fill="{_INK}">{across.name}</text>'
    yield (
        f'<text x="20" y="{_TOP + _SIDE / 2:.0f}" text-anchor="middle" fill="{_INK}" '
        f'transform="rotate(-90 20 {_TOP + _SIDE / 2:.0f})">{up.name}</text>'
    )


def _lines(across: Axis, up: Axis, lines: Sequence[Line]) -> Iterator[str]:
    for number, line in enumerate(lines):
        colour = _COLOURS[number % len(_COLOURS)]
        dash = _DASHES[number // len(_COLOURS) % len(_DASHES)]
        places = [
            f"{_LEFT + across.share(x) * _SIDE:.1f} {_TOP + _SIDE - up.share(y) * _SIDE:.1f}" for x, y in line.points
        ]
        style = f'fill="none" stroke="{colour}" stroke-width="{2.5 if line.strong else 1.3}" stroke-dasharray="{dash}"'
        yield f'<path d="M{"L".join(places)}" {style} stroke-linejoin="round"/>'
        y = _TOP + 10 + 19 * number
        key_left = _LEFT + _SIDE + 14
        yield f'<path d="M{key_left} {y}h18" {style}/>'
        weight = ' font-weight="600"' if line.strong else ""
        yield f'<text x="{key_left + 24}" y="{y + 4}" fill="{_INK}"{weight}>{escape(line.name)}</text>'


def _percent(rate: float) -> str:
    return f"{rate:.4%}".rstrip("0").rstrip(".").removesuffix("%").rstrip("0").rstrip(".") + " %"
