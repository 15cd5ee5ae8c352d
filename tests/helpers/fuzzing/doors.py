"""What both ends of the door link and an OCR reader's framing make of a stranger's bytes."""

from doorlink_pair import Pair

from egate_doorlink import table
from egate_doorlink.frame import PAYLOAD_BYTES_MAX, encode
from egate_hal.drivers.door_serial import DoorSerialSettings, SerialDoor
from egate_hal.drivers.ocr_framing import PROFILES, Framer

_HEADER_BYTES = 3  # of one frame in an input: message, sequence number, length of what follows
_WELL_MS = 1_500  # a line that gets well carries a session again within this


def to_the_door(raw: bytes) -> None:
    """Bytes as they come, then the same as whole frames of the session; then the line gets well."""
    pair = Pair().connect()
    _survives(pair, raw, to_door=True)


def to_the_host(raw: bytes) -> None:
    """The same at the other end, whose application is the driver."""
    pair = Pair().connect()
    pair.host._owner = SerialDoor(DoorSerialSettings("/dev/null"))
    _survives(pair, raw, to_door=False)


def frame_of_a_reader(raw: bytes) -> None:
    """An OCR reader's line, by each profile."""
    for profile in PROFILES.values():
        framer = Framer(profile, 0.15)
        for at in range(0, len(raw), 7):
            framer.feed(raw[at : at + 7], at / 100)
        framer.expire(len(raw) + 10.0)


def door_inputs() -> list[bytes]:
    """One frame of each message, and some in a row."""
    frames = [
        bytes([row[0], number & 3, table.payload_bytes(row[0])]) + bytes(table.payload_bytes(row[0]))
        for number, row in enumerate(table.MESSAGES)
    ]
    return [*frames, b"".join(frames[:6]), encode(1, table.GRANT, 0, bytes(8))]


def reader_inputs() -> list[bytes]:
    lines = [b"P<UTO" + b"<" * 39, b"L898902C36UTO7408122F1204159ZE184226B<<<<<10"]
    return [
        b"\x02" + b"\r".join(lines) + b"\r\x03",
        b"\r\n".join(lines) + b"\r",
        b"\x02!IN\r\x03",
        b"\x02!BCQUJD\r\x03",
    ]


def _survives(pair: Pair, raw: bytes, *, to_door: bool) -> None:
    end = pair.door if to_door else pair.host
    end.receive(raw, pair.now_ms)
    pair.run(10)
    for frame in _frames(pair.sessions, raw):
        end.receive(frame, pair.now_ms)
    pair.run(_WELL_MS)
    if not (pair.door.is_up and pair.host.is_up):
        raise RuntimeError("the line is well again, and no session stands")


def _frames(session: int, raw: bytes) -> list[bytes]:
    frames, at = [], 0
    while at + _HEADER_BYTES <= len(raw):
        message, sequence, length = raw[at : at + _HEADER_BYTES]
        payload = raw[at + _HEADER_BYTES : at + _HEADER_BYTES + min(length, PAYLOAD_BYTES_MAX)]
        frames.append(encode(session, message, sequence, payload))
        at += _HEADER_BYTES + len(payload)
    return frames
