"""Frames on the wire: header, payload and CRC-16, stuffed by COBS, ended by a zero byte.

COBS (Cheshire and Baker, 1999) removes every zero from the frame, so a zero on the line can only be an end: after noise
the receiver is in step again at the next one. 64 bytes at most, so that a frame takes 5.6 ms at 115200 baud.
"""

import struct

WIRE_BYTES_MAX = 64
HEADER = "<HBB"  # session, message, sequence number
HEADER_BYTES = 4
CRC_BYTES = 2
PAYLOAD_BYTES_MAX = WIRE_BYTES_MAX - 2 - HEADER_BYTES - CRC_BYTES  # 2: COBS code byte and delimiter
DELIMITER = b"\x00"

_CRC_NIBBLES = (
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
    0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF,
)  # fmt: skip


def crc16(data: bytes) -> int:
    """CRC-16/IBM-3740, often called CCITT-FALSE: polynomial 0x1021, start 0xFFFF, nothing reflected."""
    crc = 0xFFFF
    for byte in data:
        crc = ((crc << 4) & 0xFFFF) ^ _CRC_NIBBLES[(crc >> 12) ^ (byte >> 4)]
        crc = ((crc << 4) & 0xFFFF) ^ _CRC_NIBBLES[(crc >> 12) ^ (byte & 0x0F)]
    return crc


def cobs_encode(data: bytes) -> bytes:
    """``data`` (at most 253 bytes) without zeros: each zero becomes the distance to the next one."""
    out = bytearray(b"\x00")
    code_at = 0
    for byte in data:
        if byte:
            out.append(byte)
        else:
            out[code_at] = len(out) - code_at
            code_at = len(out)
            out.append(0)
    out[code_at] = len(out) - code_at
    return bytes(out)


def cobs_decode(data: bytes) -> bytes | None:
    """What ``cobs_encode`` was given, or None where a distance points past the end."""
    out = bytearray()
    at = 0
    while at < len(data):
        after = at + data[at]
        if after == at or after > len(data):
            return None
        out.extend(data[at + 1 : after])
        at = after
        if at < len(data):
            out.append(0)
    return bytes(out)


def encode(session: int, message: int, sequence: int, payload: bytes) -> bytes:
    """One frame as it goes on the wire, delimiter included."""
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise ValueError("a frame holds at most " + str(PAYLOAD_BYTES_MAX) + " payload bytes")
    body = struct.pack(HEADER, session, message, sequence) + payload
    return cobs_encode(body + struct.pack("<H", crc16(body))) + DELIMITER


class FrameReader:
    """Finds frames in a stream of bytes. Whatever is no whole, intact frame is counted and dropped."""

    def __init__(self) -> None:
        self.damaged = 0
        self._stuffed = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that ``data`` completes, each as header and payload."""
        bodies = []
        for byte in data:
            if byte:
                self._collect(byte)
                continue
            body = self._finish()
            if body is not None:
                bodies.append(body)
        return bodies

    def _collect(self, byte: int) -> None:
        if len(self._stuffed) < WIRE_BYTES_MAX - 1:
            self._stuffed.append(byte)
        else:
            self._overlong = True

    def _finish(self) -> bytes | None:
        stuffed = bytes(self._stuffed)
        overlong = self._overlong
        self._stuffed = bytearray()
        self._overlong = False
        if not stuffed:
            return None  # two delimiters in a row are no error: a sender may clear the line with one
        whole = None if overlong else cobs_decode(stuffed)
        if whole is None or len(whole) < HEADER_BYTES + CRC_BYTES:
            self.damaged += 1
            return None
        body = whole[:-CRC_BYTES]
        if struct.unpack("<H", whole[-CRC_BYTES:])[0] != crc16(body):
            self.damaged += 1
            return None
        return body
