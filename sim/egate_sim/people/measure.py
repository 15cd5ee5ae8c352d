"""Measures what the gate's own models make of the simulated people, and prints tables.

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

from egate.face.embedding import Template, cosine
from egate.face.pad import aggregate
from egate.face.pipeline import FacePipeline
from egate_sim.people.attacks import PHONE, TABLET, Print, ScreenReplay
from egate_sim.people.cast import CAST, DEMO_MATCH_THRESHOLD, holder_of
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait
from egate_sim.people.presentation import STEP_MS, Live, Presentation

MODELS = Path(__file__).parents[3] / "models"
KINDS = ("live", "phone", "tablet", "print")


@dataclass
class Measured:
    """One person: templates of the portrait and of live frames, PAD scores and detections by presentation."""

    person: Person
    portrait: Template
    live: list[Template] = field(default_factory=list)
    scores: dict[str, list[float]] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)

    @property
    def genuine(self) -> list[float]:
        return [cosine(self.portrait, template) for template in self.live]

    def pad(self, kind: str) -> float:
        """The aggregated attack score; no face found at all counts as an alarm."""
        score = aggregate(self.scores[kind])
        return 1.0 if score is None else score


def presentations(person: Person) -> dict[str, Presentation]:
    """The person, and every attack that shows the person, by kind."""
    holder = holder_of(person)
    return {
        "live": Live(person),
        "phone": ScreenReplay(person, holder, PHONE),
        "tablet": ScreenReplay(person, holder, TABLET),
        "print": Print(person, holder),
    }


def measure(pipeline: FacePipeline, person: Person, frames: int) -> Measured:
    """Show the gate's models the person's portrait and ``frames`` of every presentation."""
    picture = portrait(person)
    faces = pipeline.find(picture)
    result = Measured(person, pipeline.template(picture, faces[0]))
    chance = random.Random(person.seed)
    for kind, presentation in presentations(person).items():
        result.scores[kind], result.missed[kind] = [], 0
        for number in range(frames):
            pixels = presentation.frame((12 + 2 * number) * STEP_MS, chance)
            found = pipeline.find(pixels)
            if not found:
                result.missed[kind] += 1
                continue
            result.scores[kind].append(pipeline.attack_score(pixels, found[0]))
            if kind == "live":
                result.live.append(pipeline.template(pixels, found[0]))
    return result


def report(results: list[Measured], attack_threshold: float) -> str:
    """Tables by person and by kind of presentation."""
    lines = [f"{'seed':>5} {'sex':6} {'age':>3} {'genuine':>8} {'nearest':>8}  " + " ".join(f"{k:>7}" for k in KINDS)]
    for one in results:
        p, pads = one.person, " ".join(f"{one.pad(kind):7.2f}" for kind in KINDS)
        columns = f"{min(one.genuine, default=0):8.2f} {nearest(one, results):8.2f}  {pads}"
        lines.append(f"{p.seed:>5} {p.sex:6} {p.age_years:>3} {columns}")
    genuine = np.array([value for one in results for value in one.genuine])
    impostor = np.array([cosine(a.portrait, t) for a in results for b in results if a is not b for t in b.live])
    for name, values in (("genuine", genuine), ("impostor", impostor)):
        if values.size:
            marks = np.quantile(values, (0, 0.01, 0.5, 0.99, 1))
            spread = "min {:.2f}, 1% {:.2f}, median {:.2f}, 99% {:.2f}, max {:.2f}".format(*marks)
            over = np.mean(values >= DEMO_MATCH_THRESHOLD)
            lines.append(f"{name:9} {values.size:6} comparisons: {spread}; {over:.2%} reach {DEMO_MATCH_THRESHOLD}")
    for kind in KINDS:
        alarms = np.mean([one.pad(kind) >= attack_threshold for one in results])
        frames = [score >= attack_threshold for one in results for score in one.scores[kind]]
        missed = sum(one.missed[kind] for one in results)
        counts = f"{np.mean(frames):6.1%} of {len(frames)} frames; no face in {missed}"
        lines.append(f"{kind:9} alarmed: {alarms:6.1%} of {len(results)} presentations, {counts}")
    return "\n".join(lines)


def nearest(one: Measured, results: list[Measured]) -> float:
    """Highest similarity of this person's portrait to anything of anybody else."""
    others = (template for other in results if other is not one for template in (other.portrait, *other.live))
    return max((cosine(one.portrait, template) for template in others), default=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", nargs="?", default="0-23", help="range of seeds, e.g. 0-29")
    parser.add_argument("--cast", action="store_true", help="measure the curated cast")
    parser.add_argument("--frames", type=int, default=4, help="frames of each presentation")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the models")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split("-"))
    people: Iterable[Person] = CAST if options.cast else map(Person.draw, range(first, last + 1))
    pipeline = FacePipeline.load(options.models)
    results = []
    for person in people:
        results.append(measure(pipeline, person, options.frames))
        sys.stderr.write(f"\rmeasured {len(results)}")
    sys.stderr.write("\r")
    sys.stdout.write(report(results, pipeline.cards.pad.attack_threshold) + "\n")


if __name__ == "__main__":
    main()
