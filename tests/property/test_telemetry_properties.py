"""Whatever the bytes, whatever the order: the parsers, the journal and the admission rule hold."""

import json
import math
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from telemetry_samples import EVERY_KIND, NOW, at, event, id_of, transaction, transition

from egate.telemetry import codec, topics
from egate.telemetry.canonical import NotCanonical, canonical, number_text
from egate.telemetry.envelope import genesis, seal
from egate.telemetry.fields import epoch_of
from egate.telemetry.outbox import AckEffect, Outbox
from egate.telemetry.records import Ack, GateConnection, LaneState, OpenTransaction, Score
from egate_ops.admission import Verdict, judge

EPOCH = epoch_of(NOW)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
COUNT = st.integers(0, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | FLOAT | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@given(JSON)
def test_canonical_bytes_mean_the_same_and_are_a_fixed_point(value: object) -> None:
    raw = canonical(value)  # type: ignore[arg-type]
    again = json.loads(raw, parse_int=lambda digits: int(digits) if abs(int(digits)) < 2**53 else float(digits))
    assert again == value
    assert canonical(json.loads(raw)) == raw


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_texts_name_the_same_number(value: float) -> None:
    assert float(number_text(value)) == value


@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_arbitrary_bytes_end_in_a_typed_error(raw: bytes) -> None:
    for decode in (
        codec.decode_envelope,
        lambda r: codec.decode_state(r, LaneState),
        lambda r: codec.decode_state(r, GateConnection),
        lambda r: codec.decode_state(r, Ack),
    ):
        try:
            decode(raw)
        except codec.Undecodable:
            continue
        raise AssertionError("arbitrary bytes were taken for a record")


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data: st.DataObject) -> None:
    payload = data.draw(st.sampled_from(EVERY_KIND))
    raw, _ = seal(codec.members(event(payload), "gate-7", EPOCH), genesis("gate-7", EPOCH))
    index = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255))
    assume(raw[index] != byte)
    try:
        codec.decode_envelope(raw[:index] + bytes([byte]) + raw[index + 1 :])
    except codec.Undecodable:
        return
    raise AssertionError("an altered event was taken")


@given(FLOAT, FLOAT, st.dictionaries(st.sampled_from("abc"), FLOAT), st.dictionaries(st.sampled_from("abc"), COUNT))
def test_every_record_that_can_be_made_is_taken_by_the_centre(
    value: float, threshold: float, quality: dict[str, float], timings_ms: dict[str, int]
) -> None:
    """Otherwise it would stay at the head of the journal for ever."""
    record = replace(transaction(), match=Score(value, threshold), quality=quality, timings_ms=timings_ms)
    raw, _ = seal(codec.members(event(record), "gate-7", EPOCH), genesis("gate-7", EPOCH))
    assert codec.decode_payload(codec.decode_envelope(raw)) == record


@given(TEXT | TEXT.map(lambda rest: f"egate/v1/gate-7/{rest}") | TEXT.map(lambda gate: f"egate/v1/{gate}/evt/lane"))
def test_any_topic_is_ours_or_not(topic: str) -> None:
    parsed = topics.parse(topic)
    if parsed is not None:
        assert topic.rstrip("/") == "/".join([topics.ROOT, *parsed]).rstrip("/")
        assert topics.ack(parsed[0])


@given(st.lists(st.integers(0, 19), max_size=120))
def test_whatever_arrives_the_centre_holds_a_gapless_chain(arrivals: list[int]) -> None:
    position, sent = genesis("g", EPOCH), []
    for number in range(20):
        raw, position = seal(codec.members(event(transition(number), number), "g", EPOCH), position)
        sent.append(codec.decode_envelope(raw))
    held, last = [], None
    for index in arrivals:
        verdict = judge(sent[index], last, None)
        assert (verdict is Verdict.ACCEPT) == (index == len(held))
        if verdict is Verdict.ACCEPT:
            held.append(sent[index])
            last = type(position)(sent[index].seq, sent[index].chainhash)
    assert held == sent[: len(held)]


class JournalModel(RuleBasedStateMachine):
    """The outbox against a list: append, acknowledge, open and close transactions, die and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "journal.db"
        self.outbox = Outbox.open(self.path, "gate-7", NOW)
        self.ids: list[str] = []
        self.acked = 0
        self.open: OpenTransaction | None = None

    @rule(count=st.integers(0, 5))
    def append(self, count: int) -> None:
        events = [event(transition(len(self.ids) + n), len(self.ids) + n) for n in range(count)]
        self.outbox.append(events)
        self.ids += [e.id for e in events]

    @rule(number=st.integers(0, 9))
    def open_transaction(self, number: int) -> None:
        self.open = OpenTransaction(id_of(number), at(number))
        self.outbox.open_transaction(self.open)

    @precondition(lambda self: self.open is not None)
    @rule(number=st.integers(0, 9))
    def close_transaction(self, number: int) -> None:
        assert self.open is not None
        self.outbox.append([event(transaction(number), len(self.ids))])
        self.ids.append(id_of(len(self.ids)))
        if self.open.transaction == id_of(number):
            self.open = None

    @rule(seq=st.integers(0, 60))
    def acknowledge(self, seq: int) -> None:
        effect = self.outbox.acknowledge(EPOCH, seq)
        if seq > len(self.ids):
            assert effect is AckEffect.IMPOSSIBLE
        else:
            assert (effect is AckEffect.ADVANCED) == (seq > self.acked)
            self.acked = max(self.acked, seq)

    @rule()
    def come_back(self) -> None:
        self.outbox.close()
        self.outbox = Outbox.open(self.path, "gate-7", at(3600))
        assert not self.outbox.opened.is_new
        assert self.outbox.opened.interrupted == self.open

    @invariant()
    def holds_what_was_not_acknowledged(self) -> None:
        waiting = self.outbox.window(0, 1000)
        assert [codec.decode_envelope(p.body).id for p in waiting] == self.ids[self.acked :]
        assert (self.outbox.pending, self.outbox.acked) == (len(self.ids) - self.acked, self.acked)

    def teardown(self) -> None:
        self.outbox.close()
        self.folder.cleanup()


TestJournal = JournalModel.TestCase
TestJournal.settings = settings(
    max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_not_a_number_is_never_written() -> None:
    for value in (math.nan, math.inf, -math.inf):
        try:
            number_text(value)
        except NotCanonical:
            continue
        raise AssertionError("a number that JSON does not have was written")
