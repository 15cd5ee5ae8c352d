"""Cue: what frames the face. A medium ends somewhere; a person stands in a room.

Physical reasons. A sheet or a device is cut straight, so a step of brightness runs along it, unbroken, for longer than
the face is wide, on several sides of the face at once (``edges``). A device's bezel is such a step into something dark
and even (``bezel``); where the device nearly fills the picture, what is left of the bezel is a dark, even strip along
the picture's own edge (``margin``). All are looked for without any model, in a small grey picture in which the face
always has the same width, so that they mean the same at any distance and resolution.

What it cannot see: a medium that fills the whole picture, one whose border lies behind clothing or hair, masks. What
misleads it: door frames, windows and pictures on the wall beside a living face; a gate's own walls stay where they are
and can be calibrated for.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate.face.finding.detection import Box
from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.looks import Looks
from egate.face.pad.observation import Observation

_FACE_PX = 44.0  # width of the face in the small picture
_LONGEST_PX = 400  # side of the small picture at most: a tiny face must not make it large
_SMALLEST_FACE_PX = 12.0  # below it a face leaves nothing to measure around
_FULL_STEP = 6.0  # grey levels a pixel that count as a whole step; more is no more of an edge
_SLOPES = np.arange(-4, 5) * 0.06  # lines up to 13 degrees off upright or level
_REACH = 3.0  # face sizes around the face in which a medium may end
_SHORTEST = 12  # rows that a line must cover
_BAND_PX = 3  # width of the band beyond a line that tells whether it is a bezel
_DARK = 0.5  # of the picture's median brightness: a bezel's is well below
_MARGIN = 0.04  # of the picture's shorter side: width of the strips along its edges

Grey = NDArray[np.float32]
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Line:
    """The straightest edge beside the face: ``strength`` in 0 .. 1, the share of its length on which a step runs one
    way; ``bezel``: the largest such share among lines beyond which it is dark and even, times how dark; ``ends``: where
    the straightest edge begins and ends, (x, y) each, None where none was looked for."""

    strength: float = 0.0
    bezel: float = 0.0
    ends: tuple[Place, Place] | None = None

    def turned(self, scale: float, *, level: bool) -> "_Line":
        """As it lies in the picture of which the small one is ``scale`` times the size; ``level``: it was given
        turned."""
        if self.ends is None:
            return self
        (x0, y0), (x1, y1) = ((place[::-1] if level else place) for place in self.ends)
        return replace(self, ends=((x0 / scale, y0 / scale), (x1 / scale, y1 / scale)))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What frames a face in one picture: each measure in 0 .. 1."""

    edges: float
    bezel: float
    margin: float


def surround(pixels: NDArray[np.uint8], box: Box) -> Surroundings | None:
    """Of the face in ``box`` in (height, width, 3) uint8 RGB; None where the face is too small."""
    if box.width < _SMALLEST_FACE_PX or box.height < _SMALLEST_FACE_PX:
        return None
    grey, scale = _small(pixels, box)
    found = _lines(grey, scale, box)
    strengths = sorted(line.strength for line in found)
    return Surroundings(strengths[-2], max(line.bezel for line in found), _margin(grey))


def borders(pixels: NDArray[np.uint8], box: Box) -> list[tuple[float, Place, Place]]:
    """The straightest edge left of, right of, above and below the face, for people to look at: how unbroken it is in
    0 .. 1, and where in the picture it begins and ends."""
    grey, scale = _small(pixels, box)
    turned = (line.turned(scale, level=side > 1) for side, line in enumerate(_lines(grey, scale, box)))
    return [(line.strength, *line.ends) for line in turned if line.ends is not None]


def _lines(grey: Grey, scale: float, box: Box) -> tuple[_Line, _Line, _Line, _Line]:
    """The straightest edges left of, right of, above and below the face, in the small picture; the last two turned."""
    left, top = box.left * scale, box.top * scale
    width, height = box.width * scale, box.height * scale
    upright = _Side(grey, left, width, top - 0.3 * height, top + 1.2 * height)
    level = _Side(np.ascontiguousarray(grey.T), top, height, left - 0.3 * width, left + 1.3 * width)
    return upright.before(0.12), upright.beyond(0.12), level.before(0.25), level.beyond(0.15)


def _margin(grey: Grey) -> float:
    """How dark and even the darkest of the strips along the picture's upper, left and right edge is. The lower edge is
    left out: dark clothing lies there."""
    width = max(2, int(_MARGIN * min(grey.shape)))
    strips = (grey[:width], grey[:, :width], grey[:, -width:])
    brightness = min(float(strip.mean() + strip.std()) for strip in strips)
    return float(np.clip(1 - brightness / (float(np.median(grey)) + 1.0), 0, 1))


def _small(pixels: NDArray[np.uint8], box: Box) -> tuple[Grey, float]:
    """The picture in grey, with the face _FACE_PX wide, and how much smaller that is."""
    height, width = pixels.shape[:2]
    scale = min(_FACE_PX / box.width, _LONGEST_PX / max(width, height))
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    filtered = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(pixels).convert("L").resize(size, filtered), np.float32), scale


class _Side:
    """Looks for upright lines in ``grey`` on both sides of a face that spans ``start`` .. ``start + extent`` across,
    along the rows ``first`` .. ``last``. For level lines the picture is given turned."""

    def __init__(self, grey: Grey, start: float, extent: float, first: float, last: float) -> None:
        self._start, self._extent = start, extent
        self._across = grey.shape[1]
        rows = np.arange(max(0, int(first)), min(grey.shape[0], int(last) + 1))
        self._offsets = np.rint(_SLOPES[:, np.newaxis] * (rows - (first + last) / 2)).astype(np.intp)
        self._first = int(rows[0]) if len(rows) else 0
        self._grey = grey[rows]
        self._steps = np.zeros_like(self._grey)
        self._steps[:, 1:-1] = np.clip((self._grey[:, 2:] - self._grey[:, :-2]) / 2 / _FULL_STEP, -1, 1)
        self._median = float(np.median(grey)) + 1.0

    def before(self, gap: float) -> _Line:
        """The line left of (or above) the face, at least ``gap`` face sizes away."""
        lowest = max(1, int(self._start - _REACH * self._extent))
        return self._best(lowest, int(self._start - gap * self._extent), -1)

    def beyond(self, gap: float) -> _Line:
        """The line right of (or below) the face."""
        end = self._start + self._extent
        highest = min(self._across - 1, int(end + _REACH * self._extent))
        return self._best(max(1, int(end + gap * self._extent)), highest, 1)

    def _best(self, low: int, high: int, outward: int) -> _Line:
        if len(self._grey) < _SHORTEST or high - low < _BAND_PX:
            return _Line()
        strength, bezel, ends = 0.0, 0.0, None
        for offsets in self._offsets:
            columns = np.arange(low, high) + offsets[:, np.newaxis]
            inside = (columns >= 0) & (columns < self._across)
            columns = columns.clip(0, self._across - 1)
            steps = np.where(inside, np.take_along_axis(self._steps, columns, 1), 0).mean(axis=0)
            at = int(np.argmax(np.abs(steps)))
            if abs(steps[at]) > strength:
                strength = float(abs(steps[at]))
                ends = self._ends(columns[0, at], columns[-1, at])
            bezel = max(bezel, self._bezel(steps, columns, outward))
        return _Line(strength, bezel, ends)

    def _ends(self, first: int, last: int) -> tuple[Place, Place]:
        return (float(first), float(self._first)), (float(last), float(self._first + len(self._grey) - 1))

    def _bezel(self, steps: Grey, columns: NDArray[np.intp], outward: int) -> float:
        """How much the strongest step into the dark, seen from the face, looks like a bezel's edge."""
        into_dark = -outward * steps
        at = int(np.argmax(into_dark))
        if into_dark[at] <= 0:
            return 0.0
        beyond = (columns[:, at, np.newaxis] + outward * np.arange(1, _BAND_PX + 1)).clip(0, self._across - 1)
        band = np.take_along_axis(self._grey, beyond, 1) / self._median
        darkness = float(np.clip(1 - (band.mean() + band.std()) / _DARK, 0, 1))
        return float(into_dark[at]) * darkness


class ContextCue:
    """Features ``edges``, ``bezel`` and ``margin``: means over good frames."""

    name = "context"

    def __init__(self) -> None:
        self._looks = Looks()
        self._seen: list[Surroundings] = []

    def observe(self, seen: Observation) -> None:
        if self._looks.due(seen) and (found := surround(seen.pixels, seen.mesh.box)) is not None:
            self._seen.append(found)

    def features(self) -> Features | Missing:
        if not self._seen:
            return Missing.TOO_SMALL if self._looks.taken else Missing.TOO_FEW_FRAMES
        return {
            "edges": float(np.mean([one.edges for one in self._seen])),
            "bezel": float(np.mean([one.bezel for one in self._seen])),
            "margin": float(np.mean([one.margin for one in self._seen])),
        }

    def wipe(self) -> None:
        self._seen.clear()
        self._looks = Looks()
