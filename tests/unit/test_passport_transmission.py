"""How the chip takes commands and gives responses: lengths, chaining, GET RESPONSE, and the oddities of real chips."""

import random
from typing import Any

import pytest
from passport_terminal import OK, SELECT_APPLICATION, Refused, Terminal

from egate_sim.passport import crypto
from egate_sim.passport.apdu import Command, Status, decode_command
from egate_sim.passport.chip import Access, Chip, LongRead, Quirks
from egate_sim.passport.contents import (
    ChipAuthenticationOffer,
    Fault,
    MasterFile,
    PaceMapping,
    PaceOffer,
    Passport,
    StaticKey,
)
from egate_sim.passport.crypto import SessionCipher
from egate_sim.passport.groups import group
from egate_sim.passport.lds import File
from egate_sim.passport.master_files import atr_info, directory

SECRET = crypto.mrz_secret("L898902C<369080619406236")
CONTENT = random.Random(8).randbytes(3000)
FILES = {File.DG1: b"\x61\x01a", File.DG2: CONTENT}
MASTER_FILES = {MasterFile.DIR: directory(), MasterFile.ATR_INFO: atr_info(1024, 2048)}
AES_256 = PaceOffer(PaceMapping.GENERIC, group(12), SessionCipher.AES_256)


def passport(**changes: Any) -> Passport:
    given: dict[str, Any] = {"master_files": MASTER_FILES, "pace": (AES_256,), **changes}
    return Passport(("", ""), FILES, SECRET, None, **given)


def session(quirks: Quirks | None = None, *, aes: bool = False, **changes: Any) -> Terminal:
    terminal = Terminal(Chip(passport(**changes), random.Random(1), quirks))
    if aes:
        terminal.pace(AES_256, SECRET)
        terminal.do("A4040C", SELECT_APPLICATION[5:])
    else:
        assert terminal.authenticate(SECRET) == OK
    return terminal


# Lengths


@pytest.mark.parametrize(
    ("apdu", "command"),
    [
        ("00B00000", Command(0, 0xB0, 0, 0)),
        ("00B0000000", Command(0, 0xB0, 0, 0, expected=256)),
        ("00B00000000000", Command(0, 0xB0, 0, 0, expected=65536)),
        ("00B00000000400", Command(0, 0xB0, 0, 0, expected=1024)),
        ("00A4000C023F00", Command(0, 0xA4, 0, 0x0C, b"\x3f\x00")),
        ("00A4000C023F0010", Command(0, 0xA4, 0, 0x0C, b"\x3f\x00", 16)),
        ("00A4000C0000023F00", Command(0, 0xA4, 0, 0x0C, b"\x3f\x00")),
        ("00A4000C0000023F000010", Command(0, 0xA4, 0, 0x0C, b"\x3f\x00", 16)),
    ],
)
def test_every_case_of_lengths(apdu: str, command: Command) -> None:
    assert decode_command(bytes.fromhex(apdu)) == command


@pytest.mark.parametrize(("aes", "short", "extended"), [(False, 231, 2023), (True, 223, 2015)])
def test_one_response_carries_what_its_length_allows(aes: bool, short: int, extended: int) -> None:
    terminal = session(aes=aes)
    assert terminal.do("B08200", expected=256) == CONTENT[:short]
    assert terminal.do("B00000", expected=short) == CONTENT[:short]
    assert terminal.send("B00000", expected=short + 1) == (b"", b"\x67\x00")
    assert terminal.do("B00000", expected=65536) == CONTENT[:extended]
    assert terminal.do("B00000", expected=1000) == CONTENT[:1000]
    assert terminal.do("B00384", expected=extended) == CONTENT[900 : 900 + extended]


def test_extended_lengths_are_for_chips_that_announce_them() -> None:
    terminal = session(master_files={})
    assert terminal.chip.process(terminal.protect("B08200", expected=1000)) == b"\x67\x00"
    announced = Chip(passport(), random.Random(1))
    too_long = bytes.fromhex("00A4000C00") + (1020).to_bytes(2, "big") + bytes(1020)
    assert announced.process(too_long) == b"\x67\x00"


def test_keys_that_need_extended_lengths_bring_them_along() -> None:
    offer = PaceOffer(PaceMapping.GENERIC, group(2), SessionCipher.AES_128)
    terminal = Terminal(Chip(passport(master_files={}, pace=(offer,)), random.Random(1)))
    terminal.pace(offer, SECRET)
    assert terminal.chip.access is Access.PACE


# Chaining


def test_a_command_may_come_in_pieces() -> None:
    terminal = session()
    terminal.do("A4020C", b"\x01", cla=0x1C)
    terminal.do("A4020C", b"\x02")
    assert terminal.do("B00000", expected=4) == CONTENT[:4]


def test_pieces_of_different_commands_do_not_go_together() -> None:
    terminal = session()
    terminal.do("A4020C", b"\x01", cla=0x1C)
    assert terminal.send("B08100", expected=1) == (b"", b"\x68\x83")
    assert terminal.do("B08100", expected=3) == FILES[File.DG1]


def test_pieces_go_with_the_session_in_which_they_came() -> None:
    terminal = session()
    terminal.do("A4020C", b"\x01", cla=0x1C)
    assert terminal.chip.process(SELECT_APPLICATION) == OK


def test_a_chain_has_an_end() -> None:
    chip = Chip(passport(), random.Random(1))
    answers = {chip.process(bytes.fromhex("10A4020CFF") + bytes(255)) for _ in range(17)}
    assert answers == {OK, b"\x67\x00"}


def test_a_long_key_may_come_in_pieces_and_go_to_be_fetched() -> None:
    """With nothing but short lengths: what is too long either way is chained, or waits for GET RESPONSE."""
    offer = PaceOffer(PaceMapping.GENERIC, group(2), SessionCipher.AES_128)
    terminal = InPieces(Fetching(passport(master_files={}, pace=(offer,)), random.Random(1)))
    terminal.pace(offer, SECRET)
    assert terminal.chip.access is Access.PACE
    key = ChipAuthenticationOffer(StaticKey(group(1), 0x1234567), (SessionCipher.AES_128,))
    terminal = InPieces(Chip(passport(chip_authentication=(key,)), random.Random(1)))
    assert terminal.authenticate(SECRET) == OK
    terminal.authenticate_chip(key, SessionCipher.AES_128)
    assert terminal.read(File.DG1, 3) == FILES[File.DG1]


class InPieces(Terminal):
    """Chains what does not fit."""

    def plain(self, header: str, data: bytes = b"", expected: int | None = None) -> bytes:
        while len(data) > 200:
            assert super().plain("10" + header[2:], data[:200]) == b""
            data = data[200:]
        return super().plain(header, data, expected)

    def do(self, header: str, data: bytes = b"", expected: int | None = None, cla: int = 0x0C) -> bytes:
        while len(data) > 200:
            assert super().do(header, data[:200], cla=0x1C) == b""
            data = data[200:]
        return super().do(header, data, expected, cla)


# GET RESPONSE


def fetched(terminal: Terminal, first: bytes, le: int) -> bytes:
    """The response that waits behind 61xx."""
    data = b""
    while first[-2] == 0x61:
        first = terminal.chip.process(bytes([0x00, 0xC0, 0x00, 0x00, le % 256]))
        data += first[:-2]
    return data + first[-2:]


@pytest.mark.parametrize("le", [16, 100, 256])
def test_a_response_may_wait_to_be_fetched(le: int) -> None:
    terminal = Terminal(Chip(passport(), random.Random(1), Quirks(get_response=True)))
    first = terminal.chip.process(bytes.fromhex("00B09E0000"))
    assert first == bytes([0x61, len(directory())])
    assert fetched(terminal, first, le) == directory() + OK
    assert terminal.chip.process(bytes.fromhex("00C0000000")) == b"\x69\x85"


class Fetching(Chip):
    """A chip behind a reader that fetches by itself."""

    def process(self, apdu: bytes) -> bytes:
        answer = super().process(apdu)
        while answer[-2] == 0x61:
            answer = answer[:-2] + super().process(bytes.fromhex("00C0000064"))
        return answer


@pytest.mark.parametrize("aes", [False, True])
def test_protected_responses_beyond_a_short_length_may_wait(aes: bool) -> None:
    terminal = Terminal(Fetching(passport(), random.Random(1), Quirks(get_response=True)))
    if aes:
        terminal.pace(AES_256, SECRET)
        terminal.do("A4040C", SELECT_APPLICATION[5:])
    else:
        assert terminal.authenticate(SECRET) == OK
    assert terminal.do("B08200", expected=256) == CONTENT[:256]


def test_there_may_be_always_more_to_fetch() -> None:
    faults = frozenset({Fault.ENDLESS_RESPONSE})
    chip = Chip(passport(faults=faults), random.Random(1), Quirks(get_response=True))
    assert chip.process(bytes.fromhex("00B09E0000"))[0] == 0x61
    assert {chip.process(bytes.fromhex("00C0000000"))[-2] for _ in range(50)} == {0x61}


def test_get_response_needs_an_expected_length() -> None:
    chip = Chip(passport(), random.Random(1), Quirks(get_response=True))
    chip.process(bytes.fromhex("00B09E0000"))
    assert chip.process(bytes.fromhex("00C00000")) == b"\x67\x00"


# Files beside the application


def test_master_files_are_read_by_either_identifier_and_before_access() -> None:
    terminal = Terminal(Chip(passport(), random.Random(1)))
    assert terminal.plain("00B09E00", expected=256) == directory()
    assert terminal.plain("00B08100", expected=256) == MASTER_FILES[MasterFile.ATR_INFO]
    for select in ("00A4020C", "00A4000C"):
        terminal.plain(select, b"\x2f\x00")
        assert terminal.plain("00B00000", expected=256) == directory()
    with pytest.raises(Refused, match="6a82"):
        terminal.plain("00A4020C", b"\x01\x1d")
    with pytest.raises(Refused, match="6a82"):
        terminal.plain("00B09C00", expected=1)


def test_an_identifier_means_another_file_in_the_application() -> None:
    files = {**FILES, File.CVCA: b"in the application"}
    chip = Chip(
        Passport(("", ""), files, None, None, master_files={MasterFile.CARD_ACCESS: b"beside"}), random.Random(1)
    )
    terminal = Terminal(chip)
    assert terminal.plain("00B09C00", expected=256) == b"beside"
    terminal.plain("00A4040C", SELECT_APPLICATION[5:])
    assert terminal.plain("00B09C00", expected=256) == b"in the application"
    terminal.plain("00A4000C", b"\x3f\x00")
    assert terminal.plain("00B09C00", expected=256) == b"beside"


# Oddities


def test_chips_differ_about_the_master_file() -> None:
    for status in (Status.FILE_NOT_FOUND, Status.LENGTH_AGAINST_PARAMETERS, Status.CONDITIONS_NOT_SATISFIED):
        terminal = Terminal(Chip(passport(), random.Random(1), Quirks(select_master_file=status)))
        with pytest.raises(Refused, match=f"{status:04x}"):
            terminal.plain("00A4000C", b"\x3f\x00")
        assert terminal.plain("00B09E00", expected=256) == directory()


def test_a_chip_without_short_identifiers() -> None:
    terminal = session(Quirks(short_identifiers=False))
    assert terminal.send("B08200", expected=4) == (b"", b"\x6a\x86")
    assert terminal.read(File.DG2, 4) == CONTENT[:4]


@pytest.mark.parametrize("limit", [128, 160, 192, 224, 231])
def test_a_chip_may_name_the_length_that_it_wants(limit: int) -> None:
    terminal = session(Quirks(max_read=limit, long_read=LongRead.CORRECT))
    assert terminal.send("B08200", expected=256) == (b"", bytes([0x6C, limit]))
    assert terminal.do("B08200", expected=limit) == CONTENT[:limit]


def test_a_chip_may_bear_all_that_is_asked_for_except_everything() -> None:
    terminal = session(Quirks(max_read=255, long_read=LongRead.END_SESSION))
    assert terminal.do("B08200", expected=231) == CONTENT[:231]
    assert terminal.chip.process(terminal.protect("B08200", expected=256)) == b"\x6f\x00"
    assert terminal.chip.access is Access.OPEN


@pytest.mark.parametrize("option", ["max_read", "can_tries", "signature_bytes"])
def test_quirks_are_checked(option: str) -> None:
    wrong: dict[str, Any] = {option: 0}
    with pytest.raises(ValueError, match=option):
        Quirks(**wrong)
    with pytest.raises(ValueError, match="delay_ms"):
        Quirks(delay_ms=-1)


# Counterfeits


@pytest.mark.parametrize("aes", [False, True])
def test_a_counterfeit_may_answer_unprotected(aes: bool) -> None:
    terminal = session(aes=aes, faults=frozenset({Fault.ANSWERS_UNPROTECTED}))
    assert terminal.chip.process(terminal.protect("B08200", expected=20)) == CONTENT[:20] + OK


@pytest.mark.parametrize("fault", [Fault.WRONG_COUNTER, Fault.WRONG_CHECKSUM])
def test_a_counterfeit_may_seal_wrongly(fault: Fault) -> None:
    genuine = session()
    terminal = session(faults=frozenset({fault}))
    answer = terminal.chip.process(terminal.protect("B08200", expected=20))
    assert answer != genuine.chip.process(genuine.protect("B08200", expected=20))
    with pytest.raises(AssertionError):
        terminal.opened(answer)


def test_a_counterfeit_may_hide_its_status() -> None:
    for header, data, status in (("B08200", b"", b"\x62\x82"), ("A4020C", b"\x01\x05", OK)):
        terminal = session(faults=frozenset({Fault.HIDDEN_STATUS}))
        assert terminal.chip.process(terminal.protect(header, data, 20))[-2:] == status


def test_a_counterfeit_may_show_another_file() -> None:
    terminal = session(faults=frozenset({Fault.OTHER_FILE}))
    assert terminal.do("B08200", expected=256) == FILES[File.DG1]
    assert terminal.do("B08100", expected=20) == CONTENT[:20]


def test_a_file_may_have_no_end() -> None:
    terminal = session(faults=frozenset({Fault.ENDLESS_FILE}))
    assert terminal.do("B08200", expected=20) == CONTENT[:20]
    assert terminal.do("B07FFF", expected=20) == bytes(20)
    assert terminal.do("B10000", b"\x54\x03\xff\xff\xff", 20) == b"\x53\x12" + bytes(18)
