"""Oddities of chips in the field, by name. What betrays a counterfeit stands in ``contents.Fault`` instead."""

from dataclasses import dataclass
from enum import Enum, auto

from egate_sim.passport.apdu import Status


class LongRead(Enum):
    """What a chip does that cannot read as much at once as it is asked for."""

    REFUSE = auto()  # 6700 under secure messaging
    REFUSE_BARE = auto()  # 6700 before secure messaging has seen the command: its counter stays
    SHORTEN = auto()  # fewer bytes and 6282
    CORRECT = auto()  # 6Cxx with the length that it can
    END_SESSION = auto()  # 6F00 without secure messaging, and the session is over


class ParameterId(Enum):
    """What a chip makes of tag 84 in PACE's MSE:Set AT."""

    OPTIONAL = auto()  # needed only where the protocol alone does not tell the PACEInfo
    DEMANDED = auto()
    FORBIDDEN = auto()


@dataclass(frozen=True, slots=True)
class Quirks:
    """``max_read``: most bytes of one READ BINARY, None for as many as a response carries; ``delay_ms``: what each
    answer takes beyond the radio (the field waits, not the chip); ``silent_after``: number of answers before it falls
    mute; ``short_identifiers``: READ BINARY takes them; ``select_master_file``: what SELECT MF is answered with;
    ``bac_refusal``: what a chip without BAC answers to GET CHALLENGE; ``refuses_expected_length``: an Le on SELECT or
    MSE makes PACE fail; ``get_response``: responses wait for GET RESPONSE after 61xx; ``can_tries``: wrong CANs before
    the chip blocks, None for any number; ``signature_bytes``: where Active Authentication cuts its answer off;
    ``mute_at_extended``: Active Authentication answers nothing to an extended Le."""

    max_read: int | None = None
    long_read: LongRead = LongRead.REFUSE
    delay_ms: int = 0
    silent_after: int | None = None
    short_identifiers: bool = True
    select_master_file: Status = Status.OK
    bac_refusal: Status = Status.CONDITIONS_NOT_SATISFIED
    parameter_id: ParameterId = ParameterId.OPTIONAL
    refuses_expected_length: bool = False
    get_response: bool = False
    can_tries: int | None = None
    signature_bytes: int | None = None
    mute_at_extended: bool = False

    def __post_init__(self) -> None:
        for name in ("max_read", "can_tries", "signature_bytes"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, or None")
        if self.delay_ms < 0:
            raise ValueError("delay_ms must not be negative")
