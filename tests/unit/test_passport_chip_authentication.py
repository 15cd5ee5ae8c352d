"""Chip Authentication: the chip's static key leads to new session keys; a chip without it has none."""

import random
from typing import Any

import pytest
from passport_terminal import OK, Refused, Terminal

from egate_sim.passport import crypto
from egate_sim.passport.chip import Access, Chip
from egate_sim.passport.contents import ChipAuthenticationOffer, Fault, Passport, StaticKey
from egate_sim.passport.crypto import SessionCipher
from egate_sim.passport.groups import PARAMETER_IDS, group
from egate_sim.passport.lds import File

SECRET = crypto.mrz_secret("L898902C<369080619406236")
TDES, AES_128, AES_256 = SessionCipher.TDES, SessionCipher.AES_128, SessionCipher.AES_256
FILES = {File.COM: b"\x60\x03abc"}


def offer(parameter_id: int = 13, *ciphers: SessionCipher, key_id: int | None = None) -> ChipAuthenticationOffer:
    return ChipAuthenticationOffer(StaticKey(group(parameter_id), 0x1234567 + parameter_id, key_id), ciphers)


def session(*offers: ChipAuthenticationOffer, **changes: Any) -> Terminal:
    passport = Passport(("", ""), FILES, SECRET, None, chip_authentication=offers, **changes)
    terminal = Terminal(Chip(passport, random.Random(1)))
    assert terminal.authenticate(SECRET) == OK
    return terminal


@pytest.mark.parametrize("cipher", SessionCipher)
@pytest.mark.parametrize("parameter_id", PARAMETER_IDS)
def test_every_group_and_cipher(parameter_id: int, cipher: SessionCipher) -> None:
    chosen = offer(parameter_id, cipher)
    terminal = session(chosen)
    terminal.authenticate_chip(chosen, cipher)
    assert terminal.read(File.COM, 5) == FILES[File.COM]
    assert terminal.chip.access is Access.BAC


@pytest.mark.parametrize("parameter_id", PARAMETER_IDS)
def test_early_chips_agree_in_one_command(parameter_id: int) -> None:
    """A public key without a ChipAuthenticationInfo means Triple-DES."""
    chosen = offer(parameter_id)
    terminal = session(chosen)
    terminal.authenticate_chip(chosen, TDES, kat=True)
    assert terminal.read(File.COM, 5) == FILES[File.COM]


def test_several_keys_are_told_apart_by_their_identifiers() -> None:
    offers = (offer(13, AES_128, key_id=1), offer(16, AES_128, AES_256, key_id=2), offer(12, TDES, key_id=3))
    for chosen, cipher, kat in ((offers[0], AES_128, False), (offers[1], AES_256, False), (offers[2], TDES, True)):
        terminal = session(*offers)
        terminal.authenticate_chip(chosen, cipher, kat=kat)
        assert terminal.read(File.COM, 5) == FILES[File.COM]


def test_what_the_chip_does_not_offer_is_refused() -> None:
    first, second = offer(13, AES_128, key_id=1), offer(16, AES_128, key_id=2)
    terminal = session(first, second)
    unnamed = ChipAuthenticationOffer(StaticKey(group(13), 1), (AES_128,))
    for chosen, cipher, status in (
        (unnamed, AES_128, "6a88"),
        (offer(13, AES_128, key_id=9), AES_128, "6a88"),
        (first, AES_256, "6a80"),
    ):
        with pytest.raises(Refused, match=status):
            terminal.authenticate_chip(chosen, cipher)
    with pytest.raises(Refused, match="6a88"):
        terminal.authenticate_chip(first, TDES, kat=True)
    with pytest.raises(Refused, match="6a80"):
        session(offer()).do("2241A6", b"\x99\x00")
    with pytest.raises(Refused, match="6a86"):
        session().authenticate_chip(first, AES_128)


def test_what_is_no_key_leaves_the_session_as_it_was() -> None:
    terminal = session(offer())
    with pytest.raises(Refused, match="6300"):
        terminal.do("2241A6", b"\x91\x41\x04" + bytes(64))
    assert terminal.read(File.COM, 5) == FILES[File.COM]


def test_general_authenticate_needs_its_template_and_its_key() -> None:
    terminal = session(offer(13, AES_128))
    with pytest.raises(Refused, match="6985"):
        terminal.do("860000", b"\x7c\x02\x80\x00", 256)
    terminal.do("2241A4", bytes.fromhex("800A04007F00070202030202"))
    with pytest.raises(Refused, match="6a80"):
        terminal.do("860000", b"\x7c\x00", 256)
    with pytest.raises(Refused, match="6985"):
        terminal.do("860000", b"\x7c\x00", 256)


def test_nothing_is_agreed_without_access() -> None:
    chip = Chip(Passport(("", ""), FILES, SECRET, None, chip_authentication=(offer(),)), random.Random(1))
    with pytest.raises(Refused, match="6982"):
        Terminal(chip).plain("002241A6", b"\x91\x00")


def test_a_chip_without_access_control_begins_a_session_with_it() -> None:
    chosen = offer()
    chip = Chip(Passport(("", ""), FILES, None, None, chip_authentication=(chosen,)), random.Random(1))
    terminal = Terminal(chip)
    private = 0x7654321
    terminal.plain("002241A6", b"\x91\x41" + chosen.key.group.power(chosen.key.group.generator, private))
    shared = chosen.key.group.shared_secret(chosen.key.group.power(chosen.key.public, private))
    terminal.keys = crypto.derive_keys(shared)
    terminal.do("A4040C", bytes.fromhex("A0000002471001"))
    assert terminal.read(File.COM, 5) == FILES[File.COM]


@pytest.mark.parametrize("kind", ["another key", "the old keys"])
def test_a_copy_does_not_answer_with_the_new_keys(kind: str) -> None:
    shown = offer(13, AES_128)
    if kind == "another key":
        terminal = session(ChipAuthenticationOffer(StaticKey(group(13), 99), (AES_128,)))
    else:
        terminal = session(shown, faults=frozenset({Fault.OLD_KEYS_AFTER_CHIP_AUTHENTICATION}))
    terminal.authenticate_chip(shown, AES_128)
    assert terminal.chip.process(terminal.protect("B09E00", expected=5)) in (b"\x69\x88", b"\x69\x87")
