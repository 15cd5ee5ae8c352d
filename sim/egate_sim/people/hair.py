"""Where hair and head covers are, and their paint: hairline, brows, beard, strands and curls, scarf, turban, cap."""

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.atlas import EYE_ROW, HEIGHT
from egate_sim.people.canvas import Canvas, Values, bump, ramp
from egate_sim.people.head import Hair, Person
from egate_sim.people.looks import Cover
from egate_sim.people.mesh import Floats
from egate_sim.people.noise import grains

# Lower edge of the hair by azimuth in degrees: forehead, temple, before the ear, behind it, nape.
_LINE_AZIMUTH = (0, 25, 42, 56, 66, 74, 84, 98, 112, 135, 180)
_LINE_Y_DM = (8.00, 7.98, 7.84, 7.55, 7.18, 7.14, 7.50, 7.52, 6.85, 6.50, 6.40)
_COVER_AZIMUTH = (0, 35, 60, 80, 100, 130, 180)
_COVER_Y_DM = {
    Cover.TURBAN: (7.86, 7.78, 7.62, 7.50, 7.46, 7.20, 7.05),
    Cover.CAP: (7.92, 7.86, 7.74, 7.66, 7.62, 7.45, 7.35),
}


def above_hairline(person: Person, azimuth: Floats, y: Floats, x: Floats) -> Floats:
    """Signed distance above the lower edge of the hair, decimetres."""
    growth = person.looks.growth
    line = np.interp(azimuth, _LINE_AZIMUTH, _LINE_Y_DM)
    line += (person.hairline_dm + growth.temple_dm) * bump(azimuth, 28, 20)
    line += (0.5 * person.hairline_dm - growth.peak_dm) * bump(azimuth, 0, 10)
    if person.hair not in (Hair.BALD, Hair.CROPPED, Hair.SCARF):
        falls = growth.fringe_dm * np.clip(1 + 2.2 * growth.sweep * x, 0.1, 1.6)
        line -= falls * (1 - ramp(azimuth, 34, 52))
    return np.asarray(y - line, np.float32)


def under_scarf(azimuth: Values, y: Values) -> Floats:
    """Signed distance from the face's oval into a scarf, decimetres; positive: cloth."""
    upper = y - np.interp(azimuth, (0, 30, 45, 56, 62), (7.90, 7.82, 7.60, 7.20, 6.0))
    lower = np.interp(azimuth, (0, 25, 50, 62), (6.14, 6.2, 6.5, 8.0)) - y
    return np.asarray(np.maximum(upper, lower), np.float32)


def under_cover(person: Person, azimuth: Values, y: Values, x: Values) -> Floats:
    """Signed distance above the lower edge of a turban or cap, decimetres; positive: cloth."""
    edge = np.interp(azimuth, _COVER_AZIMUTH, _COVER_Y_DM[person.looks.cover])
    if person.looks.cover is Cover.TURBAN:
        edge = edge + 0.14 * ramp(np.abs(x), 0, 0.5) * (azimuth < 90) * 0.5
    return np.asarray(y - edge, np.float32)


def cover_depth_dm(person: Person, azimuth: Values, y: Values, x: Values) -> Floats:
    """How far a cover stands off the head."""
    above = under_cover(person, azimuth, y, x)
    if person.looks.cover is Cover.CAP:
        return np.asarray(0.10 * ramp(above, -0.01, 0.05), np.float32)
    folds = 0.05 * np.sin(24 * (y + 0.55 * np.abs(x)))
    return np.asarray((0.16 + 0.20 * bump(above, 0.22, 0.25) + folds) * ramp(above, -0.02, 0.10), np.float32)


def paint_beard(canvas: Canvas) -> None:
    p, t = canvas.person, canvas.texels
    if p.beard.density <= 0:
        return
    front = (t.z > -0.1) * (1 - t.ears)
    lip = ramp(t.lips, 0.05, 0.3)
    jaw = ramp(6.72 + 0.42 * ramp(np.abs(t.x), 0.42, 0.75) - t.y, -0.03, 0.12) * ramp(t.y, 5.98, 6.22)
    chin = bump(t.x, 0, 0.26) * ramp(6.50 - t.y, 0, 0.06) * ramp(t.y, 6.05, 6.15)
    tache = bump(t.y, 6.765, 0.055) * ramp(0.36 - np.abs(t.x), 0, 0.08) * (t.z > 0.9)
    where = np.maximum(np.maximum(jaw * p.beard.cheeks, chin), tache * p.beard.moustache) * front * (1 - lip)
    where *= np.clip(1 + 0.35 * canvas.field(60, 2), 0.2, 1.2)  # no beard grows evenly
    strands = 0.5 + 0.5 * ramp(canvas.strands(2.2, 7), -1.2, 0.8)
    amount = np.clip(where * (p.beard.density * 1.15) * strands, 0, 0.96)
    canvas.lay(amount, np.array(p.hair_colour, np.float32) * 0.85, 0.15)


def paint_brows(canvas: Canvas) -> None:
    p, t = canvas.person, canvas.texels
    b = p.brows
    x = np.abs(t.x)
    along = np.clip((x - b.gap_dm) / b.length_dm, 0, 1)
    arch = np.sin(np.pi * np.clip((along * 0.9) ** b.arch_place, 0, 1))
    middle = 7.475 + b.height_dm + 0.075 * b.arch * arch - 0.03 * along + 0.004 * canvas.field(30, 1)
    half = 0.045 * b.thickness * (1 - b.taper * along**1.5)
    body = ramp(half - np.abs(t.y - middle), -0.024, 0.018)
    ends = ramp(x, b.gap_dm - 0.03, b.gap_dm + 0.07) * (
        1 - ramp(x, b.gap_dm + 0.82 * b.length_dm, b.gap_dm + b.length_dm)
    )
    hairs = 0.45 + 0.55 * ramp(canvas.strands(2.0, 5), -0.9, 0.7)
    colour = np.array(p.hair_colour, np.float32) * np.float32(b.darkness)
    canvas.lay(body * ends * hairs * np.float32(b.density) * (t.z > 0.5), colour, 0.12)


def paint_hair(canvas: Canvas) -> None:
    """Hair or scarf, then what is worn on top."""
    p, t = canvas.person, canvas.texels
    if p.hair is Hair.SCARF:
        folds = 1 + 0.10 * canvas.strands(60, 30) + 0.04 * canvas.strands(2, 2)
        canvas.lay(ramp(under_scarf(t.azimuth, t.y), -0.01, 0.015), _dyed(p.cloth, folds), 0.05)
    else:
        _scalp(canvas)
    if p.looks.cover is not Cover.NONE:
        _cover(canvas)


def _scalp(canvas: Canvas) -> None:
    p, t = canvas.person, canvas.texels
    growth = p.looks.growth
    edge = growth.ragged * (0.026 * canvas.strands(3, 12) + 0.018 * canvas.strands(9, 30)) + 0.012 * canvas.strands(
        2, 2
    )
    height = above_hairline(p, t.azimuth, t.y, t.x) + edge
    if p.hair is Hair.BALD:
        stubble = 0.16 * ramp(height, -0.05, 0.15) * (1 - t.ears)
        canvas.lay(stubble * (0.6 + 0.4 * ramp(canvas.field(2, 1), -1, 1)), p.hair_colour)
        return
    soft = 0.16 if p.hair is Hair.CROPPED else 0.07 + 0.06 * growth.curl
    where = ramp(height, -0.02, soft) * (1 - ramp(t.ears, 0.3, 0.7))
    straight = 0.20 * canvas.strands(3.0, 120) + 0.12 * canvas.strands(1.5, 40)
    curled = 0.26 * canvas.field(9, 3, 0.8)
    tint = 1 + growth.streaks * ((1 - growth.curl) * straight + growth.curl * curled) + 0.10 * canvas.field(120, 2)
    if p.hair is Hair.CROPPED:
        where, tint = where * np.float32(0.82), 1 + 0.16 * canvas.field(3, 2)
    canvas.lay(where, _dyed(p.hair_colour, np.maximum(tint, 0.3)), 0.22)


def _cover(canvas: Canvas) -> None:
    p, t = canvas.person, canvas.texels
    above = under_cover(p, t.azimuth, t.y, t.x)
    weave = 0.05 * canvas.strands(2, 2)
    if p.looks.cover is Cover.TURBAN:
        folds = 0.16 * np.sin(24 * (t.y + 0.55 * np.abs(t.x)) + 0.5 * canvas.field(80, 2))
    else:
        folds = 0.10 * np.sin(t.azimuth * 1.6) * (above > 0.08)
    dark = 1 + folds + weave - 0.25 * bump(above, 0.0, 0.03)
    canvas.lay(ramp(above, -0.01, 0.012) * (1 - ramp(t.ears, 0.3, 0.7)), _dyed(p.looks.cover_colour, dark), 0.06)


def paint_curtain(canvas: Canvas, texture: NDArray[np.uint8]) -> None:
    """What hangs: strands, or the scarf's folds, from the top of the patch downwards."""
    p, height, width = canvas.person, HEIGHT - EYE_ROW, atlas.CURTAIN_WIDTH
    growth = p.looks.growth
    if p.hair is Hair.SCARF:
        colour = _dyed(p.cloth, 1 + 0.07 * grains(canvas.random, width, height, 50, 20))
    else:
        coarse, fine = (grains(canvas.random, width, height, *grain) for grain in ((4, 300), (1.6, 90)))
        curls = grains(canvas.random, width, height, 7, 7) + 0.6 * grains(canvas.random, width, height, 3, 3)
        straight = 0.16 * coarse + 0.14 * fine
        tint = 1 + growth.streaks * ((1 - growth.curl) * straight + growth.curl * 0.2 * curls)
        colour = _dyed(p.hair_colour, np.maximum(tint, 0.3))
    patch = texture[EYE_ROW:, atlas.CURTAIN_COLUMN : atlas.CURTAIN_COLUMN + width]
    patch[:, :, :3] = np.clip(colour, 0, 1) * 255
    patch[:, :, 3] = 15 if p.hair is Hair.SCARF else 70


def _dyed(colour: tuple[float, float, float], tint: Values) -> Floats:
    return np.asarray(np.array(colour, np.float32) * tint[..., None], np.float32)
