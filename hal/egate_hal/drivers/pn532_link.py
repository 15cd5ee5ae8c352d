"""Commands to a PN532 and their answers, over a serial line that may be noisy (UM0701-02, 6.2).

The PN532 acknowledges a command at once and answers it later. It says nothing to a command that arrives damaged, sends
its last answer again after a NACK, and drops what it is doing after an ACK from the host.
"""

import asyncio
import itertools
from collections import deque

from egate_hal.drivers.pn532_commands import Code
from egate_hal.drivers.pn532_frames import ACK, NACK, PN532_TO_HOST, Body, Frame, FrameReader, Signal, encode
from egate_hal.drivers.serial_line import SerialLine
from egate_hal.errors import DeviceTimeout, ProtocolError

BITS_PER_BYTE = 10
TRIES = 3
_ACK_S = 0.05  # the PN532 needs some milliseconds; a USB adapter collects bytes for up to 16
_EXCHANGE_ACK_S = 0.5
_ECHO_S = 0.15
_SWITCH_S = 0.02  # for what a port or an adapter has not sent yet
_GAP_S = 0.1  # so long a silence inside a frame ends it
# An idle PN532 wakes at the first edges on its line and needs some milliseconds of further bytes for its clock.
WAKE_UP = b"\x55\x55" + bytes(14)
_COMMUNICATION_LINE_TEST = b"\x00"  # of Diagnose: the PN532 sends back what it got


class Pn532Link:
    """One command at a time. After a failure or a cancellation the next command first brings both ends into step."""

    def __init__(self, port: str) -> None:
        self.port = port
        self._line = SerialLine(port, baud=0)
        self._reader = FrameReader()
        self._frames: deque[Frame] = deque()
        self._in_step = False
        self._clean = True  # nothing was asked for twice, so no second answer to this command can come
        self._marks = itertools.count(1)

    @property
    def is_open(self) -> bool:
        return self._line.is_open

    def open(self, baud: int) -> None:
        """Open the line at this speed. Raises DeviceUnavailable."""
        self._line.baud = baud
        self._line.open()
        self._forget()
        self._in_step = True  # what an earlier program left unanswered, the first command sweeps away

    def close(self) -> None:
        self._line.close()

    def wake(self) -> None:
        """Raises DeviceLost."""
        self._line.write(WAKE_UP)

    async def command(self, code: Code, data: bytes, timeout_ms: int) -> bytes:
        """What the PN532 answers to a command, without the answer's code.

        Raises DeviceLost; DeviceTimeout; ProtocolError where it refuses the command or the line is too noisy.
        """
        if not self._in_step:
            await self.fall_into_step()
        self._in_step, self._clean = False, True
        frame = encode(bytes([code]) + data)
        early = await self._send(frame, code)
        answer = early if early is not None else await self._await_answer(code, timeout_ms)
        self._in_step = self._clean
        return answer

    async def fall_into_step(self) -> None:
        """Stop whatever the PN532 does and skip whatever it still sends. Raises DeviceLost, DeviceTimeout."""
        self._line.write(ACK)
        for _ in range(TRIES):
            mark = _COMMUNICATION_LINE_TEST + next(self._marks).to_bytes(4, "big")
            self._reader.clear()
            self._line.write(encode(bytes([Code.DIAGNOSE]) + mark))
            deadline_s = _now_s() + _ECHO_S
            while (frame := await self._next_frame(deadline_s)) is not None:
                if frame == Body(PN532_TO_HOST, bytes([Code.DIAGNOSE + 1]) + mark):
                    self._in_step = True
                    return
        raise DeviceTimeout(f"{self.port}: the PN532 does not answer; check its power, wiring and speed")

    async def change_speed(self, baud: int, code: int) -> None:
        """Agree on another speed of the line. Raises DeviceLost, DeviceTimeout where nothing gets through at it, and
        DeviceUnavailable where the port cannot do it."""
        await self.command(Code.SET_SERIAL_BAUD_RATE, bytes([code]), timeout_ms=500)
        self._line.write(ACK)  # only now does the PN532 switch over
        await asyncio.sleep(len(ACK) * BITS_PER_BYTE / self._line.baud + _SWITCH_S)
        self._line.set_baud(baud)
        await self.fall_into_step()

    async def _send(self, frame: bytes, code: Code) -> bytes | None:
        """Send until it is acknowledged. Returns the answer where it came although its acknowledgement did not.

        A chip takes a command that is sent to it twice for an attack, so the answer to an exchange is waited for a
        while before the command is taken for lost.
        """
        patience_s = _EXCHANGE_ACK_S if code is Code.IN_DATA_EXCHANGE else _ACK_S
        for _ in range(TRIES):
            self._reader.clear()
            self._line.write(frame)
            deadline_s = _now_s() + patience_s + len(frame) * BITS_PER_BYTE / self._line.baud
            while (heard := await self._next_frame(deadline_s)) is not None:
                if heard is Signal.ACK:
                    return None
                if (answer := _answer_in(heard, code)) is not None:
                    return answer
            self._clean = False
        raise DeviceTimeout(f"{self.port}: the PN532 acknowledges nothing; check its power, wiring and speed")

    async def _await_answer(self, code: Code, timeout_ms: int) -> bytes:
        repeats = TRIES
        deadline_s = _now_s() + timeout_ms / 1e3
        while (heard := await self._next_frame(deadline_s)) is not None:
            if (answer := _answer_in(heard, code)) is not None:
                return answer
            if heard is Signal.ERROR:
                raise ProtocolError(f"{self.port}: the PN532 does not accept the command {code.name}")
            if heard is Signal.DAMAGED:
                if not repeats:
                    raise ProtocolError(f"{self.port}: the line is too noisy; shorten it or lower its speed")
                repeats -= 1
                self._clean = False
                self._line.write(NACK)
        raise DeviceTimeout(f"{self.port}: the PN532 did not answer in time")

    async def _next_frame(self, deadline_s: float) -> Frame | None:
        """None where none has come by then. What lies in the line's buffer has come, however late the loop looks."""
        while not self._frames:
            gap_s = _now_s() + _GAP_S if self._reader.waiting else deadline_s
            try:
                async with asyncio.timeout_at(min(gap_s, deadline_s)):
                    data = await self._line.read()
            except TimeoutError:
                data = self._line.read_now()
            if data:
                self._frames += self._reader.feed(data)
            elif self._reader.waiting:
                self._frames += self._reader.expire()
            else:
                return None
        return self._frames.popleft()

    def _forget(self) -> None:
        self._reader.clear()
        self._frames.clear()


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _answer_in(frame: Frame, code: Code) -> bytes | None:
    """What the frame answers to this command; None where it is no answer to it."""
    if isinstance(frame, Body) and frame.sender == PN532_TO_HOST and frame.data[:1] == bytes([code + 1]):
        return frame.data[1:]
    return None
