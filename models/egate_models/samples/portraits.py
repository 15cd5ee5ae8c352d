"""Pictures of known people, to be compared with one another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from egate_models.samples.errors import SampleError
from egate_models.samples.presentations import PICTURES
from egate_models.samples.table import Row, Table, read_table

_OWN_COLUMNS = frozenset({"path", "subject", "session"})
_NUMBERED = re.compile(r"^(?P<subject>.+?)[_-]?\d+$")


@dataclass(frozen=True, slots=True)
class Portrait:
    """``session``: "" where nobody says; pictures of one session are no genuine pair, being too much alike.
    ``groups``: further columns, such as sex or age."""

    path: Path
    subject: str
    session: str
    groups: Mapping[str, str]


def read_portraits(source: Path, *, by_name: bool = False) -> tuple[Portrait, ...]:
    """Everything that a CSV file lists; or, ``by_name``, every NAME_0001.jpg in a folder, where a file name found twice
    is one picture and the name of the folder is a group. Raises SampleError."""
    found = _by_name(source) if by_name else _of_table(read_table(source, ("path", "subject")))
    if len({portrait.subject for portrait in found}) == len(found):
        raise SampleError(f"{source}: nobody is seen in two pictures, so no genuine pair can be formed; add some")
    if len({portrait.subject for portrait in found}) < 2:  # noqa: PLR2004 - a pair of people
        raise SampleError(f"{source}: one person alone forms no impostor pair; add others")
    return found


def thinned(portraits: tuple[Portrait, ...], most: int | None) -> tuple[Portrait, ...]:
    """At most so many pictures of each person, the first ones."""
    taken: dict[str, int] = {}
    kept = []
    for portrait in portraits:
        taken[portrait.subject] = taken.get(portrait.subject, 0) + 1
        if most is None or taken[portrait.subject] <= most:
            kept.append(portrait)
    return tuple(kept)


def _of_table(table: Table) -> tuple[Portrait, ...]:
    groups = [name for name in table.columns if name and name not in _OWN_COLUMNS]
    return tuple(_portrait(table, row, groups) for row in table.rows)


def _portrait(table: Table, row: Row, groups: list[str]) -> Portrait:
    path = table.path.parent / row.values["path"]
    if not row.values["path"] or not path.is_file():
        raise SampleError(
            f"{table.at(row)}: there is no file {path}; paths are absolute or relative to the folder of the table"
        )
    if path.suffix.lower() not in PICTURES:
        raise SampleError(f"{table.at(row)}: {path.name} is no picture that can be read")
    if not row.values["subject"]:
        raise SampleError(f"{table.at(row)}: names no subject; give each person a name or number")
    named = {group: row.values[group] for group in groups if row.values[group]}
    return Portrait(path, row.values["subject"], row.values.get("session", ""), named)


def _by_name(folder: Path) -> tuple[Portrait, ...]:
    if not folder.is_dir():
        raise SampleError(f"{folder}: is no folder; pictures by name are looked for in one")
    found: dict[str, Portrait] = {}
    for path in sorted(folder.rglob("*")):
        match = _NUMBERED.match(path.stem)
        if match and path.suffix.lower() in PICTURES:
            found.setdefault(path.name, Portrait(path, match["subject"], "", {"folder": path.parent.name}))
    if not found:
        raise SampleError(f"{folder}: holds no pictures named like NAME_0001.jpg; name them so, or list them in a CSV")
    return tuple(found.values())
