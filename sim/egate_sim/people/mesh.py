"""The head mesh that every person is a variation of, as baked into ``data/heads.npz`` (see ``bake.py``).

Lengths are decimetres; x points to the person's left, y up, z to the front.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

HEADS = Path(__file__).with_name("data") / "heads.npz"

# Part numbers of a triangle or vertex, as baked.
BODY, LEFT_EYE, RIGHT_EYE = range(3)


@dataclass(frozen=True, slots=True)
class Target:
    """One morph target: ``vertices`` (n,) are moved by ``offsets`` (n, 3) at weight 1."""

    vertices: NDArray[np.intp]
    offsets: Floats


@dataclass(frozen=True, slots=True)
class Mesh:
    """``vertices`` (n, 3) at rest; ``triangles`` (m, 3), anticlockwise from outside; ``parts`` (n,) by vertex;
    ``masks`` name -> (n,) in 0..1; ``targets`` by name; ``openness`` (n,): how much of the surroundings a vertex
    sees, 0..1 (ambient occlusion of the rest shape)."""

    vertices: Floats
    triangles: Ints
    parts: NDArray[np.uint8]
    masks: Mapping[str, Floats]
    targets: Mapping[str, Target]
    openness: Floats

    def shaped(self, weights: Mapping[str, float]) -> Floats:
        """The vertices with every named target applied at its weight. Raises KeyError for a name that is not there."""
        shape = self.vertices.copy()
        for name, weight in weights.items():
            target = self.targets[name]
            shape[target.vertices] += np.float32(weight) * target.offsets
        return shape

    def centre(self, shape: Floats, part: int) -> Floats:
        """Middle (3,) of one part's bounding box, e.g. the centre of an eyeball."""
        points = shape[self.parts == part]
        return np.asarray((points.min(axis=0) + points.max(axis=0)) / 2, np.float32)


def normals(shape: Floats, triangles: Ints) -> Floats:
    """Unit normals (n, 3) at the vertices, weighted by the area of the triangles that meet there."""
    a, b, c = (shape[triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a)
    total = np.empty_like(shape)
    for axis in range(3):
        weights = np.repeat(faces[:, axis], 3)
        total[:, axis] = np.bincount(triangles.ravel(), weights, minlength=len(shape))
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9), np.float32)


@lru_cache(maxsize=1)
def heads() -> Mesh:
    """The baked mesh, read once."""
    with np.load(HEADS, allow_pickle=False) as file:
        data = {name: file[name] for name in file.files}
    triangles = data["triangles"].astype(np.int32)
    parts = np.zeros(len(data["vertices"]), np.uint8)
    parts[triangles] = data["parts"][:, None]
    ends = np.cumsum(data["target_counts"], dtype=np.int64)
    rows = zip(np.split(data["target_vertices"], ends[:-1]), np.split(data["target_offsets"], ends[:-1]), strict=True)
    targets = (Target(vertices.astype(np.intp), offsets.astype(np.float32)) for vertices, offsets in rows)
    return Mesh(
        vertices=data["vertices"],
        triangles=triangles,
        parts=parts,
        masks={n.removeprefix("mask_"): m.astype(np.float32) / 255 for n, m in data.items() if n.startswith("mask_")},
        targets=dict(zip(map(str, data["target_names"]), targets, strict=True)),
        openness=data["openness"].astype(np.float32) / 255,
    )
