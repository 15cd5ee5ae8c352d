"""What a campaign comes to: TR-03122-3's rules, the project's own goal, and figures for each artefact."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from egate_sim.people.attacks.artefact import AttackClass
from egate_sim.people.attacks.catalogue import ARTEFACTS, BY_ID
from egate_sim.people.attacks.trial import Trial

# TR-03122-3: detected with 6 alarms in 10; failed from 9 undetected of 32, or with more than 3 of 60 rejected.
DETECTED_SHARE = 0.6
_MOST_UNDETECTED = 8
_MOST_REJECTED_SHARE = 3 / 60
_GOAL_BPCER = 0.02


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one artefact, or of the bona fide: ``accepted`` got through; ``cues``: median score of each cue."""

    tries: int
    captured: int
    alarms: int
    accepted: int
    matched: int
    score: float | None
    cues: Mapping[str, float]

    @property
    def detected(self) -> bool:
        """Whether it alarms often enough. A try that was not even captured admits nobody, and so counts as noticed;
        ``captured`` says how many those were."""
        return self.tries - self.accepted >= DETECTED_SHARE * self.tries


@dataclass(frozen=True, slots=True)
class Verdict:
    """``artefacts`` by id, in the catalogue's order."""

    artefacts: Mapping[str, Figures]
    bona_fide: Figures

    @property
    def undetected(self) -> tuple[str, ...]:
        return tuple(name for name, figures in self.artefacts.items() if not figures.detected)

    @property
    def silent_classes(self) -> tuple[AttackClass, ...]:
        """Classes of which no artefact ever alarmed."""
        loud = {BY_ID[name].attack_class for name, figures in self.artefacts.items() if figures.alarms}
        tried = {BY_ID[name].attack_class for name in self.artefacts}
        return tuple(sorted(tried - loud))

    @property
    def rejected(self) -> int:
        """Bona fide that did not get through, whether for an alarm or because they were not captured."""
        return self.bona_fide.tries - self.bona_fide.accepted

    @property
    def bpcer(self) -> float:
        """Share of the captured bona fide that alarmed."""
        return self.bona_fide.alarms / max(1, self.bona_fide.captured)

    @property
    def passed(self) -> bool:
        """By TR-03122-3."""
        return (
            len(self.undetected) <= _MOST_UNDETECTED
            and not self.silent_classes
            and self.rejected <= _MOST_REJECTED_SHARE * self.bona_fide.tries
        )

    @property
    def goal_reached(self) -> bool:
        """By this project: nothing undetected, at most two in a hundred travellers alarmed."""
        return not self.undetected and self.bpcer <= _GOAL_BPCER


def judge(trials: Sequence[Trial], match_threshold: float) -> Verdict:
    """The verdict over all trials of a campaign. Raises ValueError where nothing bona fide, or no attack, was tried."""
    tried = {
        artefact.id: figures(own, match_threshold)
        for artefact in ARTEFACTS
        if (own := [trial for trial in trials if trial.artefact == artefact.id])
    }
    live = [trial for trial in trials if trial.artefact is None]
    if not tried or not live:
        raise ValueError("a verdict needs attacks and bona fide presentations")
    return Verdict(tried, figures(live, match_threshold))


def figures(trials: Sequence[Trial], match_threshold: float) -> Figures:
    """Counts and medians."""
    cues = sorted({name for trial in trials for name in trial.cues})
    medians = {name: median(trial.cues.get(name) for trial in trials) for name in cues}
    return Figures(
        len(trials),
        sum(trial.captured for trial in trials),
        sum(trial.alarm for trial in trials),
        sum(trial.accepted for trial in trials),
        sum(trial.match is not None and trial.match >= match_threshold for trial in trials),
        median(trial.score for trial in trials),
        {name: value for name, value in medians.items() if value is not None},
    )


def median(values: Iterable[float | None]) -> float | None:
    """Of what is there."""
    there = [value for value in values if value is not None]
    return round(statistics.median(there), 3) if there else None
