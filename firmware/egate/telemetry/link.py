"""The gate's end of the broker: birth and last will, the lane's retained state, events out, acknowledgements in.

Everything happens on one thread of its own, in real time; the lane's thread only leaves things here and wakes it.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from egate.telemetry import codec, topics
from egate.telemetry.envelope import CONTENT_TYPE
from egate.telemetry.mqtt_session import Handle, Session, SessionLost, SessionSettings, Waker, Will
from egate.telemetry.outbox import AckEffect, JournalError, Outbox
from egate.telemetry.records import GateConnection, LaneState
from egate.telemetry.sender import Sender

_LOOK_S = 1.0  # the client's keep-alive wants a look this often
_OTHERS = 2  # messages beside the window that may be under way: the connection's and the lane's state


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How to reach the broker. ``will_delay_s``: how long the broker waits before it tells the world that the gate is
    gone; ``resend_after_s``: silence of the centre after which unacknowledged events are sent again."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    keepalive_s: Annotated[int, Meta(ge=2, le=600)] = 15
    connect_timeout_s: Annotated[float, Meta(ge=0.1, le=30)] = 5.0
    reconnect_min_s: Annotated[float, Meta(ge=0.05, le=10)] = 0.25
    reconnect_max_s: Annotated[float, Meta(ge=0.1, le=60)] = 10.0
    session_expiry_s: Annotated[int, Meta(ge=0, le=86400)] = 3600
    will_delay_s: Annotated[int, Meta(ge=0, le=60)] = 5
    window: Annotated[int, Meta(ge=1, le=1000)] = 64
    resend_after_s: Annotated[float, Meta(ge=0.5, le=60)] = 5.0


@dataclass(frozen=True, slots=True)
class LinkStatistics:
    """Counters since the start; ``pending`` events wait in the outbox now. ``last_error``: why the last session or
    attempt ended."""

    connected: bool
    pending: int
    connects_total: int
    failures_total: int
    sent_total: int
    resent_total: int
    malformed_acks_total: int
    last_error: str | None


class Link:
    """Carries the outbox and the lane's state to the broker. ``start`` and ``stop`` once each.

    ``on_connected`` is called on the link's thread: True when the session stands, False when it is lost or the first
    attempt failed.
    """

    def __init__(
        self, outbox: Outbox, settings: LinkSettings, on_connected: Callable[[bool], None] = lambda connected: None
    ) -> None:
        self._outbox = outbox
        self._settings = settings
        self._on_connected = on_connected
        self._sender = Sender(outbox, settings.window, settings.resend_after_s)
        self._waker = Waker()
        self._thread = threading.Thread(target=self._run, name="egate-link", daemon=True)
        self._progress = threading.Condition()
        self._lane_state: bytes | None = None
        self._lane_state_sent: bytes | None = None
        self._lane_state_handle: Handle | None = None
        self._stop_at_s: float | None = None
        self._connected = False
        self._told: bool | None = None
        self._connects_total = 0
        self._failures_total = 0
        self._last_error: str | None = None

    def start(self) -> None:
        self._outbox.on_append = self._waker.wake
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """Let waiting events go for at most ``timeout_s``, say goodbye, end the thread. The outbox stays open."""
        self._stop_at_s = time.monotonic() + timeout_s
        self._waker.wake()
        if self._thread.ident is not None:
            self._thread.join()
        self._outbox.on_append = None
        self._waker.close()

    def set_lane_state(self, state: LaneState) -> None:
        """Publish how the lane is now, as soon as possible; a state that was overtaken meanwhile is never sent."""
        self._lane_state = codec.encode_state(state)
        self._waker.wake()

    def pending(self) -> int:
        """How many events the centre has not acknowledged."""
        return self._outbox.pending

    def wait_drained(self, timeout_s: float) -> bool:
        """Wait until the centre has everything; False if that takes longer."""
        with self._progress:
            return self._progress.wait_for(lambda: self._outbox.pending == 0, timeout_s)

    def statistics(self) -> LinkStatistics:
        return LinkStatistics(
            connected=self._connected,
            pending=self._outbox.pending,
            connects_total=self._connects_total,
            failures_total=self._failures_total,
            sent_total=self._sender.sent_total,
            resent_total=self._sender.resent_total,
            malformed_acks_total=self._sender.malformed_acks_total,
            last_error=self._last_error,
        )

    def _run(self) -> None:
        jitter = random.SystemRandom()
        delay_s = self._settings.reconnect_min_s
        while self._stop_at_s is None:
            began_s = time.monotonic()
            try:
                self._one_session()
            except (SessionLost, JournalError) as error:
                self._failures_total += 1
                self._last_error = str(error)
            self._tell_connected(False)
            if time.monotonic() - began_s > 2 * self._settings.reconnect_max_s:
                delay_s = self._settings.reconnect_min_s
            if self._stop_at_s is None:
                self._pause(delay_s * jitter.uniform(0.5, 1.0))
                delay_s = min(2 * delay_s, self._settings.reconnect_max_s)

    def _pause(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while self._stop_at_s is None and (remaining_s := until_s - time.monotonic()) > 0:
            self._waker.wait(remaining_s)

    def _one_session(self) -> None:
        """From connecting to the end of the connection or of the link. Raises SessionLost, JournalError."""
        session = Session(self._session_settings(), self._waker)
        try:
            session.open()
            self._connects_total += 1
            self._sender.window = max(1, min(self._settings.window, session.receive_maximum - _OTHERS))
            self._sender.restart(time.monotonic())
            self._lane_state_sent = self._lane_state_handle = None
            self._publish_connection(session, online=True)
            self._tell_connected(True)
            while not self._is_over():
                self._turn(session)
            self._publish_connection(session, online=False)
            session.close(timeout_s=1.0)
        finally:
            session.cut()

    def _turn(self, session: Session) -> None:
        """Send what is due, wait, take what came."""
        for event in self._sender.due(time.monotonic()):
            session.publish(topics.event(self._outbox.gate, event.kind), event.body, content_type=CONTENT_TYPE)
        self._publish_lane_state(session)
        for message in session.step(self._wait_s()):
            effect = self._sender.acknowledged(message.payload, time.monotonic())
            if effect is AckEffect.REGRESSED:  # the centre must learn that older events are gone
                self._publish_connection(session, online=True)
            with self._progress:
                self._progress.notify_all()

    def _publish_lane_state(self, session: Session) -> None:
        state, handle = self._lane_state, self._lane_state_handle
        if state is not None and state != self._lane_state_sent and (handle is None or handle.done):
            topic = topics.lane_state(self._outbox.gate)
            self._lane_state_handle = session.publish(topic, state, retain=True)
            self._lane_state_sent = state

    def _publish_connection(self, session: Session, *, online: bool) -> None:
        session.publish(topics.connection(self._outbox.gate), self._connection(online), retain=True)

    def _connection(self, online: bool) -> bytes:
        return codec.encode_state(GateConnection(online, self._outbox.epoch, self._outbox.acked))

    def _wait_s(self) -> float:
        now_s = time.monotonic()
        limits = [_LOOK_S, self._sender.wait_s(now_s), None if self._stop_at_s is None else self._stop_at_s - now_s]
        return max(0.0, min(limit for limit in limits if limit is not None))

    def _is_over(self) -> bool:
        """Asked to stop, and nothing is left to send or no time to send it."""
        if self._stop_at_s is None:
            return False
        settled = self._outbox.pending == 0 and self._lane_state == self._lane_state_sent
        return settled or time.monotonic() >= self._stop_at_s

    def _tell_connected(self, connected: bool) -> None:
        """Each change, and the first failure as well."""
        if connected != self._told:
            self._connected = self._told = connected
            self._on_connected(connected)

    def _session_settings(self) -> SessionSettings:
        settings, gate = self._settings, self._outbox.gate
        return SessionSettings(
            host=settings.host,
            port=settings.port,
            client_id=f"egate-{gate}",
            subscriptions=(topics.ack(gate),),
            keepalive_s=settings.keepalive_s,
            connect_timeout_s=settings.connect_timeout_s,
            expiry_s=settings.session_expiry_s,
            will=Will(topics.connection(gate), self._connection(online=False), settings.will_delay_s),
        )
