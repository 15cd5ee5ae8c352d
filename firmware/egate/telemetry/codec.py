"""Bytes to values and back: the one module that encodes and decodes what crosses the broker.

Whatever the bytes, decoding ends in a value or in Undecodable. Its text says which rule was broken and where, and
never repeats what was received.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from egate.telemetry.canonical import Json, NotCanonical, canonical
from egate.telemetry.envelope import SOURCE_PREFIX, TYPE_PREFIX, Envelope, Event, chain_hash
from egate.telemetry.fields import Epoch, GateId
from egate.telemetry.records import PAYLOADS, Ack, GateConnection, Kind, LaneState, Payload, kind_of

MAX_BYTES: Final = 128 * 1024  # a transaction record takes about 3 kB

T = TypeVar("T")
State = LaneState | GateConnection | Ack


class Undecodable(ValueError):
    """The bytes are not what the schema in docs/schemas asks for."""


class UnknownKind(Undecodable):
    """A sound event of a kind that this version does not know: its sender is newer."""


def members(event: Event, gate: GateId, epoch: Epoch) -> dict[str, Json]:
    """The members of ``event`` on the wire, before ``envelope.seal`` puts it into the chain."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": SOURCE_PREFIX + gate,
        "type": TYPE_PREFIX + kind_of(event.payload),
        "time": msgspec.to_builtins(event.time),
        "datacontenttype": "application/json",
        "data": msgspec.to_builtins(event.payload),
        "epoch": epoch,
    }


def decode_envelope(raw: bytes) -> Envelope:
    """An event whose form and hash are right; its place in the chain and its data are not judged yet.

    Raises Undecodable.
    """
    tree = _guarded(raw, Any)
    envelope: Envelope = _converted(tree, Envelope)
    try:
        is_canonical = canonical(tree) == raw
        digest = chain_hash(tree)
    except NotCanonical as error:
        raise Undecodable(f"not canonical JSON: {error}") from None
    if not is_canonical:
        raise Undecodable("not canonical JSON (RFC 8785): an event must be passed on byte for byte")
    if digest != envelope.chainhash:
        raise Undecodable("chainhash does not match the event: it was altered")
    return envelope


def decode_payload(envelope: Envelope) -> Payload:
    """The payload of an event. Raises UnknownKind, Undecodable."""
    try:
        kind = Kind(envelope.kind)
    except ValueError:
        raise UnknownKind("the kind of event is not known here; its sender may be newer") from None
    payload: Payload = _converted(envelope.data, PAYLOADS[kind])
    return payload


def encode_state(state: State) -> bytes:
    """A retained state or an acknowledgement as JSON."""
    return msgspec.json.encode(state)


def decode_state(raw: bytes, kind: type[T]) -> T:
    """A LaneState, a GateConnection or an Ack. Raises Undecodable."""
    state: T = _guarded(raw, kind)
    return state


def schema(kind: Any) -> dict[str, Any]:
    """JSON Schema (2020-12) of a record class, its parts under ``$defs``."""
    (root,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    name = root["$ref"].rsplit("/", 1)[1] if "$ref" in root else ""
    return {**components.pop(name, root), **({"$defs": components} if components else {})}


def _guarded(raw: bytes, kind: Any) -> Any:
    if len(raw) > MAX_BYTES:
        raise Undecodable(f"{len(raw)} bytes are more than the limit of {MAX_BYTES}")
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Undecodable(_without_values(str(error))) from None
    except RecursionError:
        raise Undecodable("nested too deeply") from None


def _converted(tree: Mapping[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(tree, kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Undecodable(_without_values(str(error))) from None


def _without_values(message: str) -> str:
    """msgspec quotes a wrong enum value or literal with quotation marks; drop whatever stands in them."""
    return re.sub(r"(?s)(value) .*?(?= - at `\$|$)", r"\1", message)
