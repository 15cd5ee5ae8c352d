"""Glasses as geometry: rims, bridge and temples on the rest mesh, and lenses that mirror the lamps."""

from dataclasses import dataclass

import numpy as np

from egate_sim.people.looks import Glasses, Rim
from egate_sim.people.mesh import BODY, LEFT_EYE, RIGHT_EYE, Floats, Ints, Mesh

_AROUND = 36
_DEPTH_DM = 0.045
_BEFORE_EYE_DM = 0.17
_DOME_DM = 0.05
# How square a rim is: exponent of the superellipse |x/w|^n + |y/h|^n = 1.
_SQUARENESS = {Rim.ROUND: 2.0, Rim.OVAL: 2.2, Rim.RECTANGLE: 4.5, Rim.SQUARE: 3.6, Rim.AVIATOR: 2.5}


@dataclass(frozen=True, slots=True)
class Frame:
    """``vertices`` (k, 3); ``rims`` (m, 3) triangles, opaque, seen from both sides; ``lenses`` (p, 3) triangles."""

    vertices: Floats
    rims: Ints
    lenses: Ints


def frame(glasses: Glasses, mesh: Mesh, shaped: Floats) -> Frame:
    """Glasses that sit on a shaped head: before its eyes, on its ears."""
    vertices: list[Floats] = []
    rims: list[Ints] = []
    lenses: list[Ints] = []
    count = 0
    front = max(float(shaped[mesh.parts == part][:, 2].max()) for part in (LEFT_EYE, RIGHT_EYE)) + _BEFORE_EYE_DM
    for part in (LEFT_EYE, RIGHT_EYE):
        centre = mesh.centre(shaped, part)
        side = float(np.sign(centre[0]))
        middle = np.array([centre[0] + side * 0.035, centre[1] - 0.02, front], np.float32)
        for points, opaque, clear in (_lens(glasses, middle, side), _temple(glasses, middle, side, mesh, shaped)):
            vertices.append(points)
            rims.append(opaque + count)
            lenses.append(clear + count)
            count += len(points)
    bridge = _bridge(glasses, vertices)
    vertices.append(bridge)
    rims.append(_strip(len(bridge) // 2) + count)
    return Frame(
        np.concatenate(vertices), np.concatenate(rims).astype(np.int32), np.concatenate(lenses).astype(np.int32)
    )


_NONE = np.zeros((0, 3), np.int32)


def _outline(glasses: Glasses, grown_dm: float) -> Floats:
    """(AROUND, 2) points of a lens's edge, grown by so much; x outwards."""
    angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    power = 2 / _SQUARENESS[glasses.rim]
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power * (glasses.half_width_dm + grown_dm)
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power * (glasses.half_height_dm + grown_dm)
    if glasses.rim is Rim.AVIATOR:
        x = x * (1 + 0.16 * y / glasses.half_height_dm) + 0.03 * (y < 0) * y / glasses.half_height_dm
    return np.stack([x, y], axis=1).astype(np.float32)


def _lens(glasses: Glasses, middle: Floats, side: float) -> tuple[Floats, Ints, Ints]:
    """A rim of four rings, and the domed lens in it."""
    inner, outer = _outline(glasses, 0.0), _outline(glasses, glasses.thickness_dm)
    flip = np.array([side, 1.0], np.float32)
    rings = [
        np.column_stack([ring * flip, np.full(_AROUND, z, np.float32)])
        for ring, z in ((inner, 0.0), (outer, 0.0), (outer, -_DEPTH_DM), (inner, -_DEPTH_DM))
    ]
    half = np.column_stack([inner * 0.5 * flip, np.full(_AROUND, 0.7 * _DOME_DM, np.float32)])
    points = np.concatenate([*rings, half, [[0, 0, _DOME_DM]]]).astype(np.float32)
    points[:, 2] -= 0.10 * np.abs(points[:, 0] + 0.3 * side) ** 2  # frames are bent round the face
    rim = np.concatenate([_between(0, 1), _between(1, 2), _between(2, 3), _between(3, 0)])
    last = 5 * _AROUND
    ring = 4 * _AROUND + np.arange(_AROUND)
    fan = np.stack([ring, 4 * _AROUND + (np.arange(_AROUND) + 1) % _AROUND, np.full(_AROUND, last)], axis=1)
    clear = np.concatenate([_between(0, 4), fan])
    if side < 0:
        clear = clear[:, ::-1]
    return points + middle, rim.astype(np.int32), clear.astype(np.int32)


def _between(one: int, other: int) -> Ints:
    """Triangles between two rings of points."""
    here = np.arange(_AROUND)
    then = (here + 1) % _AROUND
    a, b, c, d = one * _AROUND + here, one * _AROUND + then, other * _AROUND + here, other * _AROUND + then
    return np.concatenate([np.stack([a, b, c], 1), np.stack([b, d, c], 1)]).astype(np.int32)


def _temple(glasses: Glasses, middle: Floats, side: float, mesh: Mesh, shaped: Floats) -> tuple[Floats, Ints, Ints]:
    """The arm from the rim to the ear: a strip on its edge."""
    ear = (mesh.parts == BODY) & (mesh.masks["ears"] > 0.5) & (np.sign(shaped[:, 0]) == side)
    top = shaped[ear][np.argmax(shaped[ear][:, 1])]
    start = middle + np.array([side * (glasses.half_width_dm + glasses.thickness_dm), 0.09, -0.03], np.float32)
    out = max(abs(float(top[0])), abs(float(start[0]))) + 0.02
    hinge = np.array([side * out, start[1], start[2] - 0.12], np.float32)
    end = np.array([side * out, top[1] - 0.08, top[2] - 0.05], np.float32)
    half = np.array([0, max(0.014, glasses.thickness_dm * 0.6), 0], np.float32)
    points = np.concatenate([[place + half, place - half] for place in (start, hinge, end)]).astype(np.float32)
    return points, _strip(3), _NONE


def _bridge(glasses: Glasses, parts: list[Floats]) -> Floats:
    """A bow between the two rims, a little above the middle."""
    inner = []
    for points in (parts[0], parts[2]):  # lens, temple, lens, temple
        rim = points[_AROUND : 2 * _AROUND]
        high = rim[rim[:, 1] > rim[:, 1].mean()]
        inner.append(high[np.argmin(np.abs(high[:, 0]))])
    half = np.array([0, max(0.012, glasses.thickness_dm * 0.55), 0], np.float32)
    bow = [inner[0] + (inner[1] - inner[0]) * share for share in np.linspace(0, 1, 7)]
    lift = 0.035 * np.sin(np.linspace(0, np.pi, 7))
    rows = [
        [place + half + (0, up, up * 0.6), place - half + (0, up, up * 0.6)]
        for place, up in zip(bow, lift, strict=True)
    ]
    return np.concatenate(rows).astype(np.float32)


def _strip(pairs: int) -> Ints:
    """Triangles of a strip given by pairs of points."""
    here = 2 * np.arange(pairs - 1)
    return np.concatenate(
        [np.stack([here, here + 1, here + 2], 1), np.stack([here + 1, here + 3, here + 2], 1)]
    ).astype(np.int32)
