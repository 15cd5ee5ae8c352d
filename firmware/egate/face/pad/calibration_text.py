"""Writes a calibration down, always in the same way; ``calibration.read_calibration`` reads it."""

from egate.face.pad.calibration import Calibration, Fusion, Logistic

_DIGITS = 6  # enough for every decision, and the same on every machine


def calibration_text(calibration: Calibration, notes: str) -> str:
    """The whole file, TOML; ``notes`` head it as comments."""
    parts = [f"# {line}".rstrip() for line in notes.splitlines()]
    parts.append(f"format = {calibration.format}")
    parts += [logistic_text(f"cues.{name}", model) for name, model in sorted(calibration.cues.items())]
    parts += [fusion_text(name, fusion) for name, fusion in sorted(calibration.fusions.items())]
    return "\n".join(parts) + "\n"


def logistic_text(table: str, model: Logistic) -> str:
    """One logistic model as the TOML table ``table``."""
    lines = [f"\n[{table}]", f"bias = {number(model.bias)}", f"\n[{table}.terms]"]
    for name, term in sorted(model.terms.items()):
        values = f"weight = {number(term.weight)}, mean = {number(term.mean)}, scale = {number(term.scale)}"
        lines.append(f"{name} = {{ {values} }}")
    return "\n".join(lines)


def fusion_text(name: str, fusion: Fusion) -> str:
    """One fusion as its TOML table."""
    model = logistic_text(f"fusions.{name}.model", fusion.model)
    return f"\n[fusions.{name}]\nthreshold = {number(fusion.threshold)}\n{model}"


def number(value: float) -> str:
    """A TOML float of a fixed number of digits."""
    return repr(float(f"{value:.{_DIGITS}g}") + 0.0)
