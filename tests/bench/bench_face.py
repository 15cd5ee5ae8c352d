"""What the face stages cost, single-threaded, and what loading them takes. Prints JSON: ``python bench_face.py``."""

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from egate.face.capture import CaptureSession, portrait_template
from egate.face.limits import FaceLimits
from egate.face.pipeline import FacePipeline
from egate.face.quality import measure
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait_jpeg
from egate_sim.people.presentation import Live

MODELS = Path(__file__).resolve().parents[2] / "models"
ROUNDS = 40


def main() -> None:
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

    stages: dict[str, Callable[[], object]] = {
        "detection": lambda: pipeline.find(frame),
        "landmarks": lambda: pipeline.mesh(frame, face),
        "quality": lambda: measure(frame, face, mesh),
        "pad": lambda: pipeline.attack_score(frame, mesh),
        "template": lambda: pipeline.template(frame, mesh),
        "portrait_to_template": lambda: portrait_template(pipeline, portrait),
        "wipe": pipeline.wipe,
        "capture_of_5_frames_and_verification": whole_capture,
    }
    result = {
        "frame": list(frame.shape),
        "load_ms": round(load_ms, 1),
        "memory_of_models_mb": round((loaded_kb - before_kb) / 1024, 1),
        "median_cpu_ms": {name: round(median_ms(stage), 2) for name, stage in stages.items()},
    }
    json.dump(result, sys.stdout, indent=2)
    sys.stdout.write("\n")


def median_ms(stage: Callable[[], object]) -> float:
    """Median over ROUNDS calls, in milliseconds of CPU time, which a busy machine changes less than the clock's."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        stage()
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    main()
