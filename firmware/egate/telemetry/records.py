"""Everything that a gate reports, as frozen values that check themselves. Basic profile: no personal data at all.

Five kinds of event go through the journal and are never lost (``Payload``); two retained states (``LaneState``,
``GateConnection``) say how things are now, and the last one wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from egate.checks import CheckResult, Outcome, Reason
from egate.faults import Severity
from egate.telemetry.fields import (
    Count,
    DocumentType,
    Epoch,
    Milliseconds,
    RecordInvalid,
    StateCode,
    Utc,
    Uuid,
    Word,
    check_counts,
    check_document,
    check_epoch,
    check_finite,
    check_utc,
    check_uuids,
    check_words,
)


class Kind(StrEnum):
    """The kinds of event; also the last level of their topic."""

    TRANSITION = "transition"
    STEP = "step"
    TRANSACTION = "transaction"
    FAULT = "fault"
    LANE = "lane"


class Decision(StrEnum):
    """What the policy decided. There is no refusal: a gate admits, or an officer decides. ABORT: nobody was judged."""

    ADMIT = "admit"
    REFER = "refer"
    ABORT = "abort"


class Resolution(StrEnum):
    """How the transaction ended at the lane, as observed."""

    PASSED = "passed"
    WALKED_BACK = "walked_back"
    WALKED_AWAY = "walked_away"
    OFFICER_FORWARD = "officer_forward"
    OFFICER_BACK = "officer_back"
    ABORTED = "aborted"


class LaneChange(StrEnum):
    """RESTARTED: the controller had not stopped in order before (crash, power loss)."""

    STARTED = "started"
    STOPPED = "stopped"
    RESTARTED = "restarted"


@dataclass(frozen=True, slots=True)
class TransitionRecorded:
    """The lane went from one state to another because of ``cause``, the name of an event."""

    transaction: Uuid | None
    from_state: Word
    to_state: Word
    cause: Word
    since_start_ms: Milliseconds | None = None

    def __post_init__(self) -> None:
        check_uuids(self.transaction)
        check_words(self.from_state, self.to_state, self.cause)
        check_counts(self.since_start_ms)


@dataclass(frozen=True, slots=True)
class StepRecorded:
    """One step of a transaction ended: mrz, chip_access, passive_authentication, face, pad, border, decision, door."""

    transaction: Uuid
    step: Word
    outcome: Outcome
    reason: Reason
    duration_ms: Milliseconds
    details: tuple[Word, ...] = ()

    def __post_init__(self) -> None:
        check_uuids(self.transaction)
        check_words(self.step, *self.details)
        check_counts(self.duration_ms)


@dataclass(frozen=True, slots=True)
class DocumentModel:
    """What kind of document it was; the same for every holder."""

    document_type: DocumentType
    issuing_state: StateCode

    def __post_init__(self) -> None:
        check_document(self.document_type, self.issuing_state)


@dataclass(frozen=True, slots=True)
class Score:
    """A comparison or attack score beside the threshold that it was held against, in the model's own units."""

    value: float
    threshold: float

    def __post_init__(self) -> None:
        check_finite(self.value, self.threshold)


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """One traveller, from the document to the last door; the record that audits and statistics rest on.

    ``timings_ms``: stage -> duration; stages overlap, so they do not add up. ``quality``: measure -> value.
    ``screens``: what the traveller's screen showed, in order. ``attention``: what the officer was told in silence.
    """

    transaction: Uuid
    topology: Word
    started_at: Utc
    ended_at: Utc
    decision: Decision
    reasons: tuple[Reason, ...]
    resolution: Resolution
    versions: Mapping[Word, Word] = field(default_factory=dict)
    timings_ms: Mapping[Word, Milliseconds] = field(default_factory=dict)
    checks: tuple[CheckResult, ...] = ()
    document: DocumentModel | None = None
    access_protocol: Word | None = None
    algorithms: tuple[Word, ...] = ()
    apdu_count: Count = 0
    file_bytes: Count = 0
    match: Score | None = None
    pad: Score | None = None
    quality: Mapping[Word, float] = field(default_factory=dict)
    screens: tuple[Word, ...] = ()
    attention: tuple[Word, ...] = ()

    def __post_init__(self) -> None:
        check_uuids(self.transaction)
        check_utc(self.started_at, self.ended_at)
        check_words(self.topology, self.access_protocol, *self.algorithms, *self.screens, *self.attention)
        check_words(*self.versions, *self.versions.values(), *self.timings_ms, *self.quality)
        check_words(*(detail for result in self.checks for detail in result.details))
        check_counts(self.apdu_count, self.file_bytes, *self.timings_ms.values())
        check_finite(*self.quality.values())
        if self.decision is not Decision.ADMIT and not self.reasons:
            raise RecordInvalid("a transaction that did not end in an admission names at least one reason")


@dataclass(frozen=True, slots=True)
class FaultRecorded:
    """A fault of the list in ``egate.faults`` began or ended."""

    code: Word
    severity: Severity
    active: bool

    def __post_init__(self) -> None:
        check_words(self.code)


@dataclass(frozen=True, slots=True)
class LaneRecorded:
    """The controller started or stopped; ``interrupted`` names the transaction that a crash left open."""

    change: LaneChange
    version: Word
    interrupted: Uuid | None = None

    def __post_init__(self) -> None:
        check_words(self.version)
        check_uuids(self.interrupted)


Payload = TransitionRecorded | StepRecorded | TransactionRecord | FaultRecorded | LaneRecorded

PAYLOADS: Mapping[Kind, type[Payload]] = {
    Kind.TRANSITION: TransitionRecorded,
    Kind.STEP: StepRecorded,
    Kind.TRANSACTION: TransactionRecord,
    Kind.FAULT: FaultRecorded,
    Kind.LANE: LaneRecorded,
}
_KINDS = {payload: kind for kind, payload in PAYLOADS.items()}


def kind_of(payload: Payload) -> Kind:
    """The kind of event that carries ``payload``."""
    return _KINDS[type(payload)]


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """A transaction whose record has not been written yet, as the journal remembers it over a crash."""

    transaction: Uuid
    started_at: Utc

    def __post_init__(self) -> None:
        check_uuids(self.transaction)
        check_utc(self.started_at)


def interrupted_record(
    left_open: OpenTransaction, topology: Word, versions: Mapping[Word, Word], noticed_at: Utc
) -> TransactionRecord:
    """The record of a transaction that a crash cut off: aborted, never admitted, whatever had been decided."""
    return TransactionRecord(
        transaction=left_open.transaction,
        topology=topology,
        started_at=left_open.started_at,
        ended_at=noticed_at,
        decision=Decision.ABORT,
        reasons=(Reason.CONTROLLER_RESTART,),
        resolution=Resolution.ABORTED,
        versions=versions,
    )


@dataclass(frozen=True, slots=True)
class Doors:
    """Observed position of each leaf (closed, moving, open, blocked, unknown); None where the lane has no such leaf."""

    entry: Word | None = None
    exit: Word | None = None

    def __post_init__(self) -> None:
        check_words(self.entry, self.exit)


@dataclass(frozen=True, slots=True)
class LaneState:
    """How the lane is now (retained). ``screen``: what the traveller sees; ``occupancy``: persons between the leaves;
    ``since``: when ``state`` was entered."""

    state: Word
    since: Utc
    transaction: Uuid | None = None
    screen: Word | None = None
    mode: Word | None = None
    faults: tuple[Word, ...] = ()
    occupancy: Count = 0
    doors: Doors = field(default_factory=Doors)

    def __post_init__(self) -> None:
        check_words(self.state, self.screen, self.mode, *self.faults)
        check_uuids(self.transaction)
        check_utc(self.since)
        check_counts(self.occupancy)


@dataclass(frozen=True, slots=True)
class GateConnection:
    """Whether the gate is on the broker (retained; the last will says no). ``acked``: the last event that the gate has
    deleted after the centre's acknowledgement; older ones no longer exist at the gate."""

    online: bool
    epoch: Epoch
    acked: Count

    def __post_init__(self) -> None:
        check_epoch(self.epoch)
        check_counts(self.acked)


@dataclass(frozen=True, slots=True)
class Ack:
    """The centre's word that everything up to ``seq`` of this epoch is committed in its database."""

    epoch: Epoch
    seq: Count

    def __post_init__(self) -> None:
        check_epoch(self.epoch)
        check_counts(self.seq)
