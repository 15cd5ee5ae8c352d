"""Figures of an evaluation, as they are written to JSON and read back for a report. None is about anybody."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from egate_models.judged import Kind
from egate_models.rates.proportion import Proportion
from egate_models.samples.errors import SampleError

ALL_ATTACKS = "all attacks"
BONA_FIDE = "bona fide"
_POINT = re.compile(r"\[\s+([-+.\de]+),\s+([-+.\de]+)\s+\]")
Figures = TypeVar("Figures")


@dataclass(frozen=True, slots=True)
class Count:
    """A proportion with its interval at 95 %."""

    wrong: int
    trials: int
    low: float
    high: float

    @classmethod
    def of(cls, found: Proportion) -> "Count":
        low, high = found.interval
        return cls(found.wrong, found.trials, round(low, 6), round(high, 6))

    @property
    def rate(self) -> float:
        """0 where nothing was tried; the interval is 0 .. 1 then."""
        return self.wrong / self.trials if self.trials else 0.0


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Errors at one threshold. ``chosen``: how, in words; ``threshold``: None where none keeps to what was asked;
    ``apcer``: by species; ``worst``: the species with the highest."""

    chosen: str
    threshold: float | None
    bpcer: Count | None = None
    apcer: dict[str, Count] = field(default_factory=dict)
    worst: str = ""


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """``eer``: by species and for ALL_ATTACKS. ``curves``: the same for the first system, of the others ALL_ATTACKS
    alone; a curve is a list of (APCER, BPCER). ``undetermined``: by species and for BONA_FIDE, how many got no score
    and count as alarms."""

    name: str
    kind: Kind
    eer: dict[str, float]
    points: tuple[OperatingPoint, ...]
    curves: dict[str, list[tuple[float, float]]]
    undetermined: dict[str, Count]


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Errors of the first system, as shipped, within one group. ``apcer``: over all attacks."""

    column: str
    value: str
    bpcer: Count
    apcer: Count


@dataclass(frozen=True, slots=True)
class PadFigures:
    """``collection``: what it is called; ``how``: what matters for reading the figures, a line each;
    ``unanswered``: by species and for BONA_FIDE, presentations without a face to judge, in no other figure."""

    collection: str
    how: tuple[str, ...]
    presentations: int
    subjects: int
    unanswered: dict[str, Count]
    systems: tuple[SystemFigures, ...]
    groups: tuple[GroupFigures, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparisonPoint:
    """Errors at one threshold; their intervals come from drawing people. ``threshold``: None where there are too few
    pairs to choose one."""

    chosen: str
    threshold: float | None
    fmr: Count | None = None
    fnmr: Count | None = None


@dataclass(frozen=True, slots=True)
class VerificationGroup:
    """Errors within one group at the shipped threshold. ``subjects``: people in it."""

    column: str
    value: str
    subjects: int
    fmr: Count
    fnmr: Count


@dataclass(frozen=True, slots=True)
class VerificationFigures:
    """``not_acquired``, ``not_enrolled``: pictures without a usable face, as a probe and as a reference. ``curve``:
    (FMR, FNMR)."""

    collection: str
    how: tuple[str, ...]
    pictures: int
    subjects: int
    not_acquired: Count
    not_enrolled: Count
    genuine: int
    impostor: int
    eer: float
    points: tuple[ComparisonPoint, ...]
    curve: list[tuple[float, float]]
    groups: tuple[VerificationGroup, ...] = ()


def write_figures(path: Path, figures: PadFigures | VerificationFigures) -> None:
    """As JSON, a point of a curve to a line."""
    text = msgspec.json.format(msgspec.json.encode(figures), indent=1).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_POINT.sub(r"[\1, \2]", text) + "\n", "utf-8")


def read_pad_figures(path: Path) -> PadFigures:
    """Raises SampleError."""
    return _read(path, PadFigures)


def read_verification_figures(path: Path) -> VerificationFigures:
    """Raises SampleError."""
    return _read(path, VerificationFigures)


def _read(path: Path, kind: type[Figures]) -> Figures:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise SampleError(f"{path}: holds no figures of such an evaluation ({error})") from error
