"""GrantPassage, CloseLeaf, ClearDoor -> the door; what the door observed -> events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from egate.runtime.shared import Shared
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.limits import Timeouts
from egate_hal import door as port
from egate_hal.errors import HalError

log = logging.getLogger(__name__)

# The door's own fault codes (docs/door-link.md) by what the lane's staff has to do about them.
_SENSOR = (".beam", ".position", ".sensor_chain")
_LOG = "controller.log"
_OBSTRUCTED = (".blocked", ".held_open")


class DoorExecutor:
    """``settled`` is awaited before the exit is granted: a decision is on disk before a door opens for it."""

    def __init__(
        self, shared: Shared, door: port.Door, timeouts: Timeouts, settled: Callable[[], Awaitable[None]]
    ) -> None:
        self._shared, self._door, self._settled = shared, door, settled
        # A grant covers the opening and the time that a person may take to walk through.
        self._valid_ms = {
            ev.Leaf.ENTRY: timeouts.door_open_ms + timeouts.entering_ms,
            ev.Leaf.EXIT: timeouts.door_open_ms + timeouts.passing_ms,
        }
        self._settle_s = timeouts.door_open_ms / 2000
        self._put, self._set_fault, self._work = shared.put, shared.set_fault, shared.work
        self._door_faults: set[str] = set()

    # Effects

    def grant(self, effect: fx.GrantPassage) -> None:
        self._work.start(self._grant(effect))

    def close(self, effect: fx.CloseLeaf) -> None:
        self._work.start(self._quietly(self._door.close_leaf(port.Leaf(effect.leaf.value)), "close"))

    def clear(self, effect: fx.ClearDoor) -> None:
        self._work.start(self._quietly(self._door.clear(effect.inside), "clear"))

    async def _grant(self, effect: fx.GrantPassage) -> None:
        if effect.leaf is ev.Leaf.EXIT and not await self._on_record():
            self._refused(effect.leaf, "not_recorded")
            return
        leaf, direction = port.Leaf(effect.leaf.value), port.Direction(effect.direction.value)
        try:
            await self._door.grant(leaf, direction, effect.token, self._valid_ms[effect.leaf])
        except port.DoorRefused as error:
            self._refused(effect.leaf, error.reason)
        except HalError as error:
            log.warning("grant: %s", error)
            self._refused(effect.leaf, "no_answer")

    async def _on_record(self) -> bool:
        """Whether everything so far is on disk before the lane gives the opening up: a grant that comes later would
        open the door for nobody."""
        try:
            async with asyncio.timeout(self._settle_s):
                await self._settled()
        except TimeoutError:
            return False
        return True

    async def _quietly(self, command: Awaitable[None], name: str) -> None:
        """A closing or clearing that the door refuses changes nothing: what counts is what it observes."""
        try:
            await command
        except HalError as error:
            log.warning("%s: %s", name, error)

    def _refused(self, leaf: ev.Leaf, cause: str) -> None:
        self._put(ev.GrantRefused(self._shared.now_ms(), leaf, cause))

    # Observations

    def deliver(self, seen: port.DoorEvent) -> None:
        """One event of the door's driver."""
        now_ms = self._shared.now_ms()
        match seen:
            case port.LeafMoved(leaf=leaf, position=position):
                self._put(ev.LeafMoved(now_ms, ev.Leaf(leaf.value), ev.Position(position.value)))
            case port.PersonPassed(leaf=leaf, direction=direction):
                self._put(ev.PersonPassed(now_ms, ev.Leaf(leaf.value), ev.Direction(direction.value)))
            case port.Occupancy(inside=inside, approach=approach):
                self._put(ev.Occupied(now_ms, inside, approach))
            case port.GrantLapsed(leaf=leaf):
                self._put(ev.GrantRefused(now_ms, ev.Leaf(leaf.value), "lapsed"))
            case port.EmergencyChanged(latched=latched):
                self._set_fault("door.emergency", latched)
                self._put(ev.EmergencyChanged(now_ms, latched))
            case port.DoorReady(firmware=firmware):
                log.info("door controller ready, firmware %s", firmware)
                self._set_fault("door.silent", False)
            case port.DoorSilent():
                self._set_fault("door.silent", True)
            case port.DoorFault(code=code, active=active):
                self._door_fault(code, active)
            case port.Obstructed(leaf=leaf, tries=tries):
                log.warning("%s leaf obstructed, try %d", leaf, tries)
            case port.Anomaly(leaf=leaf, kind=kind):
                log.warning("%s leaf: %s", leaf, kind)
            case port.SelfTested(faults=faults):
                log.info("door controller tested itself: %s", ", ".join(faults) or "all is well")

    def _door_fault(self, code: str, active: bool) -> None:
        log.log(logging.ERROR if active else logging.INFO, "door fault %s %s", code, "began" if active else "ended")
        if active:
            self._door_faults.add(code)
        else:
            self._door_faults.discard(code)
        sensor = {code for code in self._door_faults if code.endswith(_SENSOR)}
        obstructed = {code for code in self._door_faults if code.endswith(_OBSTRUCTED)}
        self._set_fault("door.sensor", bool(sensor))
        self._set_fault("door.obstructed", bool(obstructed))
        self._set_fault("door.log", _LOG in self._door_faults)
        self._set_fault("door.hardware", bool(self._door_faults - sensor - obstructed - {_LOG}))
