"""Whatever comes over the line, neither end raises, and a line that gets well carries messages again."""

import random

from doorlink_pair import Pair
from hypothesis import given, settings
from hypothesis import strategies as st

from egate_doorlink import link, table
from egate_doorlink.frame import PAYLOAD_BYTES_MAX, FrameReader, cobs_decode, cobs_encode, encode
from egate_hal.drivers.door_serial import DoorSerialSettings, SerialDoor

MESSAGES = st.sampled_from([row[0] for row in table.MESSAGES])
FRAMES = st.builds(
    encode,
    st.integers(0, 3),
    MESSAGES | st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=PAYLOAD_BYTES_MAX),
)
WELL_FORMED = st.sampled_from([row for row in table.MESSAGES if row[0] != table.WELCOME]).flatmap(
    lambda row: st.builds(
        lambda payload, sequence: encode(1, row[0], sequence, payload),
        st.binary(min_size=table.payload_bytes(row[0]), max_size=table.payload_bytes(row[0])),
        st.integers(0, 3),
    )
)


@given(st.binary(max_size=253))
def test_cobs_gives_back_what_it_got_and_leaves_no_zero(data: bytes) -> None:
    stuffed = cobs_encode(data)
    assert 0 not in stuffed
    assert len(stuffed) == len(data) + 1
    assert cobs_decode(stuffed) == data


@given(st.binary(max_size=300))
def test_cobs_decoding_survives_any_bytes(data: bytes) -> None:
    plain = cobs_decode(data)
    assert plain is None or len(plain) <= len(data)


@given(st.lists(st.binary(max_size=80) | FRAMES), st.integers(0, 255), st.binary(max_size=PAYLOAD_BYTES_MAX))
def test_after_any_bytes_the_next_frame_is_found(noise: list[bytes], sequence: int, payload: bytes) -> None:
    reader = FrameReader()
    reader.feed(b"".join(noise) + b"\x00")
    assert len(reader.feed(encode(1, table.LEAF, sequence, payload))) == 1


@given(st.lists(st.binary(max_size=80) | FRAMES | WELL_FORMED, max_size=30), st.booleans())
def test_any_bytes_in_the_middle_of_a_session_raise_nothing(chunks: list[bytes], to_door: bool) -> None:
    pair = Pair().connect()
    for chunk in chunks:
        (pair.door if to_door else pair.host).receive(chunk, pair.now_ms)
        pair.run(5)
    pair.run(1_500)
    assert pair.host.is_up
    assert pair.door.is_up


@given(st.sampled_from([row[0] for row in table.MESSAGES if row[2] == table.DOOR and row[3]]), st.binary(max_size=8))
def test_the_driver_refuses_codes_that_the_table_does_not_list(message: int, payload: bytes) -> None:
    values = table.unpack(message, payload.ljust(table.payload_bytes(message), b"\x07"), table.DOOR)
    if values is not None:
        driver = SerialDoor(DoorSerialSettings("/dev/null"))
        assert driver.link_message(message, values) in (table.OK, table.INVALID)


class BadLine:
    """Loses, doubles, cuts and flips, by its own dice."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def __call__(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            fate = self._dice.random()
            if fate < 0.01:
                continue
            if fate < 0.02:
                out.append(byte ^ (1 << self._dice.randrange(8)))
            else:
                out.append(byte)
        if self._dice.random() < 0.03:
            return bytes(out) * 2
        return b"" if self._dice.random() < 0.03 else bytes(out)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_a_bad_line_neither_reorders_nor_doubles_nor_invents(seed: int, count: int) -> None:
    pair = Pair().connect()
    pair.to_door, pair.to_host = BadLine(seed), BadLine(seed + 1)
    accepted = []
    for token in range(1, count + 1):
        if pair.host.send(table.GRANT, (0, 0, token, 100), ticket=token):
            accepted.append(token)
        pair.run(40)
    pair.to_door = pair.to_host = bytes
    pair.run(1_500)
    delivered = [values[2] for _, values in pair.at_door.messages]
    assert delivered == sorted(set(delivered))
    assert set(delivered) <= set(accepted)
    assert sorted(ticket for ticket, _ in pair.at_host.results) == accepted  # each exactly one answer
    answered = {ticket for ticket, result in pair.at_host.results if result != link.LOST}
    assert answered <= set(delivered)
    assert pair.host.is_up
    assert pair.door.is_up
