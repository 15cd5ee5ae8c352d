"""The framing of OCR readers under arbitrary bytes, cuts and times."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from egate_hal.document_reader import (
    MAX_BAR_CODE_BYTES,
    BarCode,
    DocumentPlaced,
    DocumentRemoved,
    MrzLines,
    MrzUnreadable,
    ReaderEvent,
)
from egate_hal.drivers.ocr_framing import (
    CHARSET,
    MAX_BAR_CODE_FRAME_BYTES,
    PROFILES,
    SHAPES,
    Framer,
    ProfileName,
)

IDLE_S = 0.15
LINES = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
BODY = b"".join(line.encode() + b"\r" for line in LINES)
FRAMES = {
    ProfileName.STX_CR_ETX: b"\x02" + BODY + b"\x03",
    ProfileName.STX_PRESENCE: b"\x02" + BODY + b"\x03",
    ProfileName.CR: BODY,
}
WORDS = [b"!IN", b"!OUT", b"!ERR", b"!BC", b"YmFy", *BODY.split()[:2]]

profiles = st.sampled_from(ProfileName)
gaps_s = st.floats(min_value=0, max_value=2 * IDLE_S)
# arbitrary bytes, and bytes that are nearly right
pieces = st.one_of(
    st.binary(max_size=200),
    st.lists(st.sampled_from([b"\x02", b"\x03", b"\r", b"\n", *WORDS, b"<" * 300]), max_size=12).map(b"".join),
)


def run(framer: Framer, stream: list[tuple[bytes, float]]) -> list[ReaderEvent]:
    """As the driver does it: bytes when they come, expiry when the deadline passes first."""
    now_s = 0.0
    events: list[ReaderEvent] = []
    for data, gap_s in stream:
        now_s += gap_s
        events += framer.expire(now_s)
        events += framer.feed(data, now_s)
    return events + framer.expire(now_s + IDLE_S)


@given(profiles, st.lists(st.tuples(pieces, gaps_s), max_size=20))
def test_any_bytes_give_events_that_make_sense(name: ProfileName, stream: list[tuple[bytes, float]]) -> None:
    present = False
    for event in run(Framer(PROFILES[name], IDLE_S), stream):
        match event:
            case DocumentPlaced() | DocumentRemoved():
                assert present is isinstance(event, DocumentRemoved)
                present = not present
            case MrzLines(lines):
                assert present
                assert tuple(map(len, lines)) in SHAPES
                assert CHARSET.issuperset("".join(lines).encode())
            case BarCode(content):
                assert present
                assert name is ProfileName.STX_PRESENCE
                assert 0 < len(content) <= MAX_BAR_CODE_BYTES
            case MrzUnreadable(reason):
                assert reason in {"framing", "charset", "length", "reader"}


@given(profiles, st.binary(max_size=100_000))
def test_one_burst_of_noise_is_one_complaint_and_bounded_memory(name: ProfileName, noise: bytes) -> None:
    framer = Framer(PROFILES[name], IDLE_S)
    events = [e for e in run(framer, [(noise, 0.0)]) if isinstance(e, MrzUnreadable)]
    good_frames = noise.count(b"\x03") if PROFILES[name].start else 0
    assert len(events) <= 1 + good_frames
    assert framer.deadline_s() is None
    assert framer.buffered_bytes <= MAX_BAR_CODE_FRAME_BYTES


@given(profiles, pieces, st.lists(st.integers(min_value=1, max_value=40), max_size=20))
def test_after_silence_a_good_frame_is_always_heard(name: ProfileName, noise: bytes, cuts: list[int]) -> None:
    framer = Framer(PROFILES[name], IDLE_S)
    run(framer, [(noise, 0.0)])
    rest = FRAMES[name]
    now_s = 10.0
    events: list[ReaderEvent] = []
    for cut in cuts:  # delivered in any portions
        events += framer.feed(rest[:cut], now_s)
        rest = rest[cut:]
    events += framer.feed(rest, now_s)
    events += framer.expire(now_s + IDLE_S)
    assert events[-1] == MrzLines(LINES)


@given(profiles, st.integers(min_value=0, max_value=len(BODY)), st.sampled_from([b"\0", b"\x80", b"*", b"a", b" "]))
def test_one_wrong_character_is_never_delivered(name: ProfileName, at: int, wrong: bytes) -> None:
    offset = 1 if PROFILES[name].start else 0
    frame = FRAMES[name]
    damaged = frame[: offset + at] + wrong + frame[offset + at :]
    events = run(Framer(PROFILES[name], IDLE_S, present=True), [(damaged, 0.0)])
    assert not any(isinstance(event, MrzLines) for event in events)
    assert [event.reason for event in events if isinstance(event, MrzUnreadable)] == ["charset"]


@given(st.lists(st.binary(min_size=1, max_size=400), max_size=4), st.lists(st.integers(1, 40), max_size=20))
def test_bar_codes_arrive_as_they_were(contents: list[bytes], cuts: list[int]) -> None:
    frames = [b"\x02!BC" + base64.urlsafe_b64encode(content).rstrip(b"=") + b"\r\x03" for content in contents]
    rest, stream = b"".join(frames), []
    for cut in cuts:
        stream.append((rest[:cut], 0.0))
        rest = rest[cut:]
    framer = Framer(PROFILES[ProfileName.STX_PRESENCE], IDLE_S, present=True)
    assert run(framer, [*stream, (rest, 0.0)]) == [BarCode(content) for content in contents]
