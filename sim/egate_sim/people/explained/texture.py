"""Fine structure of a face: a detail of it, what is left of it once its large forms are gone, and its spectrum."""

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Box
from egate.face.finding.landmarks import LEFT_EYE_OUTER
from egate.face.pad.cues.texture import fine_structure
from egate.face.pad.observation import Observation
from egate.face.pad.patches import Floats
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import Drawing
from egate_sim.people.explained.scene import LIVE, PHONE, PRINT, TABLET, observations

_DETAIL_PX, _WINDOW_PX = 64, 128


def draw(pipeline: FacePipeline) -> Drawing:
    """One column each."""
    drawing = Drawing(1000, 560)
    for number, subject in enumerate((LIVE, PRINT, TABLET, PHONE)):
        left = 20 + number * 245
        *_, seen = observations(pipeline, subject, 4)
        drawing.text(left, 26, subject.title, size=15, bold=True)
        drawing.image(left, 40, 225, 225, np.repeat(np.repeat(_detail(seen), 4, axis=0), 4, axis=1))
        drawing.image(left, 275, 225, 225, _spectrum(seen.pixels, seen.mesh.box))
        found = fine_structure(seen.pixels, seen.mesh.box) or {}
        said = [f"{name} {value:.2f}" for name, value in found.items()]
        drawing.lines(left, 520, [" · ".join(said[:2]), " · ".join(said[2:])])
    return drawing


def _detail(seen: Observation) -> NDArray[np.uint8]:
    """64 x 64 pixels of the picture at the corner of an eye."""
    x, y = seen.mesh.points[LEFT_EYE_OUTER, :2].astype(int) - _DETAIL_PX // 2
    return np.ascontiguousarray(seen.pixels[y : y + _DETAIL_PX, x : x + _DETAIL_PX])


def _spectrum(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Power on a logarithmic scale, slow waves in the middle; from the square in the middle of the face."""
    x, y = (round(place) - _WINDOW_PX // 2 for place in box.centre)
    grey: Floats = pixels[y : y + _WINDOW_PX, x : x + _WINDOW_PX].mean(axis=2)
    shade = np.outer(np.hanning(len(grey)), np.hanning(grey.shape[1]))
    power = np.abs(np.fft.fftshift(np.fft.fft2((grey - grey.mean()) * shade))) ** 2
    decades = np.log10(power + 1)
    return np.asarray(np.clip((decades - 2.5) / 5 * 255, 0, 255), np.uint8)
