"""Shows presentations to the gate's own cues, as a capture does, and keeps what each cue found: figures alone.

The gate guides a traveller until the picture is good; a collection is as it is. So frames are not refused for the
face's size, place or light, and where no frame of a presentation passes the other limits, all of its frames count.
Frames in which a second face is large are left out: the gate starts again there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.limits import FaceLimits
from egate.face.pad.cue import Cue, Features, Missing
from egate.face.pad.observation import Observation
from egate.face.pipeline import FacePipeline
from egate.face.quality.judgement import Finding, judge
from egate.face.quality.limits import QualityLimits
from egate.face.quality.measures import measure
from egate_models.kept_faces import Found, KeptFaces
from egate_models.samples.frames import Sampling, read_frames
from egate_models.samples.presentations import Presentation

LIFTED = QualityLimits(
    min_eye_distance_px=20.0,
    max_face_share=1.0,
    max_offset_x_share=1.0,
    max_offset_y_share=1.0,
    min_highlight=0.0,
    max_burnt_share=1.0,
    max_side_imbalance_stops=8.0,
)
"""Quality without limits of size, place and light."""
_LEAST_SIDE_PX = 16  # what the detector takes


@dataclass(frozen=True, slots=True)
class Watched:
    """What came of one presentation. ``unreadable``, ``faceless``, ``crowded``: frames that could not be decoded, that
    show no face, that show several; ``good``: of the rest, those good enough for comparing the face."""

    frames: int
    unreadable: int
    faceless: int
    crowded: int
    good: int
    features: dict[str, Features | Missing]

    @property
    def acquired(self) -> bool:
        """False for a failure to acquire: no frame shows one face."""
        return self.frames > self.unreadable + self.faceless + self.crowded


@dataclass(frozen=True, slots=True)
class Watcher:
    """``only``: names of the cues that are wanted, all where empty; ``all_good``: no frame is refused for its quality;
    ``kept``: a folder that keeps where faces are, so that another run need not look again."""

    pipeline: FacePipeline
    sampling: Sampling
    only: frozenset[str] = frozenset()
    all_good: bool = False
    kept: Path | None = None

    def watch(self, presentation: Presentation, *, still: bool = False) -> Watched:
        """The whole presentation, or only the frame in its middle."""
        frames = list(read_frames(presentation, self.sampling))
        found = self._found(presentation, [pixels for _, pixels in frames])
        if still:
            middle = slice(len(frames) // 2, len(frames) // 2 + 1)
            frames, found = frames[middle], found[middle]
        cues = [cue for cue in self.pipeline.cues() if not self.only or cue.name in self.only]
        seen = [
            self._observation(time_ms, pixels, *face)
            for (time_ms, pixels), face in zip(frames, found, strict=True)
            if pixels is not None and isinstance(face, tuple)
        ]
        good = sum(each.good for each in seen)
        for each in seen:
            for cue in cues:
                cue.observe(each if good else replace(each, good=True))
        return Watched(
            len(frames),
            unreadable=found.count(None),
            faceless=found.count(Finding.NO_FACE),
            crowded=found.count(Finding.SEVERAL_FACES),
            good=good,
            features=_taken(cues),
        )

    def _observation(self, time_ms: int, pixels: NDArray[np.uint8], face: Face, mesh: Mesh) -> Observation:
        good = self.all_good or judge(measure(pixels, face, mesh), LIFTED) is Finding.OK
        return Observation(time_ms, pixels, face, mesh, good)

    def _found(self, presentation: Presentation, pictures: list[NDArray[np.uint8] | None]) -> list[Found]:
        if self.kept is None:
            return [self._find(pixels) for pixels in pictures]
        kept = KeptFaces(self.kept, self.pipeline.cards, presentation.name, self.sampling)
        found = kept.load()
        if found is None or len(found) != len(pictures):
            found = [self._find(pixels) for pixels in pictures]
            kept.save(found)
        return found

    def _find(self, pixels: NDArray[np.uint8] | None) -> Found:
        if pixels is None or min(pixels.shape[:2]) < _LEAST_SIDE_PX:
            return None
        faces = self.pipeline.find(pixels)
        if not faces:
            return Finding.NO_FACE
        share = FaceLimits().other_face_share
        if any(other.box.area >= share * faces[0].box.area for other in faces[1:]):
            return Finding.SEVERAL_FACES
        mesh = self.pipeline.mesh(pixels, faces[0])
        return Finding.NO_FACE if mesh is None else (faces[0], mesh)


def _taken(cues: Sequence[Cue]) -> dict[str, Features | Missing]:
    """What each found; wiped at the end, because cues may share what they watch."""
    taken: dict[str, Features | Missing] = {}
    for cue in cues:
        features = cue.features()
        taken[cue.name] = features if isinstance(features, Missing) else dict(features)
    for cue in cues:
        cue.wipe()
    return taken
