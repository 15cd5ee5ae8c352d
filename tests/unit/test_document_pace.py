"""PACE against the worked examples of Doc 9303-11 (appendices G, H, I) and BSI TR-03110, and against chips that err."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chip_script import Talk, by_list, run_exchange
from document_samples import shared_file

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip import apdu
from egate.document.chip.channel import Channel
from egate.document.chip.credentials import Credentials, Password, PasswordKind
from egate.document.chip.pace import (
    PaceError,
    PaceResult,
    PaceStep,
    authentication_token,
    chip_authentication_mapping_holds,
    run_pace,
)
from egate.document.chip.pace_choice import PaceVariant, pace_offer
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.chip.steps import ReaderCapacity, ReadLimits
from egate.document.crypto.domain_parameters import AgreementKey
from egate.document.crypto.groups import BIAS_BYTES
from egate.document.crypto.pseudo_random import nonce_bytes, pseudo_random_number
from egate.document.crypto.symmetric import AesSuite, BlockCipher
from egate.document.lds.security_infos import (
    ChipAuthenticationPublicKeyInfo,
    parse_card_access,
    parse_security_infos,
)

VECTORS = Path(__file__).parents[1] / "vectors"
EXAMPLES: list[dict[str, Any]] = [
    example
    for appendix in "ghi"
    for example in tomllib.loads((VECTORS / f"pace_appendix_{appendix}.toml").read_text())["example"]
]
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
G1, G2, H1, H2, I1 = EXAMPLES
CAPACITY = ReaderCapacity()


def channel(capacity: ReaderCapacity = CAPACITY) -> Channel:
    return Channel(capacity, ReadLimits())


def variant_of(example: dict[str, Any]) -> PaceVariant:
    card_access = tlv.encode(0x31, bytes.fromhex(example["pace_info"]))
    (variant,) = pace_offer(parse_card_access(card_access), CAPACITY).variants
    return variant


def password_of(example: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Password:
    """Appendix H gives the key that the password leads to, and no password."""
    if "mrz_information" in example:
        (password,) = Credentials(example["mrz_information"].encode()).passwords
        return password
    derive = BlockCipher.derive_key
    key = bytes.fromhex(example["password_key"])
    monkeypatch.setattr(
        BlockCipher, "derive_key", lambda self, secret, use: key if secret == b"H" else derive(self, secret, use)
    )
    return Password(PasswordKind.MRZ, b"H")


def randomness_of(example: dict[str, Any]) -> Callable[[int], bytes]:
    """The published private keys and nonces, in the order in which they are drawn."""
    order = variant_of(example).group.order

    def scalar(name: str) -> bytes:
        width = (order.bit_length() + 7) // 8 + BIAS_BYTES
        return (int(example[name], 16) % order - 1).to_bytes(width)

    first = bytes.fromhex(example["mapping_nonce"]) if "mapping_nonce" in example else scalar("mapping_private")
    left = iter((first, scalar("private")))

    def draw(count: int) -> bytes:
        drawn = next(left)
        assert len(drawn) == count
        return drawn

    return draw


def run(example: dict[str, Any], answers: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[PaceResult, Talk]:
    plan = run_pace(channel(), variant_of(example), password_of(example, monkeypatch), randomness_of(example))
    return run_exchange(plan, by_list(answers))


def answers_of(example: dict[str, Any]) -> list[str]:
    return [exchange["response"] for exchange in example["exchange"]]


# The worked examples


@every_example
def test_every_command_is_the_published_one(example: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    result, talk = run(example, answers_of(example), monkeypatch)
    assert [command.hex().upper() for command in talk.commands] == [one["command"] for one in example["exchange"]]
    assert result.password is PasswordKind.MRZ
    assert result.variant.words == variant_of(example).words


@every_example
def test_the_session_has_the_published_keys_and_counts_from_zero(
    example: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    result, _ = run(example, answers_of(example), monkeypatch)
    keys = AesSuite(*(bytes.fromhex(example[name]) for name in ("key_enc", "key_mac")))
    command = apdu.select_application()
    assert result.secure.protect(command) == SecureMessaging(keys, 0).protect(command)


@pytest.mark.parametrize("example", [G1, G2], ids=lambda example: example["name"])
def test_the_mrz_becomes_the_published_password(example: dict[str, Any]) -> None:
    (password,) = Credentials(example["mrz_information"].encode()).passwords
    assert password.encoded.hex().upper() == example["password"]


@pytest.mark.parametrize("example", [H1, H2], ids=lambda example: example["name"])
def test_both_nonces_give_the_published_number(example: dict[str, Any]) -> None:
    nonces = (bytes.fromhex(example[name]) for name in ("nonce", "mapping_nonce"))
    number = pseudo_random_number(BlockCipher.AES_128, *nonces, variant_of(example).group.prime)
    assert number == int(example["pseudo_random"], 16)


@pytest.mark.parametrize("cipher", BlockCipher)
def test_every_cipher_makes_numbers_below_the_prime(cipher: BlockCipher) -> None:
    primes = {variant_of(example).group.prime for example in (G1, G2)}
    nonces = bytes(range(nonce_bytes(cipher))), bytes(range(cipher.key_bytes))
    assert nonce_bytes(cipher) == (16 if cipher.key_bytes == 16 else 32)
    for prime in primes:
        number = pseudo_random_number(cipher, *nonces, prime)
        assert prime >> 64 < number < prime


def chip_key() -> AgreementKey:
    (info,) = parse_security_infos(bytes.fromhex(I1["security_infos"])).of_kind(ChipAuthenticationPublicKeyInfo)
    return info.key()


def test_chip_authentication_mapping_proves_the_published_key(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run(I1, answers_of(I1), monkeypatch)
    assert result.proof is not None
    assert result.proof.data.hex().upper() == I1["chip_authentication_data"]
    assert chip_authentication_mapping_holds(result.proof, chip_key())


def test_chip_authentication_mapping_proves_no_other_key(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run(I1, answers_of(I1), monkeypatch)
    proof, key = result.proof, chip_key()
    assert proof is not None
    group = key.group
    others = group.key_pair(2).public, group.multiply(2, key.public)
    assert not any(chip_authentication_mapping_holds(proof, AgreementKey(group, other)) for other in others)
    order = group.order.to_bytes(32)
    for data in (b"", bytes(32), order, b"\xff" * 32, proof.data[:-1], bytes([proof.data[0] ^ 1]) + proof.data[1:]):
        assert not chip_authentication_mapping_holds(replace(proof, data=data), key)
    elsewhere = variant_of(G2).group
    assert not chip_authentication_mapping_holds(proof, AgreementKey(elsewhere, elsewhere.key_pair(5).public))


@pytest.mark.parametrize("kind", ["ecdh", "dh"])
def test_pace_runs_as_in_the_example_of_tr_03110(kind: str) -> None:
    numbers = {
        name.removeprefix(f"tc_{kind}_"): bytes.fromhex(value)
        for name, value in json.loads(shared_file("tr03110_worked_example", "arrays.json")).items()
        if name.startswith(f"tc_{kind}_")
    }
    variant = pace_offer(parse_card_access(numbers["ef_cardaccess"]), CAPACITY).variants[0]
    group = variant.group
    mapping = group.key_pair(int.from_bytes(numbers["map_pcd_priv_key"]) % group.order)
    assert mapping.public == numbers["map_pcd_pub_key"]
    nonce = int.from_bytes(numbers["nonce"])
    mapped = group.map_generically(nonce, mapping.private, numbers["map_picc_pub_key"])
    assert mapped.key_pair(1).public == numbers["map_generator"]
    ours = mapped.key_pair(int.from_bytes(numbers["pcd_priv_key"]) % group.order)
    assert int.from_bytes(ours.public) == int.from_bytes(numbers["pcd_pub_key"])
    secret = mapped.agree(ours.private, numbers["picc_pub_key"])
    assert secret == numbers["shared_secret_k"]
    suite = variant.cipher.suite(secret)
    assert authentication_token(variant, suite, numbers["picc_pub_key"]) == numbers["authentication_token_pcd"]
    assert authentication_token(variant, suite, ours.public) == numbers["authentication_token_picc"]


# Chips that err


def failure(example: dict[str, Any], changes: dict[int, str], monkeypatch: pytest.MonkeyPatch) -> PaceError:
    answers = [changes.get(index, answer) for index, answer in enumerate(answers_of(example))]
    with pytest.raises(PaceError) as error:
        run(example, answers, monkeypatch)
    return error.value


@pytest.mark.parametrize("status", ["6300", "63C2", "6982", "6983", "6A80", "6F00"])
@pytest.mark.parametrize("index", range(1, 5))
def test_a_refusal_names_its_step(index: int, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error = failure(G1, {index: status}, monkeypatch)
    assert error.step is list(PaceStep)[index]
    assert error.reason is (Reason.ACCESS_DENIED if index == 4 else Reason.CHIP_PROTOCOL)
    assert status in str(error)


@pytest.mark.parametrize(("status", "tries"), [("63C2", 2), ("63C0", 0), ("6983", 0), ("6300", None)])
def test_the_tries_that_are_left_are_told(status: str, tries: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(G1, {4: status}, monkeypatch).tries_left == tries


@pytest.mark.parametrize("status", ["63C1", "63C0", "6983"])
def test_the_last_try_is_left_to_the_holder(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error = failure(G1, {0: status}, monkeypatch)
    assert (error.step, error.reason) == (PaceStep.SELECT_PARAMETERS, Reason.ACCESS_DENIED)


def test_a_warning_about_tries_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run(G1, ["63C2", *answers_of(G1)[1:]], monkeypatch)
    assert result.proof is None


@pytest.mark.parametrize("status", ["6A80", "6A88"])
def test_a_chip_that_insists_is_told_the_number_of_the_parameters(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, talk = run(G1, [status, *answers_of(G1)], monkeypatch)
    assert talk.commands[1].hex().upper() == "0022C1A412800A04007F0007020204020283010184010D"


def test_several_offers_make_the_number_necessary(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = run_pace(channel(), replace(variant_of(G1), ambiguous=True), password_of(G1, monkeypatch), randomness_of(G1))
    _, talk = run_exchange(plan, by_list(answers_of(G1)))
    assert talk.commands[0].hex().upper() == "0022C1A412800A04007F0007020204020283010184010D"


@pytest.mark.parametrize("index", range(5))
def test_selecting_parameters_and_no_more_has_no_length_expected(index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    command = run(G1, answers_of(G1), monkeypatch)[1].commands[index]
    assert (len(command) == 5 + command[4]) is (index == 0)
    assert command[0] == (0x10 if index in (1, 2, 3) else 0)


@every_example
def test_a_proof_altered_anywhere_is_refused(example: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    right = bytes.fromhex(answers_of(example)[4])
    for position in range(4, 12):
        altered = bytearray(right)
        altered[position] ^= 1
        error = failure(example, {4: altered.hex()}, monkeypatch)
        assert (error.step, error.reason) == (PaceStep.TOKENS, Reason.ACCESS_DENIED)


@every_example
@pytest.mark.parametrize("step", [PaceStep.NONCE, PaceStep.MAPPING, PaceStep.KEY_AGREEMENT, PaceStep.TOKENS])
def test_answers_without_their_object_are_broken(
    example: dict[str, Any], step: PaceStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An integrated mapping has nothing to answer, so what it answers is not looked at beyond its form."""
    index = list(PaceStep).index(step)
    broken = ("30009000", "7C059000", "7C0283019000")
    lacking = () if step is PaceStep.MAPPING and example in (H1, H2) else ("9000", "7C009000", "7C0281009000")
    for answer in broken + lacking:
        error = failure(example, {index: answer}, monkeypatch)
        assert (error.step, error.reason) == (step, Reason.CHIP_PROTOCOL)


@pytest.mark.parametrize("example", [G1, G2, I1], ids=lambda example: example["name"])
@pytest.mark.parametrize("index", [2, 3])
def test_keys_that_are_none_are_refused(example: dict[str, Any], index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = bytes.fromhex(answers_of(example)[index])
    altered = answer[:-3] + bytes([answer[-3] ^ 1]) + answer[-2:]
    short = tlv.encode(0x7C, tlv.encode(0x82 if index == 2 else 0x84, b"\x04\x01")) + b"\x90\0"
    for wrong in (altered, short):
        assert failure(example, {index: wrong.hex()}, monkeypatch).reason is Reason.CHIP_PROTOCOL


@pytest.mark.parametrize("index", [2, 3])
def test_our_own_key_is_not_taken_back(index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = bytes.fromhex(G1["exchange"][index]["command"])[9:-1]
    mirrored = tlv.encode(0x7C, tlv.encode(0x82 if index == 2 else 0x84, ours)) + b"\x90\0"
    assert "our own key" in str(failure(G1, {index: mirrored.hex()}, monkeypatch))


@pytest.mark.parametrize(("index", "our_tag", "their_tag"), [(2, 0x81, 0x82), (3, 0x83, 0x84)])
def test_our_own_integer_is_not_taken_back_behind_a_zero(
    index: int, our_tag: int, their_tag: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = bytes.fromhex(G2["exchange"][index]["command"])
    ours = tlv.find(command[5:-1], 0x7C, our_tag)
    mirrored = tlv.encode(0x7C, tlv.encode(their_tag, b"\0" + ours)) + b"\x90\0"
    assert "our own key" in str(failure(G2, {index: mirrored.hex()}, monkeypatch))


def test_a_nonce_of_another_length_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chips with generic mapping choose a number of blocks; integrated mapping fixes it."""
    for example, lengths in ((G1, (0, 8, 15, 80)), (H1, (0, 15, 32))):
        for length in lengths:
            answer = tlv.encode(0x7C, tlv.encode(0x80, bytes(length))) + b"\x90\0"
            assert failure(example, {1: answer.hex()}, monkeypatch).step is PaceStep.NONCE
    answer = tlv.encode(0x7C, tlv.encode(0x80, bytes(32))) + b"\x90\0"
    assert failure(G1, {1: answer.hex()}, monkeypatch).step is PaceStep.TOKENS


def test_a_wrong_password_shows_in_the_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    (password,) = Credentials(b"T22000129364081251010319").passwords
    plan = run_pace(channel(), variant_of(H1), password, randomness_of(H1))
    with pytest.raises(PaceError) as error:
        run_exchange(plan, by_list(answers_of(H1)))
    assert (error.value.step, error.value.reason) == (PaceStep.TOKENS, Reason.ACCESS_DENIED)


@every_example
def test_nothing_secret_is_shown(example: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run(example, answers_of(example), monkeypatch)
    password = password_of(example, monkeypatch)
    credentials = Credentials(b"T22000129364081251010318", "123456")
    shown = repr((result, result.variant, result.secure, result.proof, password, credentials)).lower()
    secrets = [
        value.lower() for name, value in example.items() if isinstance(value, str) and name not in ("name", "pace_info")
    ]
    assert not any(secret in shown for secret in [*secrets, "123456", "t22000129364"])
    numbers = [str(int(example["private"], 16)), repr(password.encoded).lower()]
    assert not any(number in shown for number in numbers)
