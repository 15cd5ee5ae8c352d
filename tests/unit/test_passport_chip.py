"""The simulated chip gives the published bytes, and answers what a chip must answer to a terminal that errs.

The terminal of these tests is written here, on the chip's ciphers alone, which the worked example checks. Tests that
join the chip and the real reader stand in test_passport_reader.py.
"""

import io
import random
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from passport_terminal import OK, SELECT_APPLICATION, ScriptedRandom, Terminal
from PIL import Image

from egate_sim.passport import crypto
from egate_sim.passport.chip import Access, Chip, LongRead, Quirks
from egate_sim.passport.issue import ActiveAuthentication, Passport, Profile, issue
from egate_sim.passport.lds import File
from egate_sim.passport.mrz import Holder, Sex
from egate_sim.passport.state import UTOPIA, found_state
from egate_sim.passport.tlv import data_objects

EXAMPLE = tomllib.loads((Path(__file__).parents[1] / "vectors" / "bac_appendix_d.toml").read_text())


def issued(profile: Profile) -> Passport:
    picture = io.BytesIO()
    Image.new("RGB", (120, 150), (180, 140, 120)).save(picture, "JPEG")
    state = found_state(UTOPIA, b"chip tests", date(2026, 1, 1))
    holder = Holder("Tester", "Toni", date(1990, 2, 3), Sex.UNSPECIFIED, "UTO", "T12345678", date(2034, 5, 6))
    return issue(state, holder, picture.getvalue(), profile)


@pytest.fixture(scope="module")
def passports() -> dict[ActiveAuthentication, Passport]:
    return {kind: issued(Profile(kind)) for kind in ActiveAuthentication}


@pytest.fixture
def passport(passports: dict[ActiveAuthentication, Passport]) -> Passport:
    return passports[ActiveAuthentication.ECDSA]


def session(passport: Passport, quirks: Quirks | None = None) -> Terminal:
    assert passport.access_seed is not None
    terminal = Terminal(Chip(passport, random.Random(1), quirks))
    assert terminal.authenticate(passport.access_seed) == OK
    return terminal


def test_keys_of_the_worked_example() -> None:
    seed = crypto.key_seed(EXAMPLE["mrz_information"])
    assert seed == bytes.fromhex(EXAMPLE["key_seed"])
    for secret, name in ((seed, "key"), (bytes.fromhex(EXAMPLE["session_seed"]), "session_key")):
        keys = crypto.derive_keys(secret)
        assert keys.encryption == bytes.fromhex(EXAMPLE[f"{name}_enc"])
        assert keys.mac == bytes.fromhex(EXAMPLE[f"{name}_mac"])


def test_the_chip_gives_the_bytes_of_the_worked_example() -> None:
    passport = Passport(
        mrz=("", ""),
        files={File.COM: bytes.fromhex(EXAMPLE["ef_com"])},
        access_seed=bytes.fromhex(EXAMPLE["key_seed"]),
        active_authentication=None,
    )
    chip = Chip(passport, ScriptedRandom(bytes.fromhex(EXAMPLE["rnd_ic"]), bytes.fromhex(EXAMPLE["k_ic"])))
    assert chip.process(SELECT_APPLICATION) == OK
    exchanges: list[dict[str, Any]] = EXAMPLE["exchange"]
    for exchange in exchanges:
        assert chip.process(bytes.fromhex(exchange["command"])).hex().upper() == exchange["response"], exchange["name"]


def test_every_file_reads_back_by_offset_and_by_short_identifier(passport: Passport) -> None:
    terminal = session(passport)
    for file, content in passport.files.items():
        assert terminal.send("A4020C", file.to_bytes(2, "big")) == (b"", OK)
        read = b""
        while len(read) < len(content):
            want = min(200, len(content) - len(read))
            data, status = terminal.send(f"B0{len(read):04X}", expected=want)
            assert status == OK
            read += data
        assert read == content
        assert terminal.send(f"B0{0x80 | file.short_identifier:02X}02", expected=20) == (content[2:22], OK)


def test_reads_around_the_end_of_a_file(passport: Passport) -> None:
    terminal = session(passport)
    content = passport.files[File.DG1]
    assert terminal.send("B08100", expected=256) == (content, OK)
    assert terminal.send("B00050", expected=100) == (content[0x50:], b"\x62\x82")
    assert terminal.send(f"B0{len(content):04X}", expected=1) == (b"", b"\x6b\x00")
    assert terminal.send("B08200", expected=256)[0] == passport.files[File.DG2][:231]
    assert terminal.send("B08200", expected=232) == (b"", b"\x67\x00")
    assert terminal.send("B08200") == (b"", b"\x67\x00")


def test_files_beyond_32767_bytes_are_read_by_the_odd_instruction(passport: Passport) -> None:
    long_file = random.Random(3).randbytes(33_000)
    terminal = session(replace(passport, files={File.DG2: long_file}))
    assert terminal.send("A4020C", b"\x01\x02") == (b"", OK)
    assert terminal.send("B00000", expected=10) == (long_file[:10], OK)
    read = b""
    while len(read) < 240:
        answer, status = terminal.send("B10000", b"\x54\x03" + (32_760 + len(read)).to_bytes(3, "big"), 102)
        assert status == OK
        read += value_of(0x53, answer)
    assert read == long_file[32_760:]
    assert terminal.send("B10000", b"\x54\x02\x00\x00", 4) == (b"\x53\x02" + long_file[:2], OK)
    assert terminal.send("B10000", b"\x54\x02\x80\xe8", 4) == (b"", b"\x6b\x00")
    assert terminal.send("B10002", b"\x54\x01\x00", 4) == (b"\x53\x02" + long_file[:2], OK)
    assert terminal.send("B10001", b"\x54\x01\x00", 4) == (b"", b"\x6a\x82")
    assert terminal.send("B10100", b"\x54\x01\x00", 4) == (b"", b"\x6a\x86")
    for wrong in (b"\x55\x01\x00", b"\x54", b"\x54\x01\x00\x54\x01\x00"):
        assert terminal.send("B10000", wrong, 4) == (b"", b"\x6a\x80")


def value_of(tag: int, encoded: bytes) -> bytes:
    ((found, content),) = data_objects(encoded)
    assert found == tag
    return content


def test_nothing_is_to_be_had_without_access(passport: Passport) -> None:
    chip = Chip(passport, random.Random(1))
    assert chip.process(bytes.fromhex("0084000008")) == b"\x69\x85", "no application yet"
    assert chip.process(bytes.fromhex("00A4020C020101")) == b"\x6a\x82"
    assert chip.process(SELECT_APPLICATION) == OK
    for command in ("00A4020C020101", "00A4020C020999", "00B0810000", "00B0000000", "0088000008010203040506070800"):
        assert chip.process(bytes.fromhex(command)) == b"\x69\x82"
    assert chip.access is Access.OPEN


@pytest.mark.parametrize("spoil", [0, 31, 32, 39])
def test_a_wrong_token_is_refused_and_uses_up_the_challenge(passport: Passport, spoil: int) -> None:
    chip = Chip(passport, random.Random(1))
    assert passport.access_seed is not None
    assert Terminal(chip).authenticate(passport.access_seed, spoil=spoil) == b"\x63\x00"
    assert chip.process(bytes.fromhex("0082000028") + bytes(40) + b"\x28") == b"\x69\x85"


def test_keys_of_another_mrz_are_refused(passport: Passport) -> None:
    terminal = Terminal(Chip(passport, random.Random(1)))
    assert terminal.authenticate(b"another MRZ seed") == b"\x63\x00"


def test_a_replayed_token_is_refused(passport: Passport) -> None:
    commands: list[bytes] = []

    class Recorder(Chip):
        def process(self, apdu: bytes) -> bytes:
            commands.append(apdu)
            return super().process(apdu)

    chip = Recorder(passport, random.Random(1))
    assert passport.access_seed is not None
    assert Terminal(chip).authenticate(passport.access_seed) == OK
    chip.reset()
    assert [chip.process(c)[-2:] for c in commands[:3]] == [OK, OK, b"\x63\x00"]


@pytest.mark.parametrize(
    ("damage", "status"),
    [
        (lambda c: c[:-2] + bytes([c[-2] ^ 1]) + c[-1:], "6988"),
        (lambda c: c[:9] + bytes([c[9] ^ 1]) + c[10:], "6988"),
        (lambda c: c[:2] + b"\x04" + c[3:], "6988"),
        (lambda c: c[:4] + bytes([c[4] - 10]) + c[5:-11] + c[-1:], "6987"),
        (lambda c: c[:4] + b"\x00", "6987"),
        (lambda c: c[:4] + b"\x02\x87\x09\x00", "6988"),
    ],
)
def test_an_error_of_secure_messaging_ends_the_session(passport: Passport, damage: Any, status: str) -> None:
    terminal = session(passport)
    assert terminal.chip.process(damage(terminal.protect("A4020C", b"\x01\x01"))).hex() == status
    assert terminal.chip.access is Access.OPEN
    assert terminal.chip.process(terminal.protect("A4020C", b"\x01\x01")) == b"\x69\x88"


def test_a_command_out_of_sequence_ends_the_session(passport: Passport) -> None:
    terminal = session(passport)
    command = terminal.protect("B08100", expected=4)
    assert terminal.chip.process(command)[-2:] == OK
    assert terminal.chip.process(command) == b"\x69\x88"


def test_a_plain_command_ends_the_session(passport: Passport) -> None:
    terminal = session(passport)
    assert terminal.chip.process(bytes.fromhex("00B0810004")) == b"\x69\x82"
    assert terminal.chip.process(terminal.protect("B08100", expected=4)) == b"\x69\x88"
    assert passport.access_seed is not None
    assert terminal.authenticate(passport.access_seed) == OK


def test_errors_inside_a_session_are_protected_and_leave_it_standing(passport: Passport) -> None:
    terminal = session(passport)
    assert terminal.send("B00000", expected=4) == (b"", b"\x69\x86")
    assert terminal.send("A4020C", b"\x01\x03") == (b"", b"\x6a\x82")
    assert terminal.send("A4020C", b"\x01") == (b"", b"\x6a\x80")
    assert terminal.send("A4080C", b"\x01\x01") == (b"", b"\x6a\x86")
    assert terminal.send("D60000", b"x") == (b"", b"\x6d\x00")
    assert terminal.send("840000", expected=8) == (b"", b"\x69\x85")
    assert terminal.send("B08100", expected=4) == (passport.files[File.DG1][:4], OK)


@pytest.mark.parametrize("apdu", ["", "00", "00A404", "00A40000000001FF", "00A4040C05A000", "80A4040C07A0000002471001"])
def test_what_is_no_short_apdu_is_refused(passport: Passport, apdu: str) -> None:
    expected = b"\x6e\x00" if apdu.startswith("80") else b"\x67\x00"
    assert Chip(passport, random.Random(1)).process(bytes.fromhex(apdu)) == expected


def test_active_authentication_by_ecdsa(passport: Passport) -> None:
    signature, status = session(passport).send("880000", b"CHALLENG", 256)
    assert status == OK
    ((_, public_key_info),) = data_objects(passport.files[File.DG15])
    key = serialization.load_der_public_key(public_key_info)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    key.verify(encode_dss_signature(r, s), b"CHALLENG", ec.ECDSA(hashes.SHA256()))


def test_active_authentication_by_rsa(passports: dict[ActiveAuthentication, Passport]) -> None:
    passport = passports[ActiveAuthentication.RSA]
    signature, status = session(passport).send("880000", b"CHALLENG", 256)
    assert status == OK
    ((_, public_key_info),) = data_objects(passport.files[File.DG15])
    key = serialization.load_der_public_key(public_key_info)
    assert isinstance(key, rsa.RSAPublicKey)
    numbers = key.public_numbers()
    assert numbers.n.bit_length() == 1024
    message = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n).to_bytes(128, "big")
    digest = hashes.Hash(hashes.SHA1())
    digest.update(message[1:-21] + b"CHALLENG")
    assert (message[:1], message[-21:-1], message[-1:]) == (b"\x6a", digest.finalize(), b"\xbc")


def test_a_chip_without_a_key_knows_no_active_authentication(passports: dict[ActiveAuthentication, Passport]) -> None:
    terminal = session(passports[ActiveAuthentication.NONE])
    assert terminal.send("880000", b"CHALLENG", 256) == (b"", b"\x6d\x00")
    assert terminal.send("A4020C", b"\x01\x0f") == (b"", b"\x6a\x82")


def test_a_chip_without_access_control_shows_its_files() -> None:
    passport = issued(Profile(access_control=False))
    chip = Chip(passport, random.Random(1))
    assert chip.process(SELECT_APPLICATION) == OK
    assert chip.process(bytes.fromhex("0084000008")) == b"\x6d\x00"
    assert chip.process(bytes.fromhex("00B0810000")) == passport.files[File.DG1] + OK
    assert chip.process(bytes.fromhex("00A4020C020102")) == OK
    assert chip.process(bytes.fromhex("00B0000004")) == passport.files[File.DG2][:4] + OK
    assert len(chip.process(bytes.fromhex("0088000008010203040506070800"))) == 64 + 2


def test_long_reads_by_quirk(passport: Passport) -> None:
    content = passport.files[File.DG2]
    refusing = session(passport, Quirks(max_read=128))
    assert refusing.send("B08200", expected=129) == (b"", b"\x67\x00")
    assert refusing.send("B08200", expected=128) == (content[:128], OK)
    shortening = session(passport, Quirks(max_read=128, long_read=LongRead.SHORTEN))
    assert shortening.send("B08200", expected=200) == (content[:128], b"\x62\x82")


def test_a_bare_refusal_does_not_count(passport: Passport) -> None:
    terminal = session(passport, Quirks(max_read=128, long_read=LongRead.REFUSE_BARE))
    before = terminal.counter
    assert terminal.chip.process(terminal.protect("B08200", expected=224)) == b"\x67\x00"
    terminal.counter = before
    assert terminal.send("B08200", expected=128) == (passport.files[File.DG2][:128], OK)


def test_a_chip_falls_silent_by_quirk(passport: Passport) -> None:
    chip = Chip(passport, random.Random(1), Quirks(silent_after=1))
    assert chip.process(SELECT_APPLICATION) == OK
    assert chip.process(SELECT_APPLICATION) == b""


def test_nothing_personal_shows(passport: Passport) -> None:
    terminal = session(passport)
    shown = f"{passport!r} {terminal.chip!r}"
    assert "TESTER" not in shown
    assert "T12345678" not in shown
