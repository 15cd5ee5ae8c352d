"""The chip's PACE gives the published bytes, agrees with a terminal in every combination, and refuses what it must."""

import random
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from passport_terminal import CAN, MRZ, Refused, ScriptedRandom, Terminal

from egate_sim.passport import crypto
from egate_sim.passport.apdu import Status
from egate_sim.passport.chip import Access, Chip, ParameterId, Quirks
from egate_sim.passport.contents import Fault, MasterFile, PaceMapping, PaceOffer, Passport, StaticKey, TerminalTrust
from egate_sim.passport.crypto import SessionCipher
from egate_sim.passport.groups import PARAMETER_IDS, DhGroup, group
from egate_sim.passport.lds import File
from egate_sim.passport.tlv import data_object

VECTORS = Path(__file__).parents[1] / "vectors"
SECRET = crypto.mrz_secret("T22000129364081251010318")
CARD_NUMBER = "123456"
GM, IM, CAM = PaceMapping.GENERIC, PaceMapping.INTEGRATED, PaceMapping.CHIP_AUTHENTICATION
AES = SessionCipher.AES_128

# What the chips of the worked examples drew: nonce, private key of the mapping, private key of the agreement
DRAWN = {
    "G.1, ECDH": (
        "3F00C4D39D153F2B2A214A078D899B22",
        "498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560",
        "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A",
    ),
    "G.2, DH": (
        "FA5B7E3E49753A0DB9178B7B9BD898C8",
        "66DDAFEAC1609CB5B963BB0CB3FF8B3E047F336C",
        "A5B780126B7C980E9FCEA1D4539DA1D27C342DFA",
    ),
    "H.1, ECDH": (
        "2923BE84E16CD6AE529049F1F1BBE9EB",
        "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A",
    ),
    "H.2, DH": ("FA5B7E3E49753A0DB9178B7B9BD898C8", "A5B780126B7C980E9FCEA1D4539DA1D27C342DFA"),
}
SECRET_OF_H = b"123456"  # what the password's key of appendix H follows from


def offer(mapping: PaceMapping = GM, parameter_id: int = 13, cipher: SessionCipher = AES) -> PaceOffer:
    chosen = group(parameter_id)
    return PaceOffer(mapping, chosen, cipher, StaticKey(chosen, 0x1234567) if mapping is CAM else None)


def passport(*offers: PaceOffer, **changes: Any) -> Passport:
    files = {File.COM: b"\x60\x03abc", File.DG1: b"\x61\x7f" + bytes(127)}
    master_files = {MasterFile.CARD_ACCESS: b"\x31\x00", MasterFile.CARD_SECURITY: b"\x30\x01\x00"}
    given: dict[str, Any] = {"can": CARD_NUMBER, "master_files": master_files, **changes}
    return Passport(("", ""), files, SECRET, None, pace=offers, **given)


def terminal(*offers: PaceOffer, quirks: Quirks | None = None, **changes: Any) -> Terminal:
    return Terminal(Chip(passport(*offers, **changes), random.Random(3), quirks))


def trust_point(holder: bytes) -> bytes:
    """A certificate with a key that nobody has."""
    body = data_object(
        0x7F4E,
        data_object(0x42, holder),
        data_object(0x7F49, data_object(0x06, bytes.fromhex("04007F00070202020102")) + bytes.fromhex("81020FFF820103")),
        data_object(0x5F20, holder),
        data_object(0x7F4C, data_object(0x06, bytes.fromhex("04007F000703010201")), data_object(0x53, b"\xc3")),
        data_object(0x5F25, bytes.fromhex("010000010001")),
        data_object(0x5F24, bytes.fromhex("020000010001")),
    )
    return data_object(0x7F21, body, data_object(0x5F37, b"\x00"))


def examples(*names: str) -> list[Any]:
    found = [example for name in names for example in tomllib.loads((VECTORS / name).read_text())["example"]]
    return [pytest.param(example, id=example["name"]) for example in found if example["name"] in DRAWN]


@pytest.mark.parametrize("example", examples("pace_appendix_g.toml", "pace_appendix_h.toml"))
def test_the_chip_gives_the_bytes_of_the_worked_example(example: dict[str, Any]) -> None:
    mapping, secret = (IM, SECRET_OF_H) if "mapping_nonce" in example else (GM, SECRET)
    card = Passport(("", ""), {}, secret, None, pace=(offer(mapping, example["parameter_id"]),))
    if example["name"] == "G.2, DH":  # the one that names its trust point
        card = replace(
            card, terminal_authentication=TerminalTrust((trust_point(b"DETESTCVCA00003"),), date(2010, 1, 1))
        )
    drawn = map(bytes.fromhex, DRAWN[example["name"]])
    chip = Chip(card, ScriptedRandom(*drawn))
    for exchange in example["exchange"]:
        answer = chip.process(bytes.fromhex(exchange["command"])).hex().upper()
        assert answer == exchange["response"], exchange["name"]
    assert chip.access is Access.PACE


def combinations() -> list[PaceOffer]:
    """Every mapping, every group and every cipher, though not each with each."""
    ciphers = list(SessionCipher)
    offers = [offer(GM, number, ciphers[at % 4]) for at, number in enumerate(PARAMETER_IDS)]
    offers += [offer(IM, number, ciphers[at % 4]) for at, number in enumerate(PARAMETER_IDS) if number != 10]
    offers += [offer(CAM, 8 + at, ciphers[1 + at % 3]) for at in range(len(PARAMETER_IDS) - 3)]
    return offers


@pytest.mark.parametrize("chosen", combinations(), ids=lambda o: f"{o.mapping.name} {o.group.name} {o.cipher.name}")
def test_chip_and_terminal_agree(chosen: PaceOffer) -> None:
    front = terminal(chosen)
    front.pace(chosen, SECRET)
    assert front.chip.access is Access.PACE
    assert front.do("B09C00", expected=2) == b"\x31\x00"
    front.do("A4040C", bytes.fromhex("A0000002471001"))
    assert front.read(File.COM, 5) == b"\x60\x03abc"


def test_integrated_mapping_is_not_defined_for_every_prime() -> None:
    """That of P-224 leaves 1 modulo 4; the standard leaves the curve out."""
    unusual = offer(IM, 10)
    with pytest.raises(Refused, match="6300"):
        terminal(unusual).pace(unusual, SECRET)


def test_the_card_access_number_opens_too() -> None:
    front = terminal(offer())
    front.pace(offer(), CARD_NUMBER.encode(), CAN)
    assert front.chip.access is Access.PACE


@pytest.mark.parametrize(("reference", "status"), [(MRZ, "6300"), (CAN, "6300")])
def test_a_wrong_password_fails_and_may_be_tried_again(reference: bytes, status: str) -> None:
    front = terminal(offer())
    with pytest.raises(Refused, match=status):
        front.pace(offer(), b"wrong", reference)
    assert front.chip.access is Access.OPEN
    front.pace(offer(), SECRET)


def test_a_chip_may_count_wrong_card_access_numbers() -> None:
    front = terminal(offer(), quirks=Quirks(can_tries=2))
    for status in ("63c1", "63c0", "6983"):
        with pytest.raises(Refused, match=status):
            front.pace(offer(), b"000000", CAN)
    front.chip.reset()
    with pytest.raises(Refused, match="6983"):
        front.pace(offer(), CARD_NUMBER.encode(), CAN)
    front.pace(offer(), SECRET, MRZ)


def test_a_right_card_access_number_sets_the_count_back() -> None:
    front = terminal(offer(), quirks=Quirks(can_tries=2))
    for _ in range(2):
        with pytest.raises(Refused, match="63c1"):
            front.pace(offer(), b"000000", CAN)
        front.pace(offer(), CARD_NUMBER.encode(), CAN)
        front.chip.reset()


def test_a_password_that_the_chip_lacks_is_not_found() -> None:
    front = terminal(offer(), can=None)
    for reference in (CAN, b"\x03", b"\x07"):
        with pytest.raises(Refused, match="6a88"):
            front.pace(offer(), b"123456", reference)


def test_several_offers_with_one_protocol_need_the_parameter_id() -> None:
    offers = (offer(), offer(parameter_id=16), offer(cipher=SessionCipher.AES_256))
    front = terminal(*offers)
    with pytest.raises(Refused, match="6a88"):
        front.pace(offers[1], SECRET)
    front.pace(offers[2], SECRET)
    front.chip.reset()
    front.pace(offers[1], SECRET, name_group=True)
    front.chip.reset()
    with pytest.raises(Refused, match="6a80"):
        front.pace(offer(parameter_id=12), SECRET, name_group=True)


@pytest.mark.parametrize(("rule", "named"), [(ParameterId.DEMANDED, True), (ParameterId.FORBIDDEN, False)])
def test_chips_differ_about_the_parameter_id(rule: ParameterId, named: bool) -> None:
    front = terminal(offer(), quirks=Quirks(parameter_id=rule))
    with pytest.raises(Refused, match="6a80"):
        front.pace(offer(), SECRET, name_group=not named)
    front.pace(offer(), SECRET, name_group=named)


def test_an_expected_length_spoils_pace_by_quirk() -> None:
    template = bytes.fromhex("800A04007F00070202040202830101")
    front = terminal(offer(), quirks=Quirks(refuses_expected_length=True))
    with pytest.raises(Refused, match="6700"):
        front.plain("0022C1A4", template, 256)
    front.plain("00A40000", b"\x3f\x00", 256)
    with pytest.raises(Refused, match="6985"):
        front.pace(offer(), SECRET)
    front.chip.reset()
    front.pace(offer(), SECRET)


def test_a_chip_without_bac_says_so() -> None:
    for status in (Status.CONDITIONS_NOT_SATISFIED, Status.REFERENCE_NOT_FOUND):
        front = terminal(offer(), quirks=Quirks(bac_refusal=status), bac=False)
        front.plain("00A4040C", bytes.fromhex("A0000002471001"))
        with pytest.raises(Refused, match=f"{status:04x}"):
            front.plain("00840000", expected=8)


def test_after_pace_there_is_no_bac_until_power_goes() -> None:
    front = terminal(offer())
    front.pace(offer(), SECRET)
    assert front.chip.process(bytes.fromhex("00A4040C07A0000002471001")) == b"\x90\x00"
    assert front.chip.access is Access.OPEN
    with pytest.raises(Refused, match="6985"):
        front.plain("00840000", expected=8)
    front.chip.reset()
    assert front.authenticate(SECRET) == b"\x90\x00"
    assert front.chip.access is Access.BAC


def test_card_security_is_for_those_who_have_run_pace() -> None:
    front = terminal(offer())
    with pytest.raises(Refused, match="6982"):
        front.plain("00B09D00", expected=3)
    front.pace(offer(), SECRET)
    assert front.do("B09D00", expected=3) == b"\x30\x01\x00"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("7D00", "6a80"),
        ("7C028000", "6a80"),
        ("7C0481020400", "6300"),
        ("7C43814104" + 64 * "00", "6300"),
        ("7C43814104" + 64 * "FF", "6300"),
        ("7C0485020000", "6a80"),
    ],
)
def test_what_is_no_key_ends_the_run(data: str, status: str) -> None:
    front = terminal(offer())
    front.plain("0022C1A4", bytes.fromhex("800A04007F00070202040202830101"))
    front.plain("10860000", b"\x7c\x00", 256)
    with pytest.raises(Refused, match=status):
        front.plain("10860000", bytes.fromhex(data), 256)
    with pytest.raises(Refused, match="6985"):
        front.plain("10860000", b"\x7c\x00", 256)


def test_the_same_seed_gives_the_same_run() -> None:
    keys = []
    for _ in range(2):
        front = terminal(offer())
        front.pace(offer(), SECRET)
        keys.append(front.keys)
    assert keys[0] is not None
    assert keys[1] is not None
    assert keys[0].encryption == keys[1].encryption


@pytest.mark.parametrize(
    ("fault", "shown_by"),
    [(Fault.PACE_WRONG_TOKEN, "objects"), (Fault.PACE_REFLECTS_KEY, "self.chip_key != self.own_key")],
)
def test_a_counterfeit_fails_the_terminals_checks(fault: Fault, shown_by: str) -> None:
    front = terminal(offer(), faults=frozenset({fault}))
    with pytest.raises(AssertionError) as failure:
        front.pace(offer(), SECRET)
    assert shown_by in str(failure.traceback[-1].statement)


@pytest.mark.parametrize(("faults", "nonces"), [(frozenset(), 2), (frozenset({Fault.PACE_REPEATS_ITSELF}), 1)])
def test_a_counterfeit_may_repeat_itself(faults: frozenset[Fault], nonces: int) -> None:
    front, seen = terminal(offer(), faults=faults), set()
    for _ in range(2):
        front.plain("0022C1A4", bytes.fromhex("800A04007F00070202040202830101"))
        seen.add(front.plain("10860000", b"\x7c\x00", 256))
    assert len(seen) == nonces


def test_offers_that_make_no_sense_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="needs a curve"):
        offer(CAM, 0)
    with pytest.raises(ValueError, match="AES only"):
        offer(CAM, cipher=SessionCipher.TDES)
    with pytest.raises(ValueError, match="static key"):
        PaceOffer(CAM, group(13), AES)
    with pytest.raises(ValueError, match="between 1 and"):
        StaticKey(group(13), 0)
    with pytest.raises(ValueError, match="access seed"):
        Passport(("", ""), {}, None, None, pace=(offer(),))
    assert isinstance(group(0), DhGroup)
