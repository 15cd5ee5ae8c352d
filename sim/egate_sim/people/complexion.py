"""Paints what makes one skin unlike another: light and dark by region, lines, marks, make-up."""

import numpy as np

from egate_sim.people.canvas import Canvas, bump, ramp
from egate_sim.people.mesh import Floats

_DARKER = np.array([0.8, 1.0, 1.05], np.float32)
"""Shade in skin is reddish: red loses least."""


def paint_complexion(canvas: Canvas) -> None:
    """Everything that lies in the skin, over its plain colour."""
    p, t = canvas.person, canvas.texels
    canvas.colour *= np.array(p.looks.complexion.undertone, np.float32)
    blotches, fine, pores = canvas.field(90, 3), canvas.field(14, 3), canvas.field(3, 2, 0.8)
    wide = canvas.field(220, 2)
    rough = p.looks.complexion.blotches
    canvas.colour *= 1 + (rough * (blotches + 0.7 * wide) + 0.02 * fine + 0.022 * pores)[:, None]
    nose = bump(t.x, 0, 0.16) * bump(t.y, 6.97, 0.16)
    _redness(canvas, blotches, nose)
    _relief(canvas)
    _spots(canvas)
    _marks(canvas)
    _lines(canvas)
    canvas.gloss += 0.16 * nose + 0.08 * bump(t.y, 7.75, 0.25) + 0.1 * pores


def _redness(canvas: Canvas, blotches: Floats, nose: Floats) -> None:
    p, t = canvas.person, canvas.texels
    cheeks = bump(np.abs(t.x), 0.48, 0.24) * bump(t.y, 6.9, 0.28)
    blush = p.looks.make_up.blush * bump(np.abs(t.x), 0.52, 0.16) * bump(t.y, 6.95, 0.16)
    red = p.ruddiness * (cheeks + 0.8 * nose + 0.6 * t.ears + 0.25 * np.maximum(0, blotches)) + 1.3 * blush
    canvas.colour *= 1 + red[:, None] * np.array([0.03, -0.075, -0.06], np.float32)


def _relief(canvas: Canvas) -> None:
    """Light and dark of the parts of a face, beyond what their form and the lamps make."""
    c, t = canvas.person.looks.complexion, canvas.texels
    x, front = np.abs(t.x), t.z > 0.4
    sockets = bump(x, 0.31, 0.24) * bump(t.y, 7.27, 0.15)
    inner = bump(x, 0.14, 0.07) * bump(t.y, 7.27, 0.10)
    dark = (
        c.sockets * (0.8 * sockets + 0.7 * inner)
        + c.hollows * bump(x, 0.60, 0.16) * bump(t.y, 6.70, 0.26)
        + c.nose_sides * bump(x, 0.165, 0.055) * bump(t.y, 7.08, 0.20)
        + c.under_nose * bump(t.y, 6.845, 0.035) * bump(x, 0, 0.20)
        + c.under_lip * bump(t.y, 6.46, 0.05) * bump(x, 0, 0.20)
        - c.ridge * bump(x, 0, 0.07) * bump(t.y, 7.12, 0.26)
        - c.forehead * bump(t.y, 7.75, 0.20) * bump(x, 0, 0.5)
        + c.jaw * ramp(6.6 + 0.3 * x - t.y, 0, 0.2) * ramp(t.y, 6.0, 6.2)
    ) * front
    canvas.colour *= 1 - dark[:, None] * _DARKER


def _spots(canvas: Canvas) -> None:
    p, t = canvas.person, canvas.texels
    if p.freckles > 0:
        spots = ramp(canvas.field(7, 2), 1.3, 1.9) * bump(t.y, 7.05, 0.35) * ramp(canvas.field(40, 1), -0.8, 0.6)
        canvas.colour *= 1 - (min(1.0, p.freckles) * spots)[:, None] * np.array([0.14, 0.25, 0.3], np.float32)
    if p.looks.complexion.spots > 0:
        aged = ramp(canvas.field(16, 2), 1.7, 2.1) * min(1.0, p.looks.complexion.spots)
        canvas.colour *= 1 - aged[:, None] * np.array([0.15, 0.24, 0.28], np.float32)


def _marks(canvas: Canvas) -> None:
    """Moles, scars, a birthmark."""
    p, t = canvas.person, canvas.texels
    front = t.z > 0.4
    for m in p.marks:
        spot = np.exp(-(((t.x - m.x_dm) ** 2 + (t.y - m.y_dm) ** 2) / m.radius_dm**2)) * front
        canvas.colour *= 1 - (m.darkness * spot)[:, None] * np.array([0.5, 0.62, 0.65], np.float32)
    for scar in p.looks.scars:
        (x0, y0), (x1, y1) = scar.start, scar.end
        dx, dy = x1 - x0, y1 - y0
        along = np.clip(((t.x - x0) * dx + (t.y - y0) * dy) / max(dx * dx + dy * dy, 1e-4), 0, 1)
        off = np.hypot(t.x - x0 - along * dx, t.y - y0 - along * dy + 0.006 * canvas.field(20, 1))
        pale = bump(off, 0, scar.width_dm) * front
        canvas.colour += (0.5 * pale)[:, None] * (np.minimum(1.0, canvas.colour * (1.25, 1.15, 1.13)) - canvas.colour)
    mark = p.looks.birthmark
    if mark is not None:
        off = np.hypot(t.x - mark.x_dm, t.y - mark.y_dm) / mark.radius_dm + 0.18 * canvas.field(30, 3)
        patch = mark.strength * (1 - ramp(off, 0.8, 1.05)) * front
        canvas.colour *= 1 - patch[:, None] * np.array([0.35, 0.6, 0.55], np.float32)


def _lines(canvas: Canvas) -> None:
    """Lines of the forehead, beside the eyes and from nose to mouth, deeper with age."""
    p, t = canvas.person, canvas.texels
    c = p.looks.complexion
    age = np.float32(min(1.0, max(0.0, (p.age_years - 28) / 45)))
    wave = t.y + 0.03 * np.sin(2.2 * t.x) + 0.012 * canvas.field(60, 2)
    forehead = sum(bump(wave, y, 0.014) for y in (7.66, 7.75, 7.85)) * bump(t.x, 0, 0.45) * (t.z > 0.6)
    crow = bump(np.abs(t.x), 0.60, 0.06) * np.maximum(0, np.sin((t.y - 7.28) * 75)) * bump(t.y, 7.26, 0.09)
    fold = bump(np.abs(t.x) - 0.19 - (6.92 - t.y) * 0.42, 0, 0.024) * bump(t.y, 6.77, 0.14) * (t.z > 0.8)
    frown = bump(np.abs(t.x), 0.07, 0.012) * bump(t.y, 7.50, 0.07) * (t.z > 0.8)
    bags = bump(np.abs(t.x), 0.30, 0.16) * bump(t.y, 7.09, 0.05) * (t.z > 0.7)
    depth = age * (0.12 * forehead + 0.12 * crow + 0.10 * frown) + c.bags * bags + c.folds * fold
    canvas.colour *= 1 - depth[:, None] * np.array([0.8, 1.0, 1.0], np.float32)


def paint_eyelids(canvas: Canvas) -> None:
    """Lids, lashes, and what is put on them."""
    t, make_up = canvas.texels, canvas.person.looks.make_up
    canvas.colour *= 1 - (0.16 * t.eyelids)[:, None] * np.array([0.7, 1.0, 0.95], np.float32)
    upper = ramp(t.eyelids, 0.1, 0.5) * ramp(t.y, 7.24, 7.30)
    canvas.lay(make_up.shadow * upper, make_up.shadow_colour, bloodless=False)
    lashes = ramp(t.eyelids, 0.80 - 0.12 * make_up.liner, 0.98) * ramp(t.y, 7.26, 7.31)
    canvas.lay(np.minimum(0.95, (0.75 + 0.2 * make_up.liner) * lashes), (0.10, 0.07, 0.06))
    rim = (0.30 + 0.4 * make_up.liner) * ramp(t.eyelids, 0.88, 1.0) * (1 - ramp(t.y, 7.22, 7.28))
    canvas.lay(rim, (0.30, 0.18, 0.15), 0.5, bloodless=False)


def paint_lips(canvas: Canvas) -> None:
    p, t, make_up = canvas.person, canvas.texels, canvas.person.looks.make_up
    skin = np.array(p.skin, np.float32)
    red = skin * np.array([0.90, 0.66, 0.66], np.float32) + np.array([0.03, 0.0, 0.01], np.float32)
    red += np.float32(make_up.lipstick) * (np.array(make_up.lipstick_colour, np.float32) - red)
    creases = 1 + 0.05 * canvas.strands(2.5, 14)
    share = ramp(t.lips, 0.15, 0.85) * np.float32(min(1.0, 0.35 + 0.6 * p.lips + 0.3 * make_up.lipstick))
    canvas.lay(share, red * creases[:, None], 0.55 + 0.2 * make_up.lipstick, bloodless=False)
    canvas.lay(0.85 * ramp(t.inside_mouth, 0.2, 0.8), (0.22, 0.07, 0.07), 0.3)
