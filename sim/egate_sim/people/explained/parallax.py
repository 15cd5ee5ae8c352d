"""What moved in the picture within a third of a second: the face alone, or everything as one."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.cue import Missing
from egate.face.pad.cues.parallax import ParallaxCue
from egate.face.pad.flow import Reference
from egate.face.pad.patch import CENTRES, SIDE_PX, Patch, overview
from egate.face.pad.patches import Floats
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import FAINT, Drawing
from egate_sim.people.explained.scene import LIVE, PHONE, PRINT, TABLET, Subject, observations

_FRAMES, _APART, _LONGER = 26, 4, 2.5
_WIDE, _TALL = 225, 300


def draw(pipeline: FacePipeline) -> Drawing:
    """Whole pictures side by side, with the motion of each of their cells."""
    drawing = Drawing(1000, 390)
    for number, subject in enumerate((LIVE, PRINT, TABLET, PHONE)):
        _column(drawing, pipeline, subject, 20 + number * 245)
    return drawing


def _column(drawing: Drawing, pipeline: FacePipeline, subject: Subject, left: float) -> None:
    cue, seen = ParallaxCue(), list(observations(pipeline, subject, _FRAMES))
    for each in seen:
        cue.observe(each)
    everywhere = np.ones(len(CENTRES), bool)
    looks = [overview(each.time_ms, each.pixels, everywhere) for each in seen[::_APART]]
    pairs = [_moved(Reference(before), after) for before, after in pairwise(looks)]
    most = max(range(len(pairs)), key=lambda k: float(np.median(np.hypot(*pairs[k][0][pairs[k][1]].T))))
    drawing.text(left, 26, subject.title, size=15, bold=True)
    drawing.image(left, 40, _WIDE, _TALL, np.clip(looks[most].grey, 0, 255).astype(np.uint8))
    moved, shows = pairs[most]
    scale = np.array((_WIDE, _TALL)) / SIDE_PX
    for place, motion in zip((CENTRES + 0.5)[shows] * scale, moved[shows] * scale * _LONGER, strict=True):
        x, y = left + float(place[0]), 40 + float(place[1])
        drawing.path([(x, y), (x + float(motion[0]), y + float(motion[1]))], "#ffd23f", width=2.2)
        drawing.dots([(x, y)], "#ffd23f", 2.2)
    features = cue.features()
    said = [features.value] if isinstance(features, Missing) else [f"{n} {v:.1f}" for n, v in features.items()]
    drawing.lines(left, 358, [" · ".join(said[:1] + said[2:]), *said[1:2]], size=12, colour=FAINT)


def _moved(reference: Reference, after: Patch) -> tuple[Floats, NDArray[np.bool_]]:
    """What each cell moved (64, 2), and which of them show motion well."""
    flow = reference.flow(after)
    lifted = np.column_stack((CENTRES, np.ones(len(CENTRES)))) @ flow.plane.T
    moved = lifted[:, :2] / lifted[:, 2:] - CENTRES + flow.cells
    return np.asarray(moved), reference.weights > np.median(reference.weights) / 2
