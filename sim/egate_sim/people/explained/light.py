"""Under the light challenge: what the lamp shows, what the face answers, what its surroundings answer."""

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.landmarks import Mesh
from egate.face.pad.challenge import REST, Colour
from egate.face.pad.cue import Missing
from egate.face.pad.cues.light import LightCue
from egate.face.pad.lighting import Lighting
from egate.face.pad.observation import Observation
from egate.face.pad.patches import AROUND, FACE_POINTS, Floats, sample
from egate.face.pad.response import log_chromaticity
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import FACE, FAINT, OTHER, Drawing, Plot
from egate_sim.people.explained.scene import LIVE, PRINT, TABLET, Subject, challenge, cut, marked, under_challenge

_ROW, _TILE = 190, (92, 128)
_SWING = 0.5


def draw(pipeline: FacePipeline) -> Drawing:
    """A living person, a print and a screen, one below the other."""
    drawing = Drawing(1000, 3 * _ROW + 44)
    for number, subject in enumerate((LIVE, PRINT, TABLET)):
        _row(drawing, pipeline, subject, 34 + number * _ROW)
    below = drawing.height - 12
    drawing.text(690, below, "red over green", size=11, colour=FACE)
    drawing.text(785, below, "blue over green", size=11, colour=OTHER)
    drawing.text(890, below, "dashed: around it", size=11, colour=FAINT)
    return drawing


def _row(drawing: Drawing, pipeline: FacePipeline, subject: Subject, top: float) -> None:
    lighting = challenge()
    cue, seen = LightCue(lighting), []
    for each in under_challenge(pipeline, subject, lighting):
        cue.observe(each)
        seen.append(each)
    drawing.text(20, top + 4, subject.title, size=15, bold=True)
    features = cue.features()
    said = [features.value] if isinstance(features, Missing) else [f"{n} {v:.2f}" for n, v in features.items()]
    result = pipeline.calibration.result(cue.name, features)
    drawing.lines(20, top + 28, [*said, "" if result.score is None else f"score {result.score:.2f}"])
    for number, (colour, shown) in enumerate(_steps(lighting, seen)[:5]):
        left = 165 + number * (_TILE[0] + 6)
        pixels = _with_patches(shown.pixels, shown.mesh) if number == 0 else shown.pixels
        drawing.rect(left, top - 10, _TILE[0], 12, _hex(colour))
        drawing.image(left, top + 4, *_TILE, cut(pixels, shown.mesh, 2.1, *_TILE))
    _plot(drawing, lighting, seen, top)


def _steps(lighting: Lighting, seen: list[Observation]) -> list[tuple[Colour, Observation]]:
    """White, then each colour with the last frame that was taken in it."""
    coloured = [each for each in lighting.shown if each.colour != REST]
    first = next(each for each in seen if not each.coloured and each.time_ms > lighting.shown[0].from_ms)
    ends = [later.from_ms for later in lighting.shown if later.from_ms > coloured[0].from_ms]
    pairs = []
    for each, end in zip(coloured, ends, strict=False):
        last = [one for one in seen if each.from_ms < one.time_ms < end]
        pairs.append((each.colour, last[-1]))
    return [(REST, first), *pairs]


def _with_patches(pixels: NDArray[np.uint8], mesh: Mesh) -> NDArray[np.uint8]:
    """The patches of the face red, those of its surroundings blue."""
    box = mesh.box
    around = np.array(box.centre) + AROUND * np.array((box.width, box.height))
    on_face = marked(pixels, mesh.points[FACE_POINTS, :2], 0.035 * box.width, FACE)
    return marked(on_face, around, 0.06 * box.width, OTHER)


def _plot(drawing: Drawing, lighting: Lighting, seen: list[Observation], top: float) -> None:
    """What varies in the colour of face and surroundings, over bands in the lamp's colour."""
    patches = [sample(each.pixels, each.mesh) for each in seen]
    times = [each.time_ms / 1000 for each in seen]
    plot = Plot(drawing, 690, top + 4, 290, 128, (times[0], times[-1]), (-_SWING, _SWING))
    ends = [*(each.from_ms for each in lighting.shown[1:]), seen[-1].time_ms]
    for shown, end_ms in zip(lighting.shown, ends, strict=True):
        left, right = plot.at(shown.from_ms / 1000, 0)[0], plot.at(end_ms / 1000, 0)[0]
        drawing.rect(left, plot.top, right - left, plot.height, _hex(shown.colour), opacity=0.30)
    plot.frame("colour of the face (logarithm), over the lamp's", "seconds")
    for values, dashed in (([one.face for one in patches], False), ([one.around for one in patches], True)):
        colours = _middle(np.stack(values))
        plot.curve(times, list(colours[:, 0]), FACE, dashed=dashed)
        plot.curve(times, list(colours[:, 1]), OTHER, dashed=dashed)


def _middle(light: Floats) -> Floats:
    """(n, 2): the median patch's log-chromaticity in each frame, less its mean."""
    colours = log_chromaticity(light)
    return np.asarray(np.nanmedian(colours - np.nanmean(colours, axis=0), axis=1))


def _hex(colour: Colour) -> str:
    shares = (colour.red, colour.green, colour.blue)
    return "#" + "".join(f"{round(255 * (share / 0.95) ** (1 / 2.2)):02x}" for share in shares)
