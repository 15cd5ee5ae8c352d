"""The line to one chip: counts and bounds what goes over it, and keeps secure messaging where a session has it."""

from collections.abc import Generator
from typing import TypeVar

from egate.document.chip.apdu import EXTENDED_LE, Command, Response, chained, get_response
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.chip.spare_time import SpareTime
from egate.document.chip.steps import ReaderCapacity, ReadLimits, Reset, Step, Transmit
from egate.document.errors import ProtocolError

_LINK_BYTES = 192  # of a chain, before protection; any reader and any chip carry that
_MAX_PROTECTION_BYTES = 48  # header, length fields, indicator, padding, Le and MAC

T = TypeVar("T")
# A part of a plan: yields steps, receives answers, ends with a value.
Exchange = Generator[Step, bytes, T]


class Channel:
    """``secure`` is the session, None while there is none; ``apdu_count`` counts all commands, those after resets too.

    ``announced_bytes``: what the chip says it can answer in one extended APDU, 0 for short APDUs only.
    """

    def __init__(self, capacity: ReaderCapacity, limits: ReadLimits, spare_time: SpareTime | None = None) -> None:
        self._spare_time = spare_time or SpareTime()
        self.capacity = capacity
        self.limits = limits
        self.secure: SecureMessaging | None = None
        self.apdu_count = 0
        self.announced_bytes = 0

    def reset(self) -> Exchange[None]:
        """Field off and on; the session is forgotten."""
        self.secure = None
        yield Reset()

    def exchange(self, command: Command) -> Exchange[Response]:
        """Send a command, protected where there is a session.

        Raises SecureMessagingError, its UnprotectedStatus, ProtocolError; TransportError is thrown in by the driver.
        """
        if self.secure is None:
            return (yield from self._transmit(command))
        protected = yield from self._transmit(self.secure.protect(command))
        return self.secure.unprotect(protected)

    def exchange_long(self, command: Command) -> Exchange[Response]:
        """A command with much data: in one piece where the reader carries it, in a chain where not, and also where the
        chip does not like the length. Raises what ``exchange`` does."""
        if self.carries(command):
            response = yield from self.exchange(command)
            if not (response.is_length_error and len(command.data) > _LINK_BYTES):
                return response
        for link in chained(command, _LINK_BYTES):
            response = yield from self.exchange(link)
            if not response.ok:
                break
        return response

    def carries(self, command: Command) -> bool:
        """Whether the reader can send this in one piece, with the protection that it will get."""
        return len(command.data) + _MAX_PROTECTION_BYTES <= self.capacity.max_command_bytes

    @property
    def max_response_bytes(self) -> int:
        """Of one answer, status word included."""
        short = ReaderCapacity().max_response_bytes
        return min(max(self.announced_bytes, short), self.capacity.max_response_bytes)

    def _transmit(self, command: Command) -> Exchange[Response]:
        """One command, and GET RESPONSE as long as the chip says that more waits (61xx)."""
        response = yield from self._transmit_once(command)
        data = response.data
        while response.more is not None:
            response = yield from self._transmit_once(get_response(response.more))
            data += response.data
            if len(data) > EXTENDED_LE:
                raise ProtocolError("an answer in pieces is longer than any APDU may be")
        return Response(data, response.status)

    def _transmit_once(self, command: Command) -> Exchange[Response]:
        if self.apdu_count >= self.limits.max_apdus:
            raise ProtocolError("the chip used up the APDUs of one inspection")
        encoded = command.encode()
        if len(encoded) > self.capacity.max_command_bytes:
            raise ProtocolError("a command is longer than the reader can carry")
        self.apdu_count += 1
        return Response.decode((yield Transmit(encoded, self._spare_time.next_job)))
