"""Follows one face from frame to frame, so that the detector need not look at every frame.

The points of the last frame say where to cut the next crop for the mesh (as Kartynnik et al., 2019, do). The detector
looks again when the mesh is less sure, when the face moved more than a walking person's does, at every frame as long as
there is more than one face, and always often enough: a second face is noticed at the latest ``every_frames`` frames, or
at the first frame ``every_ms`` milliseconds, after the detector looked last. Whoever finishes something with a frame
asks for a ``thorough`` look at it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.alignment import similarity
from egate.face.finding.detection import Box, Detector, Face
from egate.face.finding.landmarks import Landmarker, Mesh


@dataclass(frozen=True, slots=True)
class TrackingLimits:
    """When the detector looks again. ``max_shift_share``: movement of the face's middle between two frames, over the
    width of its box; ``max_scale``: growth, or its inverse; ``max_turn_deg``: roll. Project choices: half of what still
    leaves the face inside the mesh's crop."""

    every_frames: int = 4
    every_ms: int = 350
    min_presence: float = 0.9
    max_shift_share: float = 0.15
    max_scale: float = 1.15
    max_turn_deg: float = 10.0

    def __post_init__(self) -> None:
        if self.every_frames < 1 or self.every_ms < 0:
            raise ValueError("every_frames must be at least 1 and every_ms at least 0")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sight:
    """What is seen in one frame. ``faces``: largest first; the tracked one alone where the detector did not look.
    ``mesh``: of the first face; None where there is none."""

    faces: tuple[Face, ...]
    mesh: Mesh | None
    detected: bool


class Tracker:
    """Lives as long as one capture; feed it the frames in their order."""

    def __init__(self, detector: Detector, landmarker: Landmarker, limits: TrackingLimits | None = None) -> None:
        self._detector, self._landmarker = detector, landmarker
        self._limits = limits or TrackingLimits()
        self._last: tuple[Face, Mesh] | None = None
        self._since_frames = 0
        self._detected_ms = 0

    def look(self, pixels: NDArray[np.uint8], time_ms: int, *, thorough: bool = False) -> Sight:
        """What is in ``pixels``, (height, width, 3) uint8 RGB, at a monotonic time. ``thorough``: with the detector
        in any case. Raises PictureError."""
        tracked = None if thorough or self._is_due(time_ms) else self._followed(pixels)
        if tracked is not None:
            self._since_frames += 1
            self._keep(*tracked)
            return Sight((tracked[0],), tracked[1], detected=False)
        faces = self._detector.find(pixels)
        mesh = self._landmarker.mesh(pixels, faces[0]) if faces else None
        self._since_frames, self._detected_ms = 0, time_ms
        self.forget()
        if mesh is not None and len(faces) == 1:
            self._keep(faces[0], mesh)
        return Sight(faces, mesh, detected=True)

    def forget(self) -> None:
        """The detector looks at the next frame. What is kept of the last one is overwritten."""
        if self._last is not None:
            face, mesh = self._last
            face.points.fill(0)
            mesh.points.fill(0)
        self._last = None

    def _keep(self, face: Face, mesh: Mesh) -> None:
        """Copies, which are ours to overwrite."""
        self.forget()
        self._last = replace(face, points=face.points.copy()), replace(mesh, points=mesh.points.copy())

    def _is_due(self, time_ms: int) -> bool:
        """Whether the detector looks at this frame, whatever the mesh would say."""
        late = self._since_frames + 1 >= self._limits.every_frames
        return self._last is None or late or not 0 <= time_ms - self._detected_ms < self._limits.every_ms

    def _followed(self, pixels: NDArray[np.uint8]) -> tuple[Face, Mesh] | None:
        """The face of the last frame in this one; None where that is not certain."""
        if self._last is None:
            return None
        face, before = self._last
        mesh = self._landmarker.mesh(pixels, face)
        if mesh is None or mesh.presence < self._limits.min_presence:
            return None
        moved = similarity(before.points[:, :2], mesh.points[:, :2])
        return (carried(face, moved, mesh.presence), mesh) if self._is_small(moved, face.box) else None

    def _is_small(self, moved: NDArray[np.float64], box: Box) -> bool:
        limits = self._limits
        scale = float(np.hypot(moved[0, 0], moved[1, 0]))
        turned_deg = float(np.degrees(np.arctan2(moved[1, 0], moved[0, 0])))
        shift = np.hypot(*(moved @ (*box.centre, 1.0) - box.centre))
        return (
            1 / limits.max_scale <= scale <= limits.max_scale
            and abs(turned_deg) <= limits.max_turn_deg
            and shift <= limits.max_shift_share * box.width
        )


def carried(face: Face, moved: NDArray[np.float64], score: float) -> Face:
    """A face after a movement, a (2, 3) matrix: box and points keep their places on it."""
    scale = float(np.hypot(moved[0, 0], moved[1, 0]))
    x, y = moved @ (*face.box.centre, 1.0)
    width, height = face.box.width * scale, face.box.height * scale
    points = face.points.astype(np.float64) @ moved[:, :2].T + moved[:, 2]
    return Face(Box(float(x) - width / 2, float(y) - height / 2, width, height), points.astype(np.float32), score)
