"""Ciphers, key derivation and secure messaging with AES against published numbers, and all ciphers at the edges."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from document_samples import shared_file

from egate.document import tlv
from egate.document.chip import apdu
from egate.document.chip.apdu import Command, Response
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.crypto.symmetric import BlockCipher, KeyUse, Suite, pad
from egate.document.errors import FormatError, SecureMessagingError

VECTORS = Path(__file__).parents[1] / "vectors"
PACE: list[dict[str, Any]] = [
    example
    for appendix in "ghi"
    for example in tomllib.loads((VECTORS / f"pace_appendix_{appendix}.toml").read_text())["example"]
]
every_cipher = pytest.mark.parametrize("cipher", BlockCipher)
SECRET = bytes(range(48))


@pytest.mark.parametrize("example", [one for one in PACE if "shared_secret" in one], ids=lambda one: one["name"])
def test_session_keys_are_derived_as_published(example: dict[str, Any]) -> None:
    secret = bytes.fromhex(example["shared_secret"])
    for use, name in ((KeyUse.ENC, "key_enc"), (KeyUse.MAC, "key_mac")):
        assert BlockCipher.AES_128.derive_key(secret, use).hex().upper() == example[name]


def test_the_password_key_is_derived_as_published() -> None:
    password, key = (bytes.fromhex(PACE[0][name]) for name in ("password", "password_key"))
    assert BlockCipher.AES_128.derive_key(password, KeyUse.PASSWORD) == key


@pytest.mark.parametrize(
    ("cipher", "size", "block", "begin"),
    [
        (BlockCipher.TRIPLE_DES, 16, 8, "sha1"),
        (BlockCipher.AES_128, 16, 16, "sha1"),
        (BlockCipher.AES_192, 24, 16, "sha256"),
        (BlockCipher.AES_256, 32, 16, "sha256"),
    ],
)
def test_keys_have_their_length_and_come_from_the_right_hash(
    cipher: BlockCipher, size: int, block: int, begin: str
) -> None:
    import hashlib

    key = cipher.derive_key(SECRET, KeyUse.MAC)
    assert (len(key), cipher.key_bytes, cipher.block_bytes) == (size, size, block)
    digest = hashlib.new(begin, SECRET + b"\0\0\0\2").digest()[:size]
    parity = 0xFE if cipher is BlockCipher.TRIPLE_DES else 0xFF
    assert [byte & parity for byte in key] == [byte & parity for byte in digest]


def session(cipher: BlockCipher, counter: int = 0) -> SecureMessaging:
    return SecureMessaging(cipher.suite(SECRET), counter)


def answer(suite: Suite, counter: int, data: bytes = b"", status: bytes = b"\x90\0") -> Response:
    """What the chip sends as its message number ``counter``."""
    objects = b""
    if data:
        objects += tlv.encode(0x87, b"\x01" + suite.encrypt(pad(data, suite.block_bytes), counter))
    objects += tlv.encode(0x99, status)
    return Response(objects + tlv.encode(0x8E, suite.session_mac(objects, counter)), int.from_bytes(status))


def test_secure_messaging_with_aes_runs_as_in_the_worked_example() -> None:
    """MSE:Set DST after PACE, both MACs and the cryptogram."""
    numbers = json.loads(shared_file("tr03110_worked_example", "arrays.json"))
    for kind in ("ecdh", "dh"):
        example = {name: bytes.fromhex(numbers[f"tc_{kind}_{name}"]) for name in ("d1", "e1", "ad1", "a1")}
        secret = bytes.fromhex(numbers[f"tc_{kind}_shared_secret_k"])
        line = SecureMessaging(BlockCipher.AES_128.suite(secret))
        command = line.protect(Command(0x22, 0x81, 0xB6, example["d1"]))
        cryptogram = next(tlv.read_all(command.data))
        assert cryptogram.value == b"\x01" + example["e1"]
        protected = example["ad1"] + tlv.encode(0x8E, example["a1"])
        assert line.unprotect(Response(protected, 0x9000)) == Response(b"", 0x9000)


@every_cipher
def test_a_session_carries_data_both_ways(cipher: BlockCipher) -> None:
    line, suite = session(cipher), cipher.suite(SECRET)
    for number, content in enumerate((b"", b"a", bytes(15), bytes(16), bytes(300), bytes(60000))):
        line.protect(apdu.read_binary(0, 256))
        assert line.unprotect(answer(suite, 2 * number + 2, content)).data == content


@every_cipher
def test_an_answer_counts_once(cipher: BlockCipher) -> None:
    line, suite = session(cipher), cipher.suite(SECRET)
    line.protect(apdu.read_binary(0, 256))
    with pytest.raises(SecureMessagingError):
        line.unprotect(answer(suite, 1, b"stale"))


@every_cipher
def test_the_counter_wraps_at_its_block(cipher: BlockCipher) -> None:
    last = (1 << 8 * cipher.block_bytes) - 1
    line, suite = session(cipher, last - 1), cipher.suite(SECRET)
    line.protect(apdu.read_binary(0, 256))
    assert line.unprotect(answer(suite, 0, b"first")).data == b"first"


@every_cipher
@pytest.mark.parametrize("status", [0x6700, 0x6C20])
def test_a_bare_length_error_sets_the_counter_back(cipher: BlockCipher, status: int) -> None:
    line, suite = session(cipher), cipher.suite(SECRET)
    first = line.protect(apdu.read_binary(0, 256))
    assert line.unprotect(Response(b"", status)).is_length_error
    assert line.protect(apdu.read_binary(0, 256)) == first
    assert line.unprotect(answer(suite, 2, b"data")).data == b"data"


@every_cipher
@pytest.mark.parametrize(("le", "written"), [(1, "970101"), (256, "970100"), (257, "97020101"), (65536, "97020000")])
def test_the_length_asked_for_is_written_as_long_as_it_needs(cipher: BlockCipher, le: int, written: str) -> None:
    command = session(cipher).protect(apdu.read_binary(0, le))
    objects = list(tlv.read_all(command.data))
    assert objects[0].raw.hex() == written
    assert command.is_extended is (le > 256)
    assert command.encode()[-2:] == bytes(2) if le > 256 else command.encode()[-1] == 0


@every_cipher
@pytest.mark.parametrize("length", [1, 200, 231, 232, 255, 256, 5000])
def test_a_command_becomes_extended_where_its_protection_asks_for_it(cipher: BlockCipher, length: int) -> None:
    plain = bytes(range(256)) * 20
    command = session(cipher).protect(Command(0x88, 0, 0, plain[:length], le=256))
    encoded, suite = command.encode(), cipher.suite(SECRET)
    extended = len(command.data) > 255
    assert command.is_extended is extended
    assert encoded[4:7] == b"\0" + len(command.data).to_bytes(2) if extended else encoded[4] == len(command.data)
    assert encoded[-2:] == bytes(2) if extended else encoded[-1:] == b"\0"
    objects = list(tlv.read_all(command.data))
    assert suite.decrypt(objects[0].value[1:], 1).startswith(plain[:length] + b"\x80")
    header = pad(command.header, suite.block_bytes)
    assert suite.session_mac(header + b"".join(item.raw for item in objects[:-1]), 1) == objects[-1].value


@every_cipher
def test_what_fits_into_an_answer_fits(cipher: BlockCipher) -> None:
    suite = cipher.suite(SECRET)
    for room in (16, 128, 160, 256, 258, 65538):
        plain = session(cipher).max_response_data(room)
        assert len(answer(suite, 2, bytes(plain)).data) + 2 <= room
        assert len(answer(suite, 2, bytes(plain + 1)).data) + 2 > room


@every_cipher
def test_broken_blocks_are_our_error(cipher: BlockCipher) -> None:
    with pytest.raises(FormatError, match="blocks"):
        cipher.suite(SECRET).decrypt(bytes(7), 1)


@every_cipher
def test_no_key_is_shown(cipher: BlockCipher) -> None:
    suite = cipher.suite(SECRET)
    keys = [cipher.derive_key(SECRET, use) for use in KeyUse]
    assert not any(key.hex() in repr((suite, session(cipher))) for key in keys)
    assert not any(repr(key) in repr((suite, session(cipher))) for key in keys)
