"""What things held before the camera need: where they are, the picture on them, the fingers that hold them."""

from dataclasses import dataclass

import numpy as np

from egate_sim.people.layers import HEIGHT, WIDTH, Layers
from egate_sim.people.light import FACE_LIGHT_AT_FACE, LAMP_DISTANCE_MM
from egate_sim.people.mesh import Floats


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the middle of a plane is, and how it is turned; a plane with no turn faces the camera."""

    distance_mm: float
    right_mm: float = 0.0
    up_mm: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0


def sample(picture: Floats, x: Floats, y: Floats) -> Floats:
    """Values (k, 3) of ``picture`` (h, w, 3) at places in its pixels, bilinear."""
    height, width, _ = picture.shape
    x = np.clip(x - 0.5, 0, width - 1.001)
    y = np.clip(y - 0.5, 0, height - 1.001)
    column, row = x.astype(np.int32), y.astype(np.int32)
    fx, fy = (x - column)[:, None].astype(np.float32), (y - row)[:, None].astype(np.float32)
    flat = picture.reshape(-1, 3)
    place = row * width + column
    top = flat[place] * (1 - fx) + flat[place + 1] * fx
    bottom = flat[place + width] * (1 - fx) + flat[place + width + 1] * fx
    return np.asarray(top * (1 - fy) + bottom * fy, np.float32)


def finger(
    layers: Layers, start: tuple[float, float], end: tuple[float, float], radius_px: float, colour: Floats,
    *, distance_mm: float = 600.0, blood: float = 1.0,
) -> None:  # fmt: skip
    """Draw a finger (or an arm): a shaded rod with a round tip at ``end``; grid pixels, ``colour`` linear;
    ``distance_mm`` from the camera, ``blood`` 0 for a sleeve."""
    (x0, y0), (x1, y1) = start, end
    low_x, high_x = sorted((x0, x1))
    low_y, high_y = sorted((y0, y1))
    left, right = max(0, int(low_x - radius_px) - 1), min(WIDTH, int(high_x + radius_px) + 2)
    top, bottom = max(0, int(low_y - radius_px) - 1), min(HEIGHT, int(high_y + radius_px) + 2)
    if left >= right or top >= bottom:
        return
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    dx, dy = x1 - x0, y1 - y0
    length = float(np.hypot(dx, dy))
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / length**2, 0, 1)
    off = np.hypot(x - x0 - along * dx, y - y0 - along * dy) / radius_px
    side = ((x - x0) * dy - (y - y0) * dx) / (length * radius_px)
    bulge = np.sqrt(np.clip(1 - off**2, 0, 1))
    up = -(y - y0 - along * dy) / radius_px
    shade = 0.22 + 0.55 * bulge + 0.2 * up + 0.04 * side
    nail = np.exp(-(((along - 1 + radius_px * 0.5 / length) * length / (0.5 * radius_px)) ** 4)) * (np.abs(side) < 0.55)
    tint = 1 + 0.12 * nail[:, :, None] * np.array([1.0, 0.9, 0.9], np.float32)
    cover = np.clip((1 - off) * radius_px, 0, 1)[:, :, None]
    cloth = colour * tint
    falloff = np.float32(FACE_LIGHT_AT_FACE * (LAMP_DISTANCE_MM / distance_mm) ** 2)
    for layer, value in (
        (layers.ambient, np.clip(shade, 0.03, None)[:, :, None] * cloth),
        (layers.lamp, falloff * bulge[:, :, None] * cloth),
        (layers.blood[:, :, None], np.float32(blood)),
    ):
        window = layer[top:bottom, left:right]
        window += cover * (value - window)
