"""One connection to the broker, MQTT 5, driven from the caller's thread: the one module that imports the MQTT client.

The client's own threads and its queue are not used. Its queue lives in memory, survives a reconnect and sends again in
another order; here a session is made for one connection and forgotten with it.
"""

import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

_RECEIVE_MAXIMUM = 65535  # MQTT 5.0, 3.2.2.3.3: what holds where the broker says nothing

_MAX_RECEIVED = 512  # messages taken in one step


class SessionLost(Exception):
    """There is no connection to the broker, or no longer. The text says why; try again later."""


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes, retained, when the client has been gone for ``delay_s`` without a goodbye."""

    topic: str
    payload: bytes
    delay_s: int


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """``expiry_s``: how long the broker keeps the session over a lost connection; 0 begins a clean one each time."""

    host: str
    port: int
    client_id: str
    subscriptions: tuple[str, ...]
    keepalive_s: int = 15
    connect_timeout_s: float = 5.0
    expiry_s: int = 0
    will: Will | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What came in. ``repr`` shows no payload."""

    topic: str
    payload: bytes
    retained: bool

    def __repr__(self) -> str:
        return f"Message({self.topic}, {len(self.payload)} bytes)"


class Waker:
    """Ends another thread's wait in ``Session.step``. Threads may call ``wake`` at any time, even after ``close``."""

    def __init__(self) -> None:
        self._out, self._in = socket.socketpair()
        self._out.setblocking(False)
        self._in.setblocking(False)

    def wake(self) -> None:
        with suppress(OSError):  # full: it will wake anyway; closed: nobody is left to wake
            self._in.send(b"\0")

    def wait(self, timeout_s: float) -> None:
        """Wait for a wake-up."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.select(timeout_s)
        self.drain()

    def drain(self) -> None:
        with suppress(BlockingIOError):
            while self._out.recv(4096):
                pass

    def fileno(self) -> int:
        return self._out.fileno()

    def close(self) -> None:
        self._in.close()
        self._out.close()


class Session:
    """One connection. ``open``, then ``step`` again and again, ``publish`` in between; all on one thread."""

    def __init__(self, settings: SessionSettings, waker: Waker) -> None:
        self._settings = settings
        self._waker = waker
        self._received: list[Message] = []
        self._accepted = self._subscribed = False
        self._lost: str | None = None
        self.receive_maximum = _RECEIVE_MAXIMUM
        self._client = self._new_client()

    def open(self) -> None:
        """Connect and subscribe. Raises SessionLost."""
        settings = self._settings
        properties = _properties(PacketTypes.CONNECT, SessionExpiryInterval=settings.expiry_s)
        deadline_s = time.monotonic() + settings.connect_timeout_s
        try:
            self._client.connect(
                settings.host,
                settings.port,
                settings.keepalive_s,
                clean_start=settings.expiry_s == 0,
                properties=properties,
            )
        except OSError as error:
            raise SessionLost(f"cannot reach {settings.host}:{settings.port}: {error.strerror or error}") from None
        self._wait_for("_accepted", deadline_s)
        self._client.subscribe([(topic, 1) for topic in settings.subscriptions])
        self._wait_for("_subscribed", deadline_s)

    def step(self, timeout_s: float) -> list[Message]:
        """Wait for something to happen (a packet, room to write, a wake-up) and return what was received.

        Raises SessionLost.
        """
        sock = self._client.socket()
        if self._lost is not None or sock is None:
            raise SessionLost(self._lost or "the connection is closed")
        interest = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._client.want_write() else 0)
        with selectors.DefaultSelector() as selector:
            selector.register(sock, interest)
            selector.register(self._waker, selectors.EVENT_READ)
            ready = {key.fileobj: events for key, events in selector.select(timeout_s)}
        if self._waker in ready:
            self._waker.drain()
        self._serve(ready.get(sock, 0))
        received, self._received = self._received, []
        return received

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, content_type: str | None = None) -> "Handle":
        """Send with QoS 1. The handle tells when the broker has it, which says nothing of the centre.

        Raises SessionLost.
        """
        properties = _properties(PacketTypes.PUBLISH, **({"ContentType": content_type} if content_type else {}))
        info = self._client.publish(topic, payload, 1, retain, properties)
        if info.rc != paho.MQTT_ERR_SUCCESS:
            raise SessionLost(f"cannot send: {paho.error_string(info.rc)}")
        return Handle(info)

    def close(self, timeout_s: float = 0.0) -> None:
        """Say goodbye, so that the will is not published, if that works within ``timeout_s``; then cut."""
        with suppress(SessionLost):
            deadline_s = time.monotonic() + timeout_s
            while self._client.want_write() and time.monotonic() < deadline_s:
                self.step(deadline_s - time.monotonic())
            self._client.disconnect()
        self.cut()

    def cut(self) -> None:
        """Drop the connection without a goodbye: the broker publishes the will."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def _new_client(self) -> paho.Client:
        settings = self._settings
        client = paho.Client(CallbackAPIVersion.VERSION2, settings.client_id, protocol=paho.MQTTv5)
        client.connect_timeout = settings.connect_timeout_s
        client.max_inflight_messages = 0  # unlimited: the caller keeps the window, the client queues nothing
        if settings.will is not None:
            properties = _properties(PacketTypes.WILLMESSAGE, WillDelayInterval=settings.will.delay_s)
            client.will_set(settings.will.topic, settings.will.payload, 1, retain=True, properties=properties)
        client.on_socket_open = _without_delay
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _serve(self, events: int) -> None:
        try:
            if events & selectors.EVENT_READ:
                self._read_all()
                self._acknowledge_at_once()
            if events & selectors.EVENT_WRITE:
                self._client.loop_write()
            self._client.loop_misc()
        except Exception as error:  # a malformed packet makes the client raise whatever its parser meets
            raise SessionLost(f"the broker sent something that is no MQTT ({type(error).__name__})") from error

    def _read_all(self) -> None:
        """The client reads one packet or few at a time; whoever commits what came wants all that is there."""
        with selectors.DefaultSelector() as selector:
            sock = self._client.socket()
            if sock is not None:
                selector.register(sock, selectors.EVENT_READ)
            while self._client.socket() is sock is not None and len(self._received) < _MAX_RECEIVED:
                self._client.loop_read()
                if not selector.select(0):
                    break

    def _acknowledge_at_once(self) -> None:
        """A broker without TCP_NODELAY holds a small packet back until we acknowledge the last; Linux would let it wait
        for 40 ms. The kernel forgets this option, so it is set after each read."""
        sock = self._client.socket()
        if isinstance(sock, socket.socket) and hasattr(socket, "TCP_QUICKACK"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _wait_for(self, flag: str, deadline_s: float) -> None:
        while not getattr(self, flag):
            remaining_s = deadline_s - time.monotonic()
            if remaining_s <= 0:
                raise SessionLost("the broker took the connection but does not answer")
            early = self.step(remaining_s)
            self._received = early + self._received

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._lost = f"the broker refuses the connection: {reason}"
        self._accepted = True
        self.receive_maximum = getattr(properties, "ReceiveMaximum", _RECEIVE_MAXIMUM)

    def _on_subscribe(self, client: Any, userdata: Any, mid: Any, reasons: Any, properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._lost = "the broker refuses a subscription; look at its access rules"
        self._subscribed = True

    def _on_publish(self, client: Any, userdata: Any, mid: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._lost = f"the broker refuses a message: {reason}; look at its access rules"

    def _on_disconnect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._lost = f"the connection ended: {reason}"

    def _on_message(self, client: Any, userdata: Any, message: paho.MQTTMessage) -> None:
        with suppress(UnicodeDecodeError):  # no topic of ours
            self._received.append(Message(message.topic, bytes(message.payload), message.retain))


class Handle:
    """A message on its way to the broker."""

    def __init__(self, info: paho.MQTTMessageInfo) -> None:
        self._info = info

    @property
    def done(self) -> bool:
        """Whether the broker has acknowledged it."""
        return self._info.is_published()


def _properties(packet_type: int, **values: object) -> Properties:
    properties = Properties(packet_type)  # type: ignore[no-untyped-call]  # the client's own gap
    for name, value in values.items():
        setattr(properties, name, value)
    return properties


def _without_delay(client: Any, userdata: Any, sock: Any) -> None:
    """Nagle's algorithm and delayed acknowledgements together cost 40 ms a round trip."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
