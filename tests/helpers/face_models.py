"""The gate's face models, loaded once for all tests of one process: they take 130 MB."""

from functools import cache
from pathlib import Path

from egate.face.pipeline import FacePipeline

MODELS = Path(__file__).resolve().parents[2] / "models"


@cache
def face_pipeline() -> FacePipeline:
    """With one thread; whoever alters a pipeline loads one of its own."""
    return FacePipeline.load(MODELS, threads=1)
