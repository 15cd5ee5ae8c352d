"""What the page shows, kept up to date event by event. Rebuilt from the database at the start, so a restart or a
refresh loses nothing. Written by the ingest thread, read by the web thread.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from egate.faults import FAULTS
from egate.telemetry import topics
from egate.telemetry.envelope import Envelope
from egate.telemetry.records import (
    Decision,
    FaultRecorded,
    GateConnection,
    LaneRecorded,
    LaneState,
    Payload,
    StepRecorded,
    TransactionRecord,
    TransitionRecorded,
)
from egate_ops import figures
from egate_ops.store import Loss, Refused

SHOWN_PERIOD = timedelta(hours=24)
_MAX_GATES = 1000
_MAX_RECORDS = 20_000  # transactions a gate that the figures rest on
_MAX_SHOWN = 30
_MAX_STEPS = 100


@dataclass(slots=True)
class Running:
    """One traveller as it happens. ``record`` is there when it is over."""

    transaction: str
    began_at: datetime
    steps: list[tuple[datetime, StepRecorded | TransitionRecorded]] = field(default_factory=list)
    record: TransactionRecord | None = None


@dataclass(slots=True)
class Gate:
    """All that is known of one gate."""

    name: str
    online: bool | None = None
    online_since: datetime | None = None
    epoch: str | None = None
    version: str | None = None
    lane: LaneState | None = None
    running: Running | None = None
    records: deque[TransactionRecord] = field(default_factory=lambda: deque(maxlen=_MAX_RECORDS))
    faults: dict[str, datetime] = field(default_factory=dict)
    losses: int = 0
    alarms: dict[str, int] = field(default_factory=dict)


class Board:
    """``on_change`` is called after every change, on the thread that made it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gates: dict[str, Gate] = {}
        self._broker: tuple[bool, str | None] = (False, None)
        self._store_error: str | None = None
        self.on_change: Callable[[], None] = lambda: None

    def event(self, envelope: Envelope, payload: Payload) -> None:
        """An event that is in the database."""
        with self._lock:
            gate = self._gate(envelope.gate)
            if gate is not None:
                _apply(gate, envelope.time, payload)
        self.on_change()

    def lane_state(self, name: str, state: LaneState) -> None:
        with self._lock:
            gate = self._gate(name)
            if gate is not None:
                gate.lane = state
        self.on_change()

    def connection(self, name: str, connection: GateConnection, now: datetime) -> None:
        with self._lock:
            gate = self._gate(name)
            if gate is not None:
                if gate.online != connection.online:
                    gate.online_since = now
                gate.online, gate.epoch = connection.online, connection.epoch
        self.on_change()

    def loss(self, loss: Loss) -> None:
        with self._lock:
            gate = self._gate(loss.gate)
            if gate is not None:
                gate.losses += loss.last - loss.first + 1
        self.on_change()

    def refused(self, item: Refused) -> None:
        """Something came under a gate's topic that is no sound event of that gate."""
        place = topics.parse(item.topic)
        with self._lock:
            gate = self._gates.get(place[0]) if place is not None else None
            if gate is not None:
                gate.alarms[item.reason] = gate.alarms.get(item.reason, 0) + 1
        self.on_change()

    def broker(self, connected: bool, error: str | None = None) -> None:
        with self._lock:
            if not connected:
                for gate in self._gates.values():
                    gate.online = None  # whatever happens to it now, we would not hear of it
            self._broker = (connected, error)
        self.on_change()

    def store_trouble(self, error: str | None) -> None:
        with self._lock:
            changed = error != self._store_error
            self._store_error = error
        if changed:
            self.on_change()

    @property
    def is_well(self) -> bool:
        """Whether events can come in and be kept."""
        return self._broker[0] and self._store_error is None

    def snapshot(self, now: datetime) -> dict[str, Any]:
        """Everything as JSON types."""
        with self._lock:
            connected, error = self._broker
            gates = [_gate_json(gate, now) for _, gate in sorted(self._gates.items())]
            return {
                "now": now.isoformat(timespec="milliseconds"),
                "broker": {"connected": connected, "error": error},
                "store": {"error": self._store_error},
                "gates": gates,
            }

    def _gate(self, name: str) -> Gate | None:
        if name not in self._gates and len(self._gates) < _MAX_GATES:
            self._gates[name] = Gate(name)
        return self._gates.get(name)


def _apply(gate: Gate, at: datetime, payload: Payload) -> None:
    match payload:
        case TransitionRecorded(transaction=str(transaction)) | StepRecorded(transaction=transaction):
            if gate.running is None or gate.running.transaction != transaction:
                gate.running = Running(transaction, at)
            if len(gate.running.steps) < _MAX_STEPS:
                gate.running.steps.append((at, payload))
        case TransactionRecord():
            gate.records.append(payload)
            if gate.running is None or gate.running.transaction != payload.transaction:
                gate.running = Running(payload.transaction, payload.started_at)
            gate.running.record = payload
        case FaultRecorded(active=True):
            gate.faults.setdefault(payload.code, at)
        case FaultRecorded():
            gate.faults.pop(payload.code, None)
        case LaneRecorded():
            gate.version = payload.version
            gate.faults.clear()  # a controller that starts has raised none yet


def _gate_json(gate: Gate, now: datetime) -> dict[str, Any]:
    recent = [record for record in gate.records if record.ended_at >= now - SHOWN_PERIOD]
    shown = list(gate.records)[-_MAX_SHOWN:]
    return {
        "gate": gate.name,
        "online": gate.online,
        "online_since": _time(gate.online_since),
        "epoch": gate.epoch,
        "version": gate.version,
        "lane": _lane_json(gate.lane),
        "running": _running_json(gate.running),
        "outcomes": [_outcome_json(record) for record in reversed(shown)],
        "counters": figures.counters(recent),
        "stages": figures.stages(recent),
        "faults": _faults_json(gate),
        "losses": gate.losses,
        "alarms": gate.alarms,
    }


def _lane_json(state: LaneState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        "state": state.state,
        "since": _time(state.since),
        "transaction": state.transaction,
        "screen": state.screen,
        "mode": state.mode,
        "occupancy": state.occupancy,
        "doors": {"entry": state.doors.entry, "exit": state.doors.exit},
    }


def _running_json(running: Running | None) -> dict[str, Any] | None:
    if running is None:
        return None
    return {
        "transaction": running.transaction,
        "began_at": _time(running.began_at),
        "steps": [_step_json(at, item) for at, item in running.steps],
        "ended": None if running.record is None else _outcome_json(running.record),
    }


def _step_json(at: datetime, item: StepRecorded | TransitionRecorded) -> dict[str, Any]:
    """A step has ``step``, a transition has ``to``."""
    if isinstance(item, TransitionRecorded):
        return {"at": _time(at), "to": item.to_state, "cause": item.cause, "since_start_ms": item.since_start_ms}
    return {
        "at": _time(at),
        "step": item.step,
        "outcome": item.outcome,
        "reason": item.reason,
        "duration_ms": item.duration_ms,
        "details": list(item.details),
    }


def _outcome_json(record: TransactionRecord) -> dict[str, Any]:
    document = record.document
    return {
        "transaction": record.transaction,
        "ended_at": _time(record.ended_at),
        "duration_ms": round((record.ended_at - record.started_at).total_seconds() * 1000),
        "decision": record.decision,
        "reasons": [] if record.decision is Decision.ADMIT else list(record.reasons),
        "resolution": record.resolution,
        "document": None if document is None else f"{document.document_type} {document.issuing_state}",
        "attention": list(record.attention),
    }


def _faults_json(gate: Gate) -> list[dict[str, Any]]:
    """What is wrong now, the worst first. The retained state is newer than any event, so it decides where it exists."""
    codes = set(gate.lane.faults) if gate.lane is not None else set(gate.faults)
    found = []
    for code in codes:
        known = FAULTS.get(code)
        found.append(
            {
                "code": code,
                "since": _time(gate.faults.get(code)),
                "severity": known.severity if known else "error",
                "blocks_lane": known.blocks_lane if known else True,
                "meaning": known.meaning if known else None,
                "action": known.action if known else None,
            }
        )
    order = ["critical", "error", "warning", "info"]
    return sorted(found, key=lambda f: (order.index(str(f["severity"])), str(f["code"])))


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(timespec="milliseconds")
