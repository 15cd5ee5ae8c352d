"""One traveller before the camera: frames come in, guidance goes out, and at the end three checks with their scores.

Only frames that show one good face in unbroken presence count: when it is lost, a second one appears or another person
stands there, collecting starts again, so that nobody can change places between the frames that are tested for an attack
and the one that is compared.

A lane with a face light puts the traveller to the light challenge (``pad.challenge``) once enough good frames have been
collected in its white: so the pictures that are compared have natural colours. Whoever stands there during the
challenge is compared with the one before, frame by frame. Each start has a challenge of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from egate.checks import CheckResult, Reason
from egate.face import outcome
from egate.face.errors import PortraitError
from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.limits import UNLIT_MS, FaceLimits
from egate.face.pad.challenge import Challenge, Colour, Shown
from egate.face.pad.cue import CueResult
from egate.face.pad.cues.light import LEAST_FRAMES
from egate.face.pad.lighting import Lighting
from egate.face.pad.observation import Observation
from egate.face.pad.presentation_test import PadResult, PresentationTest
from egate.face.pipeline import FacePipeline
from egate.face.quality.judgement import GUIDANCE, Finding, judge, judged, merit
from egate.face.quality.measures import Measures, measure
from egate.face.snapshot import Phase, Snapshot, Stage, pad_figures
from egate.face.verification.embedding import Template, cosine, joined
from egate.face.verification.portrait import decode, with_margin
from egate.screens import Guidance


@dataclass(frozen=True, slots=True)
class FrameReport:
    """What one frame showed. ``progress`` in 0 .. 1: share of the good frames that are needed."""

    finding: Finding
    progress: float

    @property
    def guidance(self) -> Guidance | None:
        """What to ask of the traveller; None when nothing is to be said."""
        return GUIDANCE[self.finding]


@dataclass(frozen=True, slots=True)
class FaceResult:
    """Checks and scores of one capture; nothing in it identifies anybody.

    ``match_score``: cosine in -1 .. 1, None where nothing was compared. ``pad_score``: 0 live .. 1 attack, None where
    there is none; ``cues``: what each cue of it said. ``quality``: measures of the frame that was compared, by name.
    """

    checks: tuple[CheckResult, ...]
    match_score: float | None
    match_threshold: float
    pad_score: float | None
    pad_threshold: float
    quality: Mapping[str, float]
    frames_used: int
    cues: tuple[CueResult, ...] = ()


@dataclass(slots=True, repr=False)
class _Shot:
    """One face in one frame."""

    pixels: NDArray[np.uint8]
    face: Face
    mesh: Mesh
    measures: Measures
    strength: float = 0.0

    def kept(self) -> "_Shot":
        """With a copy of the picture, which is ours to overwrite; the camera's own buffer is the driver's."""
        return replace(self, pixels=self.pixels.copy())

    @property
    def merit(self) -> tuple[float, float]:
        return merit(self.measures, self.strength)

    def wipe(self) -> None:
        self.pixels.fill(0)
        self.mesh.points.fill(0)
        self.face.points.fill(0)


@dataclass(slots=True, repr=False)
class _Streak:
    """One person in unbroken presence: the test of all frames, the light challenge (None: the lane has no light), how
    many good frames were collected, the templates of the first of them, the best, when the first and the last one were
    taken, how many good ones were taken during the challenge, whether one was taken after it, and what the test came to
    when it was last asked."""

    test: PresentationTest
    lighting: Lighting | None
    collected: int = 0
    templates: list[Template] = field(default_factory=list)
    best: _Shot | None = None
    first_ms: int | None = None
    last_ms: int | None = None
    lit_frames: int = 0
    lit_through: bool = False
    pad: PadResult | None = None

    def watched_ms(self, time_ms: int | None = None) -> int:
        """From the first good frame to the last, or to one of ``time_ms``."""
        end = self.last_ms if time_ms is None else time_ms
        return 0 if self.first_ms is None or end is None else end - self.first_ms


class CaptureSession:
    """Feed it frames until ``finished`` or the time is over, then ask for ``verify``; always ``wipe`` it at the end."""

    def __init__(
        self,
        pipeline: FacePipeline,
        limits: FaceLimits,
        entropy: bytes | None = None,
        lap: Callable[[Stage], None] = lambda stage: None,
    ) -> None:
        """``entropy``: fresh random bytes for light challenges; None where the lane has no face light. ``lap`` is
        called with each stage of a frame that ends. Raises ValueError where a limit is laxer than the model card, or
        for too little entropy."""
        self._pipeline = pipeline
        self._limits, self._lap = limits, lap
        self._match_threshold, self._attack_threshold = limits.effective_thresholds(pipeline.cards)
        self._entropy, self._starts = entropy, 0
        self._steady_ms = limits.steady_ms if entropy is not None else max(limits.steady_ms, UNLIT_MS)
        self._lamp: Shown | None = None
        self._lamp_failed = False
        self._streak = self._new_streak()
        self._tracker = pipeline.tracker()
        self._fallback: _Shot | None = None
        self._last_finding: Finding | None = None
        self._last_measures: Measures | None = None

    @property
    def finished(self) -> bool:
        """Enough good frames have been collected, and the light challenge is over where there is one."""
        return self._enough and (self._streak.lighting is None or self._streak.lit_through)

    @property
    def _enough(self) -> bool:
        streak = self._streak
        return streak.collected >= self._limits.frames_needed and streak.watched_ms() >= self._steady_ms

    @property
    def lamp(self) -> Colour | None:
        """What the face light is to show now; None where the lane has none. Ask between two frames."""
        lighting = self._streak.lighting
        return None if lighting is None else lighting.wanted

    def lamp_showed(self, colour: Colour, time_ms: int) -> None:
        """The face light shows ``colour`` from now on."""
        self._lamp = Shown(colour, time_ms)
        if self._streak.lighting is not None:
            self._streak.lighting.showed(colour, time_ms)

    def lamp_failed(self) -> None:
        """The face light is lost. The capture goes on to its end without it, and the answer to it stays unknown."""
        self._lamp_failed = True
        if self._streak.lighting is not None:
            self._streak.lighting.fail()

    def feed(self, pixels: NDArray[np.uint8], time_ms: int) -> FrameReport:
        """Take one frame, (height, width, 3) uint8 RGB, at a monotonic time. Raises PictureError. Frames after the
        capture has finished, or too soon after the last good one, are looked at and not collected."""
        finding, shot = self._look(pixels, time_ms)
        self._last_finding = finding
        if finding in (Finding.NO_FACE, Finding.SEVERAL_FACES):
            self._start_again()
        elif shot is not None:
            self._collect(finding, shot, time_ms)
        if self._streak.lighting is not None:
            self._streak.lighting.saw(time_ms)
        return FrameReport(finding, self._progress())

    def snapshot(self, *, ask: bool = False, ended: bool = False) -> Snapshot:
        """Where the capture stands, in figures. ``ask`` the cues what they say by now, which may take some ten
        milliseconds; ``ended``: no more frames will come."""
        streak, lighting = self._streak, self._streak.lighting
        if ask:
            streak.pad = streak.test.result()
        lit = self._enough and lighting is not None and not lighting.failed
        phase = Phase.DONE if ended else Phase.CHALLENGE if lit else Phase.LOOKING
        last = self._last_measures
        return Snapshot(
            phase,
            self._last_finding,
            () if last is None else judged(last, self._limits.quality),
            streak.collected,
            self._limits.frames_needed,
            self._progress(),
            None if ended or self._lamp is None or self._lamp_failed else self._lamp.colour,
            None if lighting is None else lighting.progress,
            None if streak.pad is None else pad_figures(streak.pad, self._pipeline.calibration),
            self._attack_threshold,
        )

    def best_picture(self) -> NDArray[np.uint8] | None:
        """A copy of the best frame, for the officer's eyes alone: (height, width, 3) uint8 RGB. The caller wipes it."""
        shot = self._streak.best or self._fallback
        return shot.pixels.copy() if shot is not None else None

    def result(self, timed_out: bool = False) -> FaceResult:
        """Capture and PAD; the verification is not done, because no portrait has come."""
        return self._result(None, outcome.not_verified(Reason.NOT_DONE), timed_out)

    def verify(self, portrait: bytes, timed_out: bool = False) -> FaceResult:
        """Compare the good frames, joined, or else the best of all, with the chip's portrait (JPEG or JPEG 2000),
        whatever the other checks say."""
        shot = self._streak.best or self._fallback
        if shot is None:
            return self._result(None, outcome.not_verified(Reason.NO_FACE), timed_out)
        try:
            reference = portrait_template(self._pipeline, portrait)
        except PortraitError as error:
            return self._result(None, outcome.not_verified(error.reason, "portrait"), timed_out)
        templates = self._streak.templates or [self._pipeline.template(shot.pixels, shot.mesh)]
        live = joined(templates)
        score = cosine(live, reference)
        live.fill(0)
        reference.fill(0)
        return self._result(score, outcome.verification(score, self._match_threshold), timed_out)

    def wipe(self) -> None:
        """Overwrite everything that shows the traveller, here and in the inference runtime. Afterwards the session is
        as new."""
        self._start_again()
        self._lamp = None
        if self._fallback is not None:
            self._fallback.wipe()
        self._fallback, self._last_finding, self._last_measures = None, None, None
        self._tracker.forget()
        self._pipeline.wipe()

    def __repr__(self) -> str:
        return f"CaptureSession({self._streak.collected} of {self._limits.frames_needed} frames)"

    def _progress(self) -> float:
        collected = min(self._streak.collected / self._limits.frames_needed, 1.0)
        if self._steady_ms:
            collected = min(collected, self._streak.watched_ms() / self._steady_ms)
        lighting = self._streak.lighting
        return collected if lighting is None else (collected + lighting.progress) / 2

    def _look(self, pixels: NDArray[np.uint8], time_ms: int) -> tuple[Finding, _Shot | None]:
        """The frame that would finish the capture is searched for a second face in any case."""
        lighting = self._streak.lighting
        lit = lighting is None or lighting.over
        enough = self._streak.collected + 1 >= self._limits.frames_needed
        last_one = lit and enough and self._streak.watched_ms(time_ms) >= self._steady_ms
        sight = self._tracker.look(pixels, time_ms, thorough=last_one)
        faces, mesh = sight.faces, sight.mesh
        self._last_measures = None
        self._lap(Stage.FINDING)
        if not faces:
            return Finding.NO_FACE, None
        if any(other.box.area >= self._limits.other_face_share * faces[0].box.area for other in faces[1:]):
            return Finding.SEVERAL_FACES, None
        if mesh is None:
            return Finding.NO_FACE, None
        measures = self._last_measures = measure(pixels, faces[0], mesh)
        self._lap(Stage.QUALITY)
        return judge(measures, self._limits.quality), _Shot(pixels, faces[0], mesh, measures)

    def _collect(self, finding: Finding, shot: _Shot, time_ms: int) -> None:
        streak = self._streak
        if finding is not Finding.OK:
            self._observe(shot, time_ms, good=False)
            self._fallback = _better(self._fallback, shot.kept())
            return
        too_soon = streak.last_ms is not None and time_ms - streak.last_ms < self._limits.min_interval_ms
        if self.finished or too_soon:
            return
        template, shot.strength = self._pipeline.graded_template(shot.pixels, shot.mesh)
        self._lap(Stage.TEMPLATE)
        if streak.templates and cosine(template, streak.templates[0]) < self._match_threshold:
            self._start_again()
            streak = self._streak
        enough = self._enough
        self._observe(shot, time_ms, good=True)
        streak.first_ms = time_ms if streak.first_ms is None else streak.first_ms
        streak.last_ms = time_ms
        if enough:
            template.fill(0)
            self._end_challenge()
            return
        if streak.collected < self._limits.frames_needed:
            streak.templates.append(template)
        else:
            template.fill(0)
        streak.collected += 1
        streak.best = _better(streak.best, shot.kept())
        if self._enough and streak.lighting is not None:
            streak.lighting.begin(time_ms)

    def _end_challenge(self) -> None:
        """A good frame during the challenge, or after it. Who turned away meanwhile, so that too few showed the face,
        begins anew."""
        streak = self._streak
        if streak.lighting is None:
            return
        if not streak.lighting.over:
            streak.lit_frames += 1
        elif streak.lit_frames >= LEAST_FRAMES or streak.lighting.failed:
            streak.lit_through = True
        else:
            self._start_again()

    def _observe(self, shot: _Shot, time_ms: int, *, good: bool) -> None:
        coloured = self._enough and self._streak.lighting is not None
        self._streak.test.observe(Observation(time_ms, shot.pixels, shot.face, shot.mesh, good, coloured))
        self._lap(Stage.CUES)

    def _start_again(self) -> None:
        """Drop the streak. Its best frame stays as a last resort for a capture that never succeeds."""
        if self._streak.best is not None:
            self._fallback = _better(self._fallback, self._streak.best)
        for template in self._streak.templates:
            template.fill(0)
        self._streak.test.wipe()
        self._streak = self._new_streak()

    def _new_streak(self) -> _Streak:
        if self._entropy is None:
            return _Streak(self._pipeline.presentation_test(), None)
        lighting = Lighting(Challenge.draw(self._entropy, self._starts))
        self._starts += 1
        if self._lamp is not None:
            lighting.showed(self._lamp.colour, self._lamp.from_ms)
        if self._lamp_failed:
            lighting.fail()
        return _Streak(self._pipeline.presentation_test(lighting), lighting)

    def _result(self, match_score: float | None, verification: CheckResult, timed_out: bool) -> FaceResult:
        shot = self._streak.best or self._fallback
        pad = self._streak.pad = self._streak.test.result()
        checks = (
            outcome.capture(self.finished, self._last_finding, timed_out),
            outcome.presentation(pad.score, self._attack_threshold),
            verification,
        )
        quality = shot.measures.rounded() if shot is not None else {}
        return FaceResult(
            checks,
            match_score,
            self._match_threshold,
            pad.score,
            self._attack_threshold,
            quality,
            self._streak.collected,
            pad.cues,
        )


def _better(old: _Shot | None, new: _Shot) -> _Shot:
    """The better of two frames that are ours; the other one is overwritten."""
    if old is None:
        return new
    better, worse = (old, new) if old.merit >= new.merit else (new, old)
    worse.wipe()
    return better


def portrait_template(pipeline: FacePipeline, portrait: bytes) -> Template:
    """The template of the largest face in a portrait. Raises PortraitError."""
    decoded = decode(portrait)
    pixels = with_margin(decoded)
    decoded.fill(0)
    try:
        faces = pipeline.find(pixels)
        mesh = pipeline.mesh(pixels, faces[0]) if faces else None
        if mesh is None:
            raise PortraitError("the portrait shows no face", Reason.NO_FACE)
        return pipeline.template(pixels, mesh)
    finally:
        pixels.fill(0)
