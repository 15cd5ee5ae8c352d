"""Counters and percentiles over transaction records. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from egate.telemetry.records import Decision, TransactionRecord
from egate.transaction.state import Stage

_RANK = {stage.value: number for number, stage in enumerate(Stage)}


def counters(records: Iterable[TransactionRecord]) -> dict[str, Any]:
    """How many ended how, and referrals and aborts by each reason that they name, most frequent first."""
    decisions: Counter[Decision] = Counter()
    reasons: Counter[str] = Counter()
    for record in records:
        decisions[record.decision] += 1
        if record.decision is not Decision.ADMIT:
            reasons.update(record.reasons)
    return {
        "admitted": decisions[Decision.ADMIT],
        "referred": decisions[Decision.REFER],
        "aborted": decisions[Decision.ABORT],
        "reasons": [{"reason": reason, "count": count} for reason, count in reasons.most_common()],
    }


def stages(records: Iterable[TransactionRecord]) -> list[dict[str, Any]]:
    """p50 and p95 of every stage that was timed, the lane's own in their order, then others, then the whole."""
    values: dict[str, list[int]] = {}
    whole: list[int] = []
    for record in records:
        for stage, took_ms in record.timings_ms.items():
            values.setdefault(stage, []).append(took_ms)
        whole.append(round((record.ended_at - record.started_at).total_seconds() * 1000))
    ordered = sorted(values, key=lambda stage: (_RANK.get(stage, len(_RANK)), stage))
    rows = [(stage, values[stage]) for stage in ordered] + ([("total", whole)] if whole else [])
    return [
        {"stage": stage, "p50_ms": percentile(v, 50), "p95_ms": percentile(v, 95), "count": len(v)} for stage, v in rows
    ]


def percentile(values: Sequence[int], percent: int) -> int:
    """The smallest value that at least ``percent`` of a hundred do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
