"""Sessions, acknowledged delivery and heartbeat, the same code at both ends. Bytes and time come in as arguments.

A session begins with HELLO, WELCOME and the host's first HEARTBEAT. It lasts as long as both ends hear each other:
an end that hears nothing valid for ``silence_ms`` ends it and stops sending in it, so the other end follows. Sequence
numbers and queues belong to the session; nothing outlives it.

Acknowledged messages go one at a time and in order, are sent again every ``retry_ms`` until their ACK comes, and are
handed over once: a duplicate is answered with the remembered result.
"""

import struct

from egate_doorlink import table
from egate_doorlink.clock_offset import ClockOffset
from egate_doorlink.frame import HEADER, HEADER_BYTES, FrameReader, encode
from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

QUEUE_MAX = 32

# Why a session ended, or could not begin
SILENT = "silent"  # nothing valid was heard for silence_ms
UNANSWERED = "unanswered"  # a message was sent ``tries`` times and never acknowledged
OVERFLOW = "overflow"  # more messages than the queue holds
RESTARTED = "restarted"  # the host began anew
MISMATCH = "mismatch"  # the other end has another message table

LOST = -1  # result of a message whose session ended before it was acknowledged

_DOWN, _GREETED, _UP = 0, 1, 2


class Timing:
    """Milliseconds; the defaults are those of requirements and docs/door-link.md."""

    def __init__(self, heartbeat_ms: int = 100, silence_ms: int = 300, retry_ms: int = 40, tries: int = 6) -> None:
        if not 0 < heartbeat_ms < silence_ms or not 0 < retry_ms or not 0 < tries:
            raise ValueError("link timing: heartbeat must be shorter than silence, and everything more than 0")
        self.heartbeat_ms = heartbeat_ms
        self.silence_ms = silence_ms
        self.retry_ms = retry_ms
        self.tries = tries


class LinkOwner:
    """What a link tells the application at its end. Called from within ``receive`` and ``poll``."""

    def link_up(self, firmware: str) -> None:
        """A session began. ``firmware``: the door's version, empty at the door itself."""

    def link_down(self, reason: str) -> None:
        """The session ended, or (MISMATCH) cannot begin."""

    def link_message(self, message: int, values: "tuple[Any, ...]") -> int:
        """An acknowledged message arrived; returns its result code for the sender."""
        return table.OK

    def link_told(self, message: int, values: "tuple[Any, ...]") -> None:
        """A message that wants no answer arrived."""

    def link_result(self, ticket: "Any", result: int) -> None:
        """The other end answered what was sent with ``ticket``, or LOST."""


class _Link:
    """What is common to both ends."""

    _me = ""
    _peer = ""

    def __init__(self, owner: LinkOwner, timing: Timing) -> None:
        self.ignored = 0  # intact frames that had no place in this session
        self.clock = ClockOffset()
        self.heard_ms = 0  # when the session's last valid frame came
        self._owner = owner
        self._timing = timing
        self._reader = FrameReader()
        self._out = bytearray()
        self._state = _DOWN
        self._session = 0
        self._beat_ms = 0
        self._queue: list[tuple[int, bytes, Any]] = []
        self._in_flight = b""
        self._sent_ms = 0
        self._sent_times = 0
        self._send_sequence = 0
        self._receive_sequence = 0
        self._last_result = -1

    @property
    def is_up(self) -> bool:
        return self._state == _UP

    @property
    def damaged(self) -> int:
        """Frames dropped because their stuffing, length or CRC was wrong."""
        return self._reader.damaged

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take in bytes from the line. Call ``poll`` afterwards: answers may be waiting."""
        for body in self._reader.feed(data):
            session, message, sequence = struct.unpack(HEADER, body[:HEADER_BYTES])
            values = table.unpack(message, body[HEADER_BYTES:], self._peer)
            if values is None:
                self.ignored += 1
            elif message in (table.HELLO, table.WELCOME):
                self._greeting(session, values, now_ms)
            elif self._state == _DOWN or session != self._session:
                self.ignored += 1
            else:
                self._in_session(message, sequence, values, now_ms)

    def send(self, message: int, values: "tuple[Any, ...]", ticket: "Any" = None) -> bool:
        """Queue an acknowledged message; False where there is no session. ``link_result`` brings the answer."""
        if self._state != _UP:
            return False
        if len(self._queue) >= QUEUE_MAX:
            self._end(OVERFLOW)
            return False
        self._queue.append((message, table.pack(message, values), ticket))
        return True

    def tell(self, message: int, values: "tuple[Any, ...]") -> None:
        """Send a message that wants no answer and may be lost."""
        if self._state == _UP:
            self._out.extend(encode(self._session, message, 0, table.pack(message, values)))

    def poll(self, now_ms: int) -> bytes:
        """Do what is due and return the bytes to put on the line."""
        if self._state != _DOWN:
            self._keep_session(now_ms)
        self._poll_down(now_ms)
        data = bytes(self._out)
        self._out = bytearray()
        return data

    def due_ms(self, now_ms: int) -> int:
        """In how many milliseconds ``poll`` has something to do, if nothing arrives before."""
        if self._out:
            return 0
        due = self._timing.heartbeat_ms
        if self._state == _UP or self._me == table.HOST:  # greeting the host is due as often as a heartbeat
            due -= elapsed_ms(self._beat_ms, now_ms)
        if self._state != _DOWN:
            due = min(due, self._timing.silence_ms - elapsed_ms(self.heard_ms, now_ms))
        if self._in_flight:
            due = min(due, self._timing.retry_ms - elapsed_ms(self._sent_ms, now_ms))
        elif self._queue:
            due = 0
        return max(due, 0)

    def abandon(self, reason: str = SILENT) -> None:
        """The line itself is gone, or this end has lost count: end the session; whoever waits gets LOST."""
        self._end(reason)

    def _greeting(self, session: int, values: "tuple[Any, ...]", now_ms: int) -> None:
        raise NotImplementedError

    def _poll_down(self, now_ms: int) -> None:
        """What an end does by itself while there is no session."""

    def _begin(self, session: int, state: int, now_ms: int) -> None:
        self._session = session
        self._state = state
        self.heard_ms = now_ms
        self._beat_ms = now_ms - self._timing.heartbeat_ms  # the first one is due at once
        self.clock = ClockOffset()
        self._queue = []
        self._in_flight = b""
        self._send_sequence = 0
        self._receive_sequence = 0
        self._last_result = -1

    def _end(self, reason: str) -> None:
        was_up = self._state == _UP
        lost = self._queue
        self._state = _DOWN
        self._queue = []
        self._in_flight = b""
        self._out = bytearray()
        if was_up:
            self._owner.link_down(reason)
        for _, _, ticket in lost:
            self._owner.link_result(ticket, LOST)

    def _in_session(self, message: int, sequence: int, values: "tuple[Any, ...]", now_ms: int) -> None:
        self.heard_ms = now_ms
        if message == table.ACK:
            self._acknowledged(sequence, values[0])
        elif message == table.HEARTBEAT:
            self.clock.heard(values[0], values[1], values[2], now_ms)
        elif table.is_acknowledged(message):
            self._deliver(message, sequence, values)
        else:
            self._owner.link_told(message, values)

    def _deliver(self, message: int, sequence: int, values: "tuple[Any, ...]") -> None:
        if sequence == self._receive_sequence:
            session = self._session
            result = self._owner.link_message(message, values)
            if self._state == _DOWN or self._session != session:
                return  # the application's answer ended the session
            self._last_result = result
            self._receive_sequence = (sequence + 1) & 0xFF
        elif sequence != (self._receive_sequence - 1) & 0xFF or self._last_result < 0:
            self.ignored += 1
            return
        self._out.extend(encode(self._session, table.ACK, sequence, table.pack(table.ACK, (self._last_result,))))

    def _acknowledged(self, sequence: int, result: int) -> None:
        if not self._in_flight or sequence != self._send_sequence:
            return  # a second answer to something that was sent twice
        _, _, ticket = self._queue.pop(0)
        self._in_flight = b""
        self._send_sequence = (sequence + 1) & 0xFF
        self._owner.link_result(ticket, result)

    def _keep_session(self, now_ms: int) -> None:
        if elapsed_ms(self.heard_ms, now_ms) >= self._timing.silence_ms:
            self._end(SILENT)
        elif self._in_flight and elapsed_ms(self._sent_ms, now_ms) >= self._timing.retry_ms:
            if self._sent_times >= self._timing.tries:
                self._end(UNANSWERED)
            else:
                self._put(now_ms)
        if self._state == _UP:
            self._send_next(now_ms)
            self._beat(now_ms)

    def _send_next(self, now_ms: int) -> None:
        if self._queue and not self._in_flight:
            message, payload, _ = self._queue[0]
            self._in_flight = encode(self._session, message, self._send_sequence, payload)
            self._sent_times = 0
            self._put(now_ms)

    def _put(self, now_ms: int) -> None:
        self._out.extend(self._in_flight)
        self._sent_ms = now_ms
        self._sent_times += 1

    def _beat(self, now_ms: int) -> None:
        if elapsed_ms(self._beat_ms, now_ms) >= self._timing.heartbeat_ms:
            self._beat_ms = now_ms
            beat = table.pack(table.HEARTBEAT, self.clock.beat(now_ms))
            self._out.extend(encode(self._session, table.HEARTBEAT, 0, beat))


class HostLink(_Link):
    """The lane controller's end: it opens sessions. ``new_session`` yields numbers from 1 to 65535."""

    _me = table.HOST
    _peer = table.DOOR

    def __init__(self, owner: LinkOwner, timing: Timing, new_session: "Callable[[], int]") -> None:
        _Link.__init__(self, owner, timing)
        self._new_session = new_session
        self._mismatch_told = False
        self._proposed = 0

    def _poll_down(self, now_ms: int) -> None:
        if self._state != _DOWN:
            return
        if self._proposed and elapsed_ms(self._beat_ms, now_ms) < self._timing.heartbeat_ms:
            return
        if not self._proposed:
            self._proposed = self._new_session()
        self._beat_ms = now_ms
        hello = table.pack(table.HELLO, (table.TABLE_HASH,))
        # the leading zero ends whatever half frame the door may have collected
        self._out.extend(b"\x00" + encode(self._proposed, table.HELLO, 0, hello))

    def _greeting(self, session: int, values: "tuple[Any, ...]", now_ms: int) -> None:
        if self._state != _DOWN or session != self._proposed:
            self.ignored += 1
            return
        if values[0] != table.TABLE_HASH:
            if not self._mismatch_told:
                self._mismatch_told = True
                self._owner.link_down(MISMATCH)
            return
        self._mismatch_told = False
        self._proposed = 0
        self._out = bytearray()
        self._begin(session, _UP, now_ms)
        self._owner.link_up(_text(values[1]))


class DoorLink(_Link):
    """The door controller's end: it answers. It counts as up from the host's first frame in the session on."""

    _me = table.DOOR
    _peer = table.HOST

    def __init__(self, owner: LinkOwner, timing: Timing, firmware: str) -> None:
        _Link.__init__(self, owner, timing)
        self._firmware = firmware.encode()

    def _greeting(self, session: int, values: "tuple[Any, ...]", now_ms: int) -> None:
        if self._state == _UP:
            self._end(RESTARTED)
        if values[0] == table.TABLE_HASH:
            self._begin(session, _GREETED, now_ms)
        welcome = table.pack(table.WELCOME, (table.TABLE_HASH, self._firmware))
        self._out.extend(encode(session, table.WELCOME, 0, welcome))

    def _in_session(self, message: int, sequence: int, values: "tuple[Any, ...]", now_ms: int) -> None:
        if self._state == _GREETED:
            self._state = _UP
            self._owner.link_up("")
        _Link._in_session(self, message, sequence, values, now_ms)


def _text(padded: bytes) -> str:
    """A field of fixed length as text; whatever is not printable ASCII is shown as '?'."""
    text = ""
    for byte in padded:
        if byte == 0:
            break
        text += chr(byte) if ord(" ") <= byte <= ord("~") else "?"
    return text
