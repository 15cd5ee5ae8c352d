"""What the face stages and the cues cost, with one thread and with two, and how long a traveller stands there."""

import random
import resource
import statistics
import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
from figures import Figure, publish
from numpy.typing import NDArray
from PIL import Image

from egate.face.capture import CaptureSession
from egate.face.finding.detection import Face
from egate.face.finding.landmarks import Mesh
from egate.face.limits import FaceLimits
from egate.face.networks.cards import Cards, read_cards
from egate.face.networks.inference import Model
from egate.face.pad.cue import Cue
from egate.face.pad.observation import Observation
from egate.face.pipeline import FacePipeline
from egate.face.quality.measures import measure
from egate.face.reference import portrait_template
from egate_hal.light import DARK, Colour
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait_jpeg
from egate_sim.people.presentation import Live

MODELS = Path(__file__).resolve().parents[2] / "models"
ROUNDS = 40
FRAME_MS = 100  # the camera's interval at ten frames a second
_FAST_MS = 66  # at fifteen
_CUE_FRAMES, _CUE_FRAME_MS = 10, 160
_CAPTURES, _PATIENCE_MS = 5, 6_000
_NEAR_MM, _FAR_MM = 780.0, 1_000.0  # a frame of 640 x 480 shows less from top to bottom
Pixels = NDArray[np.uint8]


def figures() -> list[Figure]:
    """Measure every stage on one rendered frame of the simulated camera."""
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    pipeline = FacePipeline.load(MODELS, threads=1)
    load_ms = (time.perf_counter() - started) * 1000
    loaded_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    person = Person.draw(3)
    frame = Live(person).frame(500, random.Random(0))
    portrait = portrait_jpeg(person)
    (face,) = pipeline.find(frame)
    mesh = pipeline.mesh(frame, face)
    if mesh is None:
        raise SystemExit("the simulated face is not taken for one; there is nothing to measure")

    def whole_capture() -> None:
        session = CaptureSession(pipeline, FaceLimits())
        for k in range(5):
            session.feed(frame, 100 * k)
        session.verify(portrait)
        session.wipe()

    tracker, clock_ms = pipeline.tracker(), count(step=FRAME_MS)
    stages: dict[str, Callable[[], object]] = {
        "detection and landmarks of 4 tracked frames": lambda: [tracker.look(frame, next(clock_ms)) for _ in range(4)],
        "detection": lambda: pipeline.find(frame),
        "landmarks": lambda: pipeline.mesh(frame, face),
        "quality": lambda: measure(frame, face, mesh),
        "pad": lambda: (pipeline.attack_network.tight(frame, mesh), pipeline.attack_network.wide(frame, mesh)),
        "template": lambda: pipeline.template(frame, mesh),
        "portrait to template": lambda: portrait_template(pipeline, portrait),
        "wipe": pipeline.wipe,
        "capture of 5 frames, verification, wiping": whole_capture,
    }
    stages |= cue_stages(pipeline, frame, face, mesh)
    measured = {name: median_ms(stage) for name, stage in stages.items()}
    a_frame_ms = sum(measured[name] for name in ("detection", "landmarks", "quality", "pad", "template"))
    height, width, _ = frame.shape
    return [
        Figure(
            "One camera frame through every face stage, one thread", a_frame_ms, "ms", at_most=FRAME_MS,
            beside=f"the camera's interval; {width} x {height} pixels", headline=True,
        ),
        *(
            Figure(f"  {name}", ms, "ms", beside=f"{100 * ms / a_frame_ms:.0f} % of a frame")
            for name, ms in measured.items()
        ),
        *networks(),
        *whole(person, portrait),
        Figure("Loading the face models", load_ms, "ms", beside="part of start to ready"),
        Figure("  what they hold of memory", (loaded_kb - before_kb) / 1024, "MiB", beside="part of the controller's"),
    ]  # fmt: skip


def cue_stages(pipeline: FacePipeline, frame: Pixels, face: Face, mesh: Mesh) -> dict[str, Callable[[], object]]:
    """Each cue that needs the camera alone: what it costs to show it a frame, and to ask what ten frames come to."""

    def watched(number: int) -> Cue:
        cue = pipeline.cues()[number]
        for k in range(_CUE_FRAMES):
            cue.observe(Observation(k * _CUE_FRAME_MS, frame, face, mesh, good=True))
        return cue

    def asked(number: int) -> object:
        cue = watched(number)
        features = cue.features()
        cue.wipe()
        return features

    return {
        f"cue {cue.name}, {_CUE_FRAMES} frames and its features": partial(asked, number)
        for number, cue in enumerate(pipeline.cues())
    }


@dataclass(frozen=True, slots=True)
class Capture:
    """One traveller. ``frames``: that were taken; ``busy_ms``: their stages and the verdict, on the clock;
    ``processor_ms``: the same in processor time, which a busy machine changes less; ``lane_ms``: from the first frame
    until the verdict, in the lane's time."""

    frames: int
    busy_ms: float
    processor_ms: float
    lane_ms: float


def capture(pipeline: FacePipeline, person: Person, portrait: bytes, interval_ms: int, small: bool) -> Capture:
    """Somebody walks up, stands, and answers the light challenge; drawing the person is not measured. ``small``: on
    frames of 640 x 480."""
    chance, lamp = random.Random(5), DARK
    live = Live(person, distance_mm=_FAR_MM if small else _NEAR_MM)
    session = CaptureSession(pipeline, FaceLimits(), chance.randbytes(32))
    busy_s, processor_s, t_ms, frames = 0.0, 0.0, 0, 0
    while not session.finished and t_ms < _PATIENCE_MS:
        pixels = live.frame(t_ms, chance, lamp)
        pixels = landscape(pixels) if small else pixels
        began, worked = time.perf_counter(), time.process_time()
        session.feed(pixels, t_ms)
        last_s, processor_s = time.perf_counter() - began, processor_s + time.process_time() - worked
        busy_s, frames = busy_s + last_s, frames + 1
        wanted = session.lamp
        if wanted is not None:
            lamp = Colour(wanted.red, wanted.green, wanted.blue)
            session.lamp_showed(wanted, t_ms + 5)
        t_ms += interval_ms
    if not session.finished:
        raise SystemExit("the simulated traveller was not captured; there is nothing to measure")
    began, worked = time.perf_counter(), time.process_time()
    session.verify(portrait)
    verdict_s, processor_s = time.perf_counter() - began, processor_s + time.process_time() - worked
    session.wipe()
    lane_ms = t_ms - interval_ms + (last_s + verdict_s) * 1000
    return Capture(frames, (busy_s + verdict_s) * 1000, processor_s * 1000, lane_ms)


def landscape(frame: Pixels) -> Pixels:
    """The part of a tall frame where faces are, as 640 x 480."""
    height, width, _ = frame.shape
    rows = width * 3 // 4
    top = (height - rows) // 3
    part = Image.fromarray(np.ascontiguousarray(frame[top : top + rows]))
    return np.asarray(part.resize((640, 480), Image.Resampling.BILINEAR))


def whole(person: Person, portrait: bytes) -> list[Figure]:
    """Captures with every stage, every cue and the light challenge."""
    found = []
    for threads in (2, 1):
        pipeline = FacePipeline.load(MODELS, threads=threads)
        runs = [capture(pipeline, person, portrait, _FAST_MS, small=True) for _ in range(_CAPTURES)]
        rate = statistics.median(1000 * run.frames / run.busy_ms for run in runs)
        processor = statistics.median(1000 * run.frames / run.processor_ms for run in runs)
        found.append(
            Figure(
                f"Whole face pipeline, every cue, 640 x 480, {threads} thread{'s' * (threads > 1)}", rate, "per s",
                at_least=15, headline=threads > 1,
                beside=f"captures of {runs[0].frames} frames and a verdict; {processor:.0f} a second of processor time",
            )
        )  # fmt: skip
        if threads > 1:
            lane = [capture(pipeline, person, portrait, FRAME_MS, small=False) for _ in range(_CAPTURES)]
            found.append(
                Figure(
                    "Face stage with the light challenge, first frame to verdict",
                    statistics.median(run.lane_ms for run in lane) / 1000, "s", at_most=3, headline=True,
                    beside=f"{lane[0].frames} frames at 10 Hz; the traveller walks up meanwhile, 1 s",
                )
            )  # fmt: skip
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return [*found, Figure("  memory of it all, with simulator and bench", peak_kb / 1024, "MiB", beside="at its peak")]


def networks() -> list[Figure]:
    """Each network alone, in every precision that there is, with one thread and with two: elapsed time, because the
    second thread's work is what is asked about."""
    found = []
    for name, card in ((each.name, getattr(read_cards(MODELS), each.name)) for each in fields(Cards)):
        pixels = np.random.default_rng(1).integers(0, 256, (card.input.height, card.input.width, 3), np.uint8)
        for chosen in (card, *(replace(card, use=kind).chosen() for kind in card.variants)):
            one, two = (elapsed_ms(partial(Model(chosen, MODELS, threads).run, pixels)) for threads in (1, 2))
            beside = f"{two:.1f} ms with two threads"
            found.append(Figure(f"  network of {name}, {Path(chosen.file).stem}", one, "ms", beside=beside))
    return found


def elapsed_ms(stage: Callable[[], object]) -> float:
    """Median over ROUNDS calls, in milliseconds on the clock."""
    return statistics.median(timeit.repeat(stage, number=1, repeat=ROUNDS)) * 1000


def median_ms(stage: Callable[[], object]) -> float:
    """Median over ROUNDS calls, in milliseconds of CPU time, which a busy machine changes less than the clock's."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        stage()
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    publish(figures())
