"""Writes a calibration part by part, always in the same way, and keeps the parts that were fitted elsewhere."""

import re
from collections.abc import Mapping
from pathlib import Path

from egate.face.pad.calibration import Calibration, Fusion, Logistic, read_calibration

HEADER = """\
# How the cues of presentation attack detection become one score (egate.face.pad.calibration): 0 live .. 1 attack.
# Written by `python -m egate_models.fit`, part by part; README.md says what was measured with it, and on what.
format = 1
"""
_PART = re.compile(r"^\[(cues|fusions)\.([A-Za-z0-9_]+)(?:\.[a-z.]+)?\]\s*$")
_DIGITS = 6
Part = tuple[str, str]  # ("cues" or "fusions", name)


def write_calibration(path: Path, fitted: Calibration, notes: Mapping[Part, str]) -> None:
    """Put every part of ``fitted`` in place of the one of the same name, under its comment from ``notes``. Raises
    ModelError where the result is no sound calibration; the file is as before then."""
    parts = split(path.read_text("utf-8")) if path.exists() else {}
    for name, cue in fitted.cues.items():
        parts["cues", name] = _comment(notes.get(("cues", name), "")) + _logistic(f"cues.{name}", cue)
    for name, fusion in fitted.fusions.items():
        parts["fusions", name] = _comment(notes.get(("fusions", name), "")) + _fusion(name, fusion)
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


def _logistic(table: str, model: Logistic) -> str:
    lines = [f"[{table}]", f"bias = {_number(model.bias)}", "", f"[{table}.terms]"]
    for name, term in sorted(model.terms.items()):
        values = f"weight = {_number(term.weight)}, mean = {_number(term.mean)}, scale = {_number(term.scale)}"
        lines.append(f"{name} = {{ {values} }}")
    return "\n".join(lines) + "\n"


def _fusion(name: str, fusion: Fusion) -> str:
    threshold = f"[fusions.{name}]\nthreshold = {_number(fusion.threshold)}\n\n"
    return threshold + _logistic(f"fusions.{name}.model", fusion.model)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _number(value: float) -> str:
    """Digits enough, and the same on every machine."""
    rounded = float(f"{value:.{_DIGITS}g}")
    return repr(rounded if rounded != 0 else 0.0)
