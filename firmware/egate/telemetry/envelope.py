"""CloudEvents 1.0 (structured JSON) around one payload, sealed into the gate's hash chain.

Every event names its predecessor's hash, and its own hash covers all its other members in canonical form (RFC 8785).
So an event that is altered, dropped or put in from outside shows at the next link, whoever carried it. The first event
of an epoch follows ``genesis``, which binds the chain to the gate and the journal.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from egate.telemetry.canonical import Json, canonical
from egate.telemetry.fields import Count, Epoch, GateId, Hash, Utc, Uuid, check_gate, check_utc, check_uuids
from egate.telemetry.records import Payload

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "egate.v1."
SOURCE_PREFIX = "/egate/v1/"


@dataclass(frozen=True, slots=True)
class Event:
    """A payload with the id and the time that its maker gave it; not yet in any journal."""

    id: Uuid
    time: Utc
    payload: Payload

    def __post_init__(self) -> None:
        check_uuids(self.id)
        check_utc(self.time)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a chain stands: ``seq`` of its last event and that event's hash."""

    seq: Count
    head: Hash


@dataclass(frozen=True, slots=True)
class Envelope:
    """The members of an event on the wire, ``data`` still undecoded. Names are CloudEvents' own; the last four are
    extensions (a-z only, as the specification asks)."""

    specversion: Literal["1.0"]
    id: Uuid
    source: str
    type: str
    time: Utc
    datacontenttype: Literal["application/json"]
    data: Mapping[str, Any]
    epoch: Epoch
    seq: Count
    chainprev: Hash
    chainhash: Hash

    def __post_init__(self) -> None:
        if not self.source.startswith(SOURCE_PREFIX) or not self.type.startswith(TYPE_PREFIX):
            raise ValueError("source or type is not of this family of events")
        check_gate(self.gate)
        if self.seq == 0:
            raise ValueError("seq counts from 1")

    @property
    def gate(self) -> GateId:
        return self.source.removeprefix(SOURCE_PREFIX)

    @property
    def kind(self) -> str:
        """The kind by name; a newer gate may know kinds that we do not."""
        return self.type.removeprefix(TYPE_PREFIX)


def genesis(gate: GateId, epoch: Epoch) -> Position:
    """Where every chain begins."""
    return Position(0, hashlib.sha256(f"egate/v1 {gate} {epoch}".encode()).hexdigest())


def seal(members: Mapping[str, Json], after: Position) -> tuple[bytes, Position]:
    """Append to the chain: the event's bytes on the wire, and where the chain stands then.

    ``members``: everything but seq, chainprev and chainhash.
    """
    event = {**members, "seq": after.seq + 1, "chainprev": after.head}
    digest = chain_hash(event)
    return canonical({**event, "chainhash": digest}), Position(after.seq + 1, digest)


def chain_hash(members: Mapping[str, Json]) -> Hash:
    """SHA-256 over the canonical form of an event without its own ``chainhash``."""
    return hashlib.sha256(canonical({k: v for k, v in members.items() if k != "chainhash"})).hexdigest()
