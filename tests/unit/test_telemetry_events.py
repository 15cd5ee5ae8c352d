"""Records check themselves, and their bytes are canonical, chained and strictly read."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from telemetry_samples import EVERY_KIND, NOW, at, event, id_of, lane_state, transaction

from egate.checks import Reason
from egate.telemetry import codec, topics
from egate.telemetry.canonical import NotCanonical, canonical, number_text
from egate.telemetry.envelope import Envelope, Event, Position, genesis, seal
from egate.telemetry.fields import RecordInvalid, epoch_of
from egate.telemetry.records import (
    Ack,
    Decision,
    DocumentModel,
    FaultRecorded,
    GateConnection,
    Kind,
    LaneState,
    OpenTransaction,
    Payload,
    Resolution,
    Score,
    TransitionRecorded,
    interrupted_record,
    kind_of,
)

EPOCH = epoch_of(NOW)


def sealed(payload: Payload, after: Position | None = None) -> tuple[bytes, Position]:
    return seal(codec.members(event(payload), "gate-7", EPOCH), after or genesis("gate-7", EPOCH))


def test_canonical_form_of_the_example_in_rfc_8785() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value) == expected.encode()


@pytest.mark.parametrize(
    ("number", "text"),
    [  # RFC 8785, appendix B
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-1.7976931348623157e308, "-1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (999999999999999700000.0, "999999999999999700000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.3333332, "333333333.3333332"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"),
        (1424953923781206.2, "1424953923781206.2"),
        (63201389960856224.0, "63201389960856220"),
    ],
)
def test_numbers_as_ecmascript_writes_them(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: float | str) -> None:
    with pytest.raises(NotCanonical):
        canonical([value])


@pytest.mark.parametrize("payload", EVERY_KIND, ids=kind_of)
def test_every_kind_comes_back_as_it_was(payload: Payload) -> None:
    raw, position = sealed(payload)
    envelope = codec.decode_envelope(raw)
    assert codec.decode_payload(envelope) == payload
    assert (envelope.gate, envelope.kind, envelope.epoch, envelope.seq) == ("gate-7", kind_of(payload), EPOCH, 1)
    assert envelope.chainhash == position.head
    assert envelope.chainprev == hashlib.sha256(f"egate/v1 gate-7 {EPOCH}".encode()).hexdigest()


@pytest.mark.parametrize("state", [lane_state(), GateConnection(True, EPOCH, 4), Ack(EPOCH, 9)], ids=repr)
def test_states_come_back_as_they_were(state: LaneState | GateConnection | Ack) -> None:
    assert codec.decode_state(codec.encode_state(state), type(state)) == state


def test_the_chain_links_each_event_to_the_one_before() -> None:
    first, position = sealed(EVERY_KIND[0])
    second, _ = sealed(EVERY_KIND[1], position)
    a, b = codec.decode_envelope(first), codec.decode_envelope(second)
    assert (b.seq, b.chainprev) == (a.seq + 1, a.chainhash)


@pytest.mark.parametrize(
    ("alter", "rule"),
    [
        (lambda raw: raw.replace(b'"expired"', b'"specimen"'), "altered"),
        (lambda raw: raw.replace(b'"seq":1', b'"seq":2'), "altered"),
        (lambda raw: raw + b" ", "byte for byte"),
        (lambda raw: raw[:-1], "truncated"),
        (lambda raw: raw.replace(b'"seq":1', b'"seq":0'), "counts from 1"),
        (lambda raw: raw.replace(b"/egate/v1/gate-7", b"/egate/v1/Gate 7"), "gate name"),
        (lambda raw: raw.replace(b'"1.0"', b'"2.0"'), "specversion"),
        (lambda raw: b"[" * 100_000, "deeply"),
        (lambda raw: b"1" * (codec.MAX_BYTES + 1), "limit"),
    ],
)
def test_an_altered_event_is_refused_with_the_rule_it_broke(alter: object, rule: str) -> None:
    raw, _ = sealed(transaction(1, Reason.EXPIRED))
    with pytest.raises(codec.Undecodable, match=rule):
        codec.decode_envelope(alter(raw))  # type: ignore[operator]


def test_an_event_of_a_newer_gate_is_told_from_a_broken_one() -> None:
    members = {**codec.members(event(EVERY_KIND[0]), "g", EPOCH), "type": "egate.v1.weather"}
    raw, _ = seal(members, genesis("g", EPOCH))
    with pytest.raises(codec.UnknownKind):
        codec.decode_payload(codec.decode_envelope(raw))
    wrong, _ = seal({**members, "type": "egate.v1.fault"}, genesis("g", EPOCH))
    with pytest.raises(codec.Undecodable, match="code"):
        codec.decode_payload(codec.decode_envelope(wrong))


def test_error_texts_repeat_nothing_that_was_received() -> None:
    secret = "ERIKSSON<<ANNA<MARIA"
    raw = codec.encode_state(lane_state()).replace(b'"IDLE"', f'"{secret}"'.encode())
    tree = codec.members(event(transaction(1, Reason.EXPIRED)), "g", EPOCH)
    tree["data"] = {**tree["data"], "decision": secret}  # type: ignore[dict-item]
    bad, _ = seal(tree, genesis("g", EPOCH))
    for action in (
        lambda: codec.decode_state(raw, LaneState),
        lambda: codec.decode_payload(codec.decode_envelope(bad)),
        lambda: TransitionRecorded(None, secret, "IDLE", "timeout"),
    ):
        with pytest.raises((codec.Undecodable, RecordInvalid)) as caught:
            action()
        assert "ERIKSSON" not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: TransitionRecorded("no-uuid", "IDLE", "FAULT", "x"),
        lambda: TransitionRecorded(None, "P<UTOERIKSSON<<ANNA", "FAULT", "x"),
        lambda: TransitionRecorded(None, "IDLE\n", "FAULT", "x"),
        lambda: TransitionRecorded(None, "IDLE", "FAULT", "x", -1),
        lambda: DocumentModel("P", "D<<"),
        lambda: Score(float("nan"), 0.5),
        lambda: FaultRecorded("", EVERY_KIND[3].severity, True),  # type: ignore[union-attr]
        lambda: LaneState("IDLE", datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        lambda: GateConnection(True, "1", 0),
        lambda: Ack(EPOCH, 2**53),
        lambda: Event("1", NOW, EVERY_KIND[0]),
        lambda: OpenTransaction("1", NOW),
        lambda: topics.ack("a/b"),
        lambda: topics.ack("gate-"),
    ],
)
def test_a_wrong_value_cannot_become_a_record(make: object) -> None:
    with pytest.raises(RecordInvalid):
        make()  # type: ignore[operator]


def test_a_referral_needs_a_reason() -> None:
    with pytest.raises(RecordInvalid, match="reason"):
        replace(transaction(1, Reason.EXPIRED), reasons=())


def test_a_transaction_cut_off_by_a_crash_is_never_admitted() -> None:
    record = interrupted_record(OpenTransaction(id_of(1), NOW), "mantrap", {"egate": "0.1.0"}, at(9))
    assert (record.decision, record.reasons, record.resolution) == (
        Decision.ABORT,
        (Reason.CONTROLLER_RESTART,),
        Resolution.ABORTED,
    )


def test_topics_are_read_as_they_are_written() -> None:
    assert topics.parse(topics.event("gate-7", Kind.FAULT)) == ("gate-7", "evt", "fault")
    assert topics.parse(topics.ack("gate-7")) == ("gate-7", "ack", "")
    assert topics.parse(topics.connection("g")) == ("g", "state", "conn")
    for foreign in ("", "egate/v1", "egate/v1/", "egate/v1//evt/x", "egate/v2/g/evt/x", "x/egate/v1/g/evt/x"):
        assert topics.parse(foreign) is None


def test_an_envelope_knows_its_gate() -> None:
    raw, _ = sealed(EVERY_KIND[0])
    assert isinstance(codec.decode_envelope(raw), Envelope)
    assert codec.decode_envelope(raw).gate == "gate-7"
