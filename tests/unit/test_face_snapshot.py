"""What a technician may know of a capture: figures, as they are, and nothing that tells who stands there."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from egate.face.capture import CaptureSession
from egate.face.limits import FaceLimits
from egate.face.pad.calibration import Calibration, Fusion, Logistic, Term
from egate.face.pad.challenge import REST
from egate.face.pad.cue import CueResult, Missing
from egate.face.pad.presentation_test import FusionResult, PadResult
from egate.face.pipeline import FacePipeline
from egate.face.quality.judgement import Finding
from egate.face.snapshot import CueFigure, FeatureFigure, PadFigures, Phase, Snapshot, Stage, pad_figures
from egate.screens import Guidance

ROOT = Path(__file__).resolve().parents[2]
ENTROPY = bytes(range(32))
PERIOD_MS = 100
PLAIN = (int, float, str, bool, type(None))

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(ROOT / "models", threads=1)


@pytest.fixture(scope="module")
def good() -> Pixels:
    frame = Image.new("RGB", (700, 640), (120, 120, 120))
    frame.paste(Image.open(ROOT / "tests/data/astronaut.jpg").convert("RGB").resize((560, 560)), (70, 40))
    return np.asarray(frame)


EMPTY = np.full((640, 700, 3), 120, np.uint8)


def leaves(value: object) -> Iterator[object]:
    """Everything that a snapshot is made of."""
    if is_dataclass(value):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from leaves(each)
    else:
        yield value


def feed(session: CaptureSession, frame: Pixels, time_ms: int) -> None:
    lamp = session.lamp
    if lamp is not None:
        session.lamp_showed(lamp, time_ms)
    session.feed(frame, time_ms)


def test_before_the_first_frame_there_is_nothing_to_tell(pipeline: FacePipeline) -> None:
    snapshot = CaptureSession(pipeline, FaceLimits()).snapshot()
    assert snapshot == Snapshot(Phase.LOOKING, None, (), 0, 5, 0.0, None, None, None, 0.5)
    assert (snapshot.guidance, snapshot.alarm) == (None, None)


def test_asking_again_and_again_changes_nothing(pipeline: FacePipeline, good: Pixels) -> None:
    watched, alone = (CaptureSession(pipeline, FaceLimits(), ENTROPY) for _ in range(2))
    for time_ms in range(0, 10_000, PERIOD_MS):
        for session in (watched, alone):
            feed(session, good, time_ms)
        watched.snapshot(ask=True)
        if alone.finished:
            break
    assert watched.finished
    assert watched.result() == alone.result()


def test_it_follows_the_capture_through_the_challenge(pipeline: FacePipeline, good: Pixels) -> None:
    session = CaptureSession(pipeline, FaceLimits(), ENTROPY)
    seen = []
    for time_ms in range(0, 10_000, PERIOD_MS):
        feed(session, good, time_ms)
        seen.append(session.snapshot(ask=True))
        if session.finished:
            break
    phases = [snapshot.phase for snapshot in seen]
    white = phases.index(Phase.WATCHING)
    assert phases == [Phase.CHALLENGE] * white + [Phase.WATCHING] * (len(phases) - white)
    assert {snapshot.frames_used for snapshot in seen[:white]} == {1}, "what is compared is not taken in coloured light"
    assert seen[-1].frames_used >= FaceLimits().frames_needed
    coloured = [snapshot for snapshot in seen if snapshot.phase is Phase.CHALLENGE]
    assert len({snapshot.lamp for snapshot in coloured} - {REST}) >= 4, "five colours, some of them perhaps twice"
    shares = [snapshot.challenge for snapshot in coloured]
    assert shares == sorted(shares, key=lambda share: share or 0.0)
    for snapshot in seen:
        assert snapshot.pad is not None
        assert {cue.name for cue in snapshot.pad.cues} >= {"network", "light", "geometry"}
        assert all(isinstance(leaf, (*PLAIN, Enum, frozenset)) for leaf in leaves(snapshot))
    light = [next(cue for cue in snapshot.pad.cues if cue.name == "light") for snapshot in seen if snapshot.pad]
    assert light[0].missing is not None
    session.result()
    end = session.snapshot(ended=True)
    assert (end.phase, end.lamp, end.challenge) == (Phase.DONE, None, 1.0)
    assert end.alarm is not None


def test_measures_stand_beside_their_limits(pipeline: FacePipeline, good: Pixels) -> None:
    session = CaptureSession(pipeline, FaceLimits())
    session.feed(good, 0)
    measures = {each.measure: each for each in session.snapshot().measures}
    assert measures["eye_distance_px"].low == FaceLimits().quality.min_eye_distance_px
    assert measures["eye_distance_px"].value > 50
    assert {each.finding for each in measures.values()} == {Finding.OK}
    session.feed(np.ascontiguousarray(good[:, ::-1] // 5), 100)
    dark = session.snapshot()
    assert (dark.finding, dark.guidance) == (Finding.TOO_DARK, Guidance.ADJUST_LIGHT)
    assert next(each for each in dark.measures if each.measure == "highlight").finding is Finding.TOO_DARK
    session.feed(EMPTY, 200)
    assert session.snapshot().measures == ()


def test_a_face_that_leaves_takes_its_figures_along(pipeline: FacePipeline, good: Pixels) -> None:
    session = CaptureSession(pipeline, FaceLimits())
    session.feed(good, 0)
    assert session.snapshot(ask=True).pad is not None
    assert session.snapshot().pad is not None, "what was said last stays until it is asked again"
    session.feed(EMPTY, 100)
    assert session.snapshot().pad is None
    session.feed(good, 200)
    session.snapshot(ask=True)
    session.wipe()
    assert session.snapshot() == CaptureSession(pipeline, FaceLimits()).snapshot()


def test_each_stage_of_a_frame_is_told_when_it_ends(pipeline: FacePipeline, good: Pixels) -> None:
    laps: list[Stage] = []
    session = CaptureSession(pipeline, FaceLimits(), lap=laps.append)
    session.feed(good, 0)
    assert laps == [Stage.FINDING, Stage.QUALITY, Stage.TEMPLATE, Stage.CUES]
    session.feed(EMPTY, 100)
    assert laps[4:] == [Stage.FINDING]


# What the cues said

MODEL = Logistic(0.0, {"edges": Term(0.8, 0.6, 0.2)})
CALIBRATION = Calibration(
    1, {"context": MODEL, "own_network": Logistic(0.0, {"e00": Term(1.0)})},
    {"sequence": Fusion(0.7, Logistic(0.0, {"context": Term(1.0)}))},
)  # fmt: skip
FUSIONS = (FusionResult("sequence", 0.4, 0.7, frozenset({"context"})),)


def told(*results: CueResult, score: float | None = 0.2) -> PadFigures:
    return pad_figures(PadResult(score, results, FUSIONS), CALIBRATION)


def test_features_stand_beside_the_calibration() -> None:
    (cue,) = told(CueResult("context", 0.6, None, {"edges": 0.7, "bezel": 0.1})).cues
    bezel, edges = FeatureFigure("bezel", 0.1, None, None, None), FeatureFigure("edges", 0.7, 0.6, 0.2, 0.8)
    assert cue == CueFigure("context", 0.6, None, (bezel, edges), ("sequence",))


def test_a_cue_without_a_vote_says_why() -> None:
    (cue,) = told(CueResult("pulse", None, Missing.NOT_CALIBRATED, {"rate": 1.0})).cues
    assert (cue.missing, cue.fusions) == (Missing.NOT_CALIBRATED, ())
    assert cue.features == (FeatureFigure("rate", 1.0, None, None, None),)


def test_an_embedding_is_not_told() -> None:
    (cue,) = told(CueResult("own_network", 0.3, None, {"e00": 1.0})).cues
    assert (cue.score, cue.features) == (0.3, ())


@pytest.mark.parametrize(
    ("phase", "score", "alarm"),
    [
        (Phase.LOOKING, None, None),
        (Phase.DONE, None, True),
        (Phase.LOOKING, 0.49, False),
        (Phase.LOOKING, 0.5, True),
        (Phase.DONE, float("nan"), True),
    ],
)
def test_a_missing_score_is_an_alarm_at_the_end(phase: Phase, score: float | None, alarm: bool | None) -> None:
    empty = Snapshot(Phase.LOOKING, None, (), 0, 5, 0.0, None, None, None, 0.5)
    assert replace(empty, phase=phase, pad=told(score=score)).alarm is alarm


def test_fusions_are_moved_to_a_common_threshold() -> None:
    at, above, none = (FusionResult("sequence", score, 0.7, frozenset()).relative for score in (0.7, 0.9, None))
    assert at == pytest.approx(0.5)
    assert above is not None
    assert above > 0.5
    assert none is None
