"""Paper and screens as surfaces in space: how a sheet is bent, where it is seen, what light falls on it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import photo
from egate_sim.people.flat import Pose
from egate_sim.people.layers import HEIGHT, WIDTH
from egate_sim.people.light import GATE_LIGHT, to_face_light
from egate_sim.people.mesh import Floats, Ints, normals
from egate_sim.people.pose import rotation
from egate_sim.people.raster import rasterise

Form = Callable[[Floats, Floats], Floats]
"""Places (n, 3) in mm, right, up and forward, of places on the flat sheet, from its middle: x right, y up."""


def flat(x: Floats, y: Floats) -> Floats:
    """Not bent."""
    return np.stack([x, y, np.zeros_like(x)], axis=1)


def rolled(radius_mm: float) -> Form:
    """Bent round an upright cylinder; a negative radius bends the edges towards the camera."""

    def form(x: Floats, y: Floats) -> Floats:
        return np.stack([radius_mm * np.sin(x / radius_mm), y, radius_mm * (np.cos(x / radius_mm) - 1)], axis=1)

    return form


def waved(height_mm: float, length_mm: float, phase: float) -> Form:
    """In waves that run across, a little askew."""

    def form(x: Floats, y: Floats) -> Floats:
        turn = 2 * np.pi * (x + 0.25 * y) / length_mm + phase
        return np.stack([x, y, height_mm * np.sin(turn)], axis=1)

    return form


def folded(angle_deg: float) -> Form:
    """Creased down the middle: each half turned back by the angle, round at the crease as paper is."""
    angle = np.radians(angle_deg)

    def form(x: Floats, y: Floats) -> Floats:
        out = np.sqrt(x**2 + 4.0**2) - 4.0
        return np.stack([x * np.cos(angle), y, -out * np.sin(angle)], axis=1)

    return form


class Sheet:
    """A sheet of ``width_mm`` x ``height_mm`` in a form. What cannot change with the pose is worked out once."""

    def __init__(self, width_mm: float, height_mm: float, form: Form = flat, step_mm: float = 10.0) -> None:
        columns, rows = (max(2, int(side / step_mm) + 1) for side in (width_mm, height_mm))
        across, down = np.linspace(-0.5, 0.5, columns) * width_mm, np.linspace(-0.5, 0.5, rows) * height_mm
        x, y = (axis.ravel().astype(np.float32) for axis in np.meshgrid(across, down))
        self._places = np.asarray(form(x, -y), np.float32)
        self._triangles = _triangles(columns, rows)
        self._normals = normals(self._places, self._triangles)
        self._on_sheet = np.column_stack([x, y])

    def seen(self, pose: Pose) -> "Seen":
        """Where its front is seen."""
        axes = rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
        places = self._places @ axes.T + np.array([pose.right_mm, pose.up_mm, -pose.distance_mm], np.float32)
        points = np.empty_like(places)
        points[:, 0] = WIDTH / 2 - photo.FOCAL_PX * places[:, 0] / places[:, 2]
        points[:, 1] = HEIGHT / 2 + photo.FOCAL_PX * places[:, 1] / places[:, 2]
        points[:, 2] = -1 / places[:, 2]
        cover = rasterise(points, self._triangles, WIDTH, HEIGHT)
        values = cover.interpolate(np.hstack([self._on_sheet, self._normals @ axes.T, places]).astype(np.float32))
        normal = values[:, 2:5] / np.linalg.norm(values[:, 2:5], axis=1, keepdims=True)
        return Seen(cover.pixels, values[:, 0], values[:, 1], normal, values[:, 5:8])


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """``pixels`` (k,): where on the grid; ``x_mm``, ``y_mm`` (k,): where on the sheet, from its middle, y down;
    ``normal`` (k, 3); ``places_mm`` (k, 3) from the camera, z negative before it."""

    pixels: NDArray[np.intp]
    x_mm: Floats
    y_mm: Floats
    normal: Floats
    places_mm: Floats

    def only(self, chosen: NDArray[np.bool_]) -> "Seen":
        """The part of it where ``chosen`` (k,) is true."""
        return Seen(
            self.pixels[chosen], self.x_mm[chosen], self.y_mm[chosen], self.normal[chosen], self.places_mm[chosen]
        )

    @property
    def px_per_mm(self) -> Floats:
        """Grid pixels a millimetre (k,) across the line of sight."""
        return np.asarray(-photo.FOCAL_PX / self.places_mm[:, 2], np.float32)


def _triangles(columns: int, rows: int) -> Ints:
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    right, below, across = corner + 1, corner + columns, corner + columns + 1
    return np.concatenate([np.stack([corner, below, across], 1), np.stack([corner, across, right], 1)]).astype(np.int32)


def hall_light(normal: Floats) -> Floats:
    """Light of the hall (k, 3) on matt surfaces."""
    sky, floor = np.array(GATE_LIGHT.sky, np.float32), np.array(GATE_LIGHT.floor, np.float32)
    total = floor + (0.5 + 0.5 * normal[:, 1:2]) * (sky - floor)
    for lamp in GATE_LIGHT.lamps:
        total += np.clip(normal @ lamp.towards(), 0, None)[:, None] * np.array(lamp.colour, np.float32)
    return np.asarray(total, np.float32)


def hall_gloss(normal: Floats, power: float) -> Floats:
    """What a shiny surface mirrors of the hall's lamps (k, 3): cosine (Blinn, 1977) to the ``power``."""
    total = np.zeros_like(normal)
    for lamp in GATE_LIGHT.lamps:
        mirrored = np.clip(normal @ lamp.halfway(), 0, 1) ** np.float32(power)
        total += mirrored[:, None] * np.array(lamp.colour, np.float32)
    return total


def lamp_gloss(places_mm: Floats, normal: Floats, power: float) -> Floats:
    """What a shiny surface at ``places_mm`` mirrors of the face light at unit white (k,)."""
    total = np.zeros(len(normal), np.float32)
    view = -places_mm / np.linalg.norm(places_mm, axis=1, keepdims=True)
    for way, strength in to_face_light(places_mm):
        half = way + view
        cosine = (half * normal).sum(axis=1) / np.linalg.norm(half, axis=1)
        total += strength * np.clip(cosine, 0, 1) ** np.float32(power)
    return total


def resolved(cycles_per_px: NDArray[np.floating]) -> Floats:
    """What is left of a fine pattern's contrast when each pixel averages over its own width. What is finer than the
    grid is not lost: it comes back, weakened so, as moiré."""
    return np.asarray(np.abs(np.sinc(cycles_per_px)), np.float32)
