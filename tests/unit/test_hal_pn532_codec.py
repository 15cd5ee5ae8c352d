"""The PN532's frames and answers, by the examples and tables of its manual (UM0701-02)."""

import pytest

from egate_hal.chip import ChipLost
from egate_hal.drivers import pn532_commands as pn532
from egate_hal.drivers.pn532_commands import Bitrate
from egate_hal.drivers.pn532_frames import ACK, MAX_BODY_BYTES, NACK, Body, FrameReader, Signal, encode
from egate_hal.errors import ProtocolError


def test_a_normal_frame_byte_by_byte() -> None:
    assert encode(b"\x02") == bytes.fromhex("0000FF02FED4022A00")
    assert FrameReader().feed(bytes.fromhex("0000FF06FAD50332010607E800")) == [Body(0xD5, b"\x03\x32\x01\x06\x07")]


def test_an_extended_frame_from_256_bytes_on() -> None:
    assert encode(bytes(254))[:5] == bytes.fromhex("0000FFFF01"), "255 bytes with TFI fit into a normal frame"
    assert encode(bytes(255))[:8] == bytes.fromhex("0000FFFFFF0100FF")
    assert FrameReader().feed(encode(bytes(264))) == [Body(0xD4, bytes(264))]
    for data in (b"", bytes(MAX_BODY_BYTES)):
        with pytest.raises(ValueError, match="264"):
            encode(data)


def test_signals() -> None:
    error = bytes.fromhex("0000FF01FF7F8100")
    assert FrameReader().feed(ACK + NACK + error) == [Signal.ACK, Signal.NACK, Signal.ERROR]


@pytest.mark.parametrize("damage", ["0000FF02FFD4022A00", "0000FF02FED4022B00", "0000FFFFFF010001"])
def test_a_good_frame_behind_a_damaged_one_is_found(damage: str) -> None:
    frames = FrameReader().feed(bytes.fromhex(damage) + encode(b"\x02"))
    assert (frames[0], frames[-1]) == (Signal.DAMAGED, Body(0xD4, b"\x02"))


def test_a_frame_that_does_not_end_gives_way_to_what_it_swallowed() -> None:
    reader = FrameReader()
    assert reader.feed(bytes.fromhex("00FFFFFF0100FF") + encode(b"\x02")) == []
    assert reader.waiting
    frames = reader.expire()
    assert (frames[0], frames[-1]) == (Signal.DAMAGED, Body(0xD4, b"\x02"))
    assert not reader.waiting


def test_bodies_do_not_show_what_they_carry() -> None:
    assert repr(Body(0xD5, b"secret")) == "Body(0xd5, 6 bytes)"


def test_a_type_a_chip() -> None:
    # ATS: TL=0A, T0=78 (TA, TB, TC), TA=33, TB=80, TC=02, historical bytes 80 31 80 65 00
    answer = bytes.fromhex("0101000420 04 08010203 0A 78 33 80 02 8031806500")
    chip = pn532.read_type_a(answer)
    assert chip is not None
    assert chip.atr == bytes.fromhex("3B8580018031806500") + bytes([0x85 ^ 0x80 ^ 0x01 ^ 0x80 ^ 0x31 ^ 0x80 ^ 0x65])
    assert chip.bitrate is Bitrate.KBIT_424


@pytest.mark.parametrize(("ta", "bitrate"), [("00", 0), ("11", 1), ("03", 0), ("13", 1), ("91", 1), ("33", 2)])
def test_the_bitrate_is_one_that_the_chip_can_in_both_directions(ta: str, bitrate: int) -> None:
    chip = pn532.read_type_a(bytes.fromhex(f"0101000420 04 08010203 03 10 {ta}"))
    assert chip is not None
    assert chip.bitrate == bitrate


def test_chips_that_are_none_of_ours() -> None:
    assert pn532.read_type_a(b"\x00") is None
    assert pn532.read_type_b(b"\x00") is None
    assert pn532.read_type_a(bytes.fromhex("010100040804A1B2C3D4")) is None, "a memory card has no ATS"


def test_a_type_b_chip() -> None:
    atqb = bytes.fromhex("50 11223344 A1A2A3A4 B1B2B3")
    chip = pn532.read_type_b(bytes([1, 1]) + atqb + bytes([1, 0x21]))
    assert chip is not None
    assert chip.atr[:-1] == bytes.fromhex("3B888001A1A2A3A4B1B2B320")
    assert chip.bitrate is Bitrate.KBIT_106


@pytest.mark.parametrize("answer", ["", "0101", "01010004200408010203FF78", "0101000420040801020302"])
def test_descriptions_that_contradict_themselves(answer: str) -> None:
    with pytest.raises(ProtocolError):
        pn532.read_type_a(bytes.fromhex(answer))


def test_statuses() -> None:
    assert pn532.check_status(b"\x00\x90\x00") == (False, b"\x90\x00")
    assert pn532.check_status(b"\x40ab") == (True, b"ab")
    for gone in (0x01, 0x41, 0x2B):
        with pytest.raises(ChipLost, match="leave the document"):
            pn532.check_status(bytes([gone]))
    with pytest.raises(ProtocolError, match="too hot"):
        pn532.check_status(b"\x0d")
    with pytest.raises(ProtocolError, match="0x27"):
        pn532.check_status(b"\x27")
