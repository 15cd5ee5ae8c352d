"""The door executor: what is not on record opens no exit, then or later."""

import asyncio
import random
from typing import Any

from egate.runtime.executors.door import DoorExecutor
from egate.runtime.lane import Ids
from egate.runtime.shared import Shared
from egate.runtime.vault import Vault
from egate.runtime.work import Work
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.limits import Timeouts
from egate_sim import fast
from egate_sim.virtual_time import VirtualClock


class GrantsOnly:
    """A door that notes what it is granted."""

    def __init__(self) -> None:
        self.granted: list[Any] = []

    async def grant(self, *values: Any) -> None:
        self.granted.append(values)


def test_a_decision_that_is_not_on_disk_opens_no_exit_not_even_later() -> None:
    async def life() -> tuple[list[ev.Event], list[Any]]:
        events: list[ev.Event] = []
        door, on_disk = GrantsOnly(), asyncio.Event()

        async def settled() -> None:
            await on_disk.wait()

        clock = VirtualClock(asyncio.get_running_loop())
        shared = Shared(events.append, lambda code, active: None, clock, Work(), Vault(), Ids(random.Random(1)))
        executor = DoorExecutor(shared, door, Timeouts(), settled)  # type: ignore[arg-type] # it only grants here
        executor.grant(fx.GrantPassage(ev.Leaf.EXIT, ev.Direction.FORWARD, 16))
        await asyncio.sleep(Timeouts().door_open_ms / 1000)
        on_disk.set()
        await asyncio.sleep(1)
        return events, door.granted

    events, granted = fast.run(life())
    assert [(e.leaf, e.cause) for e in events if isinstance(e, ev.GrantRefused)] == [(ev.Leaf.EXIT, "not_recorded")]
    assert granted == []
