"""Time limits and policy of a lane: the defaults of the requirements, each with its bounds.

[N] marks a norm (BSI TR-03135, TR-03121), [P] a project choice.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from msgspec import Meta as Bounds

from egate.checks import Check

Milliseconds = Annotated[int, Bounds(ge=100, le=600_000)]
DoorMilliseconds = Annotated[int, Bounds(ge=100, le=30_000)]  # two of them together fit into one grant of the door


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Every limit of a stage, in milliseconds."""

    mrz_ms: Milliseconds = 5_000  # [N] norm
    chip_ms: Milliseconds = 12_000  # [N] norm 7 s; abort at 12 s [P]
    door_open_ms: DoorMilliseconds = 3_000  # [P] opens in 1.0 s; after 3 s it will not
    entering_ms: DoorMilliseconds = 10_000  # [P]
    face_ms: Milliseconds = 10_000  # [N] norm
    border_ms: Milliseconds = 8_000  # [P] hard limit; then refer
    passing_ms: DoorMilliseconds = 8_000  # [P]
    clear_ms: Milliseconds = 10_000  # [P] leaf closed and nobody inside
    transaction_ms: Milliseconds = 45_000  # [P] refer
    inside_alarm_ms: Milliseconds = 60_000  # [P] alarm: a person is still inside
    referred_outside_ms: Milliseconds = 15_000  # [P] how long the neutral screen stays for one who never entered
    referred_leave_ms: Milliseconds = 3_000  # [P] the same, once the document was taken
    document_left_ms: Milliseconds = 4_000  # [P] from the end of a transaction to the lost-property alarm


class HitAction(StrEnum):
    """What the lane does with a hit of the alert list. The traveller sees the same in both cases."""

    HOLD = "hold"
    REFER = "refer"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may be admitted without an officer.

    ``document_memory_s``: how long nobody may pass with a document with which somebody has passed; 0: as often as
    anybody likes, and no document is remembered.
    """

    alert_list_hit: HitAction = HitAction.HOLD
    chip_retries: Annotated[int, Bounds(ge=0, le=3)] = 1
    # The norm asks for chip authenticity where the chip offers it; a state may ask for it always.
    require_chip_authenticity: bool = False
    document_memory_s: Annotated[int, Bounds(ge=0, le=86_400)] = 600  # [P] long enough to hand it back and queue again


@dataclass(frozen=True, slots=True)
class Limits:
    """All that the state machine takes from the configuration."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    policy: Policy = field(default_factory=Policy)


# TR-03135-2, 4.2.4: mandatory at a self-service lane, in the order in which they are made.
DOCUMENT_CHECKS: tuple[Check, ...] = (
    Check.MRZ_READ,
    Check.MRZ_CHECK_DIGITS,
    Check.DOCUMENT_SUPPORTED,
    Check.DOCUMENT_EXPIRY,
    Check.AGE,
    Check.DOCUMENT_REUSE,
    Check.CHIP_ACCESS,
    Check.PASSIVE_AUTHENTICATION,
    Check.CHIP_AUTHENTICITY,
    Check.MRZ_DG1_CONSISTENCY,
    Check.DOCUMENT_MODEL,
    Check.PORTRAIT,
)
PERSON_CHECKS: tuple[Check, ...] = (
    Check.SINGLE_PERSON,
    Check.FACE_CAPTURE,
    Check.PAD,
    Check.FACE_VERIFICATION,
    Check.BORDER_SYSTEM,
)
MANDATORY: tuple[Check, ...] = DOCUMENT_CHECKS + PERSON_CHECKS
# TR-03135-2, 4.2.4: mandatory where the document bears one. A rule that demands one of somebody would be a check of its
# own: what was never made objects to nothing here.
WHERE_PRESENT: tuple[Check, ...] = (Check.DIGITAL_SEAL,)
