"""Measures the control loop on the spot: how regularly it comes and how long it takes."""

from egate_doorlink.ticks import MASK

_LONGEST_US = 0xFFFF  # what the message holds


class LoopTiming:
    def __init__(self) -> None:
        self.passes = 0
        self.period_min_us = _LONGEST_US
        self.period_max_us = 0
        self.run_max_us = 0
        self._run_sum_us = 0
        self._last_us = -1

    def begin(self, now_us: int) -> None:
        if self._last_us >= 0:
            period_us = min((now_us - self._last_us) & MASK, _LONGEST_US)
            self.period_min_us = min(self.period_min_us, period_us)
            self.period_max_us = max(self.period_max_us, period_us)
        self._last_us = now_us

    def end(self, now_us: int) -> None:
        run_us = min((now_us - self._last_us) & MASK, _LONGEST_US)
        self.passes += 1
        self.run_max_us = max(self.run_max_us, run_us)
        self._run_sum_us += run_us

    def mean_us(self) -> int:
        return self._run_sum_us // self.passes if self.passes else 0

    def restart(self) -> None:
        self.passes = self.period_max_us = self.run_max_us = self._run_sum_us = 0
        self.period_min_us = _LONGEST_US
