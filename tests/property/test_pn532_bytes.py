"""Whatever comes from a PN532's line or radio, the driver takes it apart or refuses it with an error of ours."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from egate_hal.drivers import pn532_commands as pn532
from egate_hal.drivers.pn532_frames import ACK, MAX_BODY_BYTES, NACK, PN532_TO_HOST, Body, FrameReader, Signal, encode
from egate_hal.errors import HalError
from egate_sim.pn532_wire import Heard, answer_frame, listen

DATA = st.binary(min_size=1, max_size=MAX_BODY_BYTES - 1)


@given(st.lists(DATA, max_size=4), st.binary(max_size=8), st.integers(1, 40))
def test_frames_of_the_device_are_read_in_any_pieces(messages: list[bytes], noise: bytes, size: int) -> None:
    quiet = noise.replace(b"\xff", b"\xfe")  # no start code: skipped
    line = quiet.join([b"", *(answer_frame(message) for message in messages)])
    reader = FrameReader()
    frames = [frame for at in range(0, len(line), size) for frame in reader.feed(line[at : at + size])]
    assert frames == [Body(PN532_TO_HOST, message) for message in messages]


@given(DATA)
def test_the_device_understands_what_the_driver_sends(data: bytes) -> None:
    ears = listen()
    next(ears)
    heard = [ears.send(byte) for byte in ACK + encode(data) + NACK]
    assert [each for each in heard if each is not None] == [Heard.ACK, data, Heard.NACK]


@given(DATA, st.data())
def test_no_turned_bit_goes_unnoticed(data: bytes, draw: st.DataObject) -> None:
    frame = bytearray(answer_frame(data))
    at = draw.draw(st.integers(3, len(frame) - 2))
    frame[at] ^= 1 << draw.draw(st.integers(0, 7))
    for found in FrameReader().feed(bytes(frame)):
        assert isinstance(found, Signal) or found.data != data, "a sum of sums sees every single bit"


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_no_bytes_stop_the_reader_for_good(pieces: list[bytes]) -> None:
    reader = FrameReader()
    for piece in pieces:
        reader.feed(piece)
    reader.clear()
    assert reader.feed(ACK) == [Signal.ACK]


@given(st.binary(max_size=60))
def test_answers_are_understood_or_refused(answer: bytes) -> None:
    for parse in (pn532.read_type_a, pn532.read_type_b, pn532.check_status):
        with contextlib.suppress(HalError):
            parse(answer)


@given(st.binary(max_size=15))
def test_every_atr_has_a_right_check_byte(historical: bytes) -> None:
    atr = pn532.atr_of(historical)
    check = 0
    for byte in atr[1:]:
        check ^= byte
    assert (atr[0], atr[1] & 0x0F, atr[4:-1], check) == (0x3B, len(historical), historical, 0)
