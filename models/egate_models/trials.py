"""Presentations that were watched: what they really were, and what each cue found.

Kept as a CSV file, which other programs may write as well: name, label, attack_type, subject, acquired, then groups,
then CUE.FEATURE and CUE.missing. The tries of a simulated campaign (egate_sim.people.attacks) are read as well.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from egate.face.pad.cue import Features, Missing
from egate_models.samples.errors import SampleError
from egate_models.samples.presentations import LABEL_WORDS, UNNAMED_SPECIES, Label, Presentation
from egate_models.samples.table import Row, Table, read_table
from egate_models.watching import Watched

_OWN_COLUMNS = ("name", "label", "attack_type", "subject", "acquired")
_MISSING = "missing"
# How a simulated campaign calls the same, and what it writes beside it.
_OTHER_NAMES = {"attack_type": "artefact", "subject": "shown", "acquired": "captured"}
_NO_GROUPS = frozenset({*_OWN_COLUMNS, *_OTHER_NAMES.values(), "try", "holder", "score", "match", "frames"})


@dataclass(frozen=True, slots=True)
class Trial:
    """``acquired``: one face was seen. See Presentation for the rest."""

    name: str
    label: Label
    species: str
    subject: str
    groups: Mapping[str, str]
    acquired: bool
    features: Mapping[str, Features | Missing]

    @property
    def attack(self) -> bool:
        return self.label is Label.ATTACK


def trials_of(presentations: Sequence[Presentation], watched: Sequence[Watched]) -> tuple[Trial, ...]:
    return tuple(
        Trial(each.name, each.label, each.species, each.subject, each.groups, seen.acquired, seen.features)
        for each, seen in zip(presentations, watched, strict=True)
    )


def write_trials(path: Path, trials: Sequence[Trial]) -> None:
    """Figures alone: no picture, no point of a face."""
    groups = sorted({group for trial in trials for group in trial.groups})
    cells = [_cells(trial) for trial in trials]
    columns = [*_OWN_COLUMNS, *groups, *sorted({name for row in cells for name in row if "." in name})]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(cells)


def _cells(trial: Trial) -> dict[str, str]:
    own = (trial.name, trial.label.value, trial.species, trial.subject, str(int(trial.acquired)))
    cells = {**dict(zip(_OWN_COLUMNS, own, strict=True)), **trial.groups}
    for cue, features in trial.features.items():
        if isinstance(features, Missing):
            cells[f"{cue}.{_MISSING}"] = features.value
        else:
            cells |= {f"{cue}.{name}": repr(float(value)) for name, value in features.items()}
    return cells


def read_trials(path: Path) -> tuple[Trial, ...]:
    """Raises SampleError."""
    table = read_table(path, ("label",))
    groups = [name for name in table.columns if name and "." not in name and name not in _NO_GROUPS]
    return tuple(_trial(table, row, groups) for row in table.rows)


def _trial(table: Table, row: Row, groups: Sequence[str]) -> Trial:
    values = row.values
    label = LABEL_WORDS.get(values["label"].lower())
    if label is None:
        raise SampleError(f"{table.at(row)}: '{values['label']}' is no label; write one of {', '.join(LABEL_WORDS)}")
    attack_type, subject, acquired = (values.get(name) or values.get(_OTHER_NAMES[name], "") for name in _OTHER_NAMES)
    species = (attack_type or UNNAMED_SPECIES) if label is Label.ATTACK else ""
    named = {group: values[group] for group in groups if values[group]}
    name = values.get("name") or f"{table.path.stem} {row.line}"
    return Trial(name, label, species, subject or name, named, acquired != "0", _features(table, row))


def _features(table: Table, row: Row) -> dict[str, Features | Missing]:
    found: dict[str, dict[str, float]] = {}
    missing: dict[str, Missing] = {}
    for column, text in row.values.items():
        cue, dot, name = column.partition(".")
        if not dot or not text:
            continue
        try:
            if name == _MISSING:
                missing[cue] = Missing(text)
            else:
                found.setdefault(cue, {})[name] = float(text)
        except ValueError as error:
            raise SampleError(f"{table.at(row)}: {column} '{text}' is neither a number nor a reason") from error
    return {**found, **missing}
