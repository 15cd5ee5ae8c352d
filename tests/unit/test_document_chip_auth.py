"""Chip Authentication against the simulated chip: every group and cipher, with and without information; refusals."""

import random
from contextlib import suppress
from dataclasses import replace
from functools import cache

import pytest
from chip_exchanges import EXTENDED, SHORT, channel_to_chip, run
from chip_script import run_exchange
from document_samples import passport
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip.access import open_chip
from egate.document.chip.channel import Channel
from egate.document.chip.chip_auth import (
    ChipAuthentication,
    ChipAuthenticationError,
    ChipAuthenticationOffer,
    authenticate_chip,
    chip_authentication_offers,
    confirm_chip,
)
from egate.document.chip.credentials import Credentials
from egate.document.chip.file_reader import FileReader
from egate.document.chip.steps import ReaderCapacity
from egate.document.crypto.domain_parameters import AgreementKey
from egate.document.crypto.modular import DhGroup
from egate.document.crypto.symmetric import BlockCipher
from egate.document.errors import DocumentError, FormatError, UnsupportedError
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import SecurityInfo, SecurityInfos, parse_dg14
from egate.document.mrz.zone import Mrz
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import Fault, SessionCipher
from egate_sim.passport.issue import Passport
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import ActiveAuthentication, ChipAuthenticationPlan, PacePlan, Profile
from egate_sim.passport.security_infos import Parameters

CIPHERS = {
    SessionCipher.TDES: BlockCipher.TRIPLE_DES,
    SessionCipher.AES_128: BlockCipher.AES_128,
    SessionCipher.AES_192: BlockCipher.AES_192,
    SessionCipher.AES_256: BlockCipher.AES_256,
}
GROUPS = (0, 1, 2, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18)  # of Doc 9303-11, 9.5.1
NO_AA = ActiveAuthentication.NONE


@cache
def document(*plans: ChipAuthenticationPlan, standardised: bool = False) -> Passport:
    parameters = Parameters.STANDARDISED if standardised else Parameters.EXPLICIT
    return passport(Profile(NO_AA, chip_authentication=plans, parameters=parameters))


def offers_of(issued: Passport) -> tuple[ChipAuthenticationOffer, ...]:
    return chip_authentication_offers(parse_dg14(issued.files[File.DG14]))


def opened(chip: Chip, issued: Passport, capacity: ReaderCapacity = EXTENDED) -> Channel:
    channel = channel_to_chip(capacity)
    credentials = Credentials(Mrz.from_lines(issued.mrz).mrz_information)
    run(open_chip(channel, credentials, random.Random(1).randbytes), chip.process, chip.reset)
    return channel


def authenticated(
    issued: Passport, chip: Chip | None = None, offers: tuple[ChipAuthenticationOffer, ...] | None = None
) -> tuple[ChipAuthentication, Channel, Chip, int]:
    """The run, with the channel, the chip and the number of commands that it took."""
    chip = chip or Chip(issued, random.Random(2))
    channel = opened(chip, issued)
    before = channel.apdu_count
    chosen = offers_of(issued) if offers is None else offers
    result = run(authenticate_chip(channel, chosen, random.Random(3).randbytes), chip.process)
    return result, channel, chip, channel.apdu_count - before


def reread(channel: Channel, chip: Chip) -> bytes:
    return run(FileReader(channel, channel.reset).read(Ef.DG14), chip.process, chip.reset)


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("parameter_id", GROUPS)
def test_every_group_and_cipher_gives_a_session(parameter_id: int, cipher: SessionCipher) -> None:
    issued = document(ChipAuthenticationPlan(parameter_id, (cipher,)))
    result, channel, chip, commands = authenticated(issued)
    assert commands == (1 if cipher is SessionCipher.TDES else 2)
    assert result.offer.cipher is CIPHERS[cipher]
    assert not result.is_proven
    assert reread(channel, chip) == issued.files[File.DG14]
    assert result.is_proven
    assert result.offer.words == ("chip_authentication", result.offer.group.name, CIPHERS[cipher].value)


@pytest.mark.parametrize("standardised", [True, False])
@pytest.mark.parametrize("parameter_id", [1, 12, 13])
def test_a_key_alone_means_triple_des(parameter_id: int, standardised: bool) -> None:
    issued = document(ChipAuthenticationPlan(parameter_id, ()), standardised=standardised)
    result, channel, chip, commands = authenticated(issued)
    assert (commands, result.offer.cipher, result.offer.key_id) == (1, BlockCipher.TRIPLE_DES, None)
    assert reread(channel, chip) == issued.files[File.DG14]
    assert result.is_proven


def test_after_pace_the_session_begins_anew_too() -> None:
    plans = (ChipAuthenticationPlan(13, (SessionCipher.AES_256,)),)
    issued = passport(Profile(NO_AA, pace=(PacePlan(),), chip_authentication=plans))
    result, channel, chip, _ = authenticated(issued)
    assert reread(channel, chip) == issued.files[File.DG14]
    assert result.is_proven


SEVERAL = (
    ChipAuthenticationPlan(12, (SessionCipher.TDES,), 7),
    ChipAuthenticationPlan(13, (SessionCipher.AES_128,), 300),
    ChipAuthenticationPlan(16, (SessionCipher.AES_256,), 2),
)


def test_of_several_keys_the_one_with_the_strongest_cipher_comes_first_and_each_can_be_used() -> None:
    issued = document(*SEVERAL)
    offers = offers_of(issued)
    assert [(offer.cipher, offer.key_id) for offer in offers] == [
        (BlockCipher.AES_256, 2),
        (BlockCipher.AES_128, 300),
        (BlockCipher.TRIPLE_DES, 7),
    ]
    for offer in offers:
        result, channel, chip, _ = authenticated(issued, offers=(offer,))
        assert reread(channel, chip) == issued.files[File.DG14]
        assert result.is_proven


def test_where_the_chip_refuses_one_key_the_next_is_tried_in_the_same_session() -> None:
    issued = document(*SEVERAL)
    chip = Chip(replace(issued, chip_authentication=issued.chip_authentication[:1]), random.Random(2))
    result, channel, chip, commands = authenticated(issued, chip)
    assert (result.offer.key_id, commands) == (7, 3)
    assert reread(channel, chip) == issued.files[File.DG14]
    assert result.is_proven


def test_a_chip_that_refuses_everything_keeps_its_session() -> None:
    issued = document(*SEVERAL)
    chip = Chip(replace(issued, chip_authentication=()), random.Random(2))
    channel = opened(chip, issued)
    session = channel.secure
    with pytest.raises(ChipAuthenticationError, match="6A86") as error:
        run(authenticate_chip(channel, offers_of(issued), random.Random(3).randbytes), chip.process)
    assert error.value.reason is Reason.CA_FAILED
    assert channel.secure is session
    assert reread(channel, chip) == issued.files[File.DG14]


def copied(issued: Passport) -> Passport:
    """Its chip has the files and a key of its own making, since it could not take the genuine one."""
    (offer,) = issued.chip_authentication
    other = replace(offer.key, private=offer.key.private ^ 2)
    return replace(issued, chip_authentication=(replace(offer, key=other),))


@pytest.mark.parametrize("cipher", [SessionCipher.TDES, SessionCipher.AES_128])
def test_a_copied_chip_is_not_proven(cipher: SessionCipher) -> None:
    issued = document(ChipAuthenticationPlan(13, (cipher,)))
    result, channel, chip, _ = authenticated(issued, Chip(copied(issued), random.Random(2)))
    assert not run(confirm_chip(channel, result), chip.process)
    assert not result.is_proven


def test_a_chip_that_goes_on_with_its_old_keys_is_not_proven() -> None:
    issued = document(ChipAuthenticationPlan())
    faulty = replace(issued, faults=frozenset({Fault.OLD_KEYS_AFTER_CHIP_AUTHENTICATION}))
    result, channel, chip, _ = authenticated(issued, Chip(faulty, random.Random(2)))
    assert not run(confirm_chip(channel, result), chip.process)


def test_a_confirmation_costs_one_command_and_none_where_the_proof_is_there() -> None:
    result, channel, chip, _ = authenticated(document(ChipAuthenticationPlan()))
    before = channel.apdu_count
    assert run(confirm_chip(channel, result), chip.process)
    assert run(confirm_chip(channel, result), chip.process)
    assert channel.apdu_count == before + 1


def test_a_session_that_ended_is_not_confirmed_by_another() -> None:
    issued = document(ChipAuthenticationPlan())
    result, channel, chip, _ = authenticated(issued)
    run_exchange(channel.reset(), chip.process, chip.reset)
    assert not run(confirm_chip(channel, result), chip.process)


def test_a_long_key_goes_in_pieces_where_the_reader_has_short_commands_only() -> None:
    """Of 256 bytes, each of which must arrive once and in order."""
    issued = document(ChipAuthenticationPlan(2, (SessionCipher.AES_128,)))
    channel = channel_to_chip(SHORT)
    seen: list[bytes] = []

    def respond(command: bytes) -> bytes:
        seen.append(command)
        return b"\x90\x00"

    result = run(authenticate_chip(channel, offers_of(issued), random.Random(3).randbytes), respond)
    template, first, last = seen
    assert template[:4] == bytes.fromhex("002241A4")
    assert (first[:4], last[:4]) == (bytes.fromhex("10860000"), bytes.fromhex("00860000"))
    public = tlv.find(first[5:] + last[5:-1], 0x7C, 0x80)
    assert result.offer.group.compress(public) == result.compressed_key


DH_AES = "0.4.0.127.0.7.2.2.3.1.2"


def test_a_first_zero_byte_of_an_integer_is_avoided() -> None:
    """Chips differ in whether they drop it, and then derive other keys or another name of the session."""
    (offer,) = offers_of(document(ChipAuthenticationPlan(0, (SessionCipher.AES_128,))))
    width = len(offer.key.public)
    private = next(number for number in range(1, 5000) if not offer.group.key_pair(number).public[0])
    drawn = iter([private - 1, 4711])

    def respond(command: bytes) -> bytes:
        if command[1] == 0x86:
            assert tlv.find(command[5:-1], 0x7C, 0x80) == offer.group.key_pair(4712).public
        return b"\x90\x00"

    assert len(offer.group.key_pair(private).public) == width
    run(authenticate_chip(channel_to_chip(), (offer,), lambda size: next(drawn).to_bytes(size)), respond)


def test_a_prime_that_makes_every_key_begin_with_zero_is_not_humoured() -> None:
    """With a number just above a power of 256 no key ever begins otherwise; a long one costs time for each try."""
    group = DhGroup("hostile", (1 << 1024) + 643, 4, 1 << 512, order_known=False)
    offer = ChipAuthenticationOffer(DH_AES, BlockCipher.AES_128, AgreementKey(group, group.encode(16)), None)
    drawn = []

    def random_bytes(size: int) -> bytes:
        drawn.append(size)
        return bytes(size)

    with pytest.raises(ChipAuthenticationError):
        run(authenticate_chip(channel_to_chip(), (offer,), random_bytes), lambda _: b"\x6a\x80")
    assert len(drawn) == 3


# What DG14 offers


def test_a_chip_without_a_key_offers_nothing() -> None:
    assert chip_authentication_offers(SecurityInfos(())) == ()


def damaged_infos(*, algorithm: bool) -> SecurityInfos:
    """One key on a curve that nobody knows, or with a point that is none."""
    raw = document(ChipAuthenticationPlan(13, ())).files[File.DG14]
    key = parse_dg14(raw).infos[0]
    assert isinstance(key, SecurityInfo)
    position = raw.index(bytes.fromhex("A9FB57DB")) + 6 if algorithm else len(raw) - 6
    altered = bytearray(raw)
    altered[position] ^= 1
    return parse_dg14(bytes(altered))


def test_a_key_that_is_of_no_use_says_why() -> None:
    with pytest.raises(UnsupportedError):
        chip_authentication_offers(damaged_infos(algorithm=True))
    with pytest.raises(FormatError) as error:
        chip_authentication_offers(damaged_infos(algorithm=False))
    assert error.value.reason is Reason.CA_KEY


def test_a_crowd_of_keys_is_not_looked_at_in_full() -> None:
    infos = parse_dg14(document(*SEVERAL).files[File.DG14]).infos * 50
    assert len(chip_authentication_offers(SecurityInfos(infos))) <= 4


ANSWERS = st.binary(max_size=80) | st.sampled_from([b"\x90\x00", b"\x6a\x80", b"\x67\x00", b"\x7c\x00\x90\x00"])


@given(st.lists(ANSWERS, max_size=12), st.booleans())
@settings(deadline=None, max_examples=100)
def test_any_answers_end_without_a_proof(answers: list[bytes], protected: bool) -> None:
    issued = document(*SEVERAL)
    channel = opened(Chip(issued, random.Random(2)), issued) if protected else channel_to_chip()
    left = iter([*answers, *[b"\x6f\x00"] * 20])
    with suppress(DocumentError):
        result = run(authenticate_chip(channel, offers_of(issued), random.Random(3).randbytes), lambda _: next(left))
        assert not result.is_proven
        assert not run(confirm_chip(channel, result), lambda _: next(left))
