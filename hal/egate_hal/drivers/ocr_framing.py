"""Framing of serial OCR readers: bytes and times in, reader events out. No port, no clock, no loop.

Readers send the lines of the MRZ between marks that differ from maker to maker; a *profile* names the marks. What
lies between them is good only if it has one of the shapes of ICAO Doc 9303 (TD3 and MRV-A 2x44, TD2 and MRV-B 2x36,
TD1 3x30) in the MRZ's own characters. A damaged transfer therefore ends here, where the traveller can simply lay the
document down again; what the characters mean is for others to judge.

A reader that decodes bar codes sends each in a frame of its own: a prefix, then the bar code's bytes in base64url
without padding (RFC 4648, 5), so that whatever they are no mark occurs among them. Project choice.
"""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum

from egate_hal.document_reader import (
    MAX_BAR_CODE_BYTES,
    BarCode,
    DocumentPlaced,
    DocumentRemoved,
    MrzLines,
    MrzUnreadable,
    ReaderEvent,
)

SHAPES = frozenset({(44, 44), (36, 36), (30, 30, 30)})
CHARSET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
MAX_FRAME_BYTES = 128  # the longest MRZ, TD1 or TD3, has 90 characters and 3 line ends
BASE64URL = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
MAX_BAR_CODE_FRAME_BYTES = MAX_FRAME_BYTES + 4 * (MAX_BAR_CODE_BYTES // 3 + 1)


class ProfileName(StrEnum):
    STX_CR_ETX = "stx-cr-etx"
    CR = "cr"
    STX_PRESENCE = "stx-presence"


@dataclass(frozen=True, slots=True)
class Status:
    """Lines by which a reader with a presence sensor reports, each in a frame of its own. They start with a character
    that no MRZ contains. ``repeat_ms``: how often the reader says ``placed`` or ``removed`` again, so that a lost one
    heals and a dead reader is noticed. ``bar_code``: what the line of a bar code begins with."""

    placed: bytes
    removed: bytes
    unreadable: bytes
    repeat_ms: int
    bar_code: bytes

    @property
    def lines(self) -> frozenset[bytes]:
        return frozenset((self.placed, self.removed, self.unreadable))


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of framing. An empty ``start``: any character starts a frame. An empty ``end``: silence ends it.
    Bytes in ``ignored`` mean nothing anywhere, for readers that end lines with CR LF."""

    start: bytes
    line_end: bytes
    end: bytes
    ignored: bytes = b"\n"
    status: Status | None = None


STX, ETX, CR = b"\x02", b"\x03", b"\r"

PROFILES = {
    ProfileName.STX_CR_ETX: Profile(STX, CR, ETX),
    ProfileName.CR: Profile(b"", CR, b""),
    ProfileName.STX_PRESENCE: Profile(STX, CR, ETX, status=Status(b"!IN", b"!OUT", b"!ERR", 1000, b"!BC")),
}


class Framer:
    """Cuts one reader's byte stream into events.

    Times are seconds of any monotonic clock. However long a disturbance lasts, it is reported once: the next
    MrzUnreadable needs silence or a good frame in between. ``present`` carries the knowledge about the glass over a
    reopened port.
    """

    def __init__(self, profile: Profile, idle_timeout_s: float, present: bool = False) -> None:
        self._profile = profile
        self._idle_timeout_s = idle_timeout_s
        self._frame: bytearray | None = None  # None: waiting for a start
        self._overflowed = False
        self._disturbed = False
        self._last_byte_s = 0.0
        self.present = present
        self.heard_s: float | None = None
        """When the reader last sent a good frame."""

    @property
    def buffered_bytes(self) -> int:
        """What an unfinished frame holds, at most MAX_FRAME_BYTES, or MAX_BAR_CODE_FRAME_BYTES of a bar code."""
        return len(self._frame or b"")

    def feed(self, data: bytes, now_s: float) -> list[ReaderEvent]:
        """Take what the line delivered at ``now_s``. Returns what happened, in order.

        Silence is judged by ``expire`` alone: bytes that waited in the kernel tell nothing of when they came.
        """
        events: list[ReaderEvent] = []
        for byte in data:
            events += self._take(byte, now_s)
        if data:
            self._last_byte_s = now_s
        return events

    def deadline_s(self) -> float | None:
        """When ``expire`` has something to do if no byte comes before."""
        return self._last_byte_s + self._idle_timeout_s if self._frame is not None or self._disturbed else None

    def expire(self, now_s: float) -> list[ReaderEvent]:
        """Tell that time has passed: silence ends a frame, or what will never become one."""
        deadline_s = self.deadline_s()
        if deadline_s is None or now_s < deadline_s:
            return []
        events: list[ReaderEvent] = []
        if self._frame is not None:
            events = self._disturbance("framing") if self._profile.end else self._finish(now_s)
        self._disturbed = False
        return events

    def _take(self, byte: int, now_s: float) -> list[ReaderEvent]:
        profile = self._profile
        if byte in profile.ignored:
            return []
        if byte in profile.start:
            events = self._disturbance("framing") if self._frame is not None else []
            self._frame, self._overflowed = bytearray(), False
            return events
        if self._frame is None:
            if profile.start:
                return []  # noise between frames
            self._frame, self._overflowed = bytearray(), False
        if byte in profile.end:
            return self._finish(now_s)
        status = self._profile.status
        bar_code = status is not None and self._frame.startswith(status.bar_code)
        if len(self._frame) >= (MAX_BAR_CODE_FRAME_BYTES if bar_code else MAX_FRAME_BYTES):
            self._overflowed = True
            return []
        self._frame.append(byte)
        if bar_code:  # on a slow line it lasts seconds, in which the reader cannot repeat its status
            self.heard_s = now_s
        return []

    def _finish(self, now_s: float) -> list[ReaderEvent]:
        frame, self._frame = bytes(self._frame or b""), None
        if self._overflowed:
            return self._disturbance("length")
        status = self._profile.status
        if status is not None and frame.startswith(status.bar_code):
            return self._finish_bar_code(frame.removeprefix(status.bar_code), now_s)
        lines = frame.removesuffix(self._profile.line_end).split(self._profile.line_end)
        if status is not None and len(lines) == 1 and lines[0] in status.lines:
            self._good(now_s)
            return self._report(status, lines[0])
        if not CHARSET.issuperset(b"".join(lines)):
            return self._disturbance("charset")
        if tuple(map(len, lines)) not in SHAPES:
            return self._disturbance("length")
        self._good(now_s)
        return self._deliver(MrzLines(tuple(line.decode("ascii") for line in lines)))

    def _finish_bar_code(self, frame: bytes, now_s: float) -> list[ReaderEvent]:
        text = frame.removesuffix(self._profile.line_end)
        if not BASE64URL.issuperset(text):  # the decoder would pass over what it does not know
            return self._disturbance("charset")
        try:
            content = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
        except binascii.Error:
            return self._disturbance("length")
        if not 0 < len(content) <= MAX_BAR_CODE_BYTES:
            return self._disturbance("length")
        self._good(now_s)
        return [*self._presence(True), BarCode(content)]

    def _good(self, now_s: float) -> None:
        self.heard_s, self._disturbed = now_s, False

    def _deliver(self, mrz: MrzLines) -> list[ReaderEvent]:
        if self._profile.status is not None and self.present:
            return [mrz]
        # Without a sensor, a second MRZ proves that the first document was taken away.
        return [*self._presence(False), *self._presence(True), mrz]

    def _report(self, status: Status, line: bytes) -> list[ReaderEvent]:
        if line == status.unreadable:
            return [*self._presence(True), MrzUnreadable("reader")]
        return self._presence(line == status.placed)

    def _presence(self, present: bool) -> list[ReaderEvent]:
        if present == self.present:
            return []
        self.present = present
        return [DocumentPlaced() if present else DocumentRemoved()]

    def _disturbance(self, reason: str) -> list[ReaderEvent]:
        self._frame = None
        # Where a sensor says that the glass is empty, there is no document that could be unreadable.
        silent = self._disturbed or (self._profile.status is not None and not self.present)
        self._disturbed = True
        return [] if silent else [MrzUnreadable(reason)]
