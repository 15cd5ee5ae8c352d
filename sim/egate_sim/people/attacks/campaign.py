"""Plays TR-03122-3 to the gate's own pipeline: every artefact ten times, and sixty people with their own faces.

``make pad-campaign``, or ``python -m egate_sim.people.attacks.campaign --json OUT --csv OUT``. The full campaign is
380 presentations.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from egate.face.limits import FaceLimits
from egate.face.pipeline import FacePipeline
from egate_sim.people.attacks.catalogue import BY_ID
from egate_sim.people.attacks.people import BONA_FIDE, TRIES, Part, presentation, schedule
from egate_sim.people.attacks.trial import Trial, Who, play
from egate_sim.people.attacks.verdict import Verdict, judge
from egate_sim.people.head import Person
from egate_sim.people.portrait import portrait_jpeg

MODELS = Path(__file__).parents[4] / "models"
FIGURES = Path(__file__).with_name("campaign.json")
"""The last full campaign, as committed; docs/presentation-attacks.md repeats it."""

_WIDE, _CUE_COLUMNS = 72, 14  # columns of a terminal


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a campaign is; ``artefacts`` empty: all of them."""

    part: Part = Part.VERDICT
    tries: int = TRIES
    bona_fide: int = BONA_FIDE
    artefacts: tuple[str, ...] = ()
    light: bool = True
    steady_ms: int = FaceLimits().steady_ms
    models: Path = MODELS

    def turns(self) -> list[list[Who]]:
        """Lists of presentations that share drawings."""
        wanted = set(self.artefacts)
        lists = schedule(self.part, self.tries, self.bona_fide)
        return [[who for who in turn if not wanted or who.artefact is None or who.artefact in wanted] for turn in lists]


@lru_cache(maxsize=1)
def _pipeline(models: Path) -> FacePipeline:
    return FacePipeline.load(models, threads=1)


def _played(plan: Plan, turn: Sequence[Who]) -> list[Trial]:
    pipeline, limits = _pipeline(plan.models), FaceLimits(steady_ms=plan.steady_ms)
    return [
        play(pipeline, presentation(who), portrait_jpeg(Person.draw(who.shown)), who, light=plan.light, limits=limits)
        for who in turn
    ]


def trials(plan: Plan, jobs: int = 1) -> Iterator[list[Trial]]:
    """Play everything; lists of results as they come. The same plan gives the same results, in another order."""
    if jobs == 1:
        for turn in plan.turns():
            yield _played(plan, turn)
        return
    with ProcessPoolExecutor(jobs) as pool:
        # Short lists keep the bar moving and share most drawings all the same.
        parts = [turn[begin : begin + 8] for turn in plan.turns() for begin in range(0, len(turn), 8)]
        for done in as_completed([pool.submit(_played, plan, part) for part in parts]):
            yield done.result()


def run(plan: Plan, jobs: int, console: Console) -> list[Trial]:
    """The same with a progress bar, in a settled order."""
    total = sum(map(len, plan.turns()))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    played: list[Trial] = []
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(f"{plan.part} people", total=total)
        for some in trials(plan, jobs):
            played += some
            progress.advance(bar, len(some))
    order = {name: place for place, name in enumerate(BY_ID)}
    return sorted(played, key=lambda trial: (order.get(trial.artefact or "", len(order)), trial.number))


def summary(plan: Plan, verdict: Verdict, took_s: float) -> dict[str, Any]:
    """The campaign as plain data, for JSON."""
    return {
        "people": plan.part.value,
        "face_light": plan.light,
        "steady_ms": plan.steady_ms,
        "took_s": round(took_s),
        "passed": verdict.passed,
        "goal_reached": verdict.goal_reached,
        "undetected": list(verdict.undetected),
        "silent_classes": [each.value for each in verdict.silent_classes],
        "bona_fide_rejected": verdict.rejected,
        "bpcer": round(verdict.bpcer, 4),
        "bona_fide": asdict(verdict.bona_fide),
        "artefacts": {name: asdict(figures) for name, figures in verdict.artefacts.items()},
    }


def write_csv(path: Path, played: Sequence[Trial]) -> None:
    """One row a try: what it was, what came of it, and every feature of every cue, for fitting. ``label``: 1 attack."""
    features = sorted({name for trial in played for name in trial.features})
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["artefact", "class", "try", "label", "shown", "holder", "captured", "score", "match", "frames", *features]
        )
        for t in played:
            kind = "bona fide" if t.artefact is None else BY_ID[t.artefact].attack_class.value
            row = [t.artefact or "live", kind, t.number, int(t.artefact is not None), t.shown, t.holder]
            row += [int(t.captured), t.score, t.match, t.frames, *(t.features.get(name, "") for name in features)]
            rows.writerow(row)


def table(verdict: Verdict, width: int) -> Table:
    """For people to read; ! marks what is not detected. Medians of the cues where there are columns enough."""
    cues = sorted({name for figures in verdict.artefacts.values() for name in figures.cues})
    if width < _WIDE + len(cues) * _CUE_COLUMNS:
        cues = []
    out = Table(Column("artefact", no_wrap=True), "captured", "alarms", "got through", "matched", "score", *cues)
    for name, f in [*verdict.artefacts.items(), ("bona fide", verdict.bona_fide)]:
        mark = "" if name == "bona fide" or f.detected else " !"
        values = ["" if value is None else f"{value:.2f}" for value in (f.score, *(f.cues.get(cue) for cue in cues))]
        out.add_row(name + mark, f"{f.captured}/{f.tries}", str(f.alarms), str(f.accepted), str(f.matched), *values)
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=Part, choices=list(Part), default=Part.VERDICT, help="which set of people")
    parser.add_argument("--tries", type=int, default=TRIES, help="tries with each artefact")
    parser.add_argument("--bona-fide", type=int, default=BONA_FIDE, help="people with their own faces")
    parser.add_argument("--artefact", action="append", default=[], choices=list(BY_ID), help="only this; repeatable")
    parser.add_argument("--no-light", action="store_true", help="as at a lane without a face light")
    parser.add_argument(
        "--steady-ms", type=int, default=FaceLimits().steady_ms, help="watched in steady light for so long before that"
    )
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the models")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--csv", type=Path, help="write every try with its features there")
    options = parser.parse_args()
    plan = Plan(
        options.people, options.tries, options.bona_fide, tuple(options.artefact), not options.no_light,
        options.steady_ms, options.models,
    )  # fmt: skip
    console, began = Console(stderr=True), time.monotonic()
    played = run(plan, options.jobs, console)
    verdict = judge(played, _pipeline(plan.models).cards.embedding.match_threshold)
    figures = summary(plan, verdict, time.monotonic() - began)
    if options.csv:
        write_csv(options.csv, played)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    console.print(table(verdict, console.width))
    sys.stdout.write(f"TR-03122-3: {'passed' if verdict.passed else 'FAILED'}; {len(verdict.undetected)} artefacts "
                     f"undetected, {verdict.rejected} of {verdict.bona_fide.tries} bona fide rejected\n")  # fmt: skip
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
