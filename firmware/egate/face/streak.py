"""What one unbroken presence before the camera has come to so far.

Nothing of it outlives the presence: whoever comes next begins with nothing, and meets a light challenge of its own.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.limits import FaceLimits
from egate.face.pad.cues.light import LEAST_FRAMES
from egate.face.pad.lighting import Lighting
from egate.face.pad.presentation_test import PadResult, PresentationTest
from egate.face.quality.judgement import merit
from egate.face.quality.measures import Measures
from egate.face.stance import Stance
from egate.face.verification.embedding import Template, cosine

BEFORE_LIGHT = 1
"""Good frames before the light challenge begins. The others are taken after it, of somebody who has come to stand."""


@dataclass(slots=True, repr=False)
class Shot:
    """One face in one frame."""

    pixels: NDArray[np.uint8]
    face: Face
    mesh: Mesh
    measures: Measures
    strength: float = 0.0

    def kept(self) -> "Shot":
        """With a copy of the picture, which is ours to overwrite; the camera's own buffer is the driver's."""
        return replace(self, pixels=self.pixels.copy())

    @property
    def merit(self) -> tuple[float, float]:
        return merit(self.measures, self.strength)

    def wipe(self) -> None:
        self.pixels.fill(0)
        self.mesh.points.fill(0)
        self.face.points.fill(0)


def better(old: Shot | None, new: Shot) -> Shot:
    """The better of two frames that are ours; the other one is overwritten."""
    if old is None:
        return new
    best, worse = (old, new) if old.merit >= new.merit else (new, old)
    worse.wipe()
    return best


@dataclass(slots=True, repr=False)
class Streak:
    """``test`` sees all frames; ``lighting`` is None where the lane has no light; ``watch_ms``: for how long the face
    is to be watched, standing still in white light. ``collected``: good frames in that light; ``templates``: of the
    first of them; ``best``: the best of them. ``lit_frames``: good ones during the challenge. ``good_ms``: when the
    last good one was taken; ``from_ms``, ``last_ms``: since when and until when the face has been watched;
    ``doubted``: it is watched for longer than others are; ``pad``: what the test came to when it was last asked."""

    test: PresentationTest
    lighting: Lighting | None
    limits: FaceLimits
    watch_ms: int
    stance: Stance = field(default_factory=Stance)
    collected: int = 0
    lit_frames: int = 0
    templates: list[Template] = field(default_factory=list)
    best: Shot | None = None
    good_ms: int | None = None
    from_ms: int | None = None
    last_ms: int | None = None
    doubted: bool = False
    pad: PadResult | None = None

    @property
    def enough(self) -> bool:
        """Nothing more is needed of this presence."""
        return self._enough(self.collected, self.watched_ms)

    def enough_with(self, time_ms: int) -> bool:
        """Whether it would be so with one more good frame at ``time_ms``."""
        return self._enough(self.collected + 1, 0 if self.from_ms is None else time_ms - self.from_ms)

    def _enough(self, collected: int, watched_ms: int) -> bool:
        return self._lit and collected >= self.limits.frames_needed and watched_ms >= self.watch_ms

    @property
    def _lit(self) -> bool:
        return self.lighting is None or self.lighting.over

    @property
    def restless(self) -> bool:
        """Nothing is missing but that the traveller stands still."""
        return self.from_ms is None and self._enough(self.collected, self.watch_ms)

    @property
    def turned_away(self) -> bool:
        """The challenge is over, and hardly saw the face."""
        lighting = self.lighting
        return lighting is not None and lighting.over and not lighting.failed and self.lit_frames < LEAST_FRAMES

    @property
    def watched_ms(self) -> int:
        """How long the face has been watched."""
        return 0 if self.from_ms is None or self.last_ms is None else self.last_ms - self.from_ms

    @property
    def progress(self) -> float:
        """0 .. 1; the challenge counts for as much as what comes after it."""
        share = min(self.collected / self.limits.frames_needed, 1.0)
        if self.watch_ms:
            share = min(share, self.watched_ms / self.watch_ms)
        return share if self.lighting is None else (share + self.lighting.progress) / 2

    def doubt(self) -> None:
        """Watch the face for as long again."""
        self.doubted = True
        self.watch_ms *= 2

    def coloured(self, time_ms: int) -> bool:
        """A picture of that time may show the challenge's colours."""
        return self.lighting is not None and self.lighting.coloured(time_ms)

    def stands(self, mesh: Mesh, time_ms: int) -> bool:
        """See the face of the next frame. Whether it stands still in white light; else being watched begins anew."""
        steady = self.stance.saw(time_ms, mesh) and not self.coloured(time_ms)
        if not steady:
            self.from_ms = self.last_ms = None
        elif self.from_ms is None:
            self.from_ms = self.last_ms = time_ms
        return steady

    def too_soon(self, time_ms: int) -> bool:
        """After the last good frame."""
        return self.good_ms is not None and time_ms - self.good_ms < self.limits.min_interval_ms

    def is_another(self, template: Template, threshold: float) -> bool:
        """Whether this face is not the one that was seen before."""
        return bool(self.templates) and cosine(template, self.templates[0]) < threshold

    def take(self, shot: Shot, template: Template, time_ms: int) -> None:
        """One more good frame; ``template`` is ours from now on."""
        self.good_ms = time_ms
        if self.from_ms is not None:
            self.last_ms = time_ms
        if self.coloured(time_ms):
            self.lit_frames += 1
            template.fill(0)
            return
        if self.collected < self.limits.frames_needed:
            self.templates.append(template)
        else:
            template.fill(0)
        self.collected += 1
        self.best = better(self.best, shot.kept())
        if self.lighting is not None and self.collected >= BEFORE_LIGHT:
            self.lighting.begin(time_ms)

    def wipe(self) -> None:
        """Overwrite templates and patches; ``best`` stays with whoever took it."""
        for template in self.templates:
            template.fill(0)
        self.test.wipe()
