"""Gate, broker and centre are killed in turn; every event arrives exactly once, in order."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ops_process import Ops, until
from telemetry_samples import event, id_of, lane_state, transaction, transition

from egate.checks import Reason
from egate.telemetry import codec, topics
from egate.telemetry.envelope import Event, genesis, seal
from egate.telemetry.link import Link, LinkSettings
from egate.telemetry.mqtt_session import Message, Session, SessionSettings, Waker, Will
from egate.telemetry.outbox import Outbox
from egate.telemetry.records import Ack, GateConnection, TransactionRecord
from egate_ops.store import Store
from egate_sim.broker import Broker, BrokerKind, BrokerUnavailable

pytestmark = pytest.mark.system
GATE = "gate-7"


@pytest.fixture(params=["embedded", "mosquitto"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    kind: BrokerKind = request.param
    try:
        with Broker(kind) as started:
            yield started
    except BrokerUnavailable as error:
        pytest.skip(str(error))


@pytest.fixture
def quick_broker() -> Iterator[Broker]:
    with Broker() as started:
        yield started


class LaneSide:
    """An outbox with its link, as the controller holds them."""

    def __init__(self, folder: Path, port: int) -> None:
        self.outbox = Outbox.open(folder / "journal.db", GATE, datetime.now(UTC))
        self.connected = threading.Event()
        self.link = Link(
            self.outbox,
            LinkSettings(port=port, reconnect_min_s=0.05, reconnect_max_s=0.2, resend_after_s=1.0, will_delay_s=0),
            lambda up: self.connected.set() if up else self.connected.clear(),
        )
        self.link.start()

    def append(self, numbers: range) -> None:
        """One transition a number, five to a commit."""
        for start in range(0, len(numbers), 5):
            self.outbox.append([event(transition(n), n) for n in numbers[start : start + 5]])

    def close(self) -> None:
        self.link.stop(timeout_s=0)
        self.outbox.close()


@pytest.fixture
def lane(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LaneSide]:
    name = "broker" if "broker" in request.fixturenames else "quick_broker"
    side = LaneSide(tmp_path, request.getfixturevalue(name).port)
    yield side
    side.close()


def ids_kept(db: Path) -> list[str]:
    """The ids of all events in the centre's database, in the order in which they were taken."""
    with closing(Store(db)) as store:
        bodies = list(store.received_since(datetime(2000, 1, 1, tzinfo=UTC), 1_000_000))
    return [codec.decode_envelope(body).id for body in bodies]


def test_gate_broker_and_centre_may_die_at_any_time(broker: Broker, lane: LaneSide, tmp_path: Path) -> None:
    db = tmp_path / "ops.db"
    broker.stop()
    lane.append(range(1, 301))  # nobody listens yet
    broker.start()
    with Ops(broker.address, db) as ops:
        assert lane.link.wait_drained(20)
        lane.append(range(301, 601))
        ops.end(signal.SIGKILL)  # somewhere in the middle
        lane.append(range(601, 801))
        ops.start()
        assert lane.link.wait_drained(20)
        lane.append(range(801, 1001))
        broker.kill()
        lane.append(range(1001, 1101))
        broker.start()
        assert lane.link.wait_drained(20)
        until(lambda: ops.gate().get("online"))
        assert ops.end(signal.SIGTERM) == 0
    assert ids_kept(db) == [id_of(n) for n in range(1, 1101)]


def test_a_new_link_goes_on_where_the_old_one_was_cut(quick_broker: Broker, tmp_path: Path) -> None:
    db = tmp_path / "ops.db"
    with Ops(quick_broker.address, db) as ops:
        for start in (1, 201, 401):
            side = LaneSide(tmp_path, quick_broker.port)
            side.append(range(start, start + 200))
            side.close()
        side = LaneSide(tmp_path, quick_broker.port)
        assert side.link.wait_drained(20)
        side.close()
        ops.end(signal.SIGTERM)
    assert ids_kept(db) == [id_of(n) for n in range(1, 601)]


def test_the_page_state_survives_a_restart_of_the_centre(quick_broker: Broker, lane: LaneSide, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    lane.outbox.append([Event(id_of(n), now, _recent(n, now)) for n in (1, 2)])
    lane.link.set_lane_state(lane_state())
    with Ops(quick_broker.address, tmp_path / "ops.db") as ops:
        assert lane.link.wait_drained(20)
        before = until(lambda: ops.gate() if ops.gate().get("lane") and ops.gate().get("outcomes") else None)
        ops.end(signal.SIGTERM)
        ops.start()
        after = until(lambda: ops.gate() if ops.gate().get("lane") else None)
    for name in ("outcomes", "counters", "stages", "lane"):
        assert after[name] == before[name]
    assert after["counters"]["referred"] == 1
    assert after["counters"]["reasons"] == [{"reason": "expired", "count": 1}]


def _recent(number: int, now: datetime) -> TransactionRecord:
    record = transaction(number, *([Reason.EXPIRED] if number == 2 else []))
    return replace(record, started_at=now, ended_at=now)


def test_the_broker_tells_that_a_gate_has_gone(broker: Broker, lane: LaneSide, tmp_path: Path) -> None:
    with Ops(broker.address, tmp_path / "ops.db") as ops:
        until(lambda: ops.gate().get("online") is True)
        lane.link.stop()
        until(lambda: ops.gate().get("online") is False)
        vanished = Stranger(broker, "egate-gate-8", "gate-8")
        vanished.publish(topics.connection("gate-8"), _birth(online=True))
        until(lambda: ops.gate("gate-8").get("online") is True)
        vanished.vanish()
        until(lambda: ops.gate("gate-8").get("online") is False)


def _birth(*, online: bool) -> bytes:
    return codec.encode_state(GateConnection(online, "20261123T153000000Z", 0))


class Stranger:
    """Anybody with an MQTT client; wills like a gate when it is given a gate's name."""

    def __init__(self, broker: Broker, client_id: str, gate: str = GATE) -> None:
        self.waker = Waker()
        self.session = Session(
            SessionSettings(
                broker.host,
                broker.port,
                client_id,
                (topics.ack(gate),),
                will=Will(topics.connection(gate), _birth(online=False), 0),
            ),
            self.waker,
        )
        self.session.open()

    def vanish(self) -> None:
        self.session.cut()
        self.waker.close()

    def __enter__(self) -> "Stranger":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()
        self.waker.close()

    def publish(self, topic: str, payload: bytes) -> list[Message]:
        """Publish and wait until the broker has it."""
        handle = self.session.publish(topic, payload)
        received: list[Message] = []
        while not handle.done:
            received += self.session.step(1.0)
        return received


def test_nonsense_is_refused_counted_and_stops_nothing(broker: Broker, lane: LaneSide, tmp_path: Path) -> None:
    forged, _ = seal(codec.members(event(transition()), "gate-9", "20261123T153000000Z"), genesis("gate-9", "x"))
    nonsense = [b"", b"\xff\x00", b"{}", b"[" * 5000, b'{"specversion":"1.0"}', forged]
    with Ops(broker.address, tmp_path / "ops.db") as ops, Stranger(broker, "stranger") as stranger:
        until(lambda: ops.get("healthz")[0] == 200)
        for payload in nonsense:
            stranger.publish(f"egate/v1/{GATE}/evt/transition", payload)
            stranger.publish(f"egate/v1/{GATE}/state/lane", payload)
        stranger.publish("egate/v1/NO GATE/evt/x", b"1")
        until(lambda: ops.state()["counts"].get("refused") == 2 * len(nonsense) + 1)
        lane.append(range(1, 51))
        assert lane.link.wait_drained(20)
        assert sum(ops.gate()["alarms"].values()) >= len(nonsense)
        ops.end(signal.SIGTERM)
    assert len(ids_kept(tmp_path / "ops.db")) == 50


def test_nonsense_acknowledgements_delete_nothing(quick_broker: Broker, lane: LaneSide) -> None:
    lane.append(range(1, 11))
    assert lane.connected.wait(10)
    nonsense = [b"", b"\xff", b"{}", b'{"epoch":"20261123T153000000Z","seq":-1}', b'{"epoch":1,"seq":1}']
    with Stranger(quick_broker, "stranger") as stranger:
        for payload in nonsense:
            stranger.publish(topics.ack(GATE), payload)
        stranger.publish(topics.ack(GATE), codec.encode_state(Ack("20200101T000000000Z", 10)))
        stranger.publish(topics.ack(GATE), codec.encode_state(Ack(lane.outbox.epoch, 99)))
        until(lambda: lane.link.statistics().malformed_acks_total == len(nonsense))
        assert lane.link.pending() == 10
        stranger.publish(topics.ack(GATE), codec.encode_state(Ack(lane.outbox.epoch, 4)))
        until(lambda: lane.link.pending() == 6)


def test_a_centre_that_lost_its_database_takes_what_there_is_and_says_so(
    quick_broker: Broker, lane: LaneSide, tmp_path: Path
) -> None:
    with Ops(quick_broker.address, tmp_path / "first.db") as ops:
        lane.append(range(1, 41))
        assert lane.link.wait_drained(20)
        ops.end(signal.SIGKILL)
    with Ops(quick_broker.address, tmp_path / "second.db") as ops:
        lane.append(range(41, 61))
        assert lane.link.wait_drained(20)
        assert ops.gate()["losses"] == 40
        ops.end(signal.SIGTERM)
    assert ids_kept(tmp_path / "second.db") == [id_of(n) for n in range(41, 61)]


def test_a_server_that_speaks_no_mqtt_is_survived(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        side = LaneSide(tmp_path, server.getsockname()[1])
        for _ in range(3):
            connection, _ = server.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()
        until(lambda: side.link.statistics().failures_total >= 3)
        side.close()


def test_a_broker_dies_with_the_process_that_started_it() -> None:
    code = (
        "import os; from egate_sim.broker import Broker; b = Broker().start(); print(b.port, flush=True); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    port = int(done.stdout)

    def refused() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    until(refused)


def test_a_broker_that_cannot_start_says_why(quick_broker: Broker) -> None:
    with pytest.raises(BrokerUnavailable, match="is taken"):
        Broker(port=quick_broker.port).start()
