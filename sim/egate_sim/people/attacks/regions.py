"""Which part of a head a mask covers. Places are those of the mesh at rest, decimetres; azimuth in degrees."""

import numpy as np

from egate_sim.people.atlas import Texels
from egate_sim.people.attacks.shell import Region
from egate_sim.people.mesh import LEFT_EYE, Floats, heads


def face(texels: Texels) -> Floats:
    """Before the ears, from hairline to under the chin."""
    low = np.interp(texels.azimuth, (0, 30, 60, 75), (6.12, 6.25, 6.6, 7.0))
    high = np.interp(texels.azimuth, (0, 30, 55, 75), (7.98, 7.92, 7.6, 7.2))
    side = (74 - texels.azimuth) * 0.012
    return np.asarray(np.minimum(np.minimum(texels.y - low, high - texels.y), side), np.float32)


def upper_face(texels: Texels) -> Floats:
    """From the hairline to under the nose; mouth and chin stay free."""
    return np.minimum(face(texels), (texels.y - 6.80).astype(np.float32))


def lower_face(texels: Texels) -> Floats:
    """From the bridge of the nose to under the chin, back to the ears."""
    low = np.interp(texels.azimuth, (0, 40, 80), (6.08, 6.3, 6.7))
    high = np.interp(texels.azimuth, (0, 12, 35, 80), (7.13, 7.08, 6.98, 7.0))
    side = (80 - texels.azimuth) * 0.012
    return np.asarray(np.minimum(np.minimum(texels.y - low, high - texels.y), side), np.float32)


def nose_and_cheeks(texels: Texels) -> Floats:
    """A piece of the middle, as made for the stage."""
    across = 0.52 - np.abs(texels.x) - 0.25 * np.abs(texels.y - 6.98)
    return np.asarray(
        np.minimum(np.minimum(across, texels.y - 6.72), 7.22 - texels.y) - 1e3 * (texels.z < 0.5), np.float32
    )


def half(texels: Texels) -> Floats:
    """Everything above a slanting line: forehead, one eye's surroundings, one cheek."""
    line = 7.02 - 0.9 * texels.x
    return np.minimum(face(texels), (texels.y - line).astype(np.float32))


def head(texels: Texels) -> Floats:
    """The whole head down to the collar."""
    return np.asarray(texels.y - 6.02 + 0.05 * np.cos(np.radians(6 * texels.azimuth)), np.float32)


def without_eyes(region: Region, width_dm: float = 0.165, height_dm: float = 0.085) -> Region:
    """With holes to look through."""
    mesh = heads()
    x, y, _ = mesh.centre(mesh.vertices, LEFT_EYE)

    def holed(texels: Texels) -> Floats:
        from_eye = np.hypot((np.abs(texels.x) - abs(x)) / width_dm, (texels.y - y) / height_dm)
        hole = np.where(texels.z > 0.4, (from_eye - 1) * height_dm, np.inf)
        return np.asarray(np.minimum(region(texels), hole), np.float32)

    return holed


def without_mouth(region: Region) -> Region:
    """With a hole to speak through."""

    def holed(texels: Texels) -> Floats:
        hole = (np.hypot(texels.x / 0.27, (texels.y - 6.62) / 0.12) - 1) * 0.12
        return np.asarray(np.minimum(region(texels), np.where(texels.z > 0.4, hole, np.inf)), np.float32)

    return holed
