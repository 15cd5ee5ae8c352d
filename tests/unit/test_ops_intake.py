"""The centre takes each event once and in order, says what it has, and survives its own disk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from telemetry_samples import NOW, at, event, fault, id_of, lane, lane_state, step, transaction, transition

from egate.checks import Reason
from egate.telemetry import codec, topics
from egate.telemetry.canonical import canonical
from egate.telemetry.envelope import Position, chain_hash, genesis, seal
from egate.telemetry.fields import epoch_of
from egate.telemetry.mqtt_session import Message
from egate.telemetry.records import Ack, GateConnection, Kind, Payload
from egate_ops import figures
from egate_ops.board import Board
from egate_ops.ingest import replay
from egate_ops.intake import Intake
from egate_ops.store import Store, StoreError

EPOCH = epoch_of(NOW)


class Gate:
    """Makes the messages that a gate would send."""

    def __init__(self, name: str = "g", epoch: str = EPOCH) -> None:
        self.name, self.epoch = name, epoch
        self.position = genesis(name, epoch)

    def sends(self, *payloads: Payload) -> list[Message]:
        return [self._one(payload) for payload in payloads]

    def counts(self, number: int) -> list[Message]:
        return self.sends(*(transition(n) for n in range(number)))

    def is_born(self, acked: int = 0) -> Message:
        birth = GateConnection(True, self.epoch, acked)
        return Message(topics.connection(self.name), codec.encode_state(birth), True)

    def _one(self, payload: Payload) -> Message:
        members = codec.members(event(payload, self.position.seq), self.name, self.epoch)
        raw, self.position = seal(members, self.position)
        kind = codec.decode_envelope(raw).kind
        return Message(topics.event(self.name, Kind(kind)), raw, False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "ops.db")
    yield opened
    opened.close()


@pytest.fixture
def intake(store: Store) -> Intake:
    return Intake(store, Board())


def answers(intake: Intake, messages: list[Message]) -> list[tuple[str, Ack]]:
    return [(topic, codec.decode_state(raw, Ack)) for topic, raw in intake.take(messages, NOW)]


def test_a_run_of_events_is_answered_once_with_its_last(intake: Intake) -> None:
    assert answers(intake, Gate().counts(5)) == [("egate/v1/g/ack", Ack(EPOCH, 5))]


def test_repetitions_and_gaps_repeat_the_last_word(intake: Intake, store: Store) -> None:
    sent = Gate().counts(6)
    assert answers(intake, [sent[0], sent[0], sent[2]]) == [("egate/v1/g/ack", Ack(EPOCH, 1))]
    assert answers(intake, [sent[5], sent[1], sent[3]]) == [("egate/v1/g/ack", Ack(EPOCH, 2))]
    assert answers(intake, sent) == [("egate/v1/g/ack", Ack(EPOCH, 6))]
    assert [codec.decode_envelope(raw).seq for raw in store.received_since(NOW, 99)] == [1, 2, 3, 4, 5, 6]
    assert store.refused_count() == 0


def test_a_restarted_centre_goes_on_where_its_database_stands(intake: Intake, store: Store) -> None:
    sent = Gate().counts(4)
    intake.take(sent[:2], NOW)
    assert answers(Intake(store, Board()), sent) == [("egate/v1/g/ack", Ack(EPOCH, 4))]


def test_a_birth_is_answered_with_where_the_centre_stands(intake: Intake) -> None:
    gate = Gate()
    assert answers(intake, [gate.is_born()]) == [("egate/v1/g/ack", Ack(EPOCH, 0))]
    intake.take(gate.counts(3), NOW)
    assert answers(intake, [gate.is_born()]) == [("egate/v1/g/ack", Ack(EPOCH, 3))]


def test_a_new_epoch_begins_at_one(intake: Intake) -> None:
    intake.take(Gate().counts(3), NOW)
    later = epoch_of(at(60))
    assert answers(intake, Gate(epoch=later).counts(1)) == [("egate/v1/g/ack", Ack(later, 1))]


def test_what_the_gate_no_longer_has_is_recorded_as_lost(intake: Intake, store: Store) -> None:
    gate = Gate()
    sent = gate.counts(10)
    assert answers(intake, [sent[7]]) == [("egate/v1/g/ack", Ack(EPOCH, 0))]
    intake.take([gate.is_born(acked=7)], NOW)
    assert answers(intake, sent[7:]) == [("egate/v1/g/ack", Ack(EPOCH, 10))]
    assert [(loss.first, loss.last) for loss in store.losses()] == [(1, 7)]


def altered(message: Message, **members: object) -> Message:
    """The same event with other members, its own hash made good again."""
    import json

    tree = {**json.loads(message.payload), **members}
    tree["chainhash"] = chain_hash(tree)
    return replace(message, payload=canonical(tree))


def test_an_event_put_in_the_place_of_another_is_noticed(intake: Intake, store: Store) -> None:
    sent = Gate().counts(3)
    intake.take(sent[:1], NOW)
    forged = altered(sent[1], id=id_of(99))
    assert answers(intake, [forged]) == [("egate/v1/g/ack", Ack(EPOCH, 2))]  # it fits: so far nobody can know
    assert answers(intake, [sent[1]]) == [("egate/v1/g/ack", Ack(EPOCH, 2))]
    assert answers(intake, [sent[2]]) == [("egate/v1/g/ack", Ack(EPOCH, 2))]
    assert store.refused_count() == 2  # the true second contradicts, the true third breaks the chain


def test_a_dropped_event_is_noticed(intake: Intake, store: Store) -> None:
    gate = Gate()
    first = gate.counts(1)
    gate.position = Position(0, gate.position.head)
    intake.take(first, NOW)
    gate.position = Position(1, "0" * 64)
    assert answers(intake, gate.counts(1)) == [("egate/v1/g/ack", Ack(EPOCH, 1))]
    assert store.refused_count() == 1


@pytest.mark.parametrize(
    "message",
    [
        Message("egate/v1/g/evt/lane", b"\xff", False),
        Message("egate/v1/other/evt/transition", Gate().counts(1)[0].payload, False),
        Message("egate/v1/g/evt/fault", Gate().counts(1)[0].payload, False),
        Message("egate/v1/g/state/lane", b"{}", True),
        Message("elsewhere", b"", False),
    ],
)
def test_what_is_no_event_is_refused_unanswered(intake: Intake, store: Store, message: Message) -> None:
    assert intake.take([message], NOW) == []
    intake.take([message], NOW)
    assert store.refused_count() == 2


def test_a_sound_event_of_an_unknown_kind_is_kept(intake: Intake, store: Store) -> None:
    gate = Gate()
    members = {**codec.members(event(transition()), "g", EPOCH), "type": "egate.v1.weather"}
    raw, gate.position = seal(members, gate.position)
    messages = [Message("egate/v1/g/evt/weather", raw, False), *gate.counts(1)]
    assert answers(intake, messages) == [("egate/v1/g/ack", Ack(EPOCH, 2))]
    assert store.body("g", EPOCH, 1) == raw
    assert intake.counts["not_understood"] == 1


def test_nothing_is_acknowledged_that_the_disk_did_not_take(intake: Intake, store: Store) -> None:
    sent = Gate().counts(400)
    store._db.execute("PRAGMA max_page_count = 12")
    with pytest.raises(StoreError, match="gates keep their events"):
        intake.take(sent, NOW)
    store._db.execute("PRAGMA max_page_count = 100000")
    assert answers(intake, sent[:3]) == [("egate/v1/g/ack", Ack(EPOCH, 3))]


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ops.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "ops.db")


def test_a_second_centre_is_kept_out(tmp_path: Path, store: Store) -> None:
    with pytest.raises(StoreError, match="locked"):
        Store(tmp_path / "ops.db")


def shown(board: Board) -> dict[str, object]:
    (gate,) = board.snapshot(NOW)["gates"]
    return dict(gate)


def test_the_board_is_the_same_after_a_replay(intake: Intake, store: Store) -> None:
    gate = Gate()
    story = [lane(), step(1), transition(1), transaction(1), step(2), transaction(2, Reason.EXPIRED), fault(), step(3)]
    intake.take(gate.sends(*story), NOW)
    again = Board()
    replay(store, again, NOW)
    assert shown(again) == shown(intake.board)
    assert [f["code"] for f in shown(again)["faults"]] == ["camera.lost"]  # type: ignore[attr-defined]
    assert shown(again)["counters"] == {
        "admitted": 1,
        "referred": 1,
        "aborted": 0,
        "reasons": [{"reason": "expired", "count": 1}],
    }


def test_the_retained_state_decides_which_faults_are_active(intake: Intake) -> None:
    intake.take(Gate().sends(fault()), NOW)
    intake.board.lane_state("g", replace(lane_state(), faults=("door.silent", "some.newer")))
    faults = shown(intake.board)["faults"]
    assert [f["code"] for f in faults] == ["door.silent", "some.newer"]  # type: ignore[attr-defined]


def test_old_transactions_leave_the_figures(intake: Intake) -> None:
    intake.take(Gate().sends(transaction(1)), NOW)
    (gate,) = intake.board.snapshot(NOW + timedelta(days=2))["gates"]
    assert (gate["counters"]["admitted"], len(gate["outcomes"])) == (0, 1)


def test_a_lost_broker_makes_every_gate_unknown(intake: Intake) -> None:
    intake.board.broker(True)
    intake.take([Gate().is_born()], NOW)
    assert (shown(intake.board)["online"], intake.board.is_well) == (True, True)
    intake.board.broker(False, "gone")
    assert (shown(intake.board)["online"], intake.board.is_well) == (None, False)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([5], 50, 5), ([1, 2, 3, 4], 50, 2), ([1, 2, 3, 4], 95, 4), (list(range(1, 101)), 95, 95), ([7, 7], 1, 7)],
)
def test_percentiles_by_nearest_rank(values: list[int], percent: int, expected: int) -> None:
    assert figures.percentile(values, percent) == expected
