"""Turns messages from the broker into commits, board updates and acknowledgements. No network: bytes in, bytes out.

What cannot be trusted is refused, counted and remembered by its digest; it never stops the centre. A sound event whose
data this version does not understand is kept all the same, because its gate will delete it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from egate.telemetry import codec, topics
from egate.telemetry.envelope import Envelope, Position
from egate.telemetry.mqtt_session import Message
from egate.telemetry.records import Ack, GateConnection, LaneState
from egate_ops.admission import Verdict, judge
from egate_ops.board import Board
from egate_ops.store import Batch, Loss, Refused, Store

_MAX_CHAINS = 10_000  # gates times epochs; a broker's access rules should make this unreachable

Chain = tuple[str, str]  # gate and epoch


@dataclass(slots=True)
class Intake:
    """The centre's side of the acknowledgement protocol. Used by one thread."""

    store: Store
    board: Board
    counts: Counter[str] = field(default_factory=Counter)
    _positions: dict[Chain, Position] = field(default_factory=dict)
    _births: dict[str, GateConnection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._positions = self.store.positions()

    def take(self, messages: list[Message], now: datetime) -> list[tuple[str, bytes]]:
        """Judge the messages and commit what is accepted; returns the acknowledgements to publish, topic and payload.

        Raises StoreError: then nothing was taken, nothing may be acknowledged, and the gates will send again.
        """
        batch, positions, answer = Batch(), dict[Chain, Position](), dict[Chain, None]()
        for message in messages:
            match topics.parse(message.topic):
                case (gate, "evt", kind):
                    chain = self._event(message, gate, kind, batch, positions)
                    if chain is not None:
                        answer[chain] = None
                case (gate, "state", leaf):
                    chain = self._state(message, gate, leaf, batch, now)
                    if chain is not None:
                        answer[chain] = None
                case _:
                    self._refuse(batch, message, "topic")
        if batch:
            self.store.commit(batch, now)
        self._positions.update(positions)
        self._show(batch)
        return [self._ack(chain) for chain in answer]

    def _event(
        self, message: Message, gate: str, kind: str, batch: Batch, positions: dict[Chain, Position]
    ) -> Chain | None:
        """The chain to answer for, None for what is refused outright."""
        try:
            event = codec.decode_envelope(message.payload)
        except codec.Undecodable:
            self._refuse(batch, message, "undecodable")
            return None
        chain = (gate, event.epoch)
        foreign = (event.gate, event.kind) != (gate, kind)
        if foreign or (chain not in self._positions and len(self._positions) >= _MAX_CHAINS):
            self._refuse(batch, message, "topic" if foreign else "too_many_chains")
            return None
        last = positions.get(chain) or self._positions.get(chain)
        birth = self._births.get(gate)
        gone = birth.acked if birth is not None and birth.epoch == event.epoch else None
        verdict = judge(event, last, gone)
        self.counts[verdict] += 1
        match verdict:
            case Verdict.KNOWN if self._contradicts(event, message.payload, batch):
                self._refuse(batch, message, "contradiction")
            case Verdict.CHAIN_BROKEN:
                self._refuse(batch, message, "chain_broken")
            case Verdict.ACCEPT | Verdict.ACCEPT_AFTER_LOSS:
                if verdict is Verdict.ACCEPT_AFTER_LOSS:
                    batch.losses.append(Loss(*chain, last.seq + 1 if last else 1, event.seq - 1))
                batch.events.append((event, message.payload))
                positions[chain] = Position(event.seq, event.chainhash)
        return chain

    def _contradicts(self, event: Envelope, payload: bytes, batch: Batch) -> bool:
        """Whether another event with the same number is held: two histories of one journal."""
        key = (event.gate, event.epoch, event.seq)
        held = next((body for e, body in batch.events if (e.gate, e.epoch, e.seq) == key), None)
        held = held or self.store.body(*key)
        return held is not None and held != payload

    def _state(self, message: Message, gate: str, leaf: str, batch: Batch, now: datetime) -> Chain | None:
        try:
            if leaf == "lane":
                self.board.lane_state(gate, codec.decode_state(message.payload, LaneState))
            elif leaf == "conn":
                birth = codec.decode_state(message.payload, GateConnection)
                self.board.connection(gate, birth, now)
                if birth.online:
                    self._births[gate] = birth
                    return gate, birth.epoch  # the gate learns where we stand, and sends from there
        except codec.Undecodable:
            self._refuse(batch, message, "undecodable")
        return None

    def _refuse(self, batch: Batch, message: Message, reason: str) -> None:
        self.counts["refused"] += 1
        batch.refused.append(Refused(message.topic, reason, message.payload))

    def _show(self, batch: Batch) -> None:
        for event, _ in batch.events:
            try:
                self.board.event(event, codec.decode_payload(event))
            except codec.Undecodable:
                self.counts["not_understood"] += 1
        for loss in batch.losses:
            self.board.loss(loss)
        for item in batch.refused:
            self.board.refused(item)

    def _ack(self, chain: Chain) -> tuple[str, bytes]:
        gate, epoch = chain
        position = self._positions.get(chain)
        return topics.ack(gate), codec.encode_state(Ack(epoch, position.seq if position else 0))
