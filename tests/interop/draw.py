"""Draw figures.json: the chart of docs/interoperability.md and the table below it. ``--check``: only compare."""

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "tests/interop/figures.json"
PAGE = ROOT / "docs/interoperability.md"
CHART = ROOT / "docs/pictures/round-trips.svg"
BEGIN, END = "<!-- readers: begin -->", "<!-- readers: end -->"

EXTENDED = ", extended length"
COLOURS = {"egate": "#1f6feb", "JMRTD": "#8c959f", "gmrtd": "#8c959f", "pypassport": "#8c959f"}
# What the count alone does not tell; the page says why.
_UNPROVEN, _CLOSED = "chip not proven", "chip not opened"
SHORTFALLS = {
    ("JMRTD", "2020 PACE-CAM"): _UNPROVEN,
    ("pypassport", "2022 PACE only"): _CLOSED,
    **{("pypassport", kind): _UNPROVEN
       for kind in ("2006 BAC+AA", "2014 SAC", "2017 PACE-GM+CA", "2020 PACE-CAM", "2024 everything")},
}  # fmt: skip

_WIDTH, _LEFT, _RIGHT, _TOP = 760, 96, 150, 58
_BAR, _STEP, _GROUP = 13, 17, 32
_INK, _FAINT = "#1f2328", "#59636e"

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"
  font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Round trips by reader and chip">
<rect width="100%" height="100%" rx="6" fill="#ffffff"/>
<text x="16" y="26" font-size="15" font-weight="600" fill="{ink}">Round trips to read one passport</text>
{bars}
<text x="16" y="{foot}" fill="{faint}">The same simulated chips; EF.SOD, DG1, DG2 and the chip's proof.
  Hollow: the reader does not get that far.</text>
</svg>
"""

Figures = dict[str, dict[str, dict[str, Any]]]


def chart(figures: Figures) -> str:
    """An SVG: a group of bars for each kind of chip, the one with extended length last."""
    groups = [(kind, kind, "") for kind in figures["egate"]]
    groups += [(f"{kind}{EXTENDED}", kind, EXTENDED) for kind in figures[f"egate{EXTENDED}"]]
    longest = max(figures[name][kind]["round_trips"] for name in COLOURS for kind in figures[name])
    scale = (_WIDTH - _LEFT - _RIGHT) / longest
    parts, y = [], _TOP
    for title, kind, suffix in groups:
        parts.append(f'<text x="16" y="{y}" font-weight="600" fill="{_INK}">{escape(title)}</text>')
        y += 8
        for name in COLOURS:
            found = figures.get(name + suffix, {}).get(kind)
            if found is not None:
                parts.append(_bar(y, name, found["round_trips"], scale, SHORTFALLS.get((name, kind), "")))
                y += _STEP
        y += _GROUP - 8
    return _SVG.format(width=_WIDTH, height=y + 10, foot=y - 6, ink=_INK, faint=_FAINT, bars="\n".join(parts))


def _bar(y: int, name: str, value: int, scale: float, shortfall: str) -> str:
    width = round(value * scale, 1)
    colour = COLOURS[name]
    look = f'fill="none" stroke="{colour}"' if shortfall else f'fill="{colour}"'
    note = f'<tspan fill="{_FAINT}">  {shortfall}</tspan>' if shortfall else ""
    weight = ' font-weight="600"' if name == "egate" else ""
    return (f'<text x="{_LEFT - 8}" y="{y + 11}" text-anchor="end" fill="{_INK}"{weight}>{name}</text>'
            f'<rect x="{_LEFT}" y="{y}" width="{width}" height="{_BAR}" rx="2" {look}/>'
            f'<text x="{_LEFT + width + 6:.1f}" y="{y + 11}" fill="{_INK}"{weight}>{value}{note}</text>')  # fmt: skip


def table(figures: Figures) -> str:
    """Round trips and bytes, both ways together."""
    names = [*COLOURS, "gmrtd, its own choice of files"]
    lines = ["| Chip | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for kind in figures["egate"]:
        lines.append(f"| {kind} | " + " | ".join(_cell(figures, name, kind) for name in names) + " |")
    for kind in figures[f"egate{EXTENDED}"]:
        cells = [_cell(figures, name + EXTENDED, kind) for name in names]
        lines.append(f"| {kind}{EXTENDED} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(figures: Figures, name: str, kind: str) -> str:
    found = figures.get(name, {}).get(kind)
    if found is None:
        return "–"
    shortfall = SHORTFALLS.get((name, kind))
    count = f"**{found['round_trips']}**" if name.startswith("egate") else str(found["round_trips"])
    return f"{count}, {found['to_chip'] + found['from_chip']:,} B" + (f" ({shortfall})" if shortfall else "")


def main() -> int:
    figures = json.loads(FIGURES.read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    wanted = {PAGE: f"{before}{BEGIN}\n{table(figures)}\n{END}{after}", CHART: chart(figures)}
    drifted = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in drifted:
            print(f"{path.relative_to(ROOT)} is not what figures.json says: run tests/interop/draw.py")
        return 1 if drifted else 0
    for path in drifted:
        path.write_text(wanted[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
