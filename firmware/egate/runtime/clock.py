"""Time, as the runtime hands it to everybody else. Simulated time is another implementation of the same protocol."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """``monotonic_ms`` orders events, ``utc`` judges validity and dates records, ``trusted`` says whether it may."""

    def monotonic_ms(self) -> int: ...

    def utc(self) -> datetime: ...

    def trusted(self) -> bool: ...


class SystemClock:
    """The machine's clocks. A clock that stands before this software was written has lost its battery."""

    _WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic_ms(self) -> int:
        return round(asyncio.get_running_loop().time() * 1000)

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def trusted(self) -> bool:
        return self.plausible(self.utc())

    @classmethod
    def plausible(cls, now: datetime) -> bool:
        """Whether a clock that says ``now`` may be right."""
        return now >= cls._WRITTEN
