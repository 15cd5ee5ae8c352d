"""Whatever a terminal sends, a chip answers with a status word; whatever is encoded decodes to itself."""

import random
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from passport_terminal import OK, Terminal

from egate_sim.passport.chip import Access, Chip
from egate_sim.passport.contents import (
    ChipAuthenticationOffer,
    MasterFile,
    PaceMapping,
    PaceOffer,
    Passport,
    SessionCipher,
    StaticKey,
    TerminalTrust,
)
from egate_sim.passport.cvca import terminal_chain
from egate_sim.passport.groups import group
from egate_sim.passport.lds import File
from egate_sim.passport.state import UTOPIA
from egate_sim.passport.tlv import TlvError, data_object, data_objects

SECRET = bytes(range(20))
KEY = StaticKey(group(8), 0x1234567)
CERTIFICATE = terminal_chain(UTOPIA, b"secret", date(2026, 1, 1)).trust_point.certificate
PASSPORT = Passport(
    ("", "L898902C<3" + 34 * "<"),
    {File.COM: bytes(30), File.DG1: b"shown to those who may" + bytes(300), File.DG3: b"a finger"},
    SECRET,
    None,
    master_files={MasterFile.CARD_ACCESS: b"\x31\x00"},
    pace=(PaceOffer(PaceMapping.GENERIC, group(8), SessionCipher.AES_128),),
    can="123456",
    chip_authentication=(ChipAuthenticationOffer(KEY, (SessionCipher.TDES, SessionCipher.AES_128)),),
    terminal_authentication=TerminalTrust((CERTIFICATE,), date(2026, 1, 1)),
)
SELECT = bytes.fromhex("00A4040C07A0000002471001")
PARAMETERS = ["C1A4", "41A4", "41A6", "81B6", "81A4", "00BE", "0000", "040C", "020C", "000C", "8100", "9C00", "0001"]
OBJECTS = st.lists(
    st.tuples(
        st.sampled_from([0x06, 0x42, 0x53, 0x54, 0x7C, 0x7F4E, 0x5F37, *range(0x80, 0x88), 0x8E, 0x91, 0x97]),
        st.sampled_from(
            [b"\x01", b"\x02", bytes.fromhex("04007F00070202040202"), bytes.fromhex("04007F00070202030202")]
        )
        | st.binary(max_size=50),
    ),
    max_size=4,
).map(lambda objects: b"".join(data_object(tag, value) for tag, value in objects))
DATA = st.binary(max_size=60) | OBJECTS | OBJECTS.map(lambda inner: data_object(0x7C, inner))
INSTRUCTIONS = st.sampled_from([0x22, 0x2A, 0x82, 0x84, 0x86, 0x88, 0xA4, 0xB0, 0xB1, 0xC0])
HEADERS = st.builds(
    lambda ins, parameters: bytes([ins]) + parameters,
    INSTRUCTIONS,
    st.sampled_from(PARAMETERS).map(bytes.fromhex) | st.binary(min_size=2, max_size=2),
)
COMMANDS = st.builds(
    lambda cla, header, body: bytes([cla]) + header + body,
    st.sampled_from([0x00, 0x0C, 0x10, 0x1C, 0xFF]),
    HEADERS,
    st.binary(max_size=60) | DATA.map(lambda data: bytes([len(data) % 256]) + data[:255] + b"\x00"),
)


@given(st.lists(st.binary(max_size=20) | COMMANDS, max_size=10))
def test_a_chip_answers_anything_and_gives_away_nothing(commands: list[bytes]) -> None:
    chip = Chip(PASSPORT, random.Random(1))
    for command in [SELECT, *commands]:
        answer = chip.process(command)
        assert len(answer) >= 2
        assert chip.access is Access.OPEN
        assert not any(content[:8] in answer for file, content in PASSPORT.files.items() if file is not File.COM)


@given(st.lists(st.tuples(HEADERS, DATA, st.sampled_from([0x0C, 0x1C]), st.none() | st.integers(1, 256)), max_size=8))
def test_a_session_bears_anything_and_shows_no_finger(commands: list[tuple[bytes, bytes, int, int | None]]) -> None:
    terminal = Terminal(Chip(PASSPORT, random.Random(1)))
    assert terminal.authenticate(SECRET) == OK
    for header, data, cla, expected in commands:
        if len(data) > 200 or header[0] == 0xC0:
            continue
        answer, status = terminal.send(header.hex(), data, expected, cla)
        assert len(status) == 2
        assert PASSPORT.files[File.DG3] not in answer
        if header == bytes.fromhex("2241A6") and status == OK:
            break  # the chip has agreed on keys that this terminal does not have


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
