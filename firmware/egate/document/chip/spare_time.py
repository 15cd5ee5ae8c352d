"""Work for the time in which the radio is busy: judging a signature takes about as long as one round trip."""

from collections import deque
from collections.abc import Callable


class SpareTime:
    """Jobs in the order in which they came. Who drives the plan runs them while it waits for the chip; whoever needs
    their results calls ``finish`` first, so nothing depends on the driver's doing so."""

    def __init__(self) -> None:
        self._jobs: deque[Callable[[], None]] = deque()

    def add(self, job: Callable[[], None]) -> None:
        """``job`` raises nothing."""
        self._jobs.append(job)

    @property
    def next_job(self) -> Callable[[], None] | None:
        """For ``Transmit.meanwhile``."""
        return self._run_one if self._jobs else None

    def finish(self) -> None:
        while self._jobs:
            self._run_one()

    def _run_one(self) -> None:
        if self._jobs:
            self._jobs.popleft()()
