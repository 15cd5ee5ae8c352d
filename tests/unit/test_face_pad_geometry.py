"""Depth from motion: what is put in is found again, and a plane has none however it moves."""

from collections.abc import Mapping
from dataclasses import replace

import moving_face
import numpy as np
import pytest
from moving_face import Pose, observations, shown

from egate.face.pad.cue import Features, Missing
from egate.face.pad.cues.geometry import GeometryCue
from egate.face.pad.flow import Reference
from egate.face.pad.patch import EYES_PX, patch
from egate.face.pad.timeline import Timeline
from egate.face.pad.track import FaceTrack

SWAY = [Pose(right_px=6 * np.sin(k), down_px=3 * np.cos(2 * k), roll=0.02 * np.sin(k + 1)) for k in range(10)]
NODS = [replace(pose, yaw=0.03 * np.sin(k), pitch=0.02 * np.cos(k)) for k, pose in enumerate(SWAY)]
TILTS = [replace(pose, tilt=0.05 * np.sin(k), scale=1 + 0.05 * np.cos(k)) for k, pose in enumerate(SWAY)]


def cue() -> GeometryCue:
    return GeometryCue(FaceTrack())


def figures(poses: list[Pose], noise: float = 1.0, interval_ms: int = 250) -> Features:
    features = shown(cue, observations(poses, noise=noise, interval_ms=interval_ms)).features()
    assert isinstance(features, Mapping)
    return features


def rms(values: list[float]) -> float:
    return float(np.std(values))


def test_the_turn_of_a_head_is_measured() -> None:
    put_in = np.hypot(rms([pose.yaw for pose in NODS]), rms([pose.pitch for pose in NODS]))
    features = figures(NODS)
    assert np.exp(features["turn"]) == pytest.approx(put_in, rel=0.25)
    assert features["turn_to_noise"] > 2
    assert features["turn_to_deformation"] > -2


@pytest.mark.parametrize("poses", [SWAY, TILTS], ids=["shifted and rolled", "tilted and brought nearer"])
@pytest.mark.parametrize("noise", [0.0, 1.0, 3.0])
def test_a_plane_has_no_depth(poses: list[Pose], noise: float) -> None:
    head, plane = figures(NODS, noise), figures(poses, noise)
    assert np.exp(plane["turn"]) < 0.2 * np.exp(head["turn"])
    assert plane["turn_to_deformation"] < head["turn_to_deformation"] - 0.4


@pytest.mark.parametrize("every", [1, 2, 3])
def test_frames_that_are_left_out_change_little(every: int) -> None:
    assert figures(NODS[::every], interval_ms=250 * every)["turn"] == pytest.approx(figures(NODS)["turn"], abs=0.35)


def test_why_it_says_nothing() -> None:
    assert cue().features() is Missing.TOO_FEW_FRAMES
    assert shown(cue, observations(NODS[:3])).features() is Missing.TOO_FEW_FRAMES
    assert shown(cue, observations(NODS[:8], interval_ms=100)).features() is Missing.TOO_SHORT
    assert shown(cue, observations([Pose()] * 6, noise=0)).features() is Missing.TOO_STILL
    tiny = [replace(pose, scale=0.05) for pose in NODS]
    assert shown(cue, observations(tiny)).features() is Missing.TOO_SMALL


def test_nothing_is_left_after_wiping() -> None:
    watched = shown(cue, observations(NODS))
    kept = list(watched._track._patches)
    watched.wipe()
    assert watched.features() is Missing.TOO_FEW_FRAMES
    assert not any(item.grey.any() or item.depth.any() or item.inside.any() for item in kept)


def test_a_patch_is_upright_and_of_one_size_at_every_scale() -> None:
    seen = observations([Pose(), Pose(scale=0.5, roll=0.4, right_px=30), Pose(scale=1.6)], noise=0)
    patches = [patch(0, one.pixels, one.mesh) for one in seen]
    first = patches[0]
    assert first is not None
    assert first.scale == pytest.approx(88 / EYES_PX, rel=0.02)
    for other in patches[1:]:
        assert other is not None
        assert np.corrcoef(first.grey.ravel(), other.grey.ravel())[0, 1] > 0.97


def test_flow_finds_the_plane_of_a_picture() -> None:
    seen = observations([Pose(), Pose(right_px=4, roll=0.03, scale=1.02)], noise=0)
    still = seen[0].mesh  # both are cut out at the same place, so that all of the motion is left for the flow
    before, after = (patch(0, one.pixels, still) for one in seen)
    assert before is not None
    assert after is not None
    plane = Reference(before).flow(after).plane
    right, middle = (at @ plane.T for at in np.array([(68.0, 53.6, 1), (48, 53.6, 1)]))
    moved = (right[:2] / right[2] - middle[:2] / middle[2]) @ (1, 1j) / 20
    assert abs(moved) == pytest.approx(1.02, abs=0.003)
    assert np.angle(moved) == pytest.approx(0.03, abs=0.003)


def test_hostile_frames_come_to_finite_figures_or_a_reason() -> None:
    chance = np.random.default_rng(7)
    for _ in range(40):
        frames, side = int(chance.integers(0, 12)), int(chance.integers(16, 90))
        watched = shown(cue, moving_face.anything(chance, frames, side))
        features = watched.features()
        assert isinstance(features, Missing) or all(np.isfinite(value) for value in features.values())


def test_a_timeline_spreads_what_it_keeps() -> None:
    dropped: list[int] = []
    timeline: Timeline[int] = Timeline(8, 40, dropped.append)
    for time_ms in range(0, 12_000, 33):
        if timeline.due(time_ms):
            timeline.add(time_ms, time_ms)
    kept = list(timeline)
    assert 4 <= len(kept) <= 8
    assert timeline.span_ms > 8_000
    assert max(np.diff(kept)) <= 2.5 * min(np.diff(kept))
    timeline.clear()
    assert len(timeline) == 0
    assert set(kept) <= set(dropped)
