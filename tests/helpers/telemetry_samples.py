"""Events of every kind for the telemetry tests; ids and times follow from a number."""

import uuid
from datetime import UTC, datetime, timedelta

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.faults import Severity
from egate.telemetry.envelope import Event
from egate.telemetry.records import (
    Decision,
    DocumentModel,
    Doors,
    FaultRecorded,
    LaneChange,
    LaneRecorded,
    LaneState,
    Payload,
    Resolution,
    Score,
    StepRecorded,
    TransactionRecord,
    TransitionRecorded,
)

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)


def id_of(number: int) -> str:
    return str(uuid.UUID(int=number + (1 << 64)))


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def event(payload: Payload, number: int = 1) -> Event:
    return Event(id_of(number), at(number), payload)


def transition(number: int = 1) -> TransitionRecorded:
    return TransitionRecorded(id_of(number), "IDLE", "DOCUMENT_PRESENT", "document_placed", 0)


def step(number: int = 1) -> StepRecorded:
    return StepRecorded(id_of(number), "mrz", Outcome.PASSED, Reason.OK, 412, ("TD3",))


def transaction(number: int = 1, *reasons: Reason) -> TransactionRecord:
    """An admission, or a referral for ``reasons``."""
    expired = CheckResult(Check.DOCUMENT_EXPIRY, Outcome.FAILED, Reason.EXPIRED)
    return TransactionRecord(
        transaction=id_of(number),
        topology="mantrap",
        started_at=at(number),
        ended_at=at(number + 17),
        decision=Decision.REFER if reasons else Decision.ADMIT,
        reasons=reasons or (Reason.OK,),
        resolution=Resolution.OFFICER_BACK if reasons else Resolution.PASSED,
        versions={"egate": "0.1.0", "door": "0.1.0"},
        timings_ms={"mrz": 412, "chip_access": 1930, "face": 2210, "border": 40},
        checks=(passed(Check.MRZ_READ, "TD3"), expired) if reasons else (passed(Check.MRZ_READ, "TD3"),),
        document=DocumentModel("P", "UTO"),
        access_protocol="BAC",
        algorithms=("SHA-256", "ecdsa-with-SHA256"),
        apdu_count=92,
        file_bytes=21_044,
        match=Score(0.61, 0.38),
        pad=Score(0.07, 0.5),
        quality={"sharpness": 0.8, "interpupillary_px": 118.0},
        screens=("welcome", "reading", "look_ahead", "go"),
    )


def fault(*, active: bool = True) -> FaultRecorded:
    return FaultRecorded("camera.lost", Severity.ERROR, active)


def lane() -> LaneRecorded:
    return LaneRecorded(LaneChange.RESTARTED, "0.1.0", id_of(7))


def lane_state() -> LaneState:
    return LaneState("IDLE", NOW, None, "welcome", "open", (), 0, Doors("closed", "closed"))


EVERY_KIND: tuple[Payload, ...] = (transition(), step(), transaction(), fault(), lane())
