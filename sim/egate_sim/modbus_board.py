"""A board of inputs and relays on a Modbus RTU line, written from the specification (Modbus over Serial Line V1.02,
Application Protocol V1.1b3): it shares no code with the driver's library.

It knows functions 1, 2, 5 and answers the others with exception 1. Frames are told apart by their lengths, which are
fixed for these functions, because a pseudo-terminal keeps no silence of 3.5 characters.
"""

import struct
from collections.abc import Callable
from pathlib import Path

from egate_sim.pty import PseudoTerminal

READ_COILS, READ_INPUTS, WRITE_COIL = 1, 2, 5
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
_REQUEST_BYTES = 8
_ON, _OFF = 0xFF00, 0x0000


class ModbusBoard:
    """``inputs`` and ``coils`` by address; ``switched`` is told of every coil that is written."""

    def __init__(self, link: Path, count: int = 16, device: int = 1) -> None:
        self.inputs = [False] * count
        self.coils = [False] * count
        self.silent = False
        self.damaged = False
        """Answers carry a wrong checksum."""
        self.switched: Callable[[int, bool], None] = lambda _address, _on: None
        self.line = PseudoTerminal(link, self._receive)
        self._device = device
        self._pending = b""

    def _receive(self, data: bytes) -> None:
        self._pending += data
        while len(self._pending) >= _REQUEST_BYTES:
            frame, rest = self._pending[:_REQUEST_BYTES], self._pending[_REQUEST_BYTES:]
            if crc16(frame[:-2]) != frame[-2:]:
                self._pending = self._pending[1:]  # out of step: try one byte further
                continue
            self._pending = rest
            if frame[0] == self._device and not self.silent:
                self._answer(frame[1], *struct.unpack(">HH", frame[2:6]))

    def _answer(self, function: int, address: int, value: int) -> None:
        match function:
            case 1:
                payload = self._bits(self.coils, address, value)
            case 2:
                payload = self._bits(self.inputs, address, value)
            case 5:
                payload = self._write(address, value)
            case _:
                payload = ILLEGAL_FUNCTION
        if isinstance(payload, int):
            body = bytes([self._device, function | 0x80, payload])
        else:
            body = bytes([self._device, function]) + payload
        check = crc16(body)
        self.line.write(body + (check[::-1] if self.damaged else check))

    def _bits(self, bits: list[bool], address: int, count: int) -> bytes | int:
        if not count or address + count > len(bits):
            return ILLEGAL_ADDRESS
        packed = sum(1 << at for at, on in enumerate(bits[address : address + count]) if on)
        size = (count + 7) // 8
        return bytes([size]) + packed.to_bytes(size, "little")

    def _write(self, address: int, value: int) -> bytes | int:
        if address >= len(self.coils):
            return ILLEGAL_ADDRESS
        if value not in {_ON, _OFF}:
            return ILLEGAL_VALUE
        self.coils[address] = value == _ON
        self.switched(address, value == _ON)
        return struct.pack(">HH", address, value)


def crc16(data: bytes) -> bytes:
    """The checksum of Modbus over serial line: polynomial 0xA001 reflected, low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")
