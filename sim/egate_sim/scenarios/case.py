"""What a scenario is: a name, what happens in words, the outcome as data, and the coroutine that plays it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from egate.checks import Reason
from egate.telemetry.records import Decision, Resolution
from egate.transaction.state import Stage

if TYPE_CHECKING:
    from egate_sim.scenarios.play import Play

Script = Callable[["Play"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ending:
    """What the record of one transaction says. ``reasons``: all of them, in their order."""

    decision: Decision
    reasons: tuple[Reason, ...]
    resolution: Resolution
    attention: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = f" (staff: {', '.join(self.attention)})" if self.attention else ""
        return f"{self.decision}{': ' + ', '.join(self.reasons) if self.reasons else ''}; {self.resolution}{told}"


def admitted(*attention: str) -> Ending:
    return Ending(Decision.ADMIT, (), Resolution.PASSED, attention)


def turned_away(*reasons: Reason, attention: tuple[str, ...] = ()) -> Ending:
    """Referred before the entry opened."""
    return Ending(Decision.REFER, reasons, Resolution.WALKED_AWAY, attention)


def led_back(*reasons: Reason, attention: tuple[str, ...] = ()) -> Ending:
    """Referred inside; an officer let the person back through the entrance."""
    return Ending(Decision.REFER, reasons, Resolution.OFFICER_BACK, attention)


def aborted(reason: Reason, resolution: Resolution = Resolution.ABORTED, attention: tuple[str, ...] = ()) -> Ending:
    return Ending(Decision.ABORT, (reason,), resolution, attention)


@dataclass(frozen=True, slots=True)
class Expected:
    """``endings``: one a transaction, in order. ``faults``: every fault that was raised; all but ``left`` are over at
    the end. ``final``: the stage in which the lane rests."""

    endings: tuple[Ending, ...] = ()
    faults: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    final: Stage = Stage.IDLE


def expect(
    *endings: Ending, faults: tuple[str, ...] = (), left: tuple[str, ...] = (), final: Stage = Stage.IDLE
) -> Expected:
    return Expected(endings, frozenset(faults) | frozenset(left), frozenset(left), final)


@dataclass(frozen=True, slots=True)
class Scenario:
    """``what`` continues the sentence "The scenario in which ..."."""

    name: str
    what: str
    expected: Expected
    script: Script


SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str, what: str, expected: Expected) -> Callable[[Script], Script]:
    """Registers the decorated coroutine. Raises ValueError where the name is taken."""

    def register(script: Script) -> Script:
        if name in SCENARIOS:
            raise ValueError(f"two scenarios are called {name}")
        SCENARIOS[name] = Scenario(name, what, expected, script)
        return script

    return register
