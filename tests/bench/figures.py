"""A figure, what it is held against, and how a bench hands its figures to the runner."""

import json
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. ``at_most`` or ``at_least`` is a goal of the project; ``beside`` says what else helps to
    judge the value.

    ``headline`` puts it into the short table of the README.
    """

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    beside: str = ""
    headline: bool = False

    def __post_init__(self) -> None:
        if self.goal is None and not self.beside:
            raise ValueError(f"{self.name}: a figure alone says nothing; give a goal or something beside it")

    @property
    def goal(self) -> float | None:
        """Either of the two."""
        return self.at_least if self.at_most is None else self.at_most

    @property
    def met(self) -> bool | None:
        """None: there is no goal."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_least is None else self.value >= self.goal

    @property
    def judged(self) -> str:
        """What the last column of a table says."""
        if self.goal is None:
            return self.beside
        sign = "≤" if self.at_least is None else "≥"
        goal = f"goal {sign} {number(self.goal)} {self.unit}: {'met' if self.met else 'MISSED'}"
        return f"{goal}; {self.beside}" if self.beside else goal

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Figure":
        return cls(**{name: value for name, value in fields.items() if name != "met"})


def number(value: float) -> str:
    """Three digits that mean something, never a power of ten."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2g}" if abs(value) < 1 else f"{value:.2f}"


def middle(samples: Sequence[float]) -> float:
    """The median: one sample that a busy machine spoilt does not move it."""
    return statistics.median(samples)


def ranged(samples: Sequence[float], unit: str) -> str:
    """How far the samples lie apart."""
    return f"{len(samples)} samples, {number(min(samples))} to {number(max(samples))} {unit}"


def publish(figures: Iterable[Figure]) -> None:
    """What a bench does when it is run: its figures as JSON on standard output."""
    sys.stdout.write(json.dumps([figure.as_json() for figure in figures], indent=2, ensure_ascii=False) + "\n")
