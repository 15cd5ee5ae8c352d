"""Where the inputs lie that every run begins with: one folder a target."""

from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2] / "fuzz" / "corpus"
FOUND = "found-"  # what once broke the promise


def corpus(name: str, prefix: str = "") -> list[bytes]:
    """The inputs of one target whose names begin so, in a fixed order."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob(f"{prefix}*.bin"))]
