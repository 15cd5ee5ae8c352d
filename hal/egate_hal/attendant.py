"""Port: the buttons that people press at the lane: the traveller's call button, the officer's key switch.

An officer who stands at the lane resolves a referral with the key switch; commands from a screen far away take the
broker instead.
"""

from enum import StrEnum
from typing import Protocol


class Press(StrEnum):
    """What was pressed. RELEASE_FORWARD: the officer lets the traveller out at the exit; RELEASE_BACK: back through
    the entrance; RESET: the officer has looked, the lane may go on."""

    CALL = "call"
    RELEASE_FORWARD = "release_forward"
    RELEASE_BACK = "release_back"
    RESET = "reset"


class Attendant(Protocol):
    """Promises: one press is one event; contact bounce is not."""

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None: ...

    async def next_press(self) -> Press:
        """Wait for the next press. Raises DeviceLost."""
