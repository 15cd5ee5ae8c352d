"""EF.ATR/INFO and EF.DIR: what a chip says of itself before anybody opens it."""

import pytest

from egate.document import tlv
from egate.document.errors import FormatError
from egate.document.lds.atr_info import AtrInfo, parse_atr_info
from egate.document.lds.directory import Application, parse_dir

# Card service data, capabilities with chaining and extended length, 1520 bytes a command and a response.
ATR_INFO = bytes.fromhex("4301F8 4703F741E0 7F6608 020205F0 020205F0")


@pytest.mark.parametrize("padding", [b"", bytes(3), b"\xff\xff"])
def test_capabilities_and_lengths_are_read(padding: bytes) -> None:
    assert parse_atr_info(ATR_INFO + padding) == AtrInfo(True, True, True, 1520, 1520)


@pytest.mark.parametrize(
    ("raw", "info"),
    [
        ("", AtrInfo()),
        ("4301F8", AtrInfo()),
        ("4701 00", AtrInfo(short_identifiers=False)),
        ("4703 000000", AtrInfo(False, False, False)),
        ("4703 040040", AtrInfo(True, False, True)),
        ("7F660A 0203010000 0203010000", AtrInfo(max_command_bytes=65536, max_response_bytes=65536)),
    ],
)
def test_what_is_not_said_stays_open(raw: str, info: AtrInfo) -> None:
    assert parse_atr_info(bytes.fromhex(raw)) == info


@pytest.mark.parametrize(
    "raw", ["47", "4703F7", "7F6603020101", "7F6609020101020101020101", "7F6609020500000000010201FF"]
)
def test_a_broken_atr_info_is_refused(raw: str) -> None:
    with pytest.raises(FormatError):
        parse_atr_info(bytes.fromhex(raw))


def entry(identifier: bytes) -> bytes:
    return tlv.encode(0x61, tlv.encode(0x4F, identifier))


def test_applications_are_listed_known_or_not() -> None:
    other = bytes.fromhex("E828BD080F")
    raw = entry(Application.LDS1.value) + entry(other) + bytes(4)
    assert parse_dir(raw) == (Application.LDS1.value, other)
    assert Application(parse_dir(raw)[0]) is Application.LDS1


@pytest.mark.parametrize("raw", [entry(b"\xa0"), entry(bytes(17)), tlv.encode(0x61, b""), b"\x61\x05"])
def test_a_broken_directory_is_refused(raw: bytes) -> None:
    with pytest.raises(FormatError):
        parse_dir(raw)
