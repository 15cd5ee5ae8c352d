"""Writes a generated page of the documentation, or says that it has drifted from what it is generated from."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_DOCS = Path(__file__).resolve().parents[2] / "docs"


def main(name: str, render: Callable[[], str], source: str, arguments: Sequence[str]) -> int:
    """``name``: of the page in docs/; ``source``: what it repeats. Exit status 1 where ``--check`` finds a drift."""
    return main_of_many(lambda: {name: render()}, source, arguments)


def main_of_many(render: Callable[[], Mapping[str, str]], source: str, arguments: Sequence[str]) -> int:
    """The same for several files: name below docs/ -> content."""
    drifted = 0
    for name, page in render().items():
        target = _DOCS / name
        if "--check" not in arguments:
            target.write_text(page, "utf-8")
        elif not target.exists() or target.read_text("utf-8") != page:
            sys.stderr.write(f"docs/{name} is not what {source}; run: make generate\n")
            drifted = 1
    return drifted
