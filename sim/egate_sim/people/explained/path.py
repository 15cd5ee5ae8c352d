"""The path of one frame: what is found in it, and what each later stage is shown."""

import numpy as np
from PIL import Image, ImageDraw

from egate.face.finding.alignment import aligned
from egate.face.pad.patch import patch
from egate.face.pipeline import FacePipeline
from egate_sim.drawing import FAINT, Drawing
from egate_sim.people.explained.scene import LIVE, cut, observations


def draw(pipeline: FacePipeline) -> Drawing:
    """From left to right."""
    drawing = Drawing(1000, 290)
    *_, seen = observations(pipeline, LIVE, 4)
    image = Image.fromarray(seen.pixels)
    pen, box = ImageDraw.Draw(image), seen.face.box
    pen.rectangle((box.left, box.top, box.left + box.width, box.top + box.height), outline="#ffd23f", width=5)
    points = Image.fromarray(seen.pixels)
    dots = ImageDraw.Draw(points)
    for x, y in seen.mesh.points[:, :2]:
        dots.ellipse((x - 1.5, y - 1.5, x + 1.5, y + 1.5), fill="#ffd23f")
    small = patch(seen.time_ms, seen.pixels, seen.mesh)
    grey = np.zeros((96, 96), np.uint8) if small is None else np.clip(small.grey, 0, 255).astype(np.uint8)
    stages = (
        (np.asarray(image.resize((300, 400))), 160, "camera, detector", "600 × 800, box, six points"),
        (cut(np.asarray(points), seen.mesh, 1.25, 380, 440), 182, "mesh", "468 points: pose, eyes, mouth"),
        (aligned(seen.pixels, seen.mesh.five), 190, "aligned", "112 × 112, for the template"),
        (cut(seen.pixels, seen.mesh, 2.2, 300, 330), 190, "surroundings", "for context and networks"),
        (grey, 180, "grey patch", "96 × 96, for motion"),
    )
    left = 20.0
    for pixels, width, title, said in stages:
        height = min(220.0, width * pixels.shape[0] / pixels.shape[1])
        wide = height * pixels.shape[1] / pixels.shape[0]
        drawing.text(left, 26, title, size=14, bold=True)
        drawing.image(left, 38, wide, height, pixels)
        drawing.text(left, 276, said, size=11, colour=FAINT)
        left += wide + 12
    return drawing
