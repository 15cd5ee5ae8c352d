"""Opening chips, against the simulated chip that others wrote: every way in, and what happens where one is shut."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from chip_script import run_exchange
from chip_terminal import CAM, CAN, GM, IM, credentials, document, offer, terminal, with_extended_length
from document_samples import HOLDER, passport

from egate.checks import Reason
from egate.document.chip.access import open_chip
from egate.document.chip.credentials import Credentials, PasswordKind
from egate.document.chip.pace import PaceError, PaceStep, chip_authentication_mapping_holds
from egate.document.chip.steps import AccessProtocol, ReaderCapacity
from egate.document.errors import AccessError, ChipTimedOut, SecureMessagingError
from egate.document.lds.security_infos import (
    ChipAuthenticationPublicKeyInfo,
    parse_card_access,
    parse_dg14,
    parse_security_infos,
)
from egate_sim.passport import master_files
from egate_sim.passport.apdu import Status
from egate_sim.passport.chip.quirks import ParameterId, Quirks
from egate_sim.passport.contents import Fault, MasterFile, PaceMapping, PaceOffer, SessionCipher
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import PacePlan, Profile

BITS = dict(zip((0, 1, 2), (1024, 2048, 2048), strict=True)) | dict(
    zip(range(8, 19), (192, 192, 224, 224, 256, 256, 320, 384, 384, 512, 521), strict=True)
)
DH_GROUPS, CURVES, LONG, P224 = (0, 1, 2), range(8, 19), (1, 2), 10
EXTENDED = ReaderCapacity(4096, 4096)


def ways() -> Iterator[tuple[PaceMapping, int, SessionCipher]]:
    """Every combination that Doc 9303-11 allows."""
    for number in (*DH_GROUPS, *CURVES):
        for cipher in SessionCipher:
            yield GM, number, cipher
            if number != P224:
                yield IM, number, cipher
            if number in CURVES and cipher is not SessionCipher.TDES:
                yield CAM, number, cipher


# PACE


@pytest.mark.parametrize(
    ("mapping", "number", "cipher"), list(ways()), ids=lambda value: getattr(value, "name", str(value)).lower()
)
def test_every_way_of_pace_opens_the_chip(mapping: PaceMapping, number: int, cipher: SessionCipher) -> None:
    way = offer(mapping, number, cipher)
    given, capacity = document(way, bac=False), None
    if number in LONG:
        given, capacity = with_extended_length(given), EXTENDED
    reader = terminal(given, capacity=capacity)
    access, talk = reader.open()
    assert access.protocol is AccessProtocol.PACE
    assert access.pace is not None
    assert access.pace.variant.group.size_bits == BITS[number]
    assert access.pace.password is PasswordKind.MRZ
    assert (len(talk.commands), talk.resets) == (8 if number in LONG else 7, [])
    assert reader.reads_the_sod()
    assert (access.pace.proof is not None) is (mapping is CAM)
    if access.pace.proof is not None:
        infos = parse_security_infos(master_files.card_security_infos((way,)))
        (key,) = (info.key() for info in infos.of_kind(ChipAuthenticationPublicKeyInfo))
        assert chip_authentication_mapping_holds(access.pace.proof, key)
        assert not chip_authentication_mapping_holds(
            access.pace.proof, replace(key, public=key.group.key_pair(9).public)
        )


@pytest.mark.parametrize("mapping", PaceMapping)
@pytest.mark.parametrize("cipher", SessionCipher)
@pytest.mark.parametrize("number", [12, 13])
def test_the_number_on_the_card_opens_it_too(mapping: PaceMapping, cipher: SessionCipher, number: int) -> None:
    if mapping is CAM and cipher is SessionCipher.TDES:
        mapping = GM
    reader = terminal(document(offer(mapping, number, cipher)))
    access, _ = reader.open(Credentials(can=CAN))
    assert access.pace is not None
    assert access.pace.password is PasswordKind.CAN
    assert reader.reads_the_sod()


def test_what_the_chip_said_unsigned_is_kept_for_the_comparison() -> None:
    given = passport(Profile(pace=(PacePlan(),)))
    access, _ = terminal(given).open()
    assert access.card_access == given.master_files[MasterFile.CARD_ACCESS]
    assert parse_dg14(given.files[File.DG14]).contains(parse_card_access(access.card_access))
    assert access.words == ("pace", "gm", "brainpoolp256r1", "aes128")


def test_the_best_of_several_offers_is_taken() -> None:
    offers = offer(GM, 12, SessionCipher.TDES), offer(GM, 16, SessionCipher.AES_256), offer(CAM, 13), offer(GM, 13)
    access, talk = terminal(document(*offers)).open()
    assert access.words == ("pace", "cam", "brainpoolp256r1", "aes128")
    assert bytes.fromhex("84010D") in talk.commands[1]


@pytest.mark.parametrize("quirk", ParameterId)
@pytest.mark.parametrize("offers", [(offer(),), (offer(), offer(IM, 12))], ids=["one", "several"])
def test_chips_differ_in_what_they_make_of_the_number(quirk: ParameterId, offers: tuple[PaceOffer, ...]) -> None:
    access, talk = terminal(document(*offers, bac=False), Quirks(parameter_id=quirk)).open()
    refused = (quirk, len(offers)) in {(ParameterId.DEMANDED, 1), (ParameterId.FORBIDDEN, 2)}
    assert access.protocol is AccessProtocol.PACE
    assert len(talk.commands) == (8 if refused else 7)


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(refuses_expected_length=True),
        Quirks(get_response=True),
        Quirks(short_identifiers=False),
        Quirks(max_read=20),
    ],
    ids=["no Le", "GET RESPONSE", "no short identifiers", "short reads"],
)
def test_odd_chips_are_opened_by_pace(quirks: Quirks) -> None:
    reader = terminal(document(offer(), bac=False), quirks)
    assert reader.open()[0].protocol is AccessProtocol.PACE


def test_a_variant_that_the_chip_refuses_is_followed_by_the_next() -> None:
    """The chip has forgotten the better one of the two that its file names."""
    given = document(offer(GM, 12, SessionCipher.AES_256), offer(), bac=False)
    access, talk = terminal(replace(given, pace=(offer(),))).open()
    assert access.words == ("pace", "gm", "brainpoolp256r1", "aes128")
    assert len(talk.commands) == 7 + 2


# Where PACE is not, or fails


def test_a_chip_without_pace_is_opened_by_bac() -> None:
    reader = terminal(document())
    access, talk = reader.open()
    assert (access.protocol, access.card_access, access.pace_error) == (AccessProtocol.BAC, b"", None)
    assert access.words == ("bac",)
    assert (len(talk.commands), talk.resets) == (5, [])
    assert reader.reads_the_sod()


def test_a_chip_that_asks_for_nothing_is_read_in_the_clear() -> None:
    reader = terminal(replace(document(), access_seed=None))
    access, _ = reader.open()
    assert access.words == ("plain",)
    assert reader.reads_the_sod()


@pytest.mark.parametrize("fault", [Fault.PACE_WRONG_TOKEN, Fault.PACE_REFLECTS_KEY])
def test_failed_pace_is_followed_by_a_reset_and_bac(fault: Fault) -> None:
    reader = terminal(document(offer(), faults=frozenset({fault})))
    access, talk = reader.open()
    assert access.words == ("bac", "pace_failed")
    assert access.pace_error is not None
    assert (len(talk.resets), len(talk.commands) - talk.resets[0]) == (1, 3)
    assert reader.reads_the_sod()


@pytest.mark.parametrize("refusal", [Status.CONDITIONS_NOT_SATISFIED, Status.REFERENCE_NOT_FOUND])
def test_failed_pace_is_the_reason_where_there_is_no_bac(refusal: Status) -> None:
    given = document(offer(), bac=False, faults=frozenset({Fault.PACE_WRONG_TOKEN}))
    with pytest.raises(PaceError) as error:
        terminal(given, Quirks(bac_refusal=refusal)).open()
    assert (error.value.step, error.value.reason) == (PaceStep.TOKENS, Reason.ACCESS_DENIED)


@pytest.mark.parametrize("refusal", [Status.CONDITIONS_NOT_SATISFIED, Status.REFERENCE_NOT_FOUND])
def test_a_chip_that_knows_only_pace_we_do_not_have_says_so(refusal: Status) -> None:
    given = document(offer(GM, 2), bac=False)
    with pytest.raises(AccessError) as error:
        terminal(given, Quirks(bac_refusal=refusal)).open()
    assert error.value.reason is Reason.ACCESS_UNSUPPORTED


def test_an_offer_that_the_reader_cannot_carry_leaves_bac() -> None:
    access, talk = terminal(document(offer(GM, 2))).open()
    assert access.words == ("bac",)
    assert [skipped.parameter_id for skipped in access.offer.skipped] == [2]
    assert len(talk.commands) == 1 + 3


def test_a_card_access_that_is_broken_offers_nothing() -> None:
    for broken in (b"", b"\x31\x03\x30\x01\x06", b"\x31\x82\x01"):
        given = replace(document(offer()), master_files={MasterFile.CARD_ACCESS: broken})
        assert terminal(given).open()[0].protocol is AccessProtocol.BAC


@pytest.mark.parametrize("offers", [(), (offer(),), (offer(IM, 12),)], ids=["bac", "gm", "im"])
def test_another_page_opens_nothing(offers: tuple[PaceOffer, ...]) -> None:
    other = Credentials(b"Y765432108002034270505")
    with pytest.raises(AccessError) as error:
        terminal(document(*offers)).open(other)
    assert error.value.reason is Reason.ACCESS_DENIED
    assert HOLDER.number not in str(error.value)


def test_a_wrong_number_on_the_card_tells_how_many_tries_are_left() -> None:
    with pytest.raises(PaceError) as error:
        terminal(document(offer(), bac=False), Quirks(can_tries=3)).open(Credentials(can="000000"))
    assert error.value.tries_left == 2


def test_the_page_is_tried_before_the_number_on_the_card() -> None:
    page = Credentials(b"Y765432108002034270505", CAN)
    access, talk = terminal(document(offer(), bac=False)).open(page)
    assert access.pace is not None
    assert access.pace.password is PasswordKind.CAN
    assert len(talk.resets) == 1


def test_bac_needs_the_page() -> None:
    with pytest.raises(AccessError, match="needs the MRZ"):
        terminal(document()).open(Credentials(can=CAN))


def test_something_must_be_known() -> None:
    with pytest.raises(ValueError, match="MRZ"):
        Credentials()
    with pytest.raises(ValueError, match="characters"):
        Credentials(can="١٢٣٤٥٦")


# After a session was lost


def test_a_chip_is_opened_again_without_asking_what_is_known() -> None:
    reader = terminal(document(offer()))
    access, _ = reader.open()
    reader.chip.reset()
    reader.channel.secure = None
    again, talk = reader.open(before=access)
    assert (again.words, again.card_access) == (access.words, access.card_access)
    assert len(talk.commands) == 6
    assert reader.reads_the_sod()


def test_a_chip_whose_pace_failed_is_opened_again_by_bac() -> None:
    reader = terminal(document(offer(), faults=frozenset({Fault.PACE_WRONG_TOKEN})))
    access, _ = reader.open()
    reader.chip.reset()
    reader.channel.secure = None
    again, talk = reader.open(before=access)
    assert again.words == access.words
    assert len(talk.commands) == 3


def test_a_chip_that_forgets_pace_with_its_session_stays_shut() -> None:
    """What it was opened by stands in the record, and so it must hold for everything that was read."""
    access, _ = terminal(document(offer())).open()
    with pytest.raises(PaceError):
        terminal(document(offer(), faults=frozenset({Fault.PACE_WRONG_TOKEN}))).open(before=access)


def test_a_chip_that_forgets_access_control_with_its_session_stays_shut() -> None:
    access, _ = terminal(passport()).open()
    with pytest.raises(AccessError) as refused:
        terminal(replace(passport(), access_seed=None)).open(before=access)
    assert refused.value.reason is Reason.ACCESS_DOWNGRADED


# Chips that harm


@pytest.mark.parametrize("nth", range(7))
def test_a_chip_that_falls_silent_is_timed_out(nth: int) -> None:
    reader = terminal(document(offer()))
    exchange = open_chip(reader.channel, credentials(), random.Random(1).randbytes)
    left = iter(range(nth))

    def respond(command: bytes) -> bytes:
        if next(left, None) is None:
            raise ChipTimedOut
        return reader.chip.process(command)

    with pytest.raises(ChipTimedOut):
        run_exchange(exchange, respond)


@pytest.mark.parametrize("answer", ["9000", "6A82", "990290009000"])
def test_selecting_the_application_is_protected_after_pace(answer: str) -> None:
    reader = terminal(document(offer()))
    exchange = open_chip(reader.channel, credentials(), random.Random(1).randbytes)

    def respond(command: bytes) -> bytes:
        return bytes.fromhex(answer) if command[0] == 0x0C else reader.chip.process(command)

    with pytest.raises(SecureMessagingError):
        run_exchange(exchange, respond)


def test_nothing_secret_is_shown() -> None:
    reader = terminal(document(offer(CAM)))
    access, _ = reader.open(credentials(CAN))
    assert access.pace is not None
    assert access.pace.proof is not None
    shown = repr((access, credentials(CAN), reader.channel))
    assert not any(secret in shown for secret in (CAN, HOLDER.number, access.pace.proof.data.hex()))
