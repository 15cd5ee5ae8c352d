"""Watches many presentations in several processes, with a progress bar, in an order that does not depend on them."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from egate.face.networks.cards import packaged_models
from egate.face.pipeline import FacePipeline
from egate_models.samples.frames import Sampling
from egate_models.samples.presentations import Presentation
from egate_models.watching import Watched, Watcher

Item = TypeVar("Item")
Task = TypeVar("Task")


@dataclass(frozen=True, slots=True)
class Watching:
    """How presentations are watched; see Watcher. ``jobs``: processes, each with one thread."""

    models: Path | None = None
    sampling: Sampling = field(default_factory=Sampling)
    only: frozenset[str] = frozenset()
    all_good: bool = False
    kept: Path | None = None
    jobs: int = 1

    def watcher(self) -> Watcher:
        return Watcher(pipeline(self.models), self.sampling, self.only, self.all_good, self.kept)


@cache
def pipeline(models: Path | None) -> FacePipeline:
    """Once in each process."""
    return FacePipeline.load(models or packaged_models(), threads=1)


def default_jobs() -> int:
    """One process a core that this one may use, less one for everything else."""
    return max(1, len(os.sched_getaffinity(0)) - 1)


def watch_all(presentations: Sequence[Presentation], how: Watching, *, still: bool = False) -> list[Watched]:
    """What came of each, in the order given. Raises ModelError where the models cannot be loaded."""
    tasks = [(presentation, how, still) for presentation in presentations]
    return list(in_processes(_watch, tasks, how.jobs, "single frames" if still else "presentations"))


def in_processes(work: Callable[[Task], Item], tasks: Sequence[Task], jobs: int, what: str) -> Iterator[Item]:
    """``work`` on every task, in order, with a progress bar."""
    if jobs <= 1:
        yield from progress(map(work, tasks), len(tasks), what)
        return
    # Fresh processes: a copy of one that has threads running may hang.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from progress(pool.map(work, tasks, chunksize=4), len(tasks), what)


def _watch(task: tuple[Presentation, Watching, bool]) -> Watched:
    presentation, how, still = task
    return how.watcher().watch(presentation, still=still)


def progress(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    """The same items, with a bar on standard error where that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield from bar.track(items, total, description=what)
