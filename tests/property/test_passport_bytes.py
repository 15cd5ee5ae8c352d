"""Whatever a terminal sends, a chip answers with a status word; whatever is encoded decodes to itself."""

import random

from hypothesis import given
from hypothesis import strategies as st

from egate_sim.passport.chip import Access, Chip
from egate_sim.passport.issue import Passport
from egate_sim.passport.lds import File
from egate_sim.passport.tlv import TlvError, data_object, data_objects

PASSPORT = Passport(("", ""), {File.COM: bytes(30), File.DG1: bytes(300)}, bytes(16), None)
SELECT = bytes.fromhex("00A4040C07A0000002471001")
COMMANDS = st.builds(
    lambda cla, ins, p1, p2, body: bytes([cla, ins, p1, p2]) + body,
    st.sampled_from([0x00, 0x0C, 0x10, 0xFF]),
    st.sampled_from([0x82, 0x84, 0x88, 0xA4, 0xB0, 0xB1]),
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=60) | st.binary(max_size=50).map(lambda d: bytes([len(d)]) + d),
)


@given(st.lists(st.binary(max_size=20) | COMMANDS, max_size=10))
def test_a_chip_answers_anything_and_gives_away_nothing(commands: list[bytes]) -> None:
    chip = Chip(PASSPORT, random.Random(1))
    for command in [SELECT, *commands]:
        answer = chip.process(command)
        assert len(answer) in (2, 10), "a status word, or a challenge with one"
        assert chip.access is Access.OPEN


@given(st.lists(st.tuples(st.sampled_from([0x04, 0x30, 0x87, 0x5F1F, 0x7F61]), st.binary(max_size=300)), max_size=5))
def test_data_objects_come_back(objects: list[tuple[int, bytes]]) -> None:
    assert list(data_objects(b"".join(data_object(tag, value) for tag, value in objects))) == objects


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_data_objects_or_not(data: bytes) -> None:
    try:
        pairs = list(data_objects(data))
    except TlvError:
        return
    assert sum(len(value) for _, value in pairs) <= len(data)
