"""Driver: the door controller on a serial line (docs/door-link.md). It translates and decides nothing."""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from egate_doorlink import table
from egate_doorlink.link import LOST, MISMATCH, HostLink, LinkOwner, Timing
from egate_hal.door import (
    Anomaly,
    AnomalyKind,
    Direction,
    DoorEvent,
    DoorFault,
    DoorReady,
    DoorRefused,
    DoorSilent,
    EmergencyChanged,
    GrantLapsed,
    Leaf,
    LeafMoved,
    LeafPosition,
    Obstructed,
    Occupancy,
    PersonPassed,
    SelfTested,
)
from egate_hal.drivers.serial_line import SerialLine, examine_port
from egate_hal.errors import DeviceLost, DeviceTimeout
from egate_hal.settings import Bounds

MISMATCH_FAULT = "link.table_mismatch"
TOKEN_MAX, VALID_MS_MAX = 0xFFFF_FFFF, 0xFFFF  # what GRANT holds; the door's own limits are narrower
EVENTS_MAX = 1024  # whoever lets so many wait has stopped looking at the door

_LEAVES = tuple(Leaf(name) for name in table.LEAVES)
_DIRECTIONS = tuple(Direction(name) for name in table.DIRECTIONS)
_POSITIONS = tuple(LeafPosition(name) for name in table.POSITIONS)
_ANOMALIES = tuple(AnomalyKind(name) for name in table.ANOMALIES)


@dataclass(frozen=True, slots=True)
class DoorSerialSettings:
    """``heartbeat_ms``, ``silence_ms``: must suit the door controller's own limits (100 and 300)."""

    port: str
    baud: Annotated[int, Bounds(ge=9600, le=921_600)] = 115_200
    heartbeat_ms: Annotated[int, Bounds(ge=20, le=100)] = 100
    silence_ms: Annotated[int, Bounds(ge=200, le=1_000)] = 300
    command_timeout_ms: Annotated[int, Bounds(ge=50, le=2_000)] = 500


class SerialDoor(LinkOwner):
    """Implements ``egate_hal.door.Door``. Everything runs on the loop that called ``open``."""

    Settings = DoorSerialSettings

    def __init__(self, settings: DoorSerialSettings) -> None:
        self._settings = settings
        self._line = SerialLine(settings.port, settings.baud)
        self._link = self._new_link()
        self._events: deque[DoorEvent] = deque()
        self._event_came = asyncio.Event()
        self._lost: DeviceLost | None = None
        self._faults = 0
        self._state_is_new = True  # the next FAULTS belongs to the whole state that follows DoorReady
        self._mismatch = False
        self._timer: asyncio.TimerHandle | None = None
        self._reader: asyncio.Task[None] | None = None

    @staticmethod
    def examine(settings: DoorSerialSettings) -> None:
        """The port is here and ours to use. Raises DeviceUnavailable."""
        examine_port(settings.port)

    async def open(self) -> None:
        self._lost = None
        self._link = self._new_link()
        self._events.clear()
        self._line.open()
        self._reader = asyncio.create_task(self._read())
        self._poll()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None
        self._line.close()
        self._give_up(DeviceLost(f"{self._settings.port}: closed"))

    async def grant(self, leaf: Leaf, direction: Direction, token: int, valid_ms: int) -> None:
        if not (0 < token <= TOKEN_MAX and 0 <= valid_ms <= VALID_MS_MAX):
            raise DoorRefused("invalid")
        values = (_LEAVES.index(leaf), _DIRECTIONS.index(direction), token, valid_ms)
        await self._command(table.GRANT, values)

    async def close_leaf(self, leaf: Leaf) -> None:
        await self._command(table.CLOSE, (_LEAVES.index(leaf),))

    async def clear(self, inside: int = 0) -> None:
        await self._command(table.CLEAR, (inside,))

    async def next_event(self) -> DoorEvent:
        while not self._events:
            if self._lost is not None:
                raise self._lost
            self._event_came.clear()
            await self._event_came.wait()
        return self._events.popleft()

    def link_up(self, firmware: str) -> None:
        self._tell(DoorReady(firmware))
        self._state_is_new = True
        if self._mismatch:
            self._mismatch = False
            self._tell(DoorFault(MISMATCH_FAULT, active=False))

    def link_down(self, reason: str) -> None:
        if reason == MISMATCH:
            self._mismatch = True
            self._tell(DoorFault(MISMATCH_FAULT, active=True))
        elif self._lost is None:  # else the line itself is gone, and next_event says so
            self._tell(DoorSilent())

    def link_message(self, message: int, values: tuple[Any, ...]) -> int:
        try:
            events = self._translate(message, values)
        except IndexError:
            return table.INVALID  # a code that the table does not list
        for event in events:
            self._tell(event)
        return table.OK

    def link_result(self, ticket: Any, result: int) -> None:
        answer: asyncio.Future[int] = ticket
        if not answer.done():
            answer.set_result(result)

    def _new_link(self) -> HostLink:
        timing = Timing(self._settings.heartbeat_ms, self._settings.silence_ms)
        # The number only has to differ from the last session's, so it need not come from the run's seed.
        return HostLink(self, timing, lambda: 1 + secrets.randbelow(0xFFFF))

    async def _command(self, message: int, values: tuple[int, ...]) -> None:
        if self._lost is not None:
            raise self._lost
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if not self._link.send(message, values, answer):
            raise DoorRefused("not_ready")
        self._poll()
        try:
            async with asyncio.timeout(self._settings.command_timeout_ms / 1000):
                result = await answer
        except TimeoutError:
            raise DeviceTimeout(f"{self._settings.port}: the door controller did not answer a command") from None
        if result == LOST:
            raise self._lost or DeviceTimeout(f"{self._settings.port}: the door controller fell silent on a command")
        if result != table.OK:
            raise DoorRefused(table.RESULTS[result] if result < len(table.RESULTS) else "unknown")

    async def _read(self) -> None:
        try:
            while True:
                data = await self._line.read()
                self._link.receive(data, self._now_ms())
                self._poll()
        except DeviceLost as error:
            self._give_up(error)

    def _poll(self) -> None:
        """Send what is due and come back when the next thing is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._lost is not None:
            return
        now_ms = self._now_ms()
        data = self._link.poll(now_ms)
        try:
            if data:
                self._line.write(data)
        except DeviceLost as error:
            self._give_up(error)
            return
        delay_ms = max(self._link.due_ms(now_ms), 1)
        self._timer = asyncio.get_running_loop().call_later(delay_ms / 1000, self._poll)

    def _give_up(self, reason: DeviceLost) -> None:
        """The line is gone: answer whoever waits. ``open`` may be tried again."""
        if self._lost is None:
            self._lost = reason
            self._link.abandon()
            self._event_came.set()

    def _now_ms(self) -> int:
        return int(asyncio.get_running_loop().time() * 1000)

    def _tell(self, event: DoorEvent) -> None:
        if len(self._events) < EVENTS_MAX:
            self._events.append(event)
            self._event_came.set()
        else:
            self._give_up(DeviceLost(f"{self._settings.port}: {EVENTS_MAX} events wait and nobody takes them"))

    def _translate(self, message: int, values: tuple[Any, ...]) -> list[DoorEvent]:
        if message == table.FAULTS:
            return self._faults_changed(values[0])
        return [_EVENTS[message](*values)]

    def _faults_changed(self, bits: int) -> list[DoorEvent]:
        """The door sends all its faults at once; the port speaks of each that began or ended."""
        changed = bits ^ self._faults | (bits if self._state_is_new else 0)
        self._faults, self._state_is_new = bits, False
        return [DoorFault(name, active=name in fault_names(bits)) for name in fault_names(changed)]


def fault_names(bits: int) -> tuple[str, ...]:
    """The names of the faults whose bits are set. Raises IndexError for a bit that the table does not list."""
    if bits >> len(table.FAULT_NAMES):
        raise IndexError(bits)
    return tuple(name for i, name in enumerate(table.FAULT_NAMES) if bits >> i & 1)


_EVENTS: dict[int, Callable[..., DoorEvent]] = {
    table.LEAF: lambda leaf, position, opening_mm: LeafMoved(_LEAVES[leaf], _POSITIONS[position], opening_mm),
    table.PASSED: lambda leaf, direction: PersonPassed(_LEAVES[leaf], _DIRECTIONS[direction]),
    table.OCCUPANCY: lambda inside, approach: Occupancy(inside, bool(approach)),
    table.OBSTRUCTED: lambda leaf, tries: Obstructed(_LEAVES[leaf], tries),
    table.EMERGENCY: lambda latched: EmergencyChanged(bool(latched)),
    table.LAPSED: lambda leaf, _token: GrantLapsed(_LEAVES[leaf]),
    table.ANOMALY: lambda leaf, kind: Anomaly(_LEAVES[leaf], _ANOMALIES[kind]),
    table.SELF_TESTED: lambda bits: SelfTested(fault_names(bits)),
}
