"""Port: the lamps that a traveller sees at the entrance and at the exit."""

from enum import StrEnum
from typing import Protocol


class Signal(StrEnum):
    """What one lamp says. ASSIST is the same for every referral, whatever its cause."""

    OFF = "off"
    READY = "ready"
    WAIT = "wait"
    GO = "go"
    ASSIST = "assist"
    CLOSED = "closed"


class Indicators(Protocol):
    """Promises: ``show`` is idempotent and sets both lamps at once."""

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None:
        """Leaves both lamps dark."""

    async def show(self, entrance: Signal, exit_: Signal) -> None:
        """Raises DeviceLost."""
