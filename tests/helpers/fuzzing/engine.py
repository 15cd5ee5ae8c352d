"""Runs inputs against a target, keeps those that reach further, and catches what breaks the promise.

The promise: an input ends with a value or with an error of the target's room that has a reason, within the target's
budget of steps and a bounded multiple of its own size in memory. Everything else is a finding. Nothing of this reads a
clock, so a seed and a number of executions repeat a run exactly.

Decoders that are not Python take neither steps nor memory that Python could count. For them there are bounds on
processor time and on resident memory, so generous that a busy machine keeps them, and a bomb does not.
"""

import random
import resource
import time
import traceback
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from egate.checks import Reason
from egate.document import errors
from egate.document.errors import DocumentError
from egate.face.errors import PortraitError
from fuzzing.mutation import mutate
from fuzzing.reach import Reach, StepBudgetExceeded

DOCUMENT_ROOM = Path(errors.__file__).parent
_REFUSALS = (DocumentError, PortraitError)
_MEMORY_BASE_BYTES = 4 << 20
_MEMORY_FACTOR = 400  # objects of an ASN.1 library are many times the size of what they stand for
_MOST_RESIDENT_BYTES = 192 << 20
_MOST_PROCESSOR_S = 4.0
_RECENT = 8
_PEAK = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads bytes of a stranger. ``run`` does; ``seeds`` make inputs by our own simulator or by hand;
    ``watched``: the folders, or files, whose lines guide. ``max_python_bytes``: in place of a multiple of the input."""

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    max_bytes: int = 4096
    max_steps: int = 200_000
    watched: tuple[Path, ...] = (DOCUMENT_ROOM,)
    max_python_bytes: int | None = None


class Breach(StrEnum):
    """How the promise was broken."""

    ESCAPED = "an exception that is not ours"
    NO_REASON = "an error without a reason"
    STEPS = "too many steps"
    TIME = "too much processor time"
    MEMORY = "too much memory"


@dataclass(frozen=True, slots=True)
class Finding:
    """``place`` tells one finding from another: kind of exception and where it was raised."""

    breach: Breach
    place: str
    data: bytes
    trace: str


@dataclass
class Report:
    """What an exploration met. ``pool``: every input that reached further than those before it."""

    executions: int = 0
    most_steps: int = 0
    pool: list[bytes] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)


class Fuzzer:
    """One target. ``report`` grows."""

    def __init__(self, target: Target, seed: int = 0) -> None:
        self.target = target
        self.report = Report()
        self.reach = Reach(target.watched)
        self._rng = random.Random(f"{seed}/{target.name}")
        with suppress(OSError):
            _PEAK.write_text("5")  # proc_pid_clear_refs(5): the most ever resident begins anew

    def replay(self, inputs: Sequence[bytes]) -> None:
        """Run inputs as they are; memory is measured as well."""
        for data in inputs:
            if self._execute(data):
                self._keep(data)
            self._check_memory(data)

    def explore(self, executions: int) -> None:
        """Run so many mutations of what the pool holds."""
        for _ in range(executions):
            child = mutate(self._parent(), self.report.pool or [b""], self._rng, self.target.max_bytes)
            if self._execute(child):
                self._keep(child)
                self._check_memory(child)

    def _parent(self) -> bytes:
        """Half of the time one of those that reached further last."""
        pool = self.report.pool or [b""]
        return self._rng.choice(pool[-_RECENT:] if self._rng.random() < 0.5 else pool)

    def _keep(self, data: bytes) -> None:
        self.report.pool.append(data)

    def _execute(self, data: bytes) -> bool:
        """Whether the input reached further."""
        report = self.report
        report.executions += 1
        before = len(self.reach.seen)
        cost = _Cost()
        try:
            self.reach.run(lambda: self.target.run(data), self.target.max_steps)
        except _REFUSALS as error:
            if error.reason is Reason.OK:
                self._found(Breach.NO_REASON, error, data)
        except StepBudgetExceeded as error:
            self._found(Breach.STEPS, error, data)
        except Exception as error:
            self._found(Breach.ESCAPED, error, data)
        self._check_cost(cost, data)
        report.most_steps = max(report.most_steps, self.reach.steps)
        return len(self.reach.seen) > before

    def _check_cost(self, cost: "_Cost", data: bytes) -> None:
        """Of all that ran, Python or not."""
        if cost.resident_bytes > _MOST_RESIDENT_BYTES:
            self._exceeded(Breach.MEMORY, f"{cost.resident_bytes >> 20} MiB more than any input before", data)
        if cost.processor_s > _MOST_PROCESSOR_S:
            self._exceeded(Breach.TIME, f"{cost.processor_s:.1f} s of a processor", data)

    def _check_memory(self, data: bytes) -> None:
        tracemalloc.start()
        with suppress(Exception, StepBudgetExceeded):  # _execute told it already
            self.reach.run(lambda: self.target.run(data), self.target.max_steps)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        if peak > (self.target.max_python_bytes or _MEMORY_BASE_BYTES + _MEMORY_FACTOR * len(data)):
            self._exceeded(Breach.MEMORY, f"{peak} bytes", data)

    def _exceeded(self, breach: Breach, what: str, data: bytes) -> None:
        text = f"{what} for an input of {len(data)}"
        self.report.findings.setdefault(text, Finding(breach, text, data, text))

    def _found(self, breach: Breach, error: BaseException, data: bytes) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        ours = tuple(map(str, self.target.watched))
        place = next((frame for frame in reversed(frames) if frame.filename.startswith(ours)), frames[-1])
        key = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        if key not in self.report.findings or len(data) < len(self.report.findings[key].data):
            self.report.findings[key] = Finding(breach, key, data, "".join(traceback.format_exception(error)))


class _Cost:
    """What has been used since this was made."""

    def __init__(self) -> None:
        self._began_s, self._most_kib = time.process_time(), _most_resident_kib()

    @property
    def processor_s(self) -> float:
        return time.process_time() - self._began_s

    @property
    def resident_bytes(self) -> int:
        """By how much the most that the process ever held has grown."""
        return (_most_resident_kib() - self._most_kib) << 10


def _most_resident_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def distilled(fuzzer: Fuzzer, inputs: Sequence[bytes]) -> list[bytes]:
    """A few of ``inputs`` that together reach as much as all of them, shorter ones preferred."""
    reached = {data: _arcs(fuzzer, data) for data in sorted(set(inputs), key=lambda data: (len(data), data))}
    chosen: list[bytes] = []
    missing = set().union(*reached.values())
    while missing:
        best = max(reached, key=lambda data: len(reached[data] & missing) / (64 + len(data)))
        chosen.append(best)
        missing -= reached.pop(best)
    return chosen


def _arcs(fuzzer: Fuzzer, data: bytes) -> set[object]:
    fuzzer.replay([data])
    return set(fuzzer.reach.arcs)
