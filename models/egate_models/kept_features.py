"""Keeps what each cue found in a collection, one file a cue, until the cue's code or the networks change."""

import hashlib
import inspect
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from egate.face.networks.cards import packaged_models
from egate.face.pad.cue import Cue
from egate.face.pipeline import FacePipeline
from egate_models import watching
from egate_models.crowd import Watching, watch_all
from egate_models.samples.errors import SampleError
from egate_models.samples.presentations import Presentation
from egate_models.trials import Trial, read_trials, trials_of, write_trials

_ROOM = "egate.face."


def collect(
    source: str,
    presentations: Sequence[Presentation],
    how: Watching,
    folder: Path | None = None,
    *,
    still: bool = False,
) -> tuple[Trial, ...]:
    """Every presentation with what every wanted cue found in it, or in its middle frame alone. ``folder``: where the
    findings are kept, as figures; only cues that have nothing there are run. ``source``: the collection's name."""
    pipeline = FacePipeline.load(how.models or packaged_models(), threads=1)
    cues = [cue for cue in pipeline.cues() if not how.only or cue.name in how.only]
    unknown = how.only - {cue.name for cue in cues}
    if unknown:
        raise SampleError(f"there is no cue {', '.join(sorted(unknown))}")
    names = tuple(each.name for each in presentations)
    setting = (tuple(model.card.sha256 for model in pipeline.models), names, how.sampling, how.all_good, still)
    files = {cue.name: _file(folder, f"{source}{'.still' if still else ''}", cue, setting) for cue in cues}
    kept = {cue: read_trials(file) for cue, file in files.items() if file is not None and file.is_file()}
    fresh = frozenset(files) - frozenset(kept)
    if fresh:
        seen = trials_of(presentations, watch_all(presentations, replace(how, only=fresh), still=still))
        for cue in sorted(fresh):
            kept[cue] = tuple(replace(trial, features={cue: trial.features[cue]}) for trial in seen)
            if (file := files[cue]) is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                write_trials(file, kept[cue])
    return joined(list(kept.values()))


def _file(folder: Path | None, stem: str, cue: Cue, setting: object) -> Path | None:
    """Another network, another list of presentations or another line of what the cue is made of is another file."""
    if folder is None:
        return None
    code = [inspect.getsource(module) for module in (*_modules(type(cue).__module__), watching)]
    mark = hashlib.sha256(repr((setting, code)).encode()).hexdigest()[:12]
    return folder / f"{stem}.{cue.name}.{mark}.csv"


def joined(tables: Sequence[Sequence[Trial]]) -> tuple[Trial, ...]:
    """The same trials with the features of every table."""
    return tuple(
        replace(row[0], features={name: found for trial in row for name, found in trial.features.items()})
        for row in zip(*tables, strict=True)
    )


def _modules(name: str) -> list[ModuleType]:
    """A module of the face room and every other one of that room that it takes something from, in order of name."""
    found: dict[str, ModuleType] = {}
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = sys.modules[name]
            taken = (getattr(value, "__module__", None) for value in vars(found[name]).values())
            waiting += [other for other in taken if isinstance(other, str) and other.startswith(_ROOM)]
    return [found[name] for name in sorted(found)]
