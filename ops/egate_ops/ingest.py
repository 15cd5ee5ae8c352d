"""The centre's end of the broker: one thread that receives, has committed, acknowledges, and comes back when lost."""

import threading
import time
from datetime import UTC, datetime

from egate.telemetry import codec, topics
from egate.telemetry.mqtt_session import Session, SessionLost, SessionSettings, Waker
from egate_ops.board import SHOWN_PERIOD, Board
from egate_ops.intake import Intake
from egate_ops.store import Store, StoreError

_RETRY_S = 0.5
_RETRY_MAX_S = 5.0
_STEP_S = 1.0
_MAX_REPLAYED = 200_000


def replay(store: Store, board: Board, now: datetime) -> None:
    """Put the last day's events on the board, as if they had just come."""
    for body in store.received_since(now - SHOWN_PERIOD, _MAX_REPLAYED):
        try:
            envelope = codec.decode_envelope(body)
            board.event(envelope, codec.decode_payload(envelope))
        except codec.Undecodable:
            continue  # kept for a newer version to read
    for loss in store.losses():
        board.loss(loss)


class Ingest:
    """``start`` and ``stop`` once each."""

    def __init__(self, host: str, port: int, client_id: str, store: Store, board: Board) -> None:
        self._settings = SessionSettings(
            host=host, port=port, client_id=client_id, subscriptions=(topics.EVERY_EVENT, topics.EVERY_STATE)
        )
        self._intake = Intake(store, board)
        self._board = board
        self._waker = Waker()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="egate-ingest", daemon=True)

    @property
    def counts(self) -> dict[str, int]:
        """How many events met each verdict since the start."""
        return dict(self._intake.counts)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._waker.wake()
        self._thread.join()
        self._waker.close()

    def _run(self) -> None:
        delay_s = _RETRY_S
        while not self._stopping:
            began_s = time.monotonic()
            try:
                self._one_session()
            except SessionLost as error:
                self._board.broker(False, str(error))
            except StoreError as error:
                self._board.store_trouble(str(error))
            if not self._stopping:
                delay_s = _RETRY_S if time.monotonic() - began_s > _RETRY_MAX_S else min(2 * delay_s, _RETRY_MAX_S)
                self._waker.wait(delay_s)

    def _one_session(self) -> None:
        """Raises SessionLost; StoreError, after which a new session makes every gate begin again where we stand."""
        session = Session(self._settings, self._waker)
        try:
            session.open()
            self._board.broker(True)
            while not self._stopping:
                messages = session.step(_STEP_S)
                if not messages:
                    continue
                answers = self._intake.take(messages, datetime.now(UTC))
                self._board.store_trouble(None)
                for topic, payload in answers:
                    session.publish(topic, payload)
            session.close(timeout_s=1.0)
        finally:
            session.cut()
