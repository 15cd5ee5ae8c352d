"""Presentations: what stood before a camera once, as one picture, several frames or a video, and what it really was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from egate_models.samples.errors import SampleError
from egate_models.samples.table import Row, Table, read_table

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".jp2"})
VIDEOS = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv"})
UNNAMED_SPECIES = "attack"
_OWN_COLUMNS = frozenset({"path", "label", "attack_type", "subject", "video", "frame", "time_ms"})


class Label(StrEnum):
    """What a presentation really was (ISO/IEC 30107-3)."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"


LABEL_WORDS = {
    **dict.fromkeys(("live", "real", "bona_fide", "bonafide", "bona fide", "genuine", "0"), Label.BONA_FIDE),
    **dict.fromkeys(("attack", "spoof", "fake", "1"), Label.ATTACK),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a presentation. ``number``: which frame of the recording it was; ``time_ms``: when; None where
    the collection does not say."""

    path: Path
    number: int | None = None
    time_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Presentation:
    """``name``: unlike any other's; ``species``: of the attack instrument, "" for a bona fide one; ``subject``: who is
    seen, or the presentation's own name where nobody says; ``groups``: further columns, such as sex or light.
    ``frames``: pictures in their order, or one video file alone."""

    name: str
    label: Label
    species: str
    subject: str
    groups: Mapping[str, str]
    frames: tuple[Frame, ...]

    @property
    def is_video(self) -> bool:
        return self.frames[0].path.suffix.lower() in VIDEOS

    @property
    def attack(self) -> bool:
        return self.label is Label.ATTACK


def read_presentations(source: Path, words: Mapping[str, Label] = LABEL_WORDS) -> tuple[Presentation, ...]:
    """Everything that a CSV file lists, or that lies in a folder with live/ and attack/SPECIES/. Raises SampleError."""
    return tuple(_of_folder(source) if source.is_dir() else _of_table(read_table(source, ("path", "label")), words))


def one_word_is_bona_fide(word: str, table: Path) -> dict[str, Label]:
    """The words of ``table`` where ``word`` alone means bona fide, and any other an attack. Raises SampleError."""
    seen = {row.values["label"].lower() for row in read_table(table, ("label",)).rows}
    if word.lower() not in seen:
        raise SampleError(f"{table}: no row has the label '{word}'; it has {', '.join(sorted(seen))}")
    return {other: Label.BONA_FIDE if other == word.lower() else Label.ATTACK for other in seen}


def _of_table(table: Table, words: Mapping[str, Label]) -> Iterator[Presentation]:
    groups = tuple(name for name in table.columns if name and name not in _OWN_COLUMNS)
    together: dict[str, list[Row]] = {}
    for row in table.rows:
        name = row.values.get("video") or row.values["path"]
        if name in together and not row.values.get("video"):
            raise SampleError(f"{table.at(row)}: '{name}' is listed twice; remove one, or name the video of each frame")
        together.setdefault(name, []).append(row)
    for name, rows in together.items():
        yield _presentation(table, name, rows, groups, words)


def _presentation(
    table: Table, name: str, rows: list[Row], groups: tuple[str, ...], words: Mapping[str, Label]
) -> Presentation:
    frames = [_frame(table, row) for row in rows]
    if len(frames) > 1 and any(frame.path.suffix.lower() in VIDEOS for frame in frames):
        raise SampleError(f"{table.at(rows[1])}: '{name}' is listed twice, or mixes a video with other files")
    label = _label(table, rows[0], words)
    first = rows[0].values
    for row in rows[1:]:
        if _label(table, row, words) is not label:
            raise SampleError(f"{table.at(row)}: other frames of '{name}' have another label; one video has one")
    if all(frame.time_ms is not None for frame in frames):
        frames.sort(key=lambda frame: frame.time_ms or 0.0)
    elif all(frame.number is not None for frame in frames):
        frames.sort(key=lambda frame: frame.number or 0)
    species = (first.get("attack_type") or UNNAMED_SPECIES) if label is Label.ATTACK else ""
    named = {group: first[group] for group in groups if first[group]}
    return Presentation(name, label, species, first.get("subject") or name, named, tuple(frames))


def _label(table: Table, row: Row, words: Mapping[str, Label]) -> Label:
    label = words.get(row.values["label"].lower())
    if label is None:
        raise SampleError(
            f"{table.at(row)}: the label '{row.values['label']}' is none of {', '.join(sorted(words))}; write one of "
            "these, or say with --positive WORD which word means bona fide"
        )
    return label


def _frame(table: Table, row: Row) -> Frame:
    if not row.values["path"]:
        raise SampleError(f"{table.at(row)}: the path is empty; name a picture or a video")
    path = table.path.parent / row.values["path"]
    if path.suffix.lower() not in PICTURES | VIDEOS:
        raise SampleError(f"{table.at(row)}: {path.name} is no picture or video that can be read")
    if not path.is_file():
        raise SampleError(
            f"{table.at(row)}: there is no file {path}; paths are absolute or relative to the folder of the table"
        )
    number, time_ms = _number(table, row, "frame"), _number(table, row, "time_ms")
    return Frame(path, None if number is None else int(number), time_ms)


def _number(table: Table, row: Row, column: str) -> float | None:
    text = row.values.get(column, "")
    try:
        number = float(text) if text else None
    except ValueError:
        number = -1.0
    if number is not None and not 0 <= number < float("inf"):
        raise SampleError(f"{table.at(row)}: {column} '{text}' is no number from 0 on")
    return number


def _of_folder(folder: Path) -> Iterator[Presentation]:
    """live/... and attack/SPECIES/...: each video is a presentation, and so is each picture that lies there directly;
    a folder of pictures deeper down is one presentation."""
    found = 0
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        label = LABEL_WORDS.get(parts[0].lower())
        if label is None or not path.is_dir():
            continue
        depth = len(parts) - (1 if label is Label.BONA_FIDE else 2)
        species = "" if label is Label.BONA_FIDE else (parts[1] if len(parts) > 1 else UNNAMED_SPECIES)
        for name, frames in _in_folder(folder, path, whole=depth > 0):
            found += 1
            yield Presentation(name, label, species, name, {}, frames)
    if not found:
        raise SampleError(f"{folder}: holds no pictures or videos in live/ and attack/SPECIES/; make these folders")


def _in_folder(root: Path, folder: Path, *, whole: bool) -> Iterator[tuple[str, tuple[Frame, ...]]]:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    pictures = [path for path in files if path.suffix.lower() in PICTURES]
    if whole and pictures:
        yield str(folder.relative_to(root)), tuple(Frame(path) for path in pictures)
    single = [path for path in files if path.suffix.lower() in (VIDEOS if whole else PICTURES | VIDEOS)]
    for path in single:
        yield str(path.relative_to(root)), (Frame(path),)
