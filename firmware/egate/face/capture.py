"""One traveller before the camera: frames come in, guidance goes out, and at the end three checks with their scores.

Only frames that show one good face in unbroken presence count: when it is lost, a second one appears or another person
stands there, collecting starts again, so that nobody can change places between the frames that are tested for an attack
and the one that is compared.

A lane with a face light puts the traveller to the light challenge (``pad.challenge``) as soon as there is a good frame
in its white, while the traveller still comes to stand. Then the face is watched for ``steady_ms``, standing still in
white again: a pulse takes its time to show, and so the pictures that are compared have natural colours. Where nothing
but a pulse is missing then, it is watched for as long again. Whoever stands there is compared with the one before,
frame by frame. Each start has a challenge of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.checks import CheckResult, Reason
from egate.face import outcome
from egate.face.errors import PortraitError
from egate.face.limits import UNLIT_MS, FaceLimits
from egate.face.pad.challenge import Challenge, Colour, Shown
from egate.face.pad.cue import CueResult
from egate.face.pad.cues.pulse import LEAST_SPAN_MS
from egate.face.pad.lighting import Lighting
from egate.face.pad.observation import Observation
from egate.face.pad.presentation_test import LIVING
from egate.face.pipeline import FacePipeline
from egate.face.quality.judgement import GUIDANCE, Finding, judge, judged
from egate.face.quality.measures import Measures, measure
from egate.face.reference import portrait_template
from egate.face.snapshot import Phase, Snapshot, Stage, pad_figures
from egate.face.streak import Shot, Streak, better
from egate.face.verification.embedding import cosine, joined
from egate.screens import Guidance


@dataclass(frozen=True, slots=True)
class FrameReport:
    """What one frame showed. ``progress`` in 0 .. 1: how much of the capture is done; ``moving``: it only waits for the
    traveller to stand still."""

    finding: Finding
    progress: float
    moving: bool = False

    @property
    def guidance(self) -> Guidance | None:
        """What to ask of the traveller; None when nothing is to be said."""
        return Guidance.HOLD_STILL if self.moving else GUIDANCE[self.finding]


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
        self._watch_ms = limits.steady_ms if entropy is not None else max(limits.steady_ms, UNLIT_MS)
        self._lamp: Shown | None = None
        self._lamp_failed = False
        self._streak = self._new_streak()
        self._tracker = pipeline.tracker()
        self._fallback: Shot | None = None
        self._last_finding: Finding | None = None
        self._last_measures: Measures | None = None

    @property
    def finished(self) -> bool:
        """The light challenge is over where there is one, and enough good frames have been collected."""
        return self._streak.enough

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
        return FrameReport(finding, self._streak.progress, finding is Finding.OK and self._streak.restless)

    def snapshot(self, *, ask: bool = False, ended: bool = False) -> Snapshot:
        """Where the capture stands, in figures. ``ask`` the cues what they say by now, which may take some ten
        milliseconds; ``ended``: no more frames will come."""
        streak, lighting = self._streak, self._streak.lighting
        if ask:
            streak.pad = streak.test.result()
        phase = Phase.DONE if ended else Phase.LOOKING
        if not ended and lighting is not None and lighting.begun and not lighting.failed:
            phase = Phase.WATCHING if lighting.over else Phase.CHALLENGE
        last = self._last_measures
        return Snapshot(
            phase,
            self._last_finding,
            () if last is None else judged(last, self._limits.quality),
            streak.collected,
            self._limits.frames_needed,
            streak.progress,
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

    def _look(self, pixels: NDArray[np.uint8], time_ms: int) -> tuple[Finding, Shot | None]:
        """The frame that would finish the capture is searched for a second face in any case."""
        sight = self._tracker.look(pixels, time_ms, thorough=self._streak.enough_with(time_ms))
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
        return judge(measures, self._limits.quality), Shot(pixels, faces[0], mesh, measures)

    def _collect(self, finding: Finding, shot: Shot, time_ms: int) -> None:
        streak = self._streak
        steady = streak.stands(shot.mesh, time_ms)
        if finding is not Finding.OK:
            self._observe(shot, time_ms, good=False, steady=steady)
            self._fallback = better(self._fallback, shot.kept())
            return
        if self.finished or streak.too_soon(time_ms):
            return
        template, shot.strength = self._pipeline.graded_template(shot.pixels, shot.mesh)
        self._lap(Stage.TEMPLATE)
        if streak.is_another(template, self._match_threshold):
            self._start_again()
            steady = self._streak.stands(shot.mesh, time_ms)
        self._observe(shot, time_ms, good=True, steady=steady)
        self._streak.take(shot, template, time_ms)
        if self._streak.turned_away:
            self._start_again()
        elif self.finished and not self._streak.doubted and self._only_pulse_is_missing():
            self._streak.doubt()

    def _only_pulse_is_missing(self) -> bool:
        """Some people's hearts beat slowly and weakly; a mask's never does. A longer look tells them apart."""
        alarms = self._streak.test.result().alarms(self._attack_threshold)
        return alarms == {LIVING}

    def _observe(self, shot: Shot, time_ms: int, *, good: bool, steady: bool) -> None:
        coloured = self._streak.coloured(time_ms)
        self._streak.test.observe(Observation(time_ms, shot.pixels, shot.face, shot.mesh, good, coloured, steady))
        self._lap(Stage.CUES)

    def _start_again(self) -> None:
        """Drop the streak. Its best frame stays as a last resort for a capture that never succeeds."""
        if self._streak.best is not None:
            self._fallback = better(self._fallback, self._streak.best)
        self._streak.wipe()
        self._streak = self._new_streak()

    def _new_streak(self) -> Streak:
        lighting = None
        if self._entropy is not None:
            lighting = Lighting(Challenge.draw(self._entropy, self._starts))
            self._starts += 1
            if self._lamp is not None:
                lighting.showed(self._lamp.colour, self._lamp.from_ms)
            if self._lamp_failed:
                lighting.fail()
        test = self._pipeline.presentation_test(lighting, pulse=self._watch_ms >= LEAST_SPAN_MS)
        return Streak(test, lighting, self._limits, self._watch_ms)

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
