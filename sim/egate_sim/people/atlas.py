"""Where each vertex lies in the texture, and which place of the head each texel shows.

The body is unrolled onto a cylinder around the neck, wider spaced at the front; below, the eyes have a patch of their
own, looked at from the front, and so has hair that hangs.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from egate_sim.people.mesh import BODY, LEFT_EYE, RIGHT_EYE, Floats, heads
from egate_sim.people.raster import rasterise

WIDTH = HEIGHT = 1024
EYE_ROW, EYE_EDGE = 896, 128
CURTAIN_COLUMN, CURTAIN_WIDTH = 160, 860
FRAME_COLUMN = 144  # between the two: the one colour of a pair of glasses
TOP_DM, BOTTOM_DM = 8.9, 3.2
AXIS_Z_DM = 0.3


@dataclass(frozen=True, slots=True)
class Texels:
    """Flat arrays over the covered body texels: ``index`` into the texture, place on the rest mesh, azimuth from the
    front in degrees (always positive), ``masks`` as in the mesh."""

    index: NDArray[np.intp]
    x: Floats
    y: Floats
    z: Floats
    azimuth: Floats
    lips: Floats
    eyelids: Floats
    ears: Floats
    inside_mouth: Floats


def azimuth_deg(x: Floats, z: Floats) -> Floats:
    """Angle about the upright axis, 0 at the front, positive to the person's left."""
    return np.asarray(np.degrees(np.arctan2(x, z - AXIS_Z_DM)), np.float32)


def column(azimuth: Floats) -> Floats:
    """Texture column of an azimuth in degrees: 1.5 times the mean density at the front, none lost at the back."""
    turn = azimuth / 180
    return np.asarray((0.5 + 0.5 * (1.5 * turn - 0.5 * turn**3)) * (WIDTH - 1), np.float32)


@lru_cache(maxsize=1)
def coordinates() -> Floats:
    """Texture coordinates (n, 2) of the vertices at rest, (column, row) in texels."""
    mesh = heads()
    v = mesh.vertices
    uv = np.empty((len(v), 2), np.float32)
    uv[:, 0] = column(azimuth_deg(v[:, 0], v[:, 2]))
    uv[:, 1] = (TOP_DM - v[:, 1]) / (TOP_DM - BOTTOM_DM) * (EYE_ROW - 1)
    for part in (LEFT_EYE, RIGHT_EYE):
        eye = mesh.parts == part
        uv[eye] = eye_coordinates(v[eye] - mesh.centre(v, part))
    return uv


def eye_coordinates(offsets: Floats) -> Floats:
    """Texture coordinates from places (n, 3) on an eyeball about its centre, z along the line of sight. What lies
    behind the equator shares the rim's texels; it is never seen."""
    radius = np.linalg.norm(offsets, axis=1, keepdims=True)
    middle = np.float32((EYE_EDGE - 1) / 2)
    flat = offsets[:, :2] / radius * (1, -1) * middle * 0.98 + (middle, middle + EYE_ROW)
    return np.asarray(flat, np.float32)


@lru_cache(maxsize=1)
def texels() -> Texels:
    """The body's texels, outermost surface."""
    mesh = heads()
    uv = coordinates()
    radius = np.hypot(mesh.vertices[:, 0], mesh.vertices[:, 2] - AXIS_Z_DM)
    triangles = mesh.triangles[mesh.parts[mesh.triangles[:, 0]] == BODY]
    span = np.ptp(uv[triangles, 0], axis=1)
    points = np.column_stack([uv + np.float32(0.5), radius]).astype(np.float32)
    triangles = triangles[span < WIDTH / 2]
    both_sides = np.concatenate([triangles, triangles[:, ::-1]])  # the tops of the shoulders lie upside down in here
    cover = rasterise(points, both_sides, WIDTH, EYE_ROW)
    masks = [mesh.masks[name] for name in ("lips", "eyelids", "ears", "inside_mouth")]
    values = cover.interpolate(np.column_stack([mesh.vertices, *masks]).astype(np.float32))
    x, y, z, lips, eyelids, ears, inside = (np.ascontiguousarray(c) for c in values.T)
    return Texels(cover.pixels, x, y, z, np.abs(azimuth_deg(x, z)), lips, eyelids, ears, inside)
