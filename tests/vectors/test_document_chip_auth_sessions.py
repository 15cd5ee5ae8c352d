"""Chip Authentication against recorded sessions of real passports, and the key agreements of BSI's worked example."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from chip_exchanges import channel_to_chip, recorded, run
from document_samples import shared_file

from egate.document.chip.apdu import Response, select_file
from egate.document.chip.chip_auth import ChipAuthenticationOffer, authenticate_chip, chip_authentication_offers
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.crypto.domain_parameters import standardized_group
from egate.document.crypto.symmetric import AesSuite, BlockCipher, KeyUse, Suite, TripleDesSuite
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import parse_dg14

SESSIONS = tomllib.loads((Path(__file__).parent / "chip_authentication_sessions.toml").read_text())["session"]
WAYS = {
    "AT": ("brainpoolp256r1", BlockCipher.AES_128, None),
    "DE": ("brainpoolp256r1", BlockCipher.AES_128, 0xC3),
    "MY": ("brainpoolp256r1", BlockCipher.TRIPLE_DES, None),
    "FR": ("nist256p", BlockCipher.TRIPLE_DES, None),
}


def suite(session: dict[str, Any], when: str) -> Suite:
    keys = (bytes.fromhex(session[f"{use}_{when}"]) for use in ("enc", "mac"))
    return AesSuite(*keys) if session[f"cipher_{when}"] == "aes" else TripleDesSuite(*keys)


def offers_of(session: dict[str, Any]) -> tuple[ChipAuthenticationOffer, ...]:
    return chip_authentication_offers(parse_dg14(bytes.fromhex(session["dg14"])))


def named(session: dict[str, Any]) -> str:
    return str(session["name"])


@pytest.mark.parametrize("session", SESSIONS, ids=named)
def test_the_keys_of_a_real_session_follow(session: dict[str, Any]) -> None:
    (offer,) = offers_of(session)
    assert (offer.group.name, offer.cipher, offer.key_id) == WAYS[session["name"]]
    ephemeral = offer.group.key_pair(int(session["ephemeral_private"], 16))
    assert ephemeral.public.hex().upper() == session["ephemeral_public"]
    ours = SecureMessaging(offer.cipher.suite(offer.group.agree(ephemeral.private, offer.key.public)))
    command, answer = (bytes.fromhex(item) for item in session["exchanges"][-1])
    assert ours.protect(select_file(Ef.DG14.value.file_id)).encode() == command
    assert not ours.is_shared
    assert ours.unprotect(Response.decode(answer)).ok
    assert ours.is_shared


# One of the four readers used two commands for 3DES where we use the one made for it.
@pytest.mark.parametrize("session", [item for item in SESSIONS if item["name"] != "MY"], ids=named)
def test_a_real_chip_is_understood(session: dict[str, Any]) -> None:
    """Byte for byte the same commands; the first answer in the new session proves the chip."""
    offers = offers_of(session)
    channel = channel_to_chip()
    channel.secure = SecureMessaging(suite(session, "before"), int(session["counter_before"], 16))
    private = int(session["ephemeral_private"], 16) - 1  # drawn as one more than what the random bytes give

    def random_bytes(length: int) -> bytes:
        return private.to_bytes(length)

    respond = recorded(session["exchanges"])
    authenticated = run(authenticate_chip(channel, offers, random_bytes), respond)
    assert not authenticated.is_proven
    assert run(channel.exchange(select_file(Ef.DG14.value.file_id)), respond).ok
    assert authenticated.is_proven
    assert authenticated.compressed_key.hex().upper() == session["ephemeral_public"][2:66]


@pytest.mark.parametrize(("run_name", "group_id"), [("ecdh", 13), ("dh", 0)])
def test_the_agreements_of_the_worked_example_follow(run_name: str, group_id: int) -> None:
    """Version 2 of the protocol puts a nonce into the key derivation; the agreement is that of version 1."""
    arrays = json.loads(shared_file("tr03110_worked_example", "arrays.json"))
    numbers = {
        name: bytes.fromhex(arrays[f"tc_{run_name}_ca_{name}"])
        for name in ("pcd_priv_key", "pcd_pub_key", "picc_pub_key", "nonce", "shared_secret_k", "k_enc", "k_mac")
    }
    group = standardized_group(group_id)
    private = int.from_bytes(numbers["pcd_priv_key"])
    assert group.key_pair(private).public == numbers["pcd_pub_key"]
    secret = group.agree(private, numbers["picc_pub_key"])
    assert secret == numbers["shared_secret_k"]
    for use, name in ((KeyUse.ENC, "k_enc"), (KeyUse.MAC, "k_mac")):
        assert BlockCipher.AES_128.derive_key(secret + numbers["nonce"], use) == numbers[name]


def test_the_group_of_the_standards_dg14_is_taken_as_it_is_written() -> None:
    """Its Diffie-Hellman group is nobody's but its own; the issuer's signature vouches for it."""
    raw = shared_file("part11_worked_examples", "spec_sample_encoded_dg14.bin")
    (offer,) = chip_authentication_offers(parse_dg14(raw))
    assert (offer.group.name, offer.cipher, offer.key_id) == ("modp1024", BlockCipher.TRIPLE_DES, None)
