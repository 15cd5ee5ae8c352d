"""BAC and secure messaging against the worked example of Doc 9303-11, appendix D, and against what chips get wrong."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip import apdu
from egate.document.chip.apdu import Command, Response
from egate.document.chip.bac import MutualAuthentication, document_keys
from egate.document.chip.secure_messaging import SecureMessaging, UnprotectedStatus
from egate.document.crypto.symmetric import BlockCipher, KeyUse, TripleDesSuite, adjust_parity, pad, unpad
from egate.document.errors import AccessError, FormatError, SecureMessagingError

EXAMPLE: dict[str, Any] = tomllib.loads((Path(__file__).parents[1] / "vectors" / "bac_appendix_d.toml").read_text())
EXCHANGES = EXAMPLE["exchange"][2:]  # those in secure messaging
PROOF = bytes.fromhex(EXAMPLE["exchange"][1]["response"])[:-2]
COMMANDS = (apdu.select_file(0x011E), apdu.read_binary(0, 4), apdu.read_binary(4, 0x12))


def number(name: str) -> bytes:
    return bytes.fromhex(EXAMPLE[name])


def example_session() -> SecureMessaging:
    return SecureMessaging(
        TripleDesSuite(number("session_key_enc"), number("session_key_mac")),
        int.from_bytes(number("send_sequence_counter")),
    )


def example_answer(index: int) -> Response:
    return Response.decode(bytes.fromhex(EXCHANGES[index]["response"]))


def authentication() -> MutualAuthentication:
    stream = iter((number("rnd_ifd"), number("k_ifd")))
    keys = document_keys(EXAMPLE["mrz_information"].encode())
    return MutualAuthentication.begin(keys, number("rnd_ic"), lambda _: next(stream))


def test_keys_are_derived_from_a_seed_as_in_d1() -> None:
    derive = BlockCipher.TRIPLE_DES.derive_key
    assert derive(number("key_seed"), KeyUse.ENC) == number("key_enc")
    assert derive(number("key_seed"), KeyUse.MAC) == number("key_mac")


def test_mutual_authentication_runs_as_in_d3() -> None:
    command, response = (bytes.fromhex(EXAMPLE["exchange"][1][side]) for side in ("command", "response"))
    assert apdu.external_authenticate(authentication().command_data()).encode() == command
    session = authentication().finish(Response.decode(response).data)
    protected = session.protect(COMMANDS[0])
    assert protected.encode().hex().upper() == EXCHANGES[0]["command"]


def test_secure_messaging_runs_as_in_d4() -> None:
    session = example_session()
    data = b""
    for command, exchange in zip(COMMANDS, EXCHANGES, strict=True):
        assert session.protect(command).encode().hex().upper() == exchange["command"]
        response = session.unprotect(Response.decode(bytes.fromhex(exchange["response"])))
        assert response.ok
        data += response.data
    assert data == number("ef_com")


@pytest.mark.parametrize("position", range(40))
def test_a_proof_altered_anywhere_is_refused(position: int) -> None:
    altered = bytearray(PROOF)
    altered[position] ^= 1
    with pytest.raises(AccessError) as error:
        authentication().finish(bytes(altered))
    assert error.value.reason is Reason.ACCESS_DENIED


def test_a_proof_for_other_challenges_is_refused() -> None:
    keys = document_keys(EXAMPLE["mrz_information"].encode())
    cryptogram = keys.encrypt(number("rnd_ic") + bytes(8) + bytes(16))
    with pytest.raises(AccessError, match="other challenges"):
        authentication().finish(cryptogram + keys.mac(cryptogram))


def test_a_challenge_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(AccessError):
        MutualAuthentication.begin(document_keys(b"x"), bytes(7), bytes)


@pytest.mark.parametrize("index", range(3))
def test_an_answer_altered_anywhere_is_refused(index: int) -> None:
    raw = bytes.fromhex(EXCHANGES[index]["response"])
    for position in range(len(raw) - 2):
        session = example_session()
        for earlier in range(index):
            session.protect(COMMANDS[earlier])
            session.unprotect(example_answer(earlier))
        session.protect(COMMANDS[index])
        altered = bytearray(raw)
        altered[position] ^= 1
        with pytest.raises(SecureMessagingError):
            session.unprotect(Response.decode(bytes(altered)))


def test_an_answer_heard_before_is_refused() -> None:
    session = example_session()
    session.protect(COMMANDS[0])
    session.unprotect(example_answer(0))
    session.protect(COMMANDS[0])
    with pytest.raises(SecureMessagingError):
        session.unprotect(example_answer(0))


@pytest.mark.parametrize("raw", ["9000", "60145F019000", "990290009000", "8E08FA855A5D4C50A8ED9000"])
def test_an_unprotected_answer_is_an_error(raw: str) -> None:
    session = example_session()
    session.protect(COMMANDS[1])
    with pytest.raises(SecureMessagingError) as error:
        session.unprotect(Response.decode(bytes.fromhex(raw)))
    assert error.value.reason is Reason.SECURE_MESSAGING


def test_a_bare_refusal_ends_the_session_and_is_named() -> None:
    session = example_session()
    session.protect(COMMANDS[1])
    with pytest.raises(UnprotectedStatus, match="6988 SM_OBJECTS_INCORRECT") as error:
        session.unprotect(Response(b"", 0x6988))
    assert error.value.status == apdu.Status.SM_OBJECTS_INCORRECT


@pytest.mark.parametrize("status", [0x6700, 0x6C80])
def test_a_bare_length_error_does_not_count(status: int) -> None:
    session = example_session()
    session.protect(apdu.read_binary(0, 256))
    assert session.unprotect(Response(b"", status)).is_length_error
    assert session.protect(COMMANDS[0]).encode().hex().upper() == EXCHANGES[0]["command"]
    assert session.unprotect(example_answer(0)).ok


def test_an_odd_instruction_sends_its_data_without_an_indicator() -> None:
    protected = example_session().protect(apdu.read_binary(0x8000, 4))
    assert [item.tag for item in tlv.read_all(protected.data)] == [0x85, 0x97, 0x8E]


@pytest.mark.parametrize(("room", "plain"), [(258, 231), (256, 231), (160, 135), (16, 0), (65538, 65511)])
def test_what_fits_into_an_answer(room: int, plain: int) -> None:
    session = example_session()
    assert session.max_response_data(room) == plain
    suite = TripleDesSuite(bytes(16), bytes(16))
    for length, fits in ((plain, True), (plain + 1, False)):
        cryptogram = tlv.encode(0x87, b"\x01" + suite.encrypt(pad(bytes(length), 8))) if length else b""
        answer = cryptogram + tlv.encode(0x99, bytes(2)) + tlv.encode(0x8E, bytes(8)) + b"\x90\x00"
        assert (len(answer) <= room) is fits


@pytest.mark.parametrize(
    ("command", "encoded"),
    [
        (Command(0xA4, 0x00, 0x0C), "00A4000C"),
        (Command(0xB0, 0x00, 0x00, le=256), "00B0000000"),
        (Command(0xB0, 0x00, 0x00, le=257), "00B00000000101"),
        (Command(0xB0, 0x00, 0x00, le=65536), "00B00000000000"),
        (Command(0x88, 0x00, 0x00, b"\xaa", le=256, extended=True), "0088000000 0001 AA 0100"),
        (Command(0x88, 0x00, 0x00, b"\xaa", le=1), "0088000001AA01"),
        (Command(0x88, 0x00, 0x00, bytes(256)), "00880000000100" + "00" * 256),
        (apdu.read_binary_sfi(0x1D, 231), "00B09D00E7"),
        (apdu.read_binary(0x7FFF, 1), "00B07FFF01"),
        (apdu.read_binary(0x8000, 1), "00B1000004 5402 8000 01"),
        (apdu.select_application(), "00A4040C07A0000002471001"),
    ],
)
def test_commands_are_encoded_in_every_case(command: Command, encoded: str) -> None:
    assert command.encode() == bytes.fromhex(encoded)


def test_a_command_cannot_ask_for_more_than_there_is() -> None:
    with pytest.raises(ValueError, match="65536"):
        Command(0xB0, 0, 0, le=65537)


def test_padding_is_undone_only_where_it_is_right() -> None:
    assert unpad(pad(b"1234567\0", 8)) == b"1234567\0"
    for wrong in (b"", bytes(8), b"12345678"):
        with pytest.raises(FormatError):
            unpad(wrong)


def test_every_byte_of_a_key_has_odd_parity() -> None:
    assert all(byte.bit_count() % 2 == 1 for byte in adjust_parity(bytes(range(256))))
