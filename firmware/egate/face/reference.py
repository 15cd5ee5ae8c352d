"""The reference that a traveller is compared with: the template of the face in the chip's portrait."""

import numpy as np
from numpy.typing import NDArray

from egate.checks import Reason
from egate.face.errors import PortraitError
from egate.face.pipeline import FacePipeline
from egate.face.verification.embedding import Template
from egate.face.verification.portrait import decode, with_margin

_QUARTERS = (0, 1, 3, 2)
"""Turns to try, anticlockwise: upright, then what scanners and cameras do, then upside down."""


def portrait_template(pipeline: FacePipeline, portrait: bytes) -> Template:
    """The template of the largest face in a portrait, JPEG or JPEG 2000, which may lie on its side without saying so.
    Raises PortraitError."""
    decoded = decode(portrait)
    pixels = with_margin(decoded)
    decoded.fill(0)
    try:
        for quarters in _QUARTERS:
            template = _template(pipeline, np.rot90(pixels, quarters).copy())
            if template is not None:
                return template
        raise PortraitError("the portrait shows no face", Reason.NO_FACE)
    finally:
        pixels.fill(0)


def _template(pipeline: FacePipeline, pixels: NDArray[np.uint8]) -> Template | None:
    """None where no face is seen; overwrites ``pixels``."""
    try:
        faces = pipeline.find(pixels)
        mesh = pipeline.mesh(pixels, faces[0]) if faces else None
        return None if mesh is None else pipeline.template(pixels, mesh)
    finally:
        pixels.fill(0)
