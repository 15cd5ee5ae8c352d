"""Hair that hangs, and scarves: a sheet around the back of the head, beside what grows on the body mesh itself.

The sheet is made once for each person on the rest mesh; it follows the shape of the skull beneath it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate_sim.people import atlas
from egate_sim.people.head import Hair, Person
from egate_sim.people.mesh import BODY, Floats, Ints, Mesh, heads

_COLUMNS, _ROWS = 56, 20
# Where the sheet's front edge runs, in degrees of azimuth by height, and where its lower edge is.
_EDGE_Y_DM = (5.0, 6.0, 6.6, 7.2, 7.6, 8.0, 8.25)
_EDGES_DEG = {
    Hair.CHIN: (55, 54, 52, 56, 52, 40, 25),
    Hair.LONG: (58, 56, 54, 58, 53, 40, 25),
    Hair.SCARF: (12, 30, 52, 60, 54, 40, 20),
}
_END_DM = {Hair.CHIN: 6.30, Hair.LONG: 5.25, Hair.SCARF: 5.35}
_TOP_DM = 8.30


@dataclass(frozen=True, slots=True)
class Curtain:
    """``rest`` (k, 3) vertices, ``skull`` (s,) body vertices and ``shares`` (k, s) by which they
    move it, ``triangles`` (m, 3) of one side,
    ``coordinates`` (k, 2) in the texture, ``openness`` (k,)."""

    rest: Floats
    skull: NDArray[np.intp]
    shares: Floats
    triangles: Ints
    coordinates: Floats
    openness: Floats


def curtain(person: Person) -> Curtain | None:
    """The person's curtain, or None for hair that does not hang."""
    if person.hair not in _END_DM:
        return None
    mesh = heads()
    random = np.random.default_rng([person.seed, 31])
    along, down = np.meshgrid(np.linspace(-1, 1, _COLUMNS), np.linspace(0, 1, _ROWS))
    ends = _END_DM[person.hair] + (0.0 if person.hair is Hair.SCARF else 0.05) * random.standard_normal(_COLUMNS)
    y = _TOP_DM + (ends[None, :] - _TOP_DM) * down
    edge = np.interp(y, _EDGE_Y_DM, _EDGES_DEG[person.hair]) + 6 * person.parting * np.sign(along)
    azimuth = np.radians(180 + along * (180 - edge))
    radius = _radius(mesh, azimuth, y) + person.hair_depth_dm * 0.75 * np.minimum(1, 0.3 + 4 * down)
    radius *= 1 + 0.012 * np.sin(along * 40 + random.uniform(0, 6)) * down
    x, z = radius * np.sin(azimuth), atlas.AXIS_Z_DM + radius * np.cos(azimuth)
    rest = np.stack([x, y, z], axis=2).reshape(-1, 3).astype(np.float32)
    coordinates = np.stack(
        [atlas.CURTAIN_COLUMN + (along + 1) / 2 * (atlas.CURTAIN_WIDTH - 1), atlas.EYE_ROW + 2 + down * 123], 2
    )
    openness = np.clip(1.0 - 0.35 * down**2, 0, 1).ravel().astype(np.float32)
    skull, shares = _binding(mesh, rest)
    return Curtain(rest, skull, shares, _triangles(), coordinates.reshape(-1, 2).astype(np.float32), openness)


def _radius(mesh: Mesh, azimuth: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the upright axis: of the skull above the ears; below, hanging straight and drawn in a little."""
    v = mesh.vertices[(mesh.parts == BODY) & (mesh.vertices[:, 1] > 7.3) & (mesh.masks["ears"] < 0.1)]
    at = np.radians(atlas.azimuth_deg(v[:, 0], v[:, 2]))
    out = np.hypot(v[:, 0], v[:, 2] - atlas.AXIS_Z_DM)
    height = np.maximum(y, 7.42)
    turn = np.abs(np.arctan2(np.sin(azimuth[..., None] - at), np.cos(azimuth[..., None] - at)))
    weight = np.exp(-((turn / 0.22) ** 2) - ((height[..., None] - v[:, 1]) / 0.10) ** 2) + 1e-9
    skull = (weight * out).sum(axis=-1) / weight.sum(axis=-1)
    over_the_ears = 0.10 * np.exp(
        -(((np.degrees(np.abs(np.arctan2(np.sin(azimuth), np.cos(azimuth)))) - 82) / 28) ** 2)
    )
    return np.asarray(skull + (0.04 + over_the_ears) * np.clip((7.6 - y) / 0.3, 0, 1))


def _binding(mesh: Mesh, rest: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Which vertices move the sheet, and by what shares: those near by, smoothly; what hangs moves with the temples."""
    skull = np.flatnonzero((mesh.parts == BODY) & (mesh.vertices[:, 1] > 7.0) & (mesh.masks["ears"] < 0.1))
    wanted = rest.copy()
    wanted[:, 1] = np.maximum(wanted[:, 1], 7.3)
    distance = ((wanted[:, None, :] - mesh.vertices[skull][None, :, :]) ** 2).sum(axis=2)
    shares = np.exp(-(distance - distance.min(axis=1, keepdims=True)) / 0.25**2)
    return skull, np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


def _triangles() -> Ints:
    corner = (np.arange(_ROWS - 1)[:, None] * _COLUMNS + np.arange(_COLUMNS - 1)).ravel()
    right, below, across = corner + 1, corner + _COLUMNS, corner + _COLUMNS + 1
    return np.concatenate([np.stack([corner, below, across], 1), np.stack([corner, across, right], 1)]).astype(np.int32)
