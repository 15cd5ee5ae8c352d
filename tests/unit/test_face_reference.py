"""The reference of a portrait, however it lies."""

import io
from pathlib import Path

import numpy as np
import pytest
from face_models import face_pipeline
from PIL import Image

from egate.checks import Reason
from egate.face.errors import PortraitError
from egate.face.reference import portrait_template
from egate.face.verification.embedding import cosine

ROOT = Path(__file__).resolve().parents[2]
ASTRONAUT = Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB")
PIPELINE = face_pipeline()
PORTRAIT_MATCH = 0.85


def encoded(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_portrait_that_lies_on_its_side_is_turned(degrees: int) -> None:
    upright = portrait_template(PIPELINE, encoded(ASTRONAUT))
    lying = portrait_template(PIPELINE, encoded(ASTRONAUT.rotate(degrees, expand=True)))
    assert cosine(upright, lying) > PORTRAIT_MATCH


def test_what_shows_no_face_either_way_says_so() -> None:
    with pytest.raises(PortraitError, match="no face") as told:
        portrait_template(PIPELINE, encoded(Image.fromarray(np.full((320, 240, 3), 128, np.uint8))))
    assert told.value.reason is Reason.NO_FACE
