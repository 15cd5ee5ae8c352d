"""Port: the door controller, which moves the leaves and counts people, and may refuse.

What counts is what it *observed*: an accepted grant says only that it was accepted.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from egate_hal.errors import HalError


class Leaf(StrEnum):
    ENTRY = "entry"
    EXIT = "exit"


class LeafPosition(StrEnum):
    """Observed position. MOVING covers both directions; BLOCKED: gave up after the permitted tries."""

    CLOSED = "closed"
    MOVING = "moving"
    OPEN = "open"
    BLOCKED = "blocked"


class Direction(StrEnum):
    """FORWARD is the way of an admitted traveller, through either leaf."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class DoorReady:
    """The link stands and both ends speak the same message table. ``firmware``: version of the door application."""

    firmware: str


@dataclass(frozen=True, slots=True)
class DoorSilent:
    """Nothing valid was heard within the heartbeat limit. The door controller goes safe by itself."""


@dataclass(frozen=True, slots=True)
class LeafMoved:
    leaf: Leaf
    position: LeafPosition
    opening_mm: int


@dataclass(frozen=True, slots=True)
class PersonPassed:
    """Somebody walked through a leaf, as the beams saw it."""

    leaf: Leaf
    direction: Direction


@dataclass(frozen=True, slots=True)
class Occupancy:
    """People and things as the sensors see them now: ``inside`` counts persons between the leaves, ``approach`` tells
    whether somebody stands before the entry leaf."""

    inside: int
    approach: bool


@dataclass(frozen=True, slots=True)
class Obstructed:
    """The leaf met something while closing and reversed; ``tries`` closings have failed in a row."""

    leaf: Leaf
    tries: int


@dataclass(frozen=True, slots=True)
class EmergencyChanged:
    """The emergency input acted (latched=True) or was reset by a person at the lane."""

    latched: bool


@dataclass(frozen=True, slots=True)
class DoorFault:
    """A fault of the door's own list began or ended. ``code`` is stable, see docs/door-link.md."""

    code: str
    active: bool


@dataclass(frozen=True, slots=True)
class GrantLapsed:
    """A grant expired before its leaf was fully open; nobody was let through."""

    leaf: Leaf


class AnomalyKind(StrEnum):
    """What the door's beams see that should not be. TAILGATING: somebody followed through a grant that was used up;
    AGAINST: somebody came the other way; COMPANY: more than one is in the leaf on one grant; THING: something narrower
    than a person came through; WIDE: something wider, such as two close together, luggage, a wheelchair; STANDING:
    somebody or something stays in the leaf; LEFT_BEHIND: it stays although its person has gone on."""

    TAILGATING = "tailgating"
    AGAINST = "against"
    COMPANY = "company"
    THING = "thing"
    WIDE = "wide"
    STANDING = "standing"
    LEFT_BEHIND = "left_behind"


@dataclass(frozen=True, slots=True)
class Anomaly:
    leaf: Leaf
    kind: AnomalyKind


@dataclass(frozen=True, slots=True)
class SelfTested:
    """The door controller has tested what protects people; ``faults`` are active after it."""

    faults: tuple[str, ...]


DoorEvent = (
    DoorReady
    | DoorSilent
    | LeafMoved
    | PersonPassed
    | Occupancy
    | Obstructed
    | EmergencyChanged
    | DoorFault
    | GrantLapsed
    | Anomaly
    | SelfTested
)


class DoorRefused(HalError):
    """The door controller refused a command; ``reason`` is its stable code (interlock, emergency, expired, used,
    fault, not_ready, invalid)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the door controller refused the command: {reason}")
        self.reason = reason


class Door(Protocol):
    """Promises: events come in the order observed; after DoorSilent the driver keeps trying and sends DoorReady,
    then the whole observed state (both leaves, occupancy, emergency, faults), when the link stands again. The driver
    sends the heartbeat by itself as long as ``open()`` holds and the process lives."""

    async def open(self) -> None:
        """Raises DeviceUnavailable, DeviceLost."""

    async def close(self) -> None: ...

    async def grant(self, leaf: Leaf, direction: Direction, token: int, valid_ms: int) -> None:
        """Ask for one opening of ``leaf``. ``token`` (1 .. 2**32 - 1) names this grant and is good once.

        ``valid_ms`` (100 .. 60 000) is how long the leaf may take to open and then wait, open, for somebody to pass;
        after that, or after a passage in ``direction``, the door controller closes it by itself.

        Returns when the controller accepted it. Raises DoorRefused, DeviceTimeout, DeviceLost.
        """

    async def close_leaf(self, leaf: Leaf) -> None:
        """Ask for the leaf to close as soon as that is safe. Raises DoorRefused, DeviceTimeout, DeviceLost."""

    async def clear(self, inside: int = 0) -> None:
        """A person has looked: clear latched obstruction and fault states; ``inside`` people (0 .. 255) are inside.

        Raises DoorRefused (emergency is reset at the lane only), DeviceTimeout, DeviceLost.
        """

    async def next_event(self) -> DoorEvent:
        """Wait for the next event. Raises DeviceLost only if the device cannot be used any more."""
