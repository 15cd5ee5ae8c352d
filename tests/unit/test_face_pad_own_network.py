"""The project's own PAD network as a cue, and the tool that calibrates it at a gate."""

import argparse
import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from egate.face.finding.alignment import surroundings
from egate.face.pad.calibration import Calibration, Fusion, Logistic, Term, read_calibration
from egate.face.pad.calibration_text import calibration_text
from egate.face.pad.cue import Missing
from egate.face.pad.cues.own_network import CROP_SCALE, EMBEDDING, SIDE_PX, OwnNetworkCue, crop, feature
from egate.face.pad.observation import Observation
from egate.face.pipeline import FacePipeline
from egate_hal.camera import Frame
from egate_sim.people.head import Person
from egate_sim.people.presentation import Live, Nobody, Presentation
from egate_tools import calibrate_pad
from egate_tools.calibrate_pad import Bench

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(MODELS, threads=1)


def observed(pipeline: FacePipeline, seed: int, *, good: bool = True) -> Observation:
    pixels = Live(Person.draw(seed)).frame(1500, random.Random(1))
    (face, *_) = pipeline.find(pixels)
    mesh = pipeline.mesh(pixels, face)
    assert mesh is not None
    return Observation(0, pixels, face, mesh, good)


def test_it_tells_nothing_before_a_good_frame_and_forgets_on_wiping(pipeline: FacePipeline) -> None:
    cue = OwnNetworkCue(pipeline.own_network)
    cue.observe(observed(pipeline, 3, good=False))
    assert cue.features() is Missing.TOO_FEW_FRAMES
    cue.observe(observed(pipeline, 3))
    features = cue.features()
    assert not isinstance(features, Missing)
    assert set(features) == {feature(place) for place in range(EMBEDDING)}
    assert all(-1 <= value <= 1 for value in features.values())
    cue.wipe()
    assert cue.features() is Missing.TOO_FEW_FRAMES


def test_the_mean_of_frames_lies_between_them(pipeline: FacePipeline) -> None:
    one, other = observed(pipeline, 3), observed(pipeline, 8)
    cue = OwnNetworkCue(pipeline.own_network)
    cue.observe(one)
    cue.observe(other)
    features = cue.features()
    assert not isinstance(features, Missing)
    both = [pipeline.own_network.embedding(seen.pixels, seen.mesh) for seen in (one, other)]
    assert [features[feature(k)] for k in range(EMBEDDING)] == pytest.approx(np.mean(both, axis=0).tolist(), abs=1e-6)


def test_training_and_gate_cut_alike(pipeline: FacePipeline) -> None:
    seen = observed(pipeline, 5)
    expected = surroundings(seen.pixels, seen.mesh.box, CROP_SCALE, SIDE_PX, SIDE_PX)
    assert np.array_equal(crop(seen.pixels, seen.mesh), expected)


def test_a_calibration_that_is_written_reads_back_the_same(tmp_path: Path) -> None:
    made = Calibration(
        format=1,
        cues={"network": Logistic(-1.5, {"attack": Term(2.25, 0.5, 0.125)})},
        fusions={"sequence": Fusion(0.4, Logistic(0.25, {"network": Term(1.0)}))},
    )
    path = tmp_path / "pad.toml"
    path.write_text(calibration_text(made, "Fitted at a lane.\nOn nobody."), "utf-8")
    assert read_calibration(path) == made
    assert path.read_text("utf-8").startswith("# Fitted at a lane.\n# On nobody.\n")


class Staged:
    """A camera before which a presentation stands for each line of the technician's script."""

    def __init__(self, presentations: list[Presentation]) -> None:
        self._waiting = iter(presentations)
        self._shown: Presentation = Nobody()
        self._t_ms = 0

    def lines(self, lines: list[str]) -> Iterator[str]:
        for line in lines:
            if line.startswith(("live", "attack")):
                self._shown, self._t_ms = next(self._waiting), 1200
            yield line

    async def next_frame(self) -> Frame:
        self._t_ms += 100
        return Frame(self._t_ms, self._shown.frame(self._t_ms, random.Random(self._t_ms)))


def bench(pipeline: FacePipeline, camera: Staged) -> Bench:
    return Bench(camera, None, pipeline, calibrate_pad.FaceLimits(min_interval_ms=0))


def test_it_records_who_was_announced_and_keeps_figures_only(pipeline: FacePipeline) -> None:
    camera = Staged([Live(Person.draw(3)), Nobody(), Live(Person.draw(8))])
    said: list[str] = []
    script = camera.lines(["live anna", "", "bogus", "live nobody", "attack print ben", "done", "live late"])
    samples = asyncio.run(calibrate_pad.record(bench(pipeline, camera), script, 0.6, said.append))
    assert samples is not None
    assert [(sample.species, sample.subject) for sample in samples] == [("", "anna"), ("print", "ben")]
    assert all("own_network" in sample.features for sample in samples)
    assert said[1].startswith('"bogus" is none of')
    assert said[2].startswith("not recorded: no good picture")
    assert said[-1] == "recorded: 1 live, 1 print"


def test_quitting_forgets_everything(pipeline: FacePipeline) -> None:
    camera = Staged([Live(Person.draw(3))])
    script = camera.lines(["live anna", "quit"])
    assert asyncio.run(calibrate_pad.record(bench(pipeline, camera), script, 0.6, lambda text: None)) is None


def test_nobody_is_recorded_without_consent(tmp_path: Path) -> None:
    options = argparse.Namespace(config=tmp_path / "absent.toml", out=tmp_path / "x", seconds=1.0, consented=False)
    said: list[str] = []
    assert calibrate_pad.run(options, [], said.append) == 2
    assert "agreed in writing" in said[0]
    assert not (tmp_path / "x").exists()
