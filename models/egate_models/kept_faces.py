"""Keeps where the faces of a collection are, so that a cue can be worked on without finding them anew each time.

Points of a face are as personal as a drawing of it: they are written only where somebody names a folder for them, and
that folder is to be kept and deleted like the collection itself. Pictures are never written.
"""

import hashlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Box, Face
from egate.face.finding.landmarks import Mesh
from egate.face.networks.cards import Cards
from egate.face.quality.judgement import Finding

Floats = NDArray[np.float64]
Found = tuple[Face, Mesh] | Finding | None
"""One frame: its one face; why there is none; None where it could not be decoded."""

_CODES: tuple[Finding | None, ...] = (None, Finding.NO_FACE, Finding.SEVERAL_FACES)
_A_FACE = len(_CODES)


class KeptFaces:
    """What was found in one presentation's frames, in a file of its own."""

    def __init__(self, folder: Path, cards: Cards, presentation: str, sampling: object) -> None:
        """Another detector, another mesh or another choice of frames is another file."""
        key = (cards.detection.sha256, cards.landmarks.sha256, presentation, repr(sampling))
        self._path = folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.npz"

    def load(self) -> list[Found] | None:
        """None where nothing is kept yet, or nothing that can be used."""
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return [
                    _face(box, points, float(score), mesh) if code == _A_FACE else _CODES[code]
                    for code, box, points, score, mesh in zip(
                        kept["code"], kept["box"], kept["points"], kept["score"], kept["mesh"], strict=True
                    )
                ]
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile):
            return None

    def save(self, found: list[Found]) -> None:
        """Write it, whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        none = (Face(Box(0, 0, 0, 0), np.zeros((6, 2), np.float32), 0.0), Mesh(np.zeros((468, 3))))
        faces = [each if isinstance(each, tuple) else none for each in found]
        partial = self._path.with_suffix(".part.npz")
        np.savez_compressed(
            partial,
            code=np.array([_A_FACE if isinstance(each, tuple) else _CODES.index(each) for each in found]),
            box=np.array([(f.box.left, f.box.top, f.box.width, f.box.height) for f, _ in faces]),
            points=np.array([f.points for f, _ in faces]),
            score=np.array([f.score for f, _ in faces]),
            mesh=np.array([m.points for _, m in faces]),
        )
        partial.replace(self._path)


def _face(box: Floats, points: NDArray[np.float32], score: float, mesh: Floats) -> tuple[Face, Mesh]:
    return Face(Box(*map(float, box)), points, score), Mesh(mesh)
