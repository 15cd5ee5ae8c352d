"""A simulated PN532 at the far end of a real pseudo-terminal, with a radio field and whatever chip lies in it.

It is written from the manual (UM0701-02) and keeps its rules: asleep until it is woken, deaf to a host at another
speed, silent to a damaged command, at its old speed until the host has acknowledged the new one.
"""

import asyncio
import termios
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from pathlib import Path
from random import Random
from typing import Any

from egate_sim.pn532_wire import ACK, SYNTAX_ERROR, Heard, answer_frame, listen
from egate_sim.pty import PseudoTerminal
from egate_sim.radio_field import FieldSession, Latency, RadioField

_SPEEDS = {4: 115_200, 5: 230_400, 6: 460_800, 7: 921_600}
_TERMIOS = {baud: getattr(termios, f"B{baud}") for baud in _SPEEDS.values()}
_BITS_PER_BYTE = 10
_FIRMWARE = bytes([0x32, 0x01, 0x06, 0x07])  # PN532, version 1.6, ISO/IEC 14443 A and B and ISO/IEC 18092
_WAKE = 0x55
_TIMED_OUT, _BAD_CONTEXT = 0x01, 0x27
_MORE = 0x40
_TYPE_A, _TYPE_B = 0x00, 0x03
_FAST = 0x33  # 212 and 424 kbit/s, each direction for itself


class Ins(IntEnum):
    """The commands that it knows."""

    DIAGNOSE = 0x00
    GET_FIRMWARE_VERSION = 0x02
    SET_SERIAL_BAUD_RATE = 0x10
    SAM_CONFIGURATION = 0x14
    RF_CONFIGURATION = 0x32
    IN_DATA_EXCHANGE = 0x40
    IN_LIST_PASSIVE_TARGET = 0x4A
    IN_PSL = 0x4E
    IN_RELEASE = 0x52


class Fault(Enum):
    """What can befall the line once. Each waits in ``SimulatedPn532.faults`` for the next command."""

    LOST_COMMAND = auto()
    LOST_ACK = auto()
    DAMAGED_ACK = auto()
    DAMAGED_ANSWER = auto()
    NOISE_BEFORE_ANSWER = auto()
    TORN_ANSWER = auto()  # the second half is lost


@dataclass(frozen=True, slots=True)
class Radio:
    """How what lies on the antenna talks. ``piece_bytes``: how much of a long answer the PN532 hands over at once."""

    type_b: bool = False
    fast: bool = True
    piece_bytes: int = 262


class SimulatedPn532(RadioField):
    """The reader: a field for chips, and a serial cable. ``plug`` and ``unplug`` are what the world does to the cable;
    unplugged it has no power."""

    def __init__(
        self, link: Path, random: Random, *, radio: Radio | None = None, latency: Latency | None = None
    ) -> None:
        super().__init__(latency)
        self.faults: deque[Fault] = deque()
        self.commands: list[Ins] = []
        """Every command that it understood."""
        self.bitrate = 0
        """Of the radio, as InPSL numbers them."""
        self.baud = 115_200
        self._random, self._radio = random, radio or Radio()
        self._line = PseudoTerminal(link, self._hear)
        self._power_up()

    def plug(self) -> None:
        self._power_up()
        self._line.plug()

    def unplug(self) -> None:
        self._abort()
        self._line.unplug()

    def _power_up(self) -> None:
        self.baud = 115_200
        self._next_baud: int | None = None
        self._awake = self._configured = self._field_on = False
        self._work: asyncio.Task[None] | None = None
        self._last_answer = b""
        self._sent = self._unsent = b""
        self._session: FieldSession | None = None
        self._ears = listen()
        next(self._ears)

    # The line

    def _hear(self, data: bytes) -> None:
        if self._line.driver_speed != _TERMIOS[self.baud]:
            return  # at another speed there are only framing errors
        for byte in data:
            self._awake |= byte == _WAKE
            heard = self._ears.send(byte)
            if heard is not None and self._awake:
                self._react(heard)

    def _react(self, heard: Heard | bytes) -> None:
        match heard:
            case Heard.ACK if self._next_baud is not None:
                self.baud, self._next_baud = self._next_baud, None
            case Heard.ACK:
                self._abort()
            case Heard.NACK:
                self._line.write(self._last_answer)
            case bytes() if not self._take(Fault.LOST_COMMAND):
                self._abort()
                self._work = asyncio.get_running_loop().create_task(self._obey(heard))

    def _abort(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def _take(self, fault: Fault) -> bool:
        """Whether this fault is due; it is then over."""
        due = bool(self.faults) and self.faults[0] is fault
        if due:
            self.faults.popleft()
        return due

    async def _obey(self, command: bytes) -> None:
        await self._say_ack()
        handler = self._handlers().get(command[0])
        allowed = self._configured or command[0] == Ins.SAM_CONFIGURATION
        if handler is None or not allowed:
            self._line.write(SYNTAX_ERROR)
            return
        self.commands.append(Ins(command[0]))
        answer = await handler(command[1:])
        self._last_answer = answer_frame(bytes([command[0] + 1]) + answer)
        await self._say_answer()

    async def _say_ack(self) -> None:
        if self._take(Fault.LOST_ACK):
            return
        await self._say(self._damaged(ACK) if self._take(Fault.DAMAGED_ACK) else ACK)

    async def _say_answer(self) -> None:
        frame = self._last_answer
        if self._take(Fault.DAMAGED_ANSWER):
            frame = self._damaged(frame)
        elif self._take(Fault.NOISE_BEFORE_ANSWER):
            frame = bytes([0x00, 0xFF, *self._random.randbytes(5)]) + frame
        elif self._take(Fault.TORN_ANSWER):
            frame = frame[: len(frame) // 2]
        await self._say(frame)

    async def _say(self, data: bytes) -> None:
        await asyncio.sleep(len(data) * _BITS_PER_BYTE / self.baud)
        self._line.write(data)

    def _damaged(self, frame: bytes) -> bytes:
        """One bit turned over, behind the start code."""
        at = self._random.randrange(3, len(frame) - 1)
        return frame[:at] + bytes([frame[at] ^ 1 << self._random.randrange(8)]) + frame[at + 1 :]

    # Commands

    def _handlers(self) -> dict[int, Callable[[bytes], Coroutine[Any, Any, bytes]]]:
        return {
            Ins.DIAGNOSE: self._diagnose,
            Ins.GET_FIRMWARE_VERSION: self._get_firmware_version,
            Ins.SET_SERIAL_BAUD_RATE: self._set_serial_baud_rate,
            Ins.SAM_CONFIGURATION: self._sam_configuration,
            Ins.RF_CONFIGURATION: self._rf_configuration,
            Ins.IN_LIST_PASSIVE_TARGET: self._in_list_passive_target,
            Ins.IN_PSL: self._in_psl,
            Ins.IN_DATA_EXCHANGE: self._in_data_exchange,
            Ins.IN_RELEASE: self._in_release,
        }

    async def _diagnose(self, parameters: bytes) -> bytes:
        return parameters

    async def _get_firmware_version(self, parameters: bytes) -> bytes:
        return _FIRMWARE

    async def _set_serial_baud_rate(self, parameters: bytes) -> bytes:
        self._next_baud = _SPEEDS[parameters[0]]
        return b""

    async def _sam_configuration(self, parameters: bytes) -> bytes:
        self._configured = parameters[0] == 1
        return b""

    async def _rf_configuration(self, parameters: bytes) -> bytes:
        if parameters[0] == 1:
            self._field_on = bool(parameters[1] & 1)
            if not self._field_on:
                self._session = None
        return b""

    async def _in_list_passive_target(self, parameters: bytes) -> bytes:
        self._field_on = True
        self._session = session = FieldSession(self)
        self._sent = self._unsent = b""
        self.bitrate = 0
        await session.power_on()
        wanted = _TYPE_B if self._radio.type_b else _TYPE_A
        if session.chip is None or parameters[1] != wanted:
            self._session = None
            return b"\x00"
        return self._type_b(session.chip.atr) if self._radio.type_b else self._type_a(session.chip.atr)

    def _type_a(self, atr: bytes) -> bytes:
        """One target: Tg, SENS_RES, SEL_RES, identifier, ATS with the historical bytes of the chip's ATR."""
        historical = atr[4:-1]
        ats = bytes([0x78, _FAST if self._radio.fast else 0x00, 0x80, 0x02]) + historical
        identifier = b"\x08" + self._random.randbytes(3)  # 08: made anew at each activation
        return bytes([1, 1, 0x00, 0x04, 0x20, len(identifier)]) + identifier + bytes([len(ats) + 1]) + ats

    def _type_b(self, atr: bytes) -> bytes:
        """One target: Tg, ATQB, the answer to ATTRIB. Application data and protocol info are those of the ATR."""
        return bytes([1, 1, 0x50]) + self._random.randbytes(4) + (atr[4:-1] + bytes(7))[:7] + bytes([1, 0x00])

    async def _in_psl(self, parameters: bytes) -> bytes:
        if self._session is None or not self._radio.fast or parameters[1] != parameters[2]:
            return bytes([_BAD_CONTEXT])
        self.bitrate = parameters[1]
        return b"\x00"

    async def _in_release(self, parameters: bytes) -> bytes:
        self._session = None
        return b"\x00"

    async def _in_data_exchange(self, parameters: bytes) -> bytes:
        if self._session is None or parameters[0] & 0x3F != 1:
            return bytes([_BAD_CONTEXT])
        self._sent += parameters[1:]
        if parameters[0] & _MORE:
            return b"\x00"
        if self._sent:
            command, self._sent = self._sent, b""
            self._unsent = await self._session.exchange(command)
            if not self._unsent:
                self._session = None
                return bytes([_TIMED_OUT])
        size = self._radio.piece_bytes
        piece, self._unsent = self._unsent[:size], self._unsent[size:]
        return bytes([_MORE if self._unsent else 0x00]) + piece
