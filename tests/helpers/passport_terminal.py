"""A small terminal for the tests of the simulated chip: every protocol's other side, as plainly as it can be written.

It has the chip's ciphers and groups, which published vectors check, and nothing else of it.
"""

import random
from typing import Any

from asn1crypto import core

from egate_sim.passport import crypto
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import ChipAuthenticationOffer, PaceMapping, PaceOffer
from egate_sim.passport.crypto import Keys, Purpose, SessionCipher
from egate_sim.passport.groups import DhGroup
from egate_sim.passport.mapping import generic_mapping, integrated_mapping
from egate_sim.passport.tlv import data_object, data_objects

SELECT_APPLICATION = bytes.fromhex("00A4040C07A0000002471001")
OK = b"\x90\x00"
MRZ, CAN = b"\x01", b"\x02"


class ScriptedRandom(random.Random):
    """Deals out prepared nonces."""

    def __init__(self, *nonces: bytes) -> None:
        super().__init__()
        self._nonces = list(nonces)

    def randbytes(self, n: int) -> bytes:
        nonce = self._nonces.pop(0)
        assert len(nonce) == n
        return nonce


class Refused(Exception):
    """The chip answered with another status word than 9000."""

    def __init__(self, status: bytes) -> None:
        super().__init__(status.hex())
        self.status = status.hex().upper()


class Terminal:
    """One terminal in front of one chip."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self.rng = random.Random(5)
        self.keys: Keys | None = None
        self.counter = 0
        self.chip_key = b""
        self.own_key = b""
        self.chip_identifier = b""  # what Terminal Authentication signs beside the challenge
        self.bound_key = b""
        self.references: list[bytes] = []  # of trust points, as PACE tells them

    # Commands

    def plain(self, header: str, data: bytes = b"", expected: int | None = None) -> bytes:
        """Response data of an unprotected command. Raises Refused."""
        if len(data) > 255:
            body = b"\x00" + len(data).to_bytes(2, "big") + data + (b"" if expected is None else b"\x00\x00")
        else:
            body = (bytes([len(data)]) + data if data else b"") + (b"" if expected is None else bytes([expected % 256]))
        answer = self.chip.process(bytes.fromhex(header) + body)
        if answer[-2:] != OK:
            raise Refused(answer[-2:])
        return answer[:-2]

    def protect(self, header: str, data: bytes = b"", expected: int | None = None, cla: int = 0x0C) -> bytes:
        """A protected command; extended where data or ``expected`` need it."""
        assert self.keys is not None
        cipher, head, body = self.keys.cipher, bytes([cla]) + bytes.fromhex(header), b""
        self.counter += 1
        if data:
            cryptogram = crypto.encrypt(cipher, self.keys.encryption, crypto.pad(data, cipher.block_bytes), self._iv())
            body += data_object(0x85, cryptogram) if head[1] & 1 else data_object(0x87, b"\x01", cryptogram)
        if expected is not None:
            body += data_object(
                0x97, bytes([expected % 256]) if expected <= 256 else (expected % 65536).to_bytes(2, "big")
            )
        block = cipher.block_bytes
        body += data_object(0x8E, self._checksum(crypto.pad(head, block) + (crypto.pad(body, block) if body else b"")))
        if len(body) > 255 or (expected or 0) > 256:
            return head + b"\x00" + len(body).to_bytes(2, "big") + body + b"\x00\x00"
        return head + bytes([len(body)]) + body + b"\x00"

    def send(self, header: str, data: bytes = b"", expected: int | None = None, cla: int = 0x0C) -> tuple[bytes, bytes]:
        """Returns data and status word of a protected exchange, whose checksum it verifies."""
        return self.opened(self.chip.process(self.protect(header, data, expected, cla)), odd=header.startswith("B1"))

    def opened(self, answer: bytes, *, odd: bool = False) -> tuple[bytes, bytes]:
        """Data and status word of a protected response."""
        assert self.keys is not None
        cipher = self.keys.cipher
        self.counter += 1
        objects = dict(data_objects(answer[:-2]))
        checksum = objects.pop(0x8E)
        sealed = b"".join(data_object(tag, value) for tag, value in objects.items())
        assert self._checksum(crypto.pad(sealed, cipher.block_bytes)) == checksum
        assert objects[0x99] == answer[-2:]
        cryptogram = objects.get(0x85, b"") if odd else objects.get(0x87, b"")[1:]
        plain = b""
        if cryptogram:
            plain = crypto.unpad(crypto.decrypt(cipher, self.keys.encryption, cryptogram, self._iv()))
        return plain, answer[-2:]

    def do(self, header: str, data: bytes = b"", expected: int | None = None, cla: int = 0x0C) -> bytes:
        """Response data of a protected command. Raises Refused."""
        answer, status = self.send(header, data, expected, cla)
        if status != OK:
            raise Refused(status)
        return answer

    def read(self, identifier: int, length: int) -> bytes:
        """SELECT a file of what is selected and read its first bytes."""
        self.do("A4020C", identifier.to_bytes(2, "big"))
        return self.do("B00000", expected=length)

    # Basic Access Control

    def authenticate(self, seed: bytes, *, spoil: int | None = None) -> bytes:
        """Select, run BAC; ``spoil`` names a byte of the command data to turn over. Returns the status word."""
        assert self.chip.process(SELECT_APPLICATION) == OK
        challenge = self.chip.process(bytes.fromhex("0084000008"))
        assert challenge[-2:] == OK
        keys, tdes = crypto.derive_keys(seed[:16]), SessionCipher.TDES
        nonce, key = b"terminal", b"terminal's half!"
        data = bytearray(crypto.encrypt(tdes, keys.encryption, nonce + challenge[:8] + key))
        data += crypto.retail_mac(keys.mac, crypto.pad(bytes(data), 8))
        if spoil is not None:
            data[spoil] ^= 1
        answer = self.chip.process(bytes.fromhex("0082000028") + data + b"\x28")
        if answer[-2:] == OK:
            plain = crypto.decrypt(tdes, keys.encryption, answer[:32])
            assert crypto.retail_mac(keys.mac, crypto.pad(answer[:32], 8)) == answer[32:40]
            assert plain[:16] == challenge[:8] + nonce
            self.keys = crypto.derive_keys(crypto.xor(key, plain[16:]))
            self.counter = int.from_bytes(challenge[4:8] + nonce[4:], "big")
        return answer[-2:]

    # PACE

    def pace(self, offer: PaceOffer, secret: bytes, reference: bytes = MRZ, *, name_group: bool = False) -> None:
        """Run PACE. Raises Refused; asserts that the chip's token, and its proof in CAM, are right."""
        group, cipher = offer.group, offer.cipher
        template = data_object(0x80, _oid(offer.protocol)) + data_object(0x83, reference)
        if name_group:
            template += data_object(0x84, bytes([group.parameter_id]))
        self.plain("0022C1A4", template)
        key = crypto.derive_key(cipher, secret, Purpose.PASSWORD)
        nonce = crypto.decrypt(cipher, key, self._step(None, 0x80))
        generator, chip_mapping = self._mapped(offer, nonce)
        private = group.private_key(self.rng)
        self.own_key = group.power(generator, private)
        self.chip_key = self._step(self.own_key, 0x84, 0x83)
        assert self.chip_key != self.own_key
        keys = crypto.derive_keys(group.shared_secret(group.power(self.chip_key, private)), cipher)
        objects = self._objects(_token(offer, keys, self.chip_key), 0x85, cla="00")
        assert objects[0x86] == _token(offer, keys, self.own_key)
        self.references = [objects[tag] for tag in (0x87, 0x88) if tag in objects]
        self.keys, self.counter = keys, 0
        self.chip_identifier, self.bound_key = group.compressed(self.chip_key), group.compressed(self.own_key)
        if offer.chip_key is not None:
            iv = crypto.encrypt_block(cipher, keys.encryption, b"\xff" * 16)
            proof = crypto.unpad(crypto.decrypt(cipher, keys.encryption, objects[0x8A], iv))
            assert group.power(offer.chip_key.public, int.from_bytes(proof, "big")) == chip_mapping

    def _mapped(self, offer: PaceOffer, nonce: bytes) -> tuple[bytes, bytes]:
        """The generator that both sides map to, and the chip's key of the mapping where there is one."""
        if offer.mapping is PaceMapping.INTEGRATED:
            own = self.rng.randbytes(offer.cipher.key_bytes)
            assert self._step(own, 0x82, 0x81) == b""
            return integrated_mapping(offer.group, offer.cipher, nonce, own), b""
        private = offer.group.private_key(self.rng)
        chip = self._step(offer.group.power(offer.group.generator, private), 0x82, 0x81)
        return generic_mapping(offer.group, nonce, offer.group.power(chip, private)), chip

    def _step(self, value: bytes | None, answer: int, tag: int = 0) -> bytes:
        return self._objects(value, tag)[answer]

    def _objects(self, value: bytes | None, tag: int, cla: str = "10") -> dict[int, bytes]:
        data = data_object(0x7C, b"" if value is None else data_object(tag, value))
        ((found, content),) = data_objects(self.plain(f"{cla}860000", data, 256))
        assert found == 0x7C
        return dict(data_objects(content))

    # Chip Authentication

    def authenticate_chip(self, offer: ChipAuthenticationOffer, cipher: SessionCipher, *, kat: bool = False) -> None:
        """Agree on new keys with the chip's static one; the next exchange shows whether the chip has them."""
        group = offer.key.group
        private = group.private_key(self.rng)
        self.own_key = group.power(group.generator, private)
        key_id = b"" if offer.key.key_id is None else data_object(0x84, bytes([offer.key.key_id]))
        if kat:
            self.do("2241A6", data_object(0x91, self.own_key) + key_id)
        else:
            self.do("2241A4", data_object(0x80, _oid(offer.protocol(cipher))) + key_id)
            assert self.do("860000", data_object(0x7C, data_object(0x80, self.own_key)), 256) == b"\x7c\x00"
        self.bound_key = group.compressed(self.own_key)
        shared = group.shared_secret(group.power(offer.key.public, private))
        self.keys, self.counter = crypto.derive_keys(shared, cipher), 0

    def _iv(self) -> bytes:
        assert self.keys is not None
        if self.keys.cipher is SessionCipher.TDES:
            return b""
        return crypto.encrypt_block(self.keys.cipher, self.keys.encryption, self.counter.to_bytes(16, "big"))

    def _checksum(self, padded: bytes) -> bytes:
        assert self.keys is not None
        counter = self.counter.to_bytes(self.keys.cipher.block_bytes, "big")
        return crypto.mac(self.keys.cipher, self.keys.mac, counter + padded)


def _token(offer: PaceOffer, keys: Keys, public: bytes) -> bytes:
    tag = 0x84 if isinstance(offer.group, DhGroup) else 0x86
    content = data_object(0x06, _oid(offer.protocol)) + data_object(tag, public)
    return crypto.authentication_token(keys.cipher, keys.mac, data_object(0x7F49, content))


def _oid(dotted: str) -> bytes:
    value: Any = core.ObjectIdentifier(dotted).contents
    return bytes(value)
