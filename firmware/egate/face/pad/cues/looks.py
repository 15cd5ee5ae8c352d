"""Which frames of a presentation the cues of single frames look at."""

from egate.face.pad.observation import Observation

MOST = 6
"""Frames that are looked at in one presentation, at most, so that a long one costs no more than a short one."""
_INTERVAL_MS = 150  # so that the looks are spread over the presentation and see more than one instant


class Looks:
    """Good frames in plain light only, some time apart, and few of them. ``taken``: how many there have been."""

    def __init__(self, most: int = MOST) -> None:
        self.taken = 0
        self._most = most
        self._last_ms: int | None = None

    def due(self, seen: Observation) -> bool:
        """Whether this frame is one to look at; it is then counted."""
        if not seen.good or seen.coloured or self.taken >= self._most:
            return False
        if self._last_ms is not None and seen.time_ms - self._last_ms < _INTERVAL_MS:
            return False
        self._last_ms = seen.time_ms
        self.taken += 1
        return True
