"""Writes what docs/ says of telemetry: ``python -m egate.telemetry.generate [--check]``."""

import json
import sys
from pathlib import Path
from typing import Any

from egate.telemetry import describe
from egate.telemetry.events_page import render

_DOCS = Path(__file__).resolve().parents[3] / "docs"


def documents() -> dict[Path, str]:
    """Every generated file and what must stand in it."""
    found = {_DOCS / "schemas" / f"{name}.json": _json(schema) for name, schema in describe.schemas().items()}
    found[_DOCS / "asyncapi.json"] = _json(describe.asyncapi())
    found[_DOCS / "events.md"] = render()
    return found


def main(arguments: list[str]) -> int:
    """Exit status 1 where a file has drifted from the records."""
    wanted = documents()
    if "--check" in arguments:
        strangers = set((_DOCS / "schemas").glob("*.json")) - set(wanted)
        drifted = [p for p, text in wanted.items() if not p.exists() or p.read_text("utf-8") != text]
        for path in (*drifted, *strangers):
            sys.stderr.write(f"{path.name} does not fit the telemetry records; run: make generate\n")
        return 1 if drifted or strangers else 0
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
