"""Frames against values that others published, and against the standard library's CRC."""

import binascii

import pytest

from egate_doorlink.frame import PAYLOAD_BYTES_MAX, WIRE_BYTES_MAX, FrameReader, cobs_decode, cobs_encode, crc16, encode
from egate_doorlink.ticks import elapsed_ms


def test_crc_is_the_catalogue_s_crc_16_ibm_3740() -> None:
    assert crc16(b"123456789") == 0x29B1
    for length in range(64):
        data = bytes((length * 7 + i * 31) & 0xFF for i in range(length))
        assert crc16(data) == binascii.crc_hqx(data, 0xFFFF)


# The examples of the COBS article (Cheshire and Baker) and its usual short cases, without the delimiter
@pytest.mark.parametrize(
    ("plain", "stuffed"),
    [
        ("", "01"),
        ("00", "01 01"),
        ("00 00", "01 01 01"),
        ("11 22 00 33", "03 11 22 02 33"),
        ("11 22 33 44", "05 11 22 33 44"),
        ("11 00 00 00", "02 11 01 01 01"),
    ],
)
def test_cobs_examples(plain: str, stuffed: str) -> None:
    assert cobs_encode(bytes.fromhex(plain)) == bytes.fromhex(stuffed)
    assert cobs_decode(bytes.fromhex(stuffed)) == bytes.fromhex(plain)


@pytest.mark.parametrize("stuffed", ["05 11", "02", "00"])
def test_cobs_that_points_nowhere_is_refused(stuffed: str) -> None:
    assert cobs_decode(bytes.fromhex(stuffed)) is None


def test_the_longest_frame_fits_the_limit_and_one_more_byte_does_not() -> None:
    assert len(encode(0xFFFF, 0x20, 0xFF, bytes(PAYLOAD_BYTES_MAX))) == WIRE_BYTES_MAX
    with pytest.raises(ValueError, match="at most"):
        encode(1, 0x20, 0, bytes(PAYLOAD_BYTES_MAX + 1))


def test_the_reader_is_in_step_again_after_noise_overlength_and_damage() -> None:
    good = encode(0x1234, 0x20, 7, b"payload")
    reader = FrameReader()
    damaged = bytes([good[0], good[1] ^ 0x10]) + good[2:]
    stream = good[3:] + good + bytes([1]) * 200 + b"\x00" + good + damaged + b"\x00\x00" + good
    body = bytes.fromhex("34 12 20 07") + b"payload"
    bodies = [found for byte in stream for found in reader.feed(bytes([byte]))]
    assert bodies == [body] * 3
    assert reader.damaged == 3  # the tail of a frame, the overlong one, the flipped bit


def test_elapsed_time_is_right_across_the_wrap() -> None:
    assert elapsed_ms(2**30 - 5, 10) == 15
    assert elapsed_ms(100, 100) == 0
