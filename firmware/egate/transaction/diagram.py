"""Draws the lane's states from the table that the code runs: ``python -m egate.transaction.diagram [--check]``."""

import sys
from pathlib import Path

from egate.transaction.state import Stage
from egate.transaction.table import TABLE

_TARGET = Path(__file__).resolve().parents[3] / "docs" / "lane-states.md"
_MANY = 5  # rows from more stages than this are listed below the picture, to keep it readable


def render() -> str:
    """The page: a Mermaid state diagram and the table in words."""
    lines = [
        "# The lane's states",
        "",
        "Generated from `firmware/egate/transaction/table.py` by `make generate`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {Stage.OUT_OF_SERVICE.value}",
    ]
    for source, target, label in sorted(_edges()):
        lines.append(f"    {source} --> {target}: {label}")
    lines += ["```", "", "| In | on | if | goes to |", "|---|---|---|---|"]
    for row in TABLE:
        stages = ", ".join(s.value for s in Stage if s in row.source)
        where = stages if len(row.source) <= _MANY else _but(row.source)
        target = row.target.value if row.target else "(stays)"
        lines.append(f"| {where} | {row.event.__name__} | {row.when or 'always'} | {target} |")
    return "\n".join(lines) + "\n"


def _edges() -> set[tuple[str, str, str]]:
    few = [row for row in TABLE if row.target is not None and len(row.source) <= _MANY]
    return {
        (source.value, row.target.value, row.when or row.event.__name__)
        for row in few
        for source in row.source
        if row.target is not None
    }


def _but(source: frozenset[Stage]) -> str:
    rest = [s.value for s in Stage if s not in source]
    return f"any but {', '.join(rest)}" if rest else "any"


def main(arguments: list[str]) -> int:
    text = render()
    if "--check" in arguments:
        if not _TARGET.exists() or _TARGET.read_text("utf-8") != text:
            sys.stderr.write(f"{_TARGET.name} has drifted from the table; run: make generate\n")
            return 1
        return 0
    _TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
