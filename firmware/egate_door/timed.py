"""Conditions over time."""

from egate_doorlink.ticks import elapsed_ms


class Since:
    """For how long a condition has been true without a break."""

    def __init__(self) -> None:
        self._true = False
        self._since_ms = 0

    def lasts(self, condition: bool, limit_ms: int, now_ms: int) -> bool:
        """Take in the condition; True once it has held for ``limit_ms``."""
        if condition and not self._true:
            self._since_ms = now_ms
        self._true = condition
        return condition and elapsed_ms(self._since_ms, now_ms) >= limit_ms
