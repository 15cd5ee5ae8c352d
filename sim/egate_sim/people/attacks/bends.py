"""What materials make of a victim's shape: paper folds along straight creases, latex wrinkles."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.attacks.shell import Bend
from egate_sim.people.mesh import BODY, Floats, heads, normals

_ARC_DM = 0.75 * np.pi / 180
"""Length of a degree of azimuth on a face."""
_OUTSIDE = 0.3
"""Vertices that see less of their surroundings lie within mouth, nose and eyes, behind what is folded."""


def facets(edge_dm: float) -> Bend:
    """Flat triangles of about ``edge_dm``: paper folded to the shape of a face."""

    def bend(vertices: Floats) -> Floats:
        corners, shares = _lattice(edge_dm)
        folded = vertices.copy()
        outside = np.flatnonzero(heads().openness > _OUTSIDE)
        folded[outside] = (vertices[corners[outside]] * shares[outside, :, None]).sum(axis=1)
        return folded

    return bend


@lru_cache(maxsize=4)
def _lattice(edge_dm: float) -> tuple[NDArray[np.intp], Floats]:
    """For every vertex of the mesh the three vertices (n, 3) that span its flat triangle, and their shares (n, 3)."""
    mesh = heads()
    v = mesh.vertices
    place = np.column_stack([atlas.azimuth_deg(v[:, 0], v[:, 2]) * _ARC_DM, v[:, 1]])
    # Skewed coordinates in which triangles of equal sides are halves of unit squares.
    row = place[:, 1] / (edge_dm * np.sqrt(3) / 2)
    column = place[:, 0] / edge_dm - row / 2
    cell_c, cell_r = np.floor(column), np.floor(row)
    c, r = column - cell_c, row - cell_r
    upper = c + r > 1
    nodes = np.stack([
        np.stack([cell_c + upper, cell_r + upper], 1),
        np.stack([cell_c + 1, cell_r], 1),
        np.stack([cell_c, cell_r + 1], 1),
    ], 1)  # fmt: skip
    shares = np.stack([np.where(upper, c + r - 1, 1 - c - r), np.where(upper, 1 - r, c), np.where(upper, 1 - c, r)], 1)
    used, back = np.unique(nodes.reshape(-1, 2), axis=0, return_inverse=True)
    at = np.stack([(used[:, 0] + used[:, 1] / 2) * edge_dm, used[:, 1] * edge_dm * np.sqrt(3) / 2], 1)
    front = np.flatnonzero((mesh.parts == BODY) & (v[:, 2] > -0.3) & (mesh.openness > _OUTSIDE))
    nearest = np.array([front[np.argmin(((place[front] - one) ** 2).sum(axis=1))] for one in at])
    return nearest[back.ravel()].reshape(-1, 3), shares.astype(np.float32)


def wrinkles(depth_dm: float) -> Bend:
    """Folds that run across forehead and cheeks, where a mask that is too large for its wearer gathers."""
    rest = heads().vertices
    x, y = rest[:, 0], rest[:, 1]
    fold = np.sin(24 * y + 5 * np.sin(3.1 * x + 0.7) + 2 * np.sin(5.3 * y)) + 0.6 * np.sin(17 * x + 9 * y)
    fold *= (heads().parts == BODY) * np.clip((y - 5.9) / 0.3, 0, 1)

    def bend(vertices: Floats) -> Floats:
        wrinkled = vertices.copy()
        front = slice(0, len(rest))
        out = normals(vertices[front], heads().triangles)
        wrinkled[front] += out * (np.float32(depth_dm) * fold.astype(np.float32))[:, None]
        return wrinkled

    return bend
