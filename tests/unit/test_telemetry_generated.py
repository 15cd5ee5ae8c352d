"""The generated schemas are sound, and what the gate produces fits them."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from telemetry_samples import EVERY_KIND, NOW, event, lane_state

from egate.telemetry import codec, describe, topics
from egate.telemetry.envelope import genesis, seal
from egate.telemetry.fields import epoch_of
from egate.telemetry.records import Ack, GateConnection, Kind, Payload, kind_of

EPOCH = epoch_of(NOW)
SCHEMAS = describe.schemas()
ASYNCAPI = describe.asyncapi()


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(SCHEMAS[name], format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("payload", EVERY_KIND, ids=kind_of)
def test_produced_events_fit_their_schema_and_no_other(payload: Payload) -> None:
    raw, _ = seal(codec.members(event(payload), "gate-7", EPOCH), genesis("gate-7", EPOCH))
    fitting = [kind for kind in Kind if validator(f"evt.{kind}").is_valid(json.loads(raw))]
    assert fitting == [kind_of(payload)]


@pytest.mark.parametrize(
    ("name", "state"),
    [("state.lane", lane_state()), ("state.conn", GateConnection(True, EPOCH, 3)), ("ack", Ack(EPOCH, 3))],
)
def test_produced_states_fit_their_schema(name: str, state: codec.State) -> None:
    validator(name).validate(json.loads(codec.encode_state(state)))


def test_a_schema_refuses_what_is_no_coded_word() -> None:
    tree = json.loads(codec.encode_state(lane_state()))
    assert not validator("state.lane").is_valid({**tree, "state": "P<UTOERIKSSON<<ANNA"})
    assert not validator("state.lane").is_valid({**tree, "since": 5})
    assert not validator("ack").is_valid({"epoch": EPOCH})


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [v for k, v in node.items() if k == "$ref"] + [r for v in node.values() for r in references(v)]
    return [r for item in node for r in references(item)] if isinstance(node, list) else []


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    found = references(ASYNCAPI)
    assert len(found) > len(SCHEMAS)
    for reference in found:
        if reference.startswith("./schemas/"):
            assert reference.removeprefix("./schemas/").removesuffix(".json") in SCHEMAS
        else:
            node: Any = ASYNCAPI
            for part in reference.removeprefix("#/").split("/"):
                node = node[part]


def test_the_asyncapi_document_names_the_topics_that_the_code_uses() -> None:
    addresses = {c["address"].replace("{gate}", "g").replace("{kind}", "fault") for c in ASYNCAPI["channels"].values()}
    assert addresses == {topics.event("g", Kind.FAULT), topics.ack("g"), topics.connection("g"), topics.lane_state("g")}
