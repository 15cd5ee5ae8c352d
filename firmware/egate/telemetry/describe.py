"""Describes what crosses the broker, from the record classes themselves: JSON Schemas and an AsyncAPI 3 document."""

from collections.abc import Mapping
from typing import Any

from egate.telemetry import codec, topics
from egate.telemetry.envelope import CONTENT_TYPE, SOURCE_PREFIX, TYPE_PREFIX, Envelope
from egate.telemetry.records import PAYLOADS, Ack, GateConnection, Kind, LaneState

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_STATES: Mapping[str, Any] = {"state.lane": LaneState, "state.conn": GateConnection, "ack": Ack}
_GATE = {"description": "name of the gate: 1 to 32 of a-z, 0-9 and inner hyphens"}


def schemas() -> dict[str, dict[str, Any]]:
    """File name -> JSON Schema of everything that is published: ``evt.<kind>``, ``state.<leaf>``, ``ack``."""
    found = {f"evt.{kind}": event_schema(kind) for kind in Kind}
    found |= {name: codec.schema(record) for name, record in _STATES.items()}
    return {name: _tidy({"$schema": _DIALECT, "$id": f"{name}.json", **schema}) for name, schema in found.items()}


def event_schema(kind: Kind) -> dict[str, Any]:
    """A whole event of one kind: the envelope with that kind's payload as its data."""
    envelope, data = codec.schema(Envelope), codec.schema(PAYLOADS[kind])
    parts = data.pop("$defs", {})
    envelope["title"] = f"{data['title']} event"
    envelope["description"] = data["description"]
    envelope["properties"] |= {
        "type": {"const": TYPE_PREFIX + kind},
        "source": {"type": "string", "pattern": f"^{SOURCE_PREFIX}"},
        "seq": {**envelope["properties"]["seq"], "minimum": 1},
        "data": {"$ref": f"#/$defs/{data['title']}"},
    }
    return {**envelope, "$defs": {data["title"]: data, **parts}}


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document, seen from the gate: it sends events and states, and receives acknowledgements."""
    kinds = list(Kind)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "e-gate telemetry",
            "version": "1.0.0",
            "description": "What a gate tells the operations centre. No message holds personal data.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "events": {
                "address": f"{topics.ROOT}/{{gate}}/evt/{{kind}}",
                "description": "Journalled at the gate until the centre acknowledges; in order, without gaps.",
                "parameters": {"gate": _GATE, "kind": {"enum": [str(kind) for kind in kinds]}},
                "messages": {str(kind): _ref(f"components/messages/evt.{kind}") for kind in kinds},
            },
            "laneState": _channel("state/lane", "state.lane", "How the lane is now (retained)."),
            "connection": _channel("state/conn", "state.conn", "Birth and last will (retained)."),
            "acknowledgement": _channel("ack", "ack", "What the centre has committed to its database."),
        },
        "operations": {
            "reportEvent": _operation("send", "events", retain=False),
            "showLaneState": _operation("send", "laneState", retain=True),
            "showConnection": _operation("send", "connection", retain=True),
            "learnWhatIsKept": _operation("receive", "acknowledgement", retain=False),
        },
        "components": {"messages": {name: _message(name, schema) for name, schema in schemas().items()}},
    }


def _channel(path: str, message: str, description: str) -> dict[str, Any]:
    return {
        "address": f"{topics.ROOT}/{{gate}}/{path}",
        "description": description,
        "parameters": {"gate": _GATE},
        "messages": {message: _ref(f"components/messages/{message}")},
    }


def _operation(action: str, channel: str, *, retain: bool) -> dict[str, Any]:
    binding = {"qos": 1, "bindingVersion": "0.2.0"} | ({"retain": retain} if action == "send" else {})
    return {"action": action, "channel": _ref(f"channels/{channel}"), "bindings": {"mqtt": binding}}


def _message(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "title": schema["title"],
        "summary": schema["description"].split("\n\n")[0],
        "contentType": CONTENT_TYPE if name.startswith("evt.") else "application/json",
        "payload": {"$ref": f"./schemas/{name}.json"},
    }


def _ref(path: str) -> dict[str, str]:
    return {"$ref": f"#/{path}"}


def _tidy(node: Any) -> Any:
    """Docstrings as they read: without the indentation that the source gives them."""
    if isinstance(node, Mapping):
        return {key: _tidy(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    return "\n".join(line.strip() for line in node.splitlines()) if isinstance(node, str) else node
