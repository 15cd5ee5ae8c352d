"""What the packaged networks are shown, and what they say."""

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.alignment import surroundings
from egate.face.finding.landmarks import Mesh
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import FAINT, Drawing
from egate_sim.people.explained.scene import LIVE, PHONE, PRINT, TABLET, observations

_SIDE = 146


def draw(pipeline: FacePipeline) -> Drawing:
    """A row each: tight, wide, and the second network's crop."""
    drawing = Drawing(1000, 570)
    card = pipeline.cards.pad
    titles = (f"tight, {card.tight_scale:g} faces", f"wide, {card.wide_scale:g} faces",
              f"second network, {pipeline.cards.broad_pad.crop_scale:g} faces")  # fmt: skip
    for number, subject in enumerate((LIVE, PRINT, TABLET, PHONE)):
        left = 20 + number * 245
        *_, seen = observations(pipeline, subject, 4)
        drawing.text(left, 26, subject.title, size=15, bold=True)
        judged = (
            (surroundings(seen.pixels, seen.mesh.box, card.tight_scale, 128, 128),
             f"logit {pipeline.attack_network.tight(seen.pixels, seen.mesh):+.1f}"),
            (surroundings(seen.pixels, seen.mesh.box, card.wide_scale, 128, 128),
             f"logit {pipeline.attack_network.wide(seen.pixels, seen.mesh):+.1f}"),
            _broad(pipeline, seen.pixels, seen.mesh),
        )  # fmt: skip
        for row, (crop, said) in enumerate(judged):
            top = 40 + row * (_SIDE + 26)
            drawing.image(left, top, _SIDE, _SIDE, crop)
            drawing.text(left, top + _SIDE + 15, f"{titles[row]}: {said}", size=11, colour=FAINT)
    return drawing


def _broad(pipeline: FacePipeline, pixels: NDArray[np.uint8], mesh: Mesh) -> tuple[NDArray[np.uint8], str]:
    crop = pipeline.broad_network.crop(pixels, mesh)
    return crop, f"departure {pipeline.broad_network.departure(crop):+.1f}"
