"""What is left of the motion of a face once the best homography is taken away: a head turned, a flat thing did not."""

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.cue import Missing
from egate.face.pad.cues.geometry import GeometryCue
from egate.face.pad.flow import Reference, plane_motions
from egate.face.pad.patch import CENTRES, SIDE_PX, Patch, patch
from egate.face.pad.patches import Floats
from egate.face.pad.track import FaceTrack
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import FACE, FAINT, OTHER, Drawing, Plot
from egate_sim.people.explained.scene import LIVE, PRINT, TABLET, Subject, observations

_FRAMES, _COLUMN, _SIDE = 26, 326, 250
_LONGER = 8.0


def draw(pipeline: FacePipeline) -> Drawing:
    """A living person, a print in a hand and a video on a tablet, side by side."""
    drawing = Drawing(1000, 560)
    for number, subject in enumerate((LIVE, PRINT, TABLET)):
        _column(drawing, pipeline, subject, 20 + number * _COLUMN)
    return drawing


def _column(drawing: Drawing, pipeline: FacePipeline, subject: Subject, left: float) -> None:
    cue, patches = GeometryCue(FaceTrack()), []
    for seen in observations(pipeline, subject, _FRAMES):
        cue.observe(seen)
        found = patch(seen.time_ms, seen.pixels, seen.mesh)
        if found is not None:
            patches.append(found)
    features = cue.features()
    drawing.text(left, 26, subject.title, size=15, bold=True)
    said = features.value if isinstance(features, Missing) else f"turn {np.degrees(np.exp(features['turn'])):.2f}°"
    if not isinstance(features, Missing):
        said += f", over noise {features['turn_to_noise']:.1f}, over deformation {features['turn_to_deformation']:.1f}"
    drawing.text(left, 45, said, size=12, colour=FAINT)
    middle, reference = patches[len(patches) // 2], Reference(patches[len(patches) // 2])
    sure = middle.inside & (reference.weights > np.median(reference.weights[middle.inside]) / 2)
    depth = _less_homography(np.concatenate((middle.depth, np.zeros_like(middle.depth))), reference.weights)[:64]
    lefts = [_less_homography(reference.flow(other).cells.T.ravel(), reference.weights) for other in patches]
    slopes = [_slope(depth[sure], moved[:64][sure]) for moved in lefts]
    turned = int(np.argmax(np.abs(slopes)))
    _arrows(drawing, left, middle, lefts[turned], sure)
    _scatter(drawing, left, depth[sure], lefts[turned][:64][sure], slopes[turned])


def _less_homography(moved: Floats, weights: Floats) -> Floats:
    """What no motion of a plane explains of the motion (128,) of all cells."""
    shares = np.sqrt(np.concatenate((weights, weights)) + 1e-9)
    plane = plane_motions()
    motion = np.linalg.lstsq(plane * shares[:, None], moved * shares, rcond=None)[0]
    return np.asarray(moved - plane @ motion)


def _slope(depth: Floats, moved: Floats) -> float:
    return float((depth * moved).sum() / (depth**2).sum())


def _arrows(drawing: Drawing, left: float, middle: Patch, moved: Floats, sure: NDArray[np.bool_]) -> None:
    scale = _SIDE / SIDE_PX
    drawing.image(left, 60, _SIDE, _SIDE, np.clip(middle.grey, 0, 255).astype(np.uint8))
    for cell in np.flatnonzero(sure):
        x, y = (CENTRES[cell] + 0.5) * scale
        dx, dy = moved[cell] * scale * _LONGER, moved[64 + cell] * scale * _LONGER
        drawing.path([(left + x, 60 + y), (left + x + dx, 60 + y + dy)], "#ffd23f", width=2.2)
        drawing.dots([(left + x, 60 + y)], "#ffd23f", 2.4)
    drawing.text(
        left, 60 + _SIDE + 15, f"motion beside the homography, {_LONGER:.0f} times as long", size=11, colour=FAINT
    )


def _scatter(drawing: Drawing, left: float, depth: Floats, moved: Floats, slope: float) -> None:
    """Motion across against depth, cell by cell, both less what a plane's motion explains."""
    plot = Plot(drawing, left, 370, _SIDE, 150, (-6, 6), (-0.8, 0.8))
    plot.frame("that motion across (patch pixels)", "depth beside a plane's")
    plot.dots(list(depth), list(moved), OTHER, 2.5)
    plot.curve([-6, 6], [-6 * slope, 6 * slope], FACE)
