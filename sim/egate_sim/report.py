"""What came of a demo: every traveller's outcome beside the expected one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from egate_sim.fast import Run
from egate_sim.visitors import Visitor


@dataclass(frozen=True, slots=True)
class Outcome:
    """``got`` is what the operations centre committed for this traveller."""

    key: str
    title: str
    expected: Mapping[str, Any]
    got: Mapping[str, Any]
    ok: bool


@dataclass(frozen=True, slots=True)
class Report:
    """``chain_head``: hash at the end of the record stream; equal for equal seeds."""

    ok: bool
    seed: int
    outcomes: tuple[Outcome, ...]
    chain_head: str
    simulated_s: float
    wall_s: float

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "transactions_per_s": round(len(self.outcomes) / self.wall_s, 3)}

    def as_lines(self) -> list[str]:
        lines = [""]
        for o in self.outcomes:
            why = ", ".join(o.got["reasons"]) or "-"
            lines.append(f"{'ok ' if o.ok else 'BAD'}  {o.title:<52} {o.got['decision']:<6} {why}")
        good = sum(o.ok for o in self.outcomes)
        lines.append(
            f"\n{good} of {len(self.outcomes)} as expected; {self.simulated_s:.0f} s of lane time in "
            f"{self.wall_s:.1f} s; record stream {self.chain_head[:16]}"
        )
        return lines


def judge(
    visitors: Sequence[Visitor], committed: Sequence[Mapping[str, Any]], seed: int, done: Run, wall_s: float
) -> Report:
    """Compare. One transaction for every visitor, in their order, is part of what is expected."""
    outcomes = tuple(_outcome(visitor, got) for visitor, got in zip(visitors, committed, strict=False))
    complete = len(visitors) == len(committed)
    ok = complete and all(o.ok for o in outcomes)
    return Report(ok, seed, outcomes, done.chain_head, round(done.simulated_s, 3), round(wall_s, 3))


def _outcome(visitor: Visitor, got: Mapping[str, Any]) -> Outcome:
    expected = visitor.expected
    reasons = [] if expected.reason is None else [expected.reason.value]
    ok = (
        got["decision"] == expected.decision
        and list(got["reasons"][:1]) == reasons
        and (expected.attention is None or expected.attention in got["attention"])
    )
    wanted = {"decision": expected.decision, "reason": expected.reason, "attention": expected.attention}
    return Outcome(visitor.key, visitor.title, wanted, got, ok)
