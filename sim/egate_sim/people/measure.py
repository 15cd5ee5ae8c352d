"""Measures what the gate's own face capture makes of the simulated people, and prints tables.

    python -m egate_sim.people.measure 0-29        # people by seed
    python -m egate_sim.people.measure --cast      # the curated cast

Figures about rendered people say nothing about real ones: no threshold of a gate may be taken from here.
"""

import argparse
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from egate.face.capture import CaptureSession, FaceResult
from egate.face.limits import FaceLimits
from egate.face.pad.presentation_test import ALARM
from egate.face.pipeline import FacePipeline
from egate.face.reference import portrait_template
from egate.face.verification.embedding import Template, cosine
from egate_sim.people.attacks.catalogue import attack
from egate_sim.people.cast import CAST, DEMO_MATCH_THRESHOLD, holder_of
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait_jpeg
from egate_sim.people.presentation import STEP_MS, Live, Presentation

MODELS = Path(__file__).parents[3] / "models"
LIMITS = FaceLimits(match_threshold=DEMO_MATCH_THRESHOLD)
PATIENCE_MS = 5_000
KINDS = ("live", "phone", "tablet", "print")


@dataclass
class Measured:
    """One person: template of the portrait, template of a live frame, and how the capture of each presentation went:
    its result, and after how long it had all its frames (None: never)."""

    person: Person
    portrait: Template
    live: Template | None
    results: dict[str, FaceResult] = field(default_factory=dict)
    took_ms: dict[str, int | None] = field(default_factory=dict)

    def score(self, kind: str) -> float:
        """The PAD score of a presentation; a missing one counts as an alarm."""
        score = self.results[kind].pad_score
        return 1.0 if score is None else score

    def match(self, kind: str) -> float:
        """Similarity of a presentation to the portrait."""
        score = self.results[kind].match_score
        return -1.0 if score is None else score


def presentations(person: Person) -> dict[str, Presentation]:
    """The person, and every attack that shows the person, by kind."""
    holder = holder_of(person)
    return {
        "live": Live(person),
        "phone": attack("video-phone", person, holder),
        "tablet": attack("video-tablet", person, holder),
        "print": attack("print-matt", person, holder),
    }


def capture(
    pipeline: FacePipeline, presentation: Presentation, portrait: bytes, seed: int
) -> tuple[FaceResult, int | None]:
    """Show a presentation to the gate until the capture is finished or patience ends."""
    session, chance = CaptureSession(pipeline, LIMITS), random.Random(seed)
    took_ms = None
    for t_ms in range(0, PATIENCE_MS, STEP_MS):
        session.feed(presentation.frame(t_ms, chance), t_ms)
        if session.finished:
            took_ms = t_ms
            break
    result = session.verify(portrait, timed_out=took_ms is None)
    session.wipe()
    return result, took_ms


def measure(pipeline: FacePipeline, person: Person) -> Measured:
    """Show the gate the person's portrait, and every presentation."""
    document = portrait_jpeg(person)
    shown = presentations(person)
    standing = shown["live"].frame(2_000, random.Random(person.seed))
    faces = pipeline.find(standing)
    mesh = pipeline.mesh(standing, faces[0]) if faces else None
    live = None if mesh is None else pipeline.template(standing, mesh)
    measured = Measured(person, portrait_template(pipeline, document), live)
    for kind, presentation in shown.items():
        measured.results[kind], measured.took_ms[kind] = capture(pipeline, presentation, document, person.seed)
    return measured


def report(people: list[Measured], attack_threshold: float) -> str:
    """Tables by person and by kind of presentation."""
    lines = [
        f"{'seed':>5} {'sex':6} {'age':>3} {'genuine':>8} {'nearest':>8}  PAD: " + " ".join(f"{k:>7}" for k in KINDS)
    ]
    for one in people:
        p, pads = one.person, " ".join(f"{one.score(kind):7.2f}" for kind in KINDS)
        columns = f"{one.match('live'):8.2f} {nearest(one, people):8.2f}       {pads}"
        lines.append(f"{p.seed:>5} {p.sex:6} {p.age_years:>3} {columns}")
    genuine = np.array([one.match("live") for one in people])
    impostor = np.array(
        [cosine(a.portrait, b.live) for a in people for b in people if a is not b and b.live is not None]
    )
    for name, values in (("genuine", genuine), ("impostor", impostor)):
        if values.size:
            marks = np.quantile(values, (0, 0.01, 0.5, 0.99, 1))
            spread = "min {:.2f}, 1% {:.2f}, median {:.2f}, 99% {:.2f}, max {:.2f}".format(*marks)
            over = np.mean(values >= DEMO_MATCH_THRESHOLD)
            lines.append(f"{name:9} {values.size:6} comparisons: {spread}; {over:.2%} reach {DEMO_MATCH_THRESHOLD}")
    for kind in KINDS:
        alarms = np.mean([one.score(kind) >= attack_threshold for one in people])
        matches = np.mean([one.match(kind) >= DEMO_MATCH_THRESHOLD for one in people])
        times = [one.took_ms[kind] for one in people]
        captured = [t for t in times if t is not None]
        timing = f"captured {len(captured)}, median after {np.median(captured):.0f} ms" if captured else "none captured"
        lines.append(f"{kind:9} of {len(people)}: PAD alarm {alarms:6.1%}, match {matches:6.1%}, {timing}")
    return "\n".join(lines)


def nearest(one: Measured, people: list[Measured]) -> float:
    """Highest similarity of this person's portrait to anything of anybody else."""
    others = (t for other in people if other is not one for t in (other.portrait, other.live) if t is not None)
    return max((cosine(one.portrait, template) for template in others), default=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", nargs="?", default="0-23", help="range of seeds, e.g. 0-29")
    parser.add_argument("--cast", action="store_true", help="measure the curated cast")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the models")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split("-"))
    people: Iterable[Person] = CAST if options.cast else map(Person.draw, range(first, last + 1))
    pipeline = FacePipeline.load(options.models)
    results = []
    for person in people:
        results.append(measure(pipeline, person))
        sys.stderr.write(f"\rmeasured {len(results)}")
    sys.stderr.write("\r")
    sys.stdout.write(report(results, ALARM) + "\n")


if __name__ == "__main__":
    main()
