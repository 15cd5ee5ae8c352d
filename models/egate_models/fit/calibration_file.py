"""Writes a calibration part by part, always in the same way, and keeps the parts that were fitted elsewhere."""

import re
from collections.abc import Mapping
from pathlib import Path

from egate.face.pad.calibration import Calibration, read_calibration
from egate.face.pad.calibration_text import fusion_text, logistic_text

HEADER = """\
# How the cues of presentation attack detection become one score (egate.face.pad.calibration): 0 live .. 1 attack.
# Written by `python -m egate_models.fit`, part by part; README.md says what was measured with it, and on what.
format = 1
"""
_PART = re.compile(r"^\[(cues|fusions)\.([A-Za-z0-9_]+)(?:\.[a-z.]+)?\]\s*$")
Part = tuple[str, str]  # ("cues" or "fusions", name)


def write_calibration(path: Path, fitted: Calibration, notes: Mapping[Part, str]) -> None:
    """Put every part of ``fitted`` in place of the one of the same name, under its comment from ``notes``. Raises
    ModelError where the result is no sound calibration; the file is as before then."""
    parts = split(path.read_text("utf-8")) if path.exists() else {}
    for name, cue in fitted.cues.items():
        parts["cues", name] = _comment(notes.get(("cues", name), "")) + logistic_text(f"cues.{name}", cue).strip()
    for name, fusion in fitted.fusions.items():
        parts["fusions", name] = _comment(notes.get(("fusions", name), "")) + fusion_text(name, fusion).strip()
    partial = path.with_suffix(".part")
    partial.write_text(HEADER + "".join(f"\n{parts[key].strip()}\n" for key in sorted(parts)), "utf-8")
    try:
        read_calibration(partial)
    except Exception:
        partial.unlink()
        raise
    partial.replace(path)


def split(text: str) -> dict[Part, str]:
    """The parts of a calibration file, each with the comment above it."""
    parts: dict[Part, str] = {}
    part: Part | None = None
    comment = ""
    for line in text.splitlines(keepends=True):
        match = _PART.match(line)
        if match:
            part = match[1], match[2]
        if not match and (line.startswith("#") or not line.strip()):
            comment += line
            continue
        if part is not None:
            parts[part] = parts.get(part, "") + comment + line
        comment = ""
    return parts


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())
