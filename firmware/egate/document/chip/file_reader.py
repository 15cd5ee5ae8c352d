"""Reads files in as few round trips as the chip allows, because a round trip costs more than all cryptography.

Chips differ in how much they give at once. Reading starts with the most that fits, goes down where the chip balks,
and stays there for the inspection, also after a reset. Round trips are saved by short file identifiers (no SELECT)
and by reading ahead (no header first), each given up for good where a chip does not bear it.
"""

from collections.abc import Callable

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip.apdu import (
    DO_DATA,
    EXTENDED_LE,
    Response,
    Status,
    StatusError,
    read_binary,
    read_binary_sfi,
    select_file,
)
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.secure_messaging import UnprotectedStatus
from egate.document.errors import FormatError, ProtocolError
from egate.document.lds.files import Ef

# Lengths that chips in the field are known to accept, most demanding first, in bytes.
_LADDER = (256, 224, 192, 160, 128)
_HEADER_BYTES = 8  # holds any tag and length of a file
_DO_DATA_OVERHEAD_BYTES = 4
_SW_BYTES = 2
_LAST_SHORT_OFFSET = 0x7FFF


class FileReader:
    """``length``: bytes asked for at once, at present. ``reopen`` gets the chip back after it ended a session."""

    def __init__(self, channel: Channel, reopen: Callable[[], Exchange[None]]) -> None:
        self._channel = channel
        self._reopen = reopen
        self._short_ids: bool | None = None  # None: not tried yet
        self._read_ahead = True
        self._at_beginning = True
        self._session_lost = False
        self._limit = EXTENDED_LE
        self.bytes_read = 0

    @property
    def length(self) -> int:
        """What fits into one answer, or less where the chip balked."""
        room = self._channel.max_response_bytes
        if self._channel.secure is not None:
            return min(self._channel.secure.max_response_data(room), self._limit)
        return min(room - _SW_BYTES, self._limit)

    def lose_session(self) -> None:
        """What is read next needs a session of its own."""
        self._session_lost = True

    def read(self, ef: Ef, expected_bytes: int | None = None) -> Exchange[bytes]:
        """The whole file, header included. ``expected_bytes``: its size, where the standard fixes it.

        Raises StatusError (FILE_MISSING) where the chip does not give it, FormatError where it is not what it should
        be; ProtocolError, SecureMessagingError and AccessError where going on makes no sense.
        """
        while True:
            if self._session_lost:
                yield from self._reopen()
                self._session_lost = False
            try:
                return (yield from self._read(ef, expected_bytes))
            except UnprotectedStatus as lost:
                self._session_lost = True
                if lost.status == Status.FILE_NOT_FOUND or not self._concede():
                    raise _missing(ef, lost.status) from lost

    def _concede(self) -> bool:
        """The chip ended the session over what we asked: give up what it may have been. False: nothing is left."""
        if not self._at_beginning:
            return self._step_below(self.length)
        if self._short_ids is None:
            self._short_ids = False
            return True
        given_up, self._read_ahead = self._read_ahead, False
        return given_up

    def _read(self, ef: Ef, expected_bytes: int | None) -> Exchange[bytes]:
        self._at_beginning = True
        data = bytearray((yield from self._beginning(ef, expected_bytes)))
        tag, start, length = tlv.read_header(bytes(data[:_HEADER_BYTES]))
        total = start + length
        if tag != ef.value.tag:
            raise FormatError(f"{ef.name} does not begin with its tag")
        if total > min(ef.value.max_bytes or total, self._channel.limits.max_file_bytes):
            raise FormatError(f"{ef.name} claims to be longer than the limit")
        self._at_beginning = False
        while len(data) < total:
            data += yield from self._chunk(ef, len(data), min(self.length, total - len(data)))
        return bytes(data[:total])

    def _beginning(self, ef: Ef, expected_bytes: int | None) -> Exchange[bytes]:
        """The first bytes of the file; it is the selected one afterwards."""
        if self._short_ids is not False:
            response = yield from self._first(ef, expected_bytes)
            if _has_data(response):
                self._short_ids = True
                return self._counted(response.data)
            if self._short_ids:
                raise _missing(ef, response.status)
        selected = yield from self._channel.exchange(select_file(ef.value.file_id))
        if not selected.ok:
            raise _missing(ef, selected.status)
        self._short_ids = False
        return (yield from self._chunk(ef, 0, self._first_length(expected_bytes)))

    def _first(self, ef: Ef, expected_bytes: int | None) -> Exchange[Response]:
        """READ BINARY by short identifier; once more, and shorter, where the chip dislikes the length."""
        asked = self._first_length(expected_bytes)
        response = yield from self._channel.exchange(read_binary_sfi(ef.value.short_id, asked))
        if (response.is_length_error or response.status == Status.END_OF_FILE) and not response.data:
            self._read_ahead = self._read_ahead and response.exact_le is not None
            shorter = min(response.exact_le or _HEADER_BYTES, asked)
            response = yield from self._channel.exchange(read_binary_sfi(ef.value.short_id, shorter))
        return response

    def _first_length(self, expected_bytes: int | None) -> int:
        ahead = self.length if self._read_ahead else _HEADER_BYTES
        return min(expected_bytes or ahead, self.length)

    def _chunk(self, ef: Ef, offset: int, wanted: int) -> Exchange[bytes]:
        """At least one byte from ``offset`` on, of the selected file."""
        while True:
            wrapped = offset > _LAST_SHORT_OFFSET
            asked = min(wanted + _DO_DATA_OVERHEAD_BYTES, self.length) if wrapped else wanted
            response = yield from self._channel.exchange(read_binary(offset, asked))
            if _has_data(response):
                data = tlv.find(response.data, DO_DATA) if wrapped else response.data
                return self._counted(data)
            if response.ok:
                raise FormatError(f"{ef.name} ends before its announced length")
            wanted = self._shorter(ef, response, asked)

    def _shorter(self, ef: Ef, response: Response, asked: int) -> int:
        """The next length to try after the chip refused one."""
        if response.exact_le is not None and response.exact_le < asked:
            self._limit = min(self._limit, response.exact_le) if not self._at_beginning else self._limit
            return response.exact_le
        if not (response.is_length_error or response.status == Status.END_OF_FILE):
            raise _missing(ef, response.status)
        if self._at_beginning and asked > _HEADER_BYTES:
            self._read_ahead = False
            return _HEADER_BYTES
        if not self._step_below(asked):
            raise _missing(ef, response.status)
        return self.length

    def _step_below(self, length: int) -> bool:
        """Go down one step of the ladder. False: there is none left."""
        lower = next((step for step in _LADDER if step < length), None)
        if lower is None:
            return False
        self._limit = lower
        return True

    def _counted(self, data: bytes) -> bytes:
        if not data:
            raise FormatError("the chip gave an empty piece of a file")
        self.bytes_read += len(data)
        if self.bytes_read > self._channel.limits.max_total_bytes:
            raise ProtocolError("the chip gave more bytes than an inspection may read")
        return data


def _has_data(response: Response) -> bool:
    """6282 says that the file ended before all that was asked for; what came is good."""
    return bool(response.data) and response.status in (Status.OK, Status.END_OF_FILE)


def _missing(ef: Ef, status: int) -> StatusError:
    return StatusError(f"reading {ef.name}", status, Reason.FILE_MISSING)
