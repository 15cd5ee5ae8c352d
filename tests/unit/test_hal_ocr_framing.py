"""Framing of OCR readers, case by case. Times are in seconds and made up."""

import base64

import pytest

from egate_hal.document_reader import (
    MAX_BAR_CODE_BYTES,
    BarCode,
    DocumentPlaced,
    DocumentRemoved,
    MrzLines,
    MrzUnreadable,
    ReaderEvent,
)
from egate_hal.drivers.ocr_framing import MAX_FRAME_BYTES, PROFILES, Framer, ProfileName

IDLE_S = 0.15
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
IN, OUT, ERR = b"\x02!IN\r\x03", b"\x02!OUT\r\x03", b"\x02!ERR\r\x03"


def framed(lines: tuple[str, ...]) -> bytes:
    return b"\x02" + "\r".join(lines).encode() + b"\r\x03"


def bar_code(content: bytes) -> bytes:
    return b"\x02!BC" + base64.urlsafe_b64encode(content).rstrip(b"=") + b"\r\x03"


def events_of(name: ProfileName, *chunks: bytes, present: bool = False) -> list[ReaderEvent]:
    """Chunks that come a second apart, so that silence ends each."""
    framer = Framer(PROFILES[name], IDLE_S, present)
    events: list[ReaderEvent] = []
    for second, chunk in enumerate(chunks):
        events += framer.feed(chunk, float(second))
        events += framer.expire(second + IDLE_S)
    return events


@pytest.mark.parametrize("lines", [TD3, TD1])
@pytest.mark.parametrize("line_end", [b"\r", b"\r\n"])
def test_both_line_ends_and_all_shapes(lines: tuple[str, ...], line_end: bytes) -> None:
    data = line_end.join(line.encode() for line in lines) + line_end
    placed_and_read = [DocumentPlaced(), MrzLines(lines)]
    assert events_of(ProfileName.CR, data) == placed_and_read
    assert events_of(ProfileName.STX_CR_ETX, b"\x02" + data + b"\x03") == placed_and_read
    assert events_of(ProfileName.STX_CR_ETX, b"\x02" + data[: -len(line_end)] + b"\x03") == placed_and_read


def test_without_a_sensor_the_next_document_proves_that_the_first_has_gone() -> None:
    assert events_of(ProfileName.CR, *["\r".join(TD3).encode() + b"\r"] * 2) == [
        DocumentPlaced(),
        MrzLines(TD3),
        DocumentRemoved(),
        DocumentPlaced(),
        MrzLines(TD3),
    ]


def test_a_sensor_tells_of_document_and_glass() -> None:
    assert events_of(ProfileName.STX_PRESENCE, OUT, IN, IN, framed(TD3), IN, OUT, OUT) == [
        DocumentPlaced(),
        MrzLines(TD3),
        DocumentRemoved(),
    ]


def test_lost_status_messages_heal() -> None:
    assert events_of(ProfileName.STX_PRESENCE, framed(TD3), OUT) == [
        DocumentPlaced(),
        MrzLines(TD3),
        DocumentRemoved(),
    ]


def test_the_reader_itself_may_give_up() -> None:
    assert events_of(ProfileName.STX_PRESENCE, IN, ERR) == [DocumentPlaced(), MrzUnreadable("reader")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (framed(TD3)[:30], "framing"),  # half a line, then silence
        (framed(TD3)[:30] + framed(TD3)[:50], "framing"),
        (framed((TD3[0], TD3[1][:-1])), "length"),
        (framed((TD3[0],)), "length"),
        (framed((TD3[0], TD3[1], TD3[1])), "length"),
        (b"\x02" + b"<" * 10_000 + b"\x03", "length"),
        (b"\x02\x03", "length"),
        (framed((TD3[0].replace("<", " "), TD3[1])), "charset"),
        (framed((TD3[0], "\0" + TD3[1][1:])), "charset"),  # a parity error, as the line discipline reports it
    ],
)
def test_each_disturbance_has_its_reason(data: bytes, reason: str) -> None:
    for name in (ProfileName.STX_CR_ETX, ProfileName.STX_PRESENCE):
        assert events_of(name, data, present=True) == [MrzUnreadable(reason)]


def test_noise_between_frames_is_no_event_and_noise_before_a_good_frame_is_one() -> None:
    assert events_of(ProfileName.STX_CR_ETX, b"\xff\x00garbage\r\n" + framed(TD3)) == [DocumentPlaced(), MrzLines(TD3)]
    assert events_of(ProfileName.STX_CR_ETX, b"\x02junk" + framed(TD3)) == [
        MrzUnreadable("framing"),
        DocumentPlaced(),
        MrzLines(TD3),
    ]


def test_an_empty_glass_has_nothing_unreadable_on_it() -> None:
    assert events_of(ProfileName.STX_PRESENCE, b"\x02junk\x03", b"\x02") == []


def test_a_long_disturbance_is_reported_once_until_silence() -> None:
    framer = Framer(PROFILES[ProfileName.STX_CR_ETX], IDLE_S)
    assert framer.feed(b"\x02junk\x03" * 500, 0.0) == [MrzUnreadable("charset")]
    assert framer.feed(b"\x02junk\x03", 0.1) == []
    assert framer.deadline_s() == pytest.approx(0.1 + IDLE_S)
    assert framer.expire(0.1 + IDLE_S) == []
    assert framer.feed(b"\x02junk\x03", 1.0) == [MrzUnreadable("charset")]


def test_mrz_text_stays_out_of_representations() -> None:
    assert "ERIKSSON" not in repr(events_of(ProfileName.CR, "\r".join(TD3).encode()))


# Bar codes


@pytest.mark.parametrize("content", [b"\x02\x03\r\n\xdc", b"M1ERIKSSON/ANNA", bytes(MAX_BAR_CODE_BYTES)])
def test_bar_codes_come_before_and_after_the_zone(content: bytes) -> None:
    assert events_of(ProfileName.STX_PRESENCE, IN, bar_code(content), framed(TD3), bar_code(b"x")) == [
        DocumentPlaced(),
        BarCode(content),
        MrzLines(TD3),
        BarCode(b"x"),
    ]


def test_a_bar_code_proves_a_document() -> None:
    assert events_of(ProfileName.STX_PRESENCE, bar_code(b"x"), OUT) == [
        DocumentPlaced(),
        BarCode(b"x"),
        DocumentRemoved(),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (bar_code(b"seal")[:-4], "framing"),
        (bar_code(b"seal").replace(b"\r", b"=\r"), "charset"),
        (bar_code(b"seal").replace(b"\r", b"\rAAAA\r"), "charset"),
        (bar_code(b"seal").replace(b"!BC", b"!BC+/"), "charset"),
        (b"\x02!BC\r\x03", "length"),
        (b"\x02!BCA\r\x03", "length"),  # no bytes have one character
        (bar_code(bytes(MAX_BAR_CODE_BYTES + 1)), "length"),
        (bar_code(bytes(10 * MAX_BAR_CODE_BYTES)), "length"),
    ],
)
def test_a_damaged_bar_code_is_a_disturbance(data: bytes, reason: str) -> None:
    assert events_of(ProfileName.STX_PRESENCE, data, present=True) == [MrzUnreadable(reason)]


@pytest.mark.parametrize("name", [ProfileName.STX_CR_ETX, ProfileName.CR])
def test_readers_of_other_profiles_have_no_bar_codes(name: ProfileName) -> None:
    data = bar_code(b"seal") if name is ProfileName.STX_CR_ETX else bar_code(b"seal").strip(b"\x02\x03")
    assert events_of(name, data) == [MrzUnreadable("charset")]


def test_the_longer_limit_is_for_bar_codes_alone() -> None:
    framer = Framer(PROFILES[ProfileName.STX_PRESENCE], IDLE_S)
    framer.feed(b"\x02!BD" + b"A" * 1000, 0.0)
    assert framer.buffered_bytes == MAX_FRAME_BYTES


def test_a_reader_is_heard_while_it_sends_a_long_bar_code() -> None:
    """At 9600 baud one of 3 kB lasts longer than a reader may be silent."""
    framer = Framer(PROFILES[ProfileName.STX_PRESENCE], IDLE_S)
    framer.feed(b"\x02!BC", 0.0)
    framer.feed(b"A" * 100, 4.0)
    assert framer.heard_s == 4.0


def test_a_bar_codes_content_stays_out_of_representations() -> None:
    assert repr(BarCode(b"ERIKSSON")) == "BarCode(8 bytes)"
    with pytest.raises(ValueError, match="at most"):
        BarCode(bytes(MAX_BAR_CODE_BYTES + 1))
