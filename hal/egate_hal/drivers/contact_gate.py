"""An existing gate behind dry contacts: what its contacts mean, and what is asked of it by relays. Pure.

The gate moves and protects by itself; whoever bought it has its declaration of conformity. It is asked to open a leaf
by a relay, and says by contacts where its leaves are. Times are seconds of any monotonic clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from egate_hal.door import (
    Direction,
    DoorEvent,
    DoorFault,
    DoorReady,
    DoorRefused,
    EmergencyChanged,
    GrantLapsed,
    Leaf,
    LeafMoved,
    LeafPosition,
    Occupancy,
    PersonPassed,
)

VALID_MS_MIN, VALID_MS_MAX = 100, 60_000
TOKEN_MAX = 0xFFFF_FFFF
TOKENS_REMEMBERED = 32
INSIDE_MAX = 255
HELD_OPEN_S = 8.0
FIRMWARE = "contacts"  # what DoorReady says: such a gate tells no version
OPEN_MM, MOVING_MM = 650, 325  # contacts tell no distance; these stand for it


class Contact(StrEnum):
    """What the gate tells. A contact that the site has not wired is always open."""

    ENTRY_SHUT = "entry_shut"
    ENTRY_OPEN = "entry_open"
    ENTRY_PASSED = "entry_passed"
    EXIT_SHUT = "exit_shut"
    EXIT_OPEN = "exit_open"
    EXIT_PASSED = "exit_passed"
    EMERGENCY = "emergency"
    FAULT = "fault"
    APPROACH = "approach"


class Relay(StrEnum):
    """What is asked: as long as it is on, that leaf may be open."""

    OPEN_ENTRY = "open_entry"
    OPEN_EXIT = "open_exit"


_SHUT = {Leaf.ENTRY: Contact.ENTRY_SHUT, Leaf.EXIT: Contact.EXIT_SHUT}
_OPEN = {Leaf.ENTRY: Contact.ENTRY_OPEN, Leaf.EXIT: Contact.EXIT_OPEN}
_PASSED = {Leaf.ENTRY: Contact.ENTRY_PASSED, Leaf.EXIT: Contact.EXIT_PASSED}
_RELAY = {Leaf.ENTRY: Relay.OPEN_ENTRY, Leaf.EXIT: Relay.OPEN_EXIT}
_OTHER = {Leaf.ENTRY: Leaf.EXIT, Leaf.EXIT: Leaf.ENTRY}


@dataclass(slots=True)
class _Grant:
    direction: Direction
    until_s: float
    was_open: bool = False


class ContactGate:
    """``sense`` and ``expire`` return what happened; ``relays`` is what must be on now."""

    def __init__(self) -> None:
        self._closed: dict[Contact, bool] = dict.fromkeys(Contact, False)
        self._grants: dict[Leaf, _Grant] = {}
        self._seen: list[int] = []
        self._positions: dict[Leaf, LeafPosition] = {}
        self._faults: set[str] = set()
        self._unshut_s: dict[Leaf, float | None] = dict.fromkeys(Leaf)
        self._inside = 0

    @property
    def relays(self) -> frozenset[Relay]:
        return frozenset(_RELAY[leaf] for leaf in self._grants)

    def begin(self, closed: Mapping[Contact, bool]) -> list[DoorEvent]:
        """The whole state, as the contacts are now. Nothing is granted."""
        self._closed = {**self._closed, **closed}
        self._grants.clear()
        self._faults = self._current_faults()
        self._positions = {leaf: self._position(leaf) for leaf in Leaf}
        return [
            DoorReady(FIRMWARE),
            *(self._moved(leaf) for leaf in Leaf),
            self._occupancy(),
            EmergencyChanged(self._closed[Contact.EMERGENCY]),
            *(DoorFault(code, active=True) for code in sorted(self._faults)),
        ]

    def grant(self, leaf: Leaf, direction: Direction, token: int, valid_ms: int, now_s: float) -> None:
        """Raises DoorRefused, for the reasons of the port."""
        if not 0 < token <= TOKEN_MAX or not 0 <= valid_ms <= VALID_MS_MAX:
            raise DoorRefused("invalid")
        if valid_ms < VALID_MS_MIN:
            raise DoorRefused("expired")
        if token in self._seen:
            raise DoorRefused("used")
        self._refuse_if_not_now(leaf)
        self._seen = [*self._seen[1 - TOKENS_REMEMBERED :], token]
        self._grants[leaf] = _Grant(direction, now_s + valid_ms / 1000)

    def close(self, leaf: Leaf) -> list[DoorEvent]:
        """Raises DoorRefused in an emergency."""
        if self._closed[Contact.EMERGENCY]:
            raise DoorRefused("emergency")
        return self._end_grant(leaf)

    def clear(self, inside: int) -> list[DoorEvent]:
        """A person has looked: so many are inside. Raises DoorRefused in an emergency."""
        if self._closed[Contact.EMERGENCY]:
            raise DoorRefused("emergency")
        if not 0 <= inside <= INSIDE_MAX:
            raise DoorRefused("invalid")
        self._inside = inside
        return [self._occupancy()]

    def sense(self, closed: Mapping[Contact, bool], now_s: float) -> list[DoorEvent]:
        """Contacts as they are now; those not named are as before."""
        before, self._closed = self._closed, {**self._closed, **closed}
        changed = {contact for contact in Contact if before[contact] is not self._closed[contact]}
        events: list[DoorEvent] = []
        for leaf in Leaf:
            if _PASSED[leaf] in changed and self._closed[_PASSED[leaf]]:
                events += self._passed(leaf)
            events += self._follow_leaf(leaf, now_s)
        if Contact.APPROACH in changed:
            events.append(self._occupancy())
        if Contact.EMERGENCY in changed:
            events += self._emergency_changed()
        return [*events, *self._changed_faults()]

    def expire(self, now_s: float) -> list[DoorEvent]:
        """Time has passed: grants lapse, a leaf that should be shut is held."""
        events: list[DoorEvent] = []
        for leaf in [leaf for leaf, grant in self._grants.items() if now_s >= grant.until_s]:
            events += self._end_grant(leaf)
        for leaf in Leaf:
            self._follow_leaf(leaf, now_s)
            since_s = self._unshut_s[leaf]
            if since_s is not None and now_s - since_s >= HELD_OPEN_S:
                self._faults.add(f"{leaf}.held_open")
                self._unshut_s[leaf] = None
                events.append(DoorFault(f"{leaf}.held_open", active=True))
        return events

    def deadline_s(self) -> float | None:
        """When ``expire`` has something to do."""
        held = [since_s + HELD_OPEN_S for since_s in self._unshut_s.values() if since_s is not None]
        return min([*held, *(grant.until_s for grant in self._grants.values())], default=None)

    def _refuse_if_not_now(self, leaf: Leaf) -> None:
        if self._closed[Contact.EMERGENCY]:
            raise DoorRefused("emergency")
        if self._faults:
            raise DoorRefused("fault")
        if self._position(_OTHER[leaf]) is not LeafPosition.CLOSED or _OTHER[leaf] in self._grants:
            raise DoorRefused("interlock")
        if leaf in self._grants or self._position(leaf) is not LeafPosition.CLOSED:
            raise DoorRefused("not_ready")

    def _position(self, leaf: Leaf) -> LeafPosition:
        if self._closed[_SHUT[leaf]]:
            return LeafPosition.CLOSED
        return LeafPosition.OPEN if self._closed[_OPEN[leaf]] else LeafPosition.MOVING

    def _moved(self, leaf: Leaf) -> LeafMoved:
        position = self._positions[leaf]
        opening = {LeafPosition.CLOSED: 0, LeafPosition.OPEN: OPEN_MM}.get(position, MOVING_MM)
        return LeafMoved(leaf, position, opening)

    def _follow_leaf(self, leaf: Leaf, now_s: float) -> list[DoorEvent]:
        position, events = self._position(leaf), list[DoorEvent]()
        if position is not self._positions.get(leaf):
            self._positions[leaf] = position
            events.append(self._moved(leaf))
        if position is LeafPosition.OPEN and leaf in self._grants:
            self._grants[leaf].was_open = True
        should_be_shut = position is not LeafPosition.CLOSED and leaf not in self._grants
        if not should_be_shut:
            self._unshut_s[leaf] = None
        elif self._unshut_s[leaf] is None and f"{leaf}.held_open" not in self._faults:
            self._unshut_s[leaf] = now_s
        return events

    def _passed(self, leaf: Leaf) -> list[DoorEvent]:
        """One contact tells that somebody passed; which way is what was granted, or else the way out."""
        grant = self._grants.pop(leaf, None)
        backward = leaf is Leaf.ENTRY
        direction = grant.direction if grant else Direction.BACKWARD if backward else Direction.FORWARD
        inward = (direction is Direction.FORWARD) == (leaf is Leaf.ENTRY)
        self._inside = min(max(self._inside + (1 if inward else -1), 0), INSIDE_MAX)
        return [PersonPassed(leaf, direction), self._occupancy()]

    def _end_grant(self, leaf: Leaf) -> list[DoorEvent]:
        grant = self._grants.pop(leaf, None)
        return [GrantLapsed(leaf)] if grant is not None and not grant.was_open else []

    def _emergency_changed(self) -> list[DoorEvent]:
        lapsed = [event for leaf in list(self._grants) for event in self._end_grant(leaf)]
        return [*lapsed, EmergencyChanged(self._closed[Contact.EMERGENCY])]

    def _occupancy(self) -> Occupancy:
        return Occupancy(self._inside, self._closed[Contact.APPROACH])

    def _current_faults(self) -> set[str]:
        faults = {f"{leaf}.held_open" for leaf in Leaf if f"{leaf}.held_open" in self._faults and not self._shut(leaf)}
        faults |= {f"{leaf}.position" for leaf in Leaf if self._shut(leaf) and self._closed[_OPEN[leaf]]}
        return faults | ({"gate.fault"} if self._closed[Contact.FAULT] else set())

    def _shut(self, leaf: Leaf) -> bool:
        return self._closed[_SHUT[leaf]]

    def _changed_faults(self) -> list[DoorEvent]:
        before, self._faults = self._faults, self._current_faults()
        return [DoorFault(code, active=code in self._faults) for code in sorted(before ^ self._faults)]
