"""The straight edges that were found around a face."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from egate.face.pad.cues.context import borders, surround
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import FAINT, Drawing
from egate_sim.people.explained.scene import LIVE, PHONE, PRINT, TABLET, observations

_STRONG = 0.5


def draw(pipeline: FacePipeline) -> Drawing:
    """Whole frames side by side."""
    drawing = Drawing(1000, 400)
    for number, subject in enumerate((LIVE, PRINT, TABLET, PHONE)):
        left = 20 + number * 245
        *_, seen = observations(pipeline, subject, 4)
        drawing.text(left, 26, subject.title, size=15, bold=True)
        drawing.image(left, 40, 225, 300, _with_lines(seen.pixels, borders(seen.pixels, seen.mesh.box)))
        found = surround(seen.pixels, seen.mesh.box)
        if found is not None:
            said = f"edges {found.edges:.2f} · bezel {found.bezel:.2f} · margin {found.margin:.2f}"
            drawing.text(left, 360, said, size=12, colour=FAINT)
    said = f"Red: a step that runs one way along at least {_STRONG:.0%} of the line. The corridor has such edges too."
    drawing.text(20, 386, said, size=12, colour=FAINT)
    return drawing


def _with_lines(
    pixels: NDArray[np.uint8], lines: list[tuple[float, tuple[float, float], tuple[float, float]]]
) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    for strength, start, end in lines:
        pen.line(
            (start, end), fill="#ff3020" if strength >= _STRONG else "#b0b8bb", width=6 if strength >= _STRONG else 3
        )
    return np.asarray(image.resize((450, 600)))
