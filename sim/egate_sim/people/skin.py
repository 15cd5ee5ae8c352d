"""Paints a person's texture: skin, lips, brows, beard, hair, clothes, eyes; all procedural, from the seed.

Texture (HEIGHT, WIDTH, 4) uint8: sRGB and gloss. Everything is placed by coordinates of the rest mesh, so it moves with
the shape.
"""

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.atlas import EYE_EDGE, EYE_ROW, HEIGHT, WIDTH
from egate_sim.people.head import Colour, Garment, Hair, Person
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import fractal, grains

Values = NDArray[np.floating]

# Lower edge of the hair by azimuth in degrees: forehead, temple, before the ear, behind it, nape.
_LINE_AZIMUTH = (0, 25, 42, 56, 66, 74, 84, 98, 112, 135, 180)
_LINE_Y_DM = (8.00, 7.98, 7.84, 7.55, 7.18, 7.14, 7.50, 7.52, 6.85, 6.50, 6.40)


def ramp(value: Values, low: float, high: float) -> Floats:
    """0 at ``low``, 1 at ``high``, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def bump(value: Values, centre: float, width: float) -> Floats:
    """1 at ``centre``, falling off like a bell."""
    return np.asarray(np.exp(-(((value - centre) / width) ** 2)), np.float32)


def above_hairline(person: Person, azimuth: Floats, y: Floats) -> Floats:
    """Signed distance above the lower edge of the hair, decimetres."""
    line = np.interp(azimuth, _LINE_AZIMUTH, _LINE_Y_DM)
    line += person.hairline_dm * bump(azimuth, 28, 28)
    return (y - line).astype(np.float32)


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


def under_scarf(azimuth: Values, y: Values) -> Floats:
    """Signed distance from the face's oval into a scarf, decimetres; positive: cloth."""
    upper = y - np.interp(azimuth, (0, 30, 45, 56, 62), (7.90, 7.82, 7.60, 7.20, 6.0))
    lower = np.interp(azimuth, (0, 25, 50, 62), (6.14, 6.2, 6.5, 8.0)) - y
    return np.asarray(np.maximum(upper, lower), np.float32)


class Painter:
    """Layers of paint over the body's texels."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._texels = atlas.texels()
        self._random = np.random.default_rng([person.seed, 77])
        self.colour = np.empty((len(self._texels.index), 3), np.float32)
        self.gloss = np.full(len(self._texels.index), 0.34, np.float32)
        self.blood = np.ones(len(self._texels.index), np.float32)

    def texture(self) -> NDArray[np.uint8]:
        """(HEIGHT, WIDTH, 4) uint8."""
        self._skin()
        self._eyelids()
        self._lips()
        self._beard()
        self._brows()
        self._hair()
        self._clothes()
        out = np.zeros((HEIGHT * WIDTH, 4), np.uint8)
        out[:, :3] = np.round(255 * np.array(self._person.skin))
        out[self._texels.index, :3] = np.clip(self.colour, 0, 1) * 255
        out[self._texels.index, 3] = np.clip(self.gloss, 0, 1) * 255
        texture = out.reshape(HEIGHT, WIDTH, 4)
        texture[EYE_ROW:, :EYE_EDGE] = eye_patch(self._person, self._random)
        self._curtain(texture)
        return texture

    def blood_texture(self) -> Floats:
        """(HEIGHT * WIDTH,): 1 where skin is seen, 0 where something covers it. Call after :meth:`texture`."""
        out = np.zeros(HEIGHT * WIDTH, np.float32)
        out[self._texels.index] = self.blood
        return out

    def _field(self, coarsest: int, octaves: int, gain: float = 0.5) -> Floats:
        return np.asarray(
            fractal(self._random, WIDTH, HEIGHT, coarsest, octaves, gain=gain).ravel()[self._texels.index], np.float32
        )

    def _strands(self, grain_x: float, grain_y: float) -> Floats:
        return np.asarray(grains(self._random, WIDTH, HEIGHT, grain_x, grain_y).ravel()[self._texels.index], np.float32)

    def _lay(
        self, share: Values, colour: Colour | Values, gloss: float | None = None, *, bloodless: bool = True
    ) -> None:
        """Cover with ``colour`` where ``share`` (0..1) says."""
        if bloodless:
            self.blood *= 1 - share
        self.colour += share[:, None] * (np.asarray(colour, np.float32) - self.colour)
        if gloss is not None:
            self.gloss += share * (np.float32(gloss) - self.gloss)

    def _skin(self) -> None:
        p, t = self._person, self._texels
        self.colour[:] = p.skin
        blotches, fine, pores = self._field(90, 3), self._field(14, 3), self._field(3, 2, 0.8)
        self.colour *= 1 + (0.022 * blotches + 0.02 * fine + 0.022 * pores)[:, None]
        cheeks = bump(np.abs(t.x), 0.48, 0.24) * bump(t.y, 6.9, 0.28)
        nose = bump(t.x, 0, 0.16) * bump(t.y, 6.97, 0.16)
        red = p.ruddiness * (cheeks + 0.8 * nose + 0.6 * t.ears + 0.25 * np.maximum(0, blotches))
        self.colour *= 1 + red[:, None] * np.array([0.03, -0.075, -0.06], np.float32)
        if p.freckles > 0:
            spots = ramp(self._field(7, 2), 1.3, 1.9) * bump(t.y, 7.05, 0.35) * ramp(self._field(40, 1), -0.8, 0.6)
            self.colour *= 1 - (min(1.0, p.freckles) * spots)[:, None] * np.array([0.14, 0.25, 0.3], np.float32)
        for m in p.marks:
            spot = np.exp(-(((t.x - m.x_dm) ** 2 + (t.y - m.y_dm) ** 2) / m.radius_dm**2)) * (t.z > 0.5)
            self.colour *= 1 - (m.darkness * spot)[:, None] * np.array([0.5, 0.62, 0.65], np.float32)
        self._lines()
        self.gloss += 0.16 * nose + 0.08 * bump(t.y, 7.75, 0.25) + 0.1 * pores

    def _lines(self) -> None:
        """Lines of the forehead, beside the eyes and from nose to mouth, deeper with age."""
        p, t = self._person, self._texels
        age = np.float32(min(1.0, max(0.0, (p.age_years - 28) / 45)))
        wave = t.y + 0.03 * np.sin(2.2 * t.x) + 0.012 * self._field(60, 2)
        forehead = sum(bump(wave, y, 0.014) for y in (7.66, 7.75, 7.85)) * bump(t.x, 0, 0.45) * (t.z > 0.6)
        crow = bump(np.abs(t.x), 0.60, 0.06) * np.maximum(0, np.sin((t.y - 7.28) * 75)) * bump(t.y, 7.26, 0.09)
        fold = bump(np.abs(t.x) - 0.19 - (6.92 - t.y) * 0.42, 0, 0.022) * bump(t.y, 6.77, 0.14) * (t.z > 0.8)
        bags = bump(np.abs(t.x), 0.30, 0.16) * bump(t.y, 7.09, 0.05) * (t.z > 0.7)
        depth = age * (0.11 * forehead + 0.12 * crow + 0.10 * bags) + (0.04 + 0.13 * age) * fold
        self.colour *= 1 - depth[:, None] * np.array([0.8, 1.0, 1.0], np.float32)

    def _eyelids(self) -> None:
        t = self._texels
        self.colour *= 1 - (0.16 * t.eyelids)[:, None] * np.array([0.7, 1.0, 0.95], np.float32)
        lashes = ramp(t.eyelids, 0.80, 0.98) * ramp(t.y, 7.26, 7.31)
        self._lay(0.75 * lashes, (0.10, 0.07, 0.06))
        self._lay(
            0.30 * ramp(t.eyelids, 0.88, 1.0) * (1 - ramp(t.y, 7.22, 7.28)), (0.30, 0.18, 0.15), 0.5, bloodless=False
        )

    def _lips(self) -> None:
        p, t = self._person, self._texels
        skin = np.array(p.skin, np.float32)
        red = skin * np.array([0.90, 0.66, 0.66], np.float32) + np.array([0.03, 0.0, 0.01], np.float32)
        creases = 1 + 0.05 * self._strands(2.5, 14)
        self._lay(
            ramp(t.lips, 0.15, 0.85) * np.float32(0.35 + 0.6 * p.lips), red * creases[:, None], 0.55, bloodless=False
        )
        self._lay(0.85 * ramp(t.inside_mouth, 0.2, 0.8), (0.22, 0.07, 0.07), 0.3)

    def _beard(self) -> None:
        p, t = self._person, self._texels
        if p.beard.density <= 0:
            return
        front = (t.z > -0.1) * (1 - t.ears)
        lip = ramp(t.lips, 0.05, 0.3)
        jaw = ramp(6.72 + 0.42 * ramp(np.abs(t.x), 0.42, 0.75) - t.y, -0.03, 0.12) * ramp(t.y, 5.98, 6.22)
        chin = bump(t.x, 0, 0.26) * ramp(6.50 - t.y, 0, 0.06) * ramp(t.y, 6.05, 6.15)
        tache = bump(t.y, 6.765, 0.055) * ramp(0.36 - np.abs(t.x), 0, 0.08) * (t.z > 0.9)
        where = np.maximum(np.maximum(jaw * p.beard.cheeks, chin), tache * p.beard.moustache) * front * (1 - lip)
        strands = 0.5 + 0.5 * ramp(self._strands(2.2, 7), -1.2, 0.8)
        amount = np.clip(where * (p.beard.density * 1.15) * strands, 0, 0.96)
        self._lay(amount, np.array(p.hair_colour, np.float32) * 0.85, 0.15)

    def _brows(self) -> None:
        p, t = self._person, self._texels
        b = p.brows
        x = np.abs(t.x)
        along = np.clip((x - b.gap_dm) / 0.50, 0, 1)
        middle = (
            7.475 + b.height_dm + 0.075 * b.arch * np.sin(np.pi * np.clip(along * 0.85 + 0.05, 0, 1)) - 0.03 * along
        )
        half = 0.045 * b.thickness * (1 - 0.62 * along**1.5)
        body = ramp(half - np.abs(t.y - middle), -0.022, 0.018)
        ends = ramp(x, b.gap_dm - 0.02, b.gap_dm + 0.06) * (1 - ramp(x, b.gap_dm + 0.42, b.gap_dm + 0.52))
        hairs = 0.45 + 0.55 * ramp(self._strands(2.0, 5), -0.9, 0.7)
        self._lay(body * ends * hairs * np.float32(b.density) * (t.z > 0.5), np.array(p.hair_colour) * 0.7, 0.12)

    def _hair(self) -> None:
        p, t = self._person, self._texels
        if p.hair is Hair.SCARF:
            folds = 1 + 0.10 * self._strands(60, 30) + 0.04 * self._strands(2, 2)
            self._lay(ramp(under_scarf(t.azimuth, t.y), -0.01, 0.015), self._cloth(folds), 0.05)
            return
        height = above_hairline(p, t.azimuth, t.y) + 0.03 * self._strands(3, 12) + 0.012 * self._strands(2, 2)
        if p.hair is Hair.BALD:
            stubble = 0.16 * ramp(height, -0.05, 0.15) * (1 - t.ears)
            self._lay(stubble * (0.6 + 0.4 * ramp(self._field(2, 1), -1, 1)), p.hair_colour)
            return
        soft = 0.16 if p.hair is Hair.CROPPED else 0.07
        where = ramp(height, -0.02, soft) * (1 - ramp(t.ears, 0.3, 0.7))
        strands = 1 + 0.20 * self._strands(3.0, 120) + 0.12 * self._strands(1.5, 40)
        if p.hair is Hair.CROPPED:
            where, strands = where * np.float32(0.82), 1 + 0.16 * self._field(3, 2)
        self._lay(where, np.array(p.hair_colour, np.float32) * strands[:, None], 0.22)

    def _cloth(self, folds: Values) -> Floats:
        return np.asarray(np.array(self._person.cloth, np.float32) * folds[..., None], np.float32)

    def _curtain(self, texture: NDArray[np.uint8]) -> None:
        """What hangs: strands, or the scarf's folds, from the top of the patch downwards."""
        p, height, width = self._person, HEIGHT - EYE_ROW, atlas.CURTAIN_WIDTH
        if p.hair is Hair.SCARF:
            colour = self._cloth(1 + 0.07 * grains(self._random, width, height, 50, 20))
        else:
            coarse, fine = grains(self._random, width, height, 4, 300), grains(self._random, width, height, 1.6, 90)
            colour = np.array(p.hair_colour, np.float32) * (1 + 0.16 * coarse + 0.14 * fine)[..., None]
        patch = texture[EYE_ROW:, atlas.CURTAIN_COLUMN : atlas.CURTAIN_COLUMN + width]
        patch[:, :, :3] = np.clip(colour, 0, 1) * 255
        patch[:, :, 3] = 15 if p.hair is Hair.SCARF else 70

    def _clothes(self) -> None:
        p, t = self._person, self._texels
        depth = below_neckline(p, t.x, t.y, t.azimuth)
        weave = 1 + 0.05 * self._strands(2, 2) + 0.05 * self._field(80, 2)
        if p.garment is Garment.JACKET:
            shirt = ramp(5.95 - 0.40 * bump(t.x, 0, 0.22) - t.y, -0.01, 0.01)
            self._lay(shirt * (t.z > 0.1), np.array(p.cloth_inner, np.float32) * weave[:, None], 0.05)
        self._lay(ramp(depth, -0.012, 0.012), self._cloth(weave), 0.04)
        seam = bump(depth, 0.10, 0.012) + (bump(t.x, 0, 0.012) * (depth > 0) if p.garment is Garment.COLLAR else 0)
        self.colour *= 1 - (0.35 * seam * (depth > 0) * (np.abs(t.x) < 0.62))[:, None]
        self.colour *= 1 - (0.35 * bump(depth, -0.03, 0.03))[:, None]


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
