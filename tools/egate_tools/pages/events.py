"""docs/events.md (the protocol in words, then every record field by field), the JSON Schemas, the AsyncAPI document."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from egate.telemetry import describe, topics
from egate.telemetry.records import Kind

_PROTOCOL = """\
# What a gate reports

Generated from `firmware/egate/telemetry/` by `make generate`; do not edit. Schemas stand in [schemas](schemas), the
AsyncAPI document in [asyncapi.json](asyncapi.json).

Basic profile: no message holds personal data. Fields hold coded words and numbers; there is no free text.

## Topics

| Topic | QoS | Retained | Carries |
|---|---|---|---|
| `{root}/{{gate}}/evt/{{kind}}` | 1 | no | one event, from the gate's journal |
| `{root}/{{gate}}/ack` | 1 | no | the centre's acknowledgement |
| `{root}/{{gate}}/state/lane` | 1 | yes | how the lane is now; the last one wins |
| `{root}/{{gate}}/state/conn` | 1 | yes | birth (online) and last will (offline) |

## How an event travels

1. The gate seals the event into its hash chain and commits it to its journal (SQLite, WAL, synchronous=FULL). Only then
   does anybody hear of it.
2. It publishes from the journal, at most 64 events ahead of the centre. The broker's acknowledgement counts for
   nothing: a broker may lose what it has acknowledged.
3. The centre takes an event if it is the successor of the last one that it holds of that gate and epoch, and its
   `chainprev` is that one's `chainhash`. It commits, then publishes `{{epoch, seq}}` on the gate's `ack` topic:
   everything up to `seq` is kept.
4. The gate deletes up to `seq`. Nothing else deletes.
5. Anything but the successor makes the centre repeat its last acknowledgement, and the gate starts over from there.
   So repetitions, gaps and restarts on any side end in the same rows, each exactly once.
6. A birth tells the centre what the gate has already deleted (`acked`). A centre that has lost its database takes what
   there is, and records what is missing as lost.
7. What is no sound event is refused, counted and remembered by its digest. A sound event of a kind that the centre does
   not know is kept.

An `epoch` is one life of a gate's journal. A journal that is lost or damaged is set aside and a new epoch begins, which
is itself a fault.

## The envelope

CloudEvents 1.0, structured mode, `application/cloudevents+json`, as canonical JSON (RFC 8785): an event is passed on
byte for byte. `chainhash` is the SHA-256 of the canonical form of all its other members. The first event of an epoch
has as `chainprev` the SHA-256 of the UTF-8 text `egate/v1 GATE EPOCH`.
"""


def render() -> str:
    """The page."""
    found = describe.schemas()
    parts = [_PROTOCOL.format(root=topics.ROOT)]
    envelope = found[f"evt.{Kind.LANE}"]
    parts.append(_table({**envelope, "properties": {k: v for k, v in envelope["properties"].items() if k != "data"}}))
    defs: dict[str, Any] = {}
    for kind in Kind:
        schema = found[f"evt.{kind}"]
        parts.append(f"## Event `{kind}`\n\n{schema['description']}\n")
        name = schema["properties"]["data"]["$ref"].rsplit("/", 1)[1]
        parts.append(_table(schema["$defs"][name]))
        defs |= {key: value for key, value in schema["$defs"].items() if key != name}
    for name, schema in found.items():
        if not name.startswith("evt."):
            parts.append(f"## `{name.replace('.', '/')}`\n\n{schema['description']}\n")
            parts.append(_table(schema))
            defs |= schema.get("$defs", {})
    parts.append("## Parts\n")
    for name, schema in sorted(defs.items()):
        parts.append(f"### {name}\n\n{schema.get('description', '')}\n")
        parts.append(_values(schema) if "enum" in schema else _table(schema))
    return "\n".join(parts)


def _table(schema: Mapping[str, Any]) -> str:
    rows = ["| Member | Type | Required |", "|---|---|---|"]
    required = schema.get("required", [])
    for name, field in schema["properties"].items():
        rows.append(f"| `{name}` | {_type(field)} | {'yes' if name in required else 'no'} |")
    return "\n".join(rows) + "\n"


def _values(schema: Mapping[str, Any]) -> str:
    return ", ".join(f"`{value}`" for value in schema["enum"]) + "\n"


def _type(field: Mapping[str, Any]) -> str:
    """A field's type in a few words."""
    return str(field["description"]) if "description" in field else ", ".join(_words(field))


def _words(field: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        yield f"[{name}](#{name.lower()})"
    elif "anyOf" in field:
        yield " or ".join(_type(option) for option in field["anyOf"])
    elif "const" in field or "enum" in field:
        yield " or ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    elif field.get("type") == "array":
        yield f"list of {_type(field['items'])}"
    elif field.get("type") == "object":
        inner = field.get("additionalProperties")
        yield f"map to {_type(inner)}" if isinstance(inner, Mapping) else "object"
    else:
        yield {"date-time": "time"}.get(field.get("format", ""), field["type"])


def pages(docs: Path) -> dict[Path, str]:
    schemas = {docs / "schemas" / f"{name}.json": _json(schema) for name, schema in describe.schemas().items()}
    return {**schemas, docs / "asyncapi.json": _json(describe.asyncapi()), docs / "events.md": render()}


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
