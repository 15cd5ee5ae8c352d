"""``python -m egate_tools.pages [--check]``."""

import sys
from pathlib import Path

from egate_tools.pages import door, events, faults, lane, settings

_DOCS = Path(__file__).resolve().parents[3] / "docs"


def main(arguments: list[str]) -> int:
    """Exit status 1 where a page has drifted from the code, or belongs to nothing any more."""
    wanted: dict[Path, str] = {}
    for module in (lane, door, events, faults, settings):
        wanted |= module.pages(_DOCS)
    if "--check" in arguments:
        strangers = set((_DOCS / "schemas").glob("*.json")) - set(wanted)
        drifted = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
        for path in (*drifted, *strangers):
            sys.stderr.write(f"docs/{path.relative_to(_DOCS)} is not what the code says; run: make generate\n")
        return 1 if drifted or strangers else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
