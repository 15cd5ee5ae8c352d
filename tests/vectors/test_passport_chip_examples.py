"""The simulated chip against examples that others computed: a run of BSI TR-03110, and a chain of certificates."""

import json
from functools import cache

import pytest
from document_samples import shared_file
from passport_terminal import ScriptedRandom

from egate_sim.passport import crypto
from egate_sim.passport.chip import Access, Chip
from egate_sim.passport.contents import PaceMapping, PaceOffer, Passport, SessionCipher
from egate_sim.passport.cvc import Certificate, Rights, Role
from egate_sim.passport.groups import group
from egate_sim.passport.tlv import data_object, data_objects

AES = SessionCipher.AES_128
CARD_NUMBER = "123456"


@cache
def arrays() -> dict[str, str]:
    numbers: dict[str, str] = json.loads(shared_file("tr03110_worked_example", "arrays.json"))
    return numbers


def number(kind: str, name: str) -> bytes:
    return bytes.fromhex(arrays()[f"tc_{kind}_{name}"])


def answered(chip: Chip, cla: int, tag: int | None, value: bytes = b"") -> dict[int, bytes]:
    data = data_object(0x7C, b"" if tag is None else data_object(tag, value))
    answer = chip.process(bytes([cla, 0x86, 0, 0, len(data)]) + data + b"\x00")
    assert answer[-2:] == b"\x90\x00"
    ((_, content),) = data_objects(answer[:-2])
    return dict(data_objects(content))


@pytest.mark.parametrize(("kind", "parameter_id", "arc"), [("ecdh", 13, "02"), ("dh", 0, "01")])
def test_pace_gives_the_bytes_of_the_guideline(kind: str, parameter_id: int, arc: str) -> None:
    chosen = group(parameter_id)
    offer = PaceOffer(PaceMapping.GENERIC, chosen, AES)
    drawn = [number(kind, name) for name in ("map_picc_priv_key", "picc_priv_key")]
    # the guideline draws longer numbers than the group's order; they are the same powers
    scalars = [int.from_bytes(scalar, "big") % chosen.order for scalar in drawn]
    size = (chosen.order.bit_length() + 7) // 8
    rng = ScriptedRandom(number(kind, "nonce"), *(scalar.to_bytes(size, "big") for scalar in scalars))
    chip = Chip(Passport(("", ""), {}, bytes(20), None, pace=(offer,), can=CARD_NUMBER), rng)
    template = bytes.fromhex(f"0022C1A40F800A04007F0007020204{arc}02830102")
    assert chip.process(template) == b"\x90\x00"
    assert answered(chip, 0x10, None) == {0x80: nonce(kind)}
    assert answered(chip, 0x10, 0x81, number(kind, "map_pcd_pub_key")) == {0x82: number(kind, "map_picc_pub_key")}
    terminal_key = number(kind, "pcd_pub_key").removeprefix(b"\x00")  # of a signed integer
    assert answered(chip, 0x10, 0x83, terminal_key) == {0x84: number(kind, "picc_pub_key")}
    last = answered(chip, 0x00, 0x85, number(kind, "authentication_token_pcd"))
    assert last == {0x86: number(kind, "authentication_token_picc")}
    assert chip.access is Access.PACE


def nonce(kind: str) -> bytes:
    key = crypto.derive_key(AES, CARD_NUMBER.encode(), crypto.Purpose.PASSWORD)
    encrypted = crypto.encrypt(AES, key, number(kind, "nonce"))
    assert encrypted == number(kind, "nonce_enc")
    return encrypted


@pytest.mark.parametrize(("kind", "parameter_id"), [("ecdh", 13), ("dh", 0)])
def test_chip_authentication_agrees_as_in_the_guideline(kind: str, parameter_id: int) -> None:
    chosen = group(parameter_id)
    private = int.from_bytes(number(kind, "ca_picc_priv_key"), "big")
    assert chosen.power(chosen.generator, private) == number(kind, "ca_picc_pub_key")
    shared = chosen.shared_secret(chosen.power(number(kind, "ca_pcd_pub_key"), private))
    assert shared == number(kind, "ca_shared_secret_k")


def test_a_chain_of_another_issuer_is_followed() -> None:
    names = ("certCVCA_orig", "certDVD_orig", "certIS_orig")
    point, verifier, terminal = (Certificate.parse(shared_file("cvc", "jmrtd", f"{name}.cvcert")) for name in names)
    assert [c.role for c in (point, verifier, terminal)] == [Role.CVCA, Role.DV_OFFICIAL, Role.TERMINAL]
    assert terminal.rights & verifier.rights & point.rights == Rights.DG3
    for above, below in ((point, point), (point, verifier), (verifier, terminal)):
        key = above.key.completed(point.key)  # the domain parameters are written out at the top alone
        assert below.issuer == above.holder
        assert key.verifies(below.signature, below.body)
        assert not key.verifies(below.signature, below.body[:-1] + b"\x00")
    assert point.effective <= verifier.effective < verifier.expires
    assert terminal.expires <= verifier.expires
