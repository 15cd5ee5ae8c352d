"""docs/lane-states.md: the lane's states, drawn from the table that the code runs."""

from pathlib import Path

from egate.transaction.state import Stage
from egate.transaction.table import TABLE

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


def pages(docs: Path) -> dict[Path, str]:
    return {docs / "lane-states.md": render()}
