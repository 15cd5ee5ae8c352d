"""What the face stages cost, single-threaded, and what loading them takes."""

import random
import resource
import statistics
import time
import timeit
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
from figures import Figure, publish

from egate.face.capture import CaptureSession, portrait_template
from egate.face.limits import FaceLimits
from egate.face.networks.cards import Cards, read_cards
from egate.face.networks.inference import Model
from egate.face.pipeline import FacePipeline
from egate.face.quality.measures import measure
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait_jpeg
from egate_sim.people.presentation import Live

MODELS = Path(__file__).resolve().parents[2] / "models"
ROUNDS = 40
FRAME_MS = 100  # the camera's interval at ten frames a second


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
        Figure("Loading the face models", load_ms, "ms", beside="part of start to ready"),
        Figure("  what they hold of memory", (loaded_kb - before_kb) / 1024, "MiB", beside="part of the controller's"),
    ]  # fmt: skip


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
