"""What the link sends next: a window over the outbox, moved by the centre's acknowledgements alone.

At most ``window`` events are under way; they are never handed to a queue of the MQTT client's own, which would send
them again in another order after a reconnect. The centre accepts only the successor of what it has, and answers
anything else with its last: then sending starts over from there. Time is an argument (monotonic seconds).
"""

from dataclasses import dataclass

from egate.telemetry import codec
from egate.telemetry.outbox import AckEffect, Outbox, Pending
from egate.telemetry.records import Ack

REWIND_PAUSE_S = 0.5  # one gap makes the centre answer many events; starting over once is enough


@dataclass(slots=True)
class Sender:
    """One link's view of the outbox. ``sent``: the last event handed to the broker in this session."""

    outbox: Outbox
    window: int
    resend_after_s: float
    sent: int = 0
    sent_total: int = 0
    resent_total: int = 0
    malformed_acks_total: int = 0
    _ever_sent: int = 0
    _progress_at_s: float = 0.0
    _rewound_at_s: float = float("-inf")

    def restart(self, now_s: float) -> None:
        """A new session: whatever was under way may be lost."""
        self._rewind(now_s)

    def due(self, now_s: float) -> list[Pending]:
        """The events to send now, in order; they count as sent. Raises JournalError."""
        if self._under_way and now_s - self._progress_at_s >= self.resend_after_s:
            self._rewind(now_s)
        room = self.window - self._under_way
        if room <= 0 or self.sent >= self.outbox.position.seq:
            return []
        if not self._under_way:
            self._progress_at_s = now_s
        events = self.outbox.window(self.sent, room)
        for event in events:
            self.resent_total += event.seq <= self._ever_sent
            self._ever_sent = max(self._ever_sent, event.seq)
            self.sent = event.seq
        self.sent_total += len(events)
        return events

    def wait_s(self, now_s: float) -> float | None:
        """How long nothing is due unless something happens; None: for ever."""
        if not self._under_way:
            return None
        return max(0.0, self._progress_at_s + self.resend_after_s - now_s)

    def acknowledged(self, raw: bytes, now_s: float) -> AckEffect | None:
        """Take an acknowledgement as it came; None if it made no sense. Raises JournalError."""
        try:
            ack = codec.decode_state(raw, Ack)
        except codec.Undecodable:
            self.malformed_acks_total += 1
            return None
        effect = self.outbox.acknowledge(ack.epoch, ack.seq)
        if effect is AckEffect.ADVANCED:
            self._progress_at_s = now_s
            self.sent = max(self.sent, self.outbox.acked)
        elif effect in (AckEffect.REPEATED, AckEffect.REGRESSED) and now_s - self._rewound_at_s >= REWIND_PAUSE_S:
            self._rewind(now_s)
        return effect

    @property
    def _under_way(self) -> int:
        return self.sent - self.outbox.acked

    def _rewind(self, now_s: float) -> None:
        self.sent = self.outbox.acked
        self._rewound_at_s = self._progress_at_s = now_s
