"""How far the other end's clock is ahead of ours, from heartbeats that carry the time and echo the other's.

The way of NTP (RFC 5905, 8), in milliseconds: a heartbeat brings the sender's time, the last time that it heard from
us, and for how long it kept that. The shorter the way there and back, the better the estimate, so the best one counts
until it is old; two quartz clocks part by some 50 us a second.
"""

from egate_doorlink.ticks import MASK, elapsed_ms

NO_ECHO = 0xFFFF  # held_ms of a heartbeat that echoes nothing
BEST_VALID_MS = 30_000


class ClockOffset:
    """``offset_ms``: add it to our time to get the other's, modulo MASK + 1; None until both have heard each other."""

    def __init__(self) -> None:
        self.offset_ms: "int | None" = None
        self.round_trip_ms = -1  # of the best estimate
        self._theirs_ms = 0
        self._heard_ms = -1
        self._best_ms = 0

    def heard(self, uptime_ms: int, echo_ms: int, held_ms: int, now_ms: int) -> None:
        """Take in a heartbeat of the other end."""
        self._theirs_ms = uptime_ms & MASK
        self._heard_ms = now_ms
        if held_ms == NO_ECHO:
            return
        round_trip_ms = elapsed_ms(echo_ms, now_ms) - held_ms
        if round_trip_ms < 0:
            return  # its own clock stood, or a number is wrong
        old = self.offset_ms is None or elapsed_ms(self._best_ms, now_ms) >= BEST_VALID_MS
        if old or round_trip_ms <= self.round_trip_ms:
            self.round_trip_ms = round_trip_ms
            self.offset_ms = (self._theirs_ms + round_trip_ms // 2 - now_ms) & MASK
            self._best_ms = now_ms

    def beat(self, now_ms: int) -> "tuple[int, int, int]":
        """The values of our heartbeat."""
        if self._heard_ms < 0:
            return now_ms & MASK, 0, NO_ECHO
        held_ms = elapsed_ms(self._heard_ms, now_ms)
        return now_ms & MASK, self._theirs_ms, min(held_ms, NO_ECHO - 1)
