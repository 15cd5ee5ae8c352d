"""Paints a person's texture: skin, lips, brows, beard, hair, clothes, eyes; all procedural, from the seed.

Texture (HEIGHT, WIDTH, 4) uint8: sRGB and gloss. Everything is placed by coordinates of the rest mesh, so it moves with
the shape.
"""

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.atlas import EYE_EDGE, EYE_ROW, HEIGHT, WIDTH
from egate_sim.people.canvas import Canvas, bump, ramp
from egate_sim.people.complexion import paint_complexion, paint_eyelids, paint_lips
from egate_sim.people.hair import paint_beard, paint_brows, paint_curtain, paint_hair
from egate_sim.people.head import Garment, Person
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal


def below_neckline(person: Person, x: Floats, y: Floats, azimuth: Floats) -> Floats:
    """Signed distance below the upper edge of the clothes, decimetres; positive: cloth."""
    front = bump(azimuth, 0, 70)
    edge = {
        Garment.CREW: 5.88 - 0.50 * bump(azimuth, 0, 45),
        Garment.COLLAR: 5.98 - 0.34 * bump(x, 0, 0.28) * front,
        Garment.JACKET: 5.92 - 0.95 * np.maximum(0, 1 - np.abs(x) / 0.55) * front,
        Garment.ROLL_NECK: 6.02 - 0.05 * front,
    }[person.garment]
    return np.asarray(edge - y, np.float32)


class Painter:
    """Layers of paint over the body's texels."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._canvas = Canvas(person)

    def texture(self) -> NDArray[np.uint8]:
        """(HEIGHT, WIDTH, 4) uint8. Call once."""
        canvas = self._canvas
        paint_complexion(canvas)
        paint_eyelids(canvas)
        paint_lips(canvas)
        paint_beard(canvas)
        paint_brows(canvas)
        paint_hair(canvas)
        _clothes(canvas)
        out = np.zeros((HEIGHT * WIDTH, 4), np.uint8)
        out[:, :3] = np.round(255 * np.array(self._person.skin))
        out[canvas.texels.index, :3] = np.clip(canvas.colour, 0, 1) * 255
        out[canvas.texels.index, 3] = np.clip(canvas.gloss, 0, 1) * 255
        texture = out.reshape(HEIGHT, WIDTH, 4)
        texture[EYE_ROW:, :EYE_EDGE] = eye_patch(self._person, canvas.random)
        paint_curtain(canvas, texture)
        glasses = self._person.looks.glasses
        if glasses is not None:
            texture[EYE_ROW:, EYE_EDGE : atlas.CURTAIN_COLUMN] = [
                round(255 * c) for c in (*glasses.colour, glasses.gloss)
            ]
        return texture

    def blood_texture(self) -> Floats:
        """(HEIGHT * WIDTH,): 1 where skin is seen, 0 where something covers it. Call after :meth:`texture`."""
        out = np.zeros(HEIGHT * WIDTH, np.float32)
        out[self._canvas.texels.index] = self._canvas.blood
        return out


def _clothes(canvas: Canvas) -> None:
    p, t = canvas.person, canvas.texels
    depth = below_neckline(p, t.x, t.y, t.azimuth)
    weave = 1 + 0.05 * canvas.strands(2, 2) + 0.05 * canvas.field(80, 2)
    if p.garment is Garment.JACKET:
        shirt = ramp(5.95 - 0.40 * bump(t.x, 0, 0.22) - t.y, -0.01, 0.01)
        canvas.lay(shirt * (t.z > 0.1), np.array(p.cloth_inner, np.float32) * weave[:, None], 0.05)
    canvas.lay(ramp(depth, -0.012, 0.012), np.array(p.cloth, np.float32) * weave[:, None], 0.04)
    seam = bump(depth, 0.10, 0.012) + (bump(t.x, 0, 0.012) * (depth > 0) if p.garment is Garment.COLLAR else 0)
    canvas.colour *= 1 - (0.35 * seam * (depth > 0) * (np.abs(t.x) < 0.62))[:, None]
    canvas.colour *= 1 - (0.35 * bump(depth, -0.03, 0.03))[:, None]


def eye_patch(person: Person, random: np.random.Generator) -> NDArray[np.uint8]:
    """(EYE_EDGE, EYE_EDGE, 4) uint8: an eyeball from the front."""
    axis = np.linspace(-1, 1, EYE_EDGE, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    colour = np.ones((EYE_EDGE, EYE_EDGE, 3), np.float32) * (0.86, 0.83, 0.80)
    veins = ramp(np.abs(fractal(random, EYE_EDGE, EYE_EDGE, 24, 3)), 0.18, 0.0) * ramp(radius, 0.5, 0.9)
    colour *= 1 - (0.12 * veins + 0.22 * ramp(radius, 0.5, 1.0))[:, :, None] * np.array([0.4, 1, 1], np.float32)
    iris_edge, pupil = 0.475, 0.19
    spokes = np.interp(angle, np.linspace(-np.pi, np.pi, 90), random.standard_normal(90)).astype(np.float32)
    iris = np.array(person.iris, np.float32) * (1 + 0.16 * spokes + 0.35 * bump(radius, 0.27, 0.07))[:, :, None]
    iris *= (1 - 0.65 * bump(radius, iris_edge, 0.055))[:, :, None]
    iris *= (1 - 0.35 * ramp(-y, 0.05, 0.45))[:, :, None]
    colour += ramp(radius, iris_edge + 0.02, iris_edge - 0.03)[:, :, None] * (iris - colour)
    colour += ramp(radius, pupil + 0.03, pupil - 0.02)[:, :, None] * (np.float32(0.02) - colour)
    out = np.full((EYE_EDGE, EYE_EDGE, 4), 255, np.uint8)
    out[:, :, :3] = np.clip(colour, 0, 1) * 255
    return out
