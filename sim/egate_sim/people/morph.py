"""Morphed portraits: one picture in which two people's features are mixed, as somebody may smuggle into a passport so
that both can travel on it.

Both portraits are bent to the mean of the two shapes along their common mesh, and their colours mixed: what morphing
by facial landmarks does, with as many landmarks as the mesh has vertices.
"""

import numpy as np
from numpy.typing import NDArray

from egate_sim.people.body import Body
from egate_sim.people.flat import sample
from egate_sim.people.head import Person
from egate_sim.people.mesh import BODY, Floats, heads
from egate_sim.people.portrait import FOCAL_PX, HEIGHT_PX, PORTRAIT_VIEW, WIDTH_PX, compressed, portrait
from egate_sim.people.raster import rasterise

_FRONT_Z_DM = 0.2


def morph(one: Person, other: Person, share: float = 0.5) -> NDArray[np.uint8]:
    """(531, 413, 3) uint8 RGB: ``share`` 0 shows ``one``, 1 ``other``. Hair, neck and clothes are those of ``one``:
    mixing them would leave ghosts, and a forger leaves none."""
    pictures = [portrait(person).astype(np.float32) for person in (one, other)]
    places = [_places(person) for person in (one, other)]
    mean = (1 - share) * places[0] + share * places[1]
    cover = rasterise(mean, _face_triangles(), WIDTH_PX, HEIGHT_PX)
    from_one, from_other = (
        sample(picture, *cover.interpolate(place)[:, :2].T) for picture, place in zip(pictures, places, strict=True)
    )
    weight = cover.interpolate(_inside()[:, None])
    out = _bent(pictures[0], places[0], mean).reshape(-1, 3)
    mixed = (1 - share) * from_one + share * from_other
    out[cover.pixels] += weight * (mixed - out[cover.pixels])
    return np.asarray(np.clip(out + 0.5, 0, 255).astype(np.uint8).reshape(HEIGHT_PX, WIDTH_PX, 3))


def morphed_portrait_jpeg(one: Person, other: Person, share: float = 0.5) -> bytes:
    """The morph as it lies in DG2: a JPEG of at most 20,000 bytes."""
    return compressed(morph(one, other, share))


def _places(person: Person) -> Floats:
    """Where the body's vertices are seen in the portrait, (n, 3): x, y, nearness."""
    posed = Body(person).posed(PORTRAIT_VIEW)[: len(heads().vertices)]
    depth = PORTRAIT_VIEW.distance_mm / 100 - posed[:, 2]
    x = WIDTH_PX / 2 + FOCAL_PX * posed[:, 0] / depth
    y = HEIGHT_PX / 2 - FOCAL_PX * posed[:, 1] / depth
    return np.stack([x, y, 1 / depth], axis=1).astype(np.float32)


def _face_triangles() -> NDArray[np.int32]:
    """Those of face and eyes."""
    mesh = heads()
    inside = (_inside() > 0)[mesh.triangles].all(axis=1)
    return np.asarray(mesh.triangles[inside], np.int32)


def _inside() -> Floats:
    """How far each vertex belongs to the face (n,): 1 from brows to chin, fading to 0 at hairline, jaw and ears."""
    mesh = heads()
    v = mesh.vertices
    radius = np.hypot(v[:, 0] / 0.72, (v[:, 1] - 7.02) / 0.92)
    share = np.clip((1 - radius) / 0.22, 0, 1) * (v[:, 2] > _FRONT_Z_DM)
    return np.asarray(np.where(mesh.parts == BODY, share, 1.0), np.float32)


def _bent(picture: Floats, places: Floats, mean: Floats) -> Floats:
    """The whole picture with its face moved to the mean shape: what lies around follows, less with distance."""
    moved = (places - mean)[:, :2]
    step = 12
    rows, columns = np.mgrid[0 : HEIGHT_PX + step : step, 0 : WIDTH_PX + step : step].astype(np.float32)
    nodes = np.stack([columns.ravel(), rows.ravel()], axis=1)
    chosen = np.flatnonzero(_inside() > 0)[::7]
    squared = ((nodes[:, None, :] - mean[chosen, :2][None]) ** 2).sum(axis=2)
    weight = np.exp(-squared / (2 * 30.0**2))
    shift = (weight @ moved[chosen]) / (weight.sum(axis=1, keepdims=True) + 0.5)
    field = shift.reshape(*rows.shape, 2)
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX].astype(np.float32)
    three = np.concatenate([field, field[:, :, :1]], axis=2).astype(np.float32)
    by = sample(three, (x / step + 0.5).ravel(), (y / step + 0.5).ravel())
    bent = sample(picture, x.ravel() + 0.5 + by[:, 0], y.ravel() + 0.5 + by[:, 1])
    return np.asarray(bent.reshape(HEIGHT_PX, WIDTH_PX, 3), np.float32)
