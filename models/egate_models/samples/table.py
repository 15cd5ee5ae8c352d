"""Reads a table with a header, as spreadsheets write it: comma, semicolon or tab, with a byte-order mark or without."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from egate_models.samples.errors import SampleError

_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. ``line``: its number in the file, from 1; ``values``: by column, stripped."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """``columns``: their names in lower case, in the file's order."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def at(self, row: Row) -> str:
        """Where a row stands, for a message."""
        return f"{self.path}, line {row.line}"


def read_table(path: Path, required: Iterable[str]) -> Table:
    """Read ``path``, UTF-8. Raises SampleError, also where one of the columns ``required`` is missing."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise SampleError(f"{path}: cannot be read ({error.strerror}); name an existing CSV file") from error
    except UnicodeDecodeError as error:
        raise SampleError(f"{path}: is not UTF-8 text; save the table as CSV in UTF-8") from error
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=head.count), strict=True)
    try:
        columns = tuple(name.strip().lower() for name in next(reader, ()))
        _check_columns(path, columns, required)
        rows = tuple(_row(path, reader.line_num, columns, cells) for cells in reader if any(map(str.strip, cells)))
    except csv.Error as error:
        raise SampleError(f"{path}, line {reader.line_num}: is not CSV ({error}); mend its quotes") from error
    if not rows:
        raise SampleError(f"{path}: has no rows below its header; list at least one picture")
    return Table(path, columns, rows)


def _check_columns(path: Path, columns: tuple[str, ...], required: Iterable[str]) -> None:
    absent = [name for name in required if name not in columns]
    if absent:
        present = ", ".join(filter(None, columns)) or "nothing"
        raise SampleError(f"{path}, line 1: the header lacks {', '.join(absent)}; it has {present}")
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise SampleError(f"{path}, line 1: the header names {', '.join(twice)} twice; rename or remove one")


def _row(path: Path, line: int, columns: tuple[str, ...], cells: list[str]) -> Row:
    if len(cells) != len(columns):
        raise SampleError(
            f"{path}, line {line}: has {len(cells)} cells where the header has {len(columns)}; quote a cell that holds "
            "the separator"
        )
    return Row(line, {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if name})
