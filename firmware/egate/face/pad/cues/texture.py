"""Cue: what reproducing a face does to the finest structure that the camera still resolves.

Physical reasons. A picture of a picture has passed two lenses and a medium, so its sharpest edges are soft for the
contrast that the face has (``softness``). A printer lays lines, a display has rows and columns and is drawn line by
line, so faint lines run straight across face and background (``rows``, ``columns``), as nothing alive has them. Where
the camera's grid of pixels beats with the medium's, regular waves appear: single peaks in the spectrum of the face
(``moire``). Everything is relative to the face's own contrast or to its own spectrum, because absolute sharpness, noise
and colour belong to the camera: a model of those is perfect on one camera and chance on the next.

What it cannot see: media finer than the camera resolves, shown sharply; masks. What misleads it: a camera out of focus,
fabric or blinds behind a small face, interlaced or strongly compressed video.
"""

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Box
from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.looks import Looks
from egate.face.pad.observation import Observation

_SMALLEST_FACE_PX = 40.0  # finer structure than a sixth of it is not resolved
_WINDOW_PX = 128  # of the spectrum; not more, so that it costs the same on any camera
_FINE = 0.25  # cycles a pixel from which on a peak is the medium's and no feature of a face
_RING = 1 / 24  # cycles a pixel: width of the rings within which a spectrum is level
_RESIDUE_BOUND = 6.0  # grey levels; what is steeper is a contour, not a faint line
_WIDE = 2.2  # face widths and heights in which lines that cross face and background are looked for
_LUMINANCE = np.array((0.299, 0.587, 0.114), np.float32)
_TINY = 1e-6

Grey = NDArray[np.float32]


def fine_structure(pixels: NDArray[np.uint8], box: Box) -> dict[str, float] | None:
    """The features of one face in (height, width, 3) uint8 RGB; None where too little of it is in the picture."""
    if box.width < _SMALLEST_FACE_PX or box.height < _SMALLEST_FACE_PX:
        return None
    face = _cut(pixels, box, 1.0)
    if min(face.shape) < _SMALLEST_FACE_PX / 2:
        return None
    wide = _cut(pixels, box, _WIDE)
    return {
        "softness": softness(face),
        "moire": peak(_middle(face)),
        "rows": max(lines(face), lines(wide)),
        "columns": lines(face.T),
    }


def softness(grey: Grey) -> float:
    """How soft the sharpest edges are for the contrast there is: log10 of the spread of grey levels over the 98th
    percentile of what a 3 x 3 mean takes away."""
    detail = np.abs(grey - _mean(_mean(grey, 3).T, 3).T)
    return float(np.log10((grey.std() + 1.0) / (np.percentile(detail, 98) + 0.3)))


def peak(window: Grey) -> float:
    """How far the highest peak among fine structures stands out of its ring of the spectrum: log10 of power over the
    ring's median."""
    side = len(window)
    shade = np.outer(np.hanning(side), np.hanning(side)).astype(np.float32)
    power = np.abs(np.fft.rfft2((window - _mean(_mean(window, 9).T, 9).T) * shade)) ** 2
    rounding = float((shade**2).sum()) / 12  # power of the rounding to whole grey levels: nothing below it can be told
    radius = np.hypot(np.fft.fftfreq(side)[:, np.newaxis], np.fft.rfftfreq(side)[np.newaxis])
    rings = (radius / _RING).astype(np.intp)
    highest = 1.0
    for ring in range(int(_FINE / _RING), int(0.5 / _RING)):
        values = power[rings == ring]
        highest = max(highest, float(values.max() / (np.median(values) + rounding)))
    return float(np.log10(highest))


def lines(grey: Grey) -> float:
    """How much more the rows' means vary than those of independent pixels would: log10, 0 for noise."""
    residue = np.clip(grey - _mean(grey.T, 5).T, -_RESIDUE_BOUND, _RESIDUE_BOUND)
    apart = float((residue.mean(axis=1) ** 2).mean()) * residue.shape[1]
    return float(np.log10((apart + _TINY) / (float((residue**2).mean()) + _TINY)))


def _mean(grey: Grey, count: int) -> Grey:
    """Running mean of ``count`` neighbours along each row; the edges are repeated."""
    half = count // 2
    padded = np.pad(grey, ((0, 0), (half + 1, half)), mode="edge")
    sums = np.cumsum(padded, axis=1, dtype=np.float64)
    return np.asarray((sums[:, count:] - sums[:, :-count]) / count, np.float32)


def _cut(pixels: NDArray[np.uint8], box: Box, scale: float) -> Grey:
    """``scale`` times the box in grey, as far as it lies in the picture."""
    (x, y), half_width, half_height = box.centre, box.width * scale / 2, box.height * scale / 2
    rows, columns = pixels.shape[:2]
    left, right = int(np.clip(x - half_width, 0, columns)), int(np.clip(x + half_width + 1, 0, columns))
    top, bottom = int(np.clip(y - half_height, 0, rows)), int(np.clip(y + half_height + 1, 0, rows))
    return np.asarray(pixels[top:bottom, left:right] @ _LUMINANCE, np.float32)


def _middle(face: Grey) -> Grey:
    """The square in the middle of the face, _WINDOW_PX a side or less."""
    side = min(_WINDOW_PX, *face.shape)
    top, left = (face.shape[0] - side) // 2, (face.shape[1] - side) // 2
    return face[top : top + side, left : left + side]


class TextureCue:
    """Features ``softness``, ``moire``, ``rows`` and ``columns``: means over good frames."""

    name = "texture"

    def __init__(self) -> None:
        self._looks = Looks()
        self._rows: list[dict[str, float]] = []

    def observe(self, seen: Observation) -> None:
        if self._looks.due(seen) and (row := fine_structure(seen.pixels, seen.mesh.box)) is not None:
            self._rows.append(row)

    def features(self) -> Features | Missing:
        if not self._rows:
            return Missing.TOO_SMALL if self._looks.taken else Missing.TOO_FEW_FRAMES
        return {name: float(np.mean([row[name] for row in self._rows])) for name in self._rows[0]}

    def wipe(self) -> None:
        self._rows.clear()
        self._looks = Looks()
