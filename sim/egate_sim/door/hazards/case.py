"""A hazard: what may happen to whom, what is done against it, where, and a replay that shows it."""

from collections.abc import Callable
from dataclasses import dataclass

from egate_sim.door.bench import DoorBench


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that a replay has shown: ``figure`` in ``unit``, and the most that it may be."""

    claim: str
    figure: float
    at_most: float
    unit: str = "ms"

    @property
    def holds(self) -> bool:
        return self.figure <= self.at_most


@dataclass(frozen=True, slots=True)
class Hazard:
    """``modules``: of the firmware, where the measure stands; ``tests``: files that show it beyond the replay."""

    name: str
    title: str
    danger: str
    measure: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    play: Callable[[DoorBench], list[Shown]]


HAZARDS: dict[str, Hazard] = {}


def hazard(
    name: str, title: str, *, danger: str, measure: str, modules: tuple[str, ...], tests: tuple[str, ...]
) -> Callable[[Callable[[DoorBench], list[Shown]]], Callable[[DoorBench], list[Shown]]]:
    """Registers the decorated replay."""

    def register(play: Callable[[DoorBench], list[Shown]]) -> Callable[[DoorBench], list[Shown]]:
        HAZARDS[name] = Hazard(name, title, danger, measure, modules, tests, play)
        return play

    return register
