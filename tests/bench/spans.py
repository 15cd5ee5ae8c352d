"""Stretches of time, and their arithmetic: what was busy, and how long anything was."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """From ``begin`` to ``end``, in seconds of ``time.perf_counter``."""

    begin: float
    end: float


def within(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts that lie in the window."""
    cut = (Span(max(s.begin, window.begin), min(s.end, window.end)) for s in spans)
    return [s for s in cut if s.begin < s.end]


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time, in order and without overlaps."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.begin <= merged[-1].end:
            merged[-1] = Span(merged[-1].begin, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def without(spans: Iterable[Span], removed: Iterable[Span]) -> Iterator[Span]:
    """What is left of ``spans`` outside ``removed``."""
    gaps = union(removed)
    for span in union(spans):
        begin = span.begin
        for gap in gaps:
            if gap.end <= begin or gap.begin >= span.end:
                continue
            if gap.begin > begin:
                yield Span(begin, gap.begin)
            begin = max(begin, gap.end)
        if begin < span.end:
            yield Span(begin, span.end)


def total_ms(spans: Iterable[Span]) -> float:
    """Milliseconds in which at least one of the spans was."""
    return 1000 * sum(span.end - span.begin for span in union(spans))
