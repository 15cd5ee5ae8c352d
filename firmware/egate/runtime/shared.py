"""What every executor shares: the way to the lane, time, tasks, the vault."""

from collections.abc import Callable
from dataclasses import dataclass

from egate.runtime.clock import Clock
from egate.runtime.lane import Ids
from egate.runtime.vault import Vault
from egate.runtime.work import Work
from egate.transaction import events as ev


@dataclass(frozen=True, slots=True)
class Shared:
    """``put``: an event into the lane's queue; ``set_fault``: a fault of the list began or ended."""

    put: Callable[[ev.Event], None]
    set_fault: Callable[[str, bool], None]
    clock: Clock
    work: Work
    vault: Vault
    ids: Ids

    def now_ms(self) -> int:
        """Monotonic time, as events carry it."""
        return self.clock.monotonic_ms()
