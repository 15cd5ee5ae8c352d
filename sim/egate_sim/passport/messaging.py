"""The chip's end of secure messaging (Doc 9303-11, 9.8): opens commands, closes responses, Triple-DES and AES."""

from dataclasses import replace

from egate_sim.passport import crypto
from egate_sim.passport.apdu import MAX_EXTENDED, MAX_SHORT, ChipError, Command, Response, Status
from egate_sim.passport.crypto import Keys, SessionCipher
from egate_sim.passport.tlv import TlvError, data_object, data_objects

PROTECTED = 0x0C  # these bits of the class: secure messaging with an authenticated header
_EXPECTED_LENGTH, _STATUS, _CHECKSUM = 0x97, 0x99, 0x8E

# Tag and padding indicator of the cryptogram: data objects, which odd instructions carry, need no indicator.
_CRYPTOGRAMS = {0: (0x87, b"\x01"), 1: (0x85, b"")}
_ENVELOPE = 1 + 4 + 1 + 4 + 10  # tag, length and indicator of the cryptogram; status object; checksum object
_LENGTHS_OF_EXPECTED = (1, 2)


class SecureMessaging:
    """One session: its keys and the send sequence counter, which grows with every command and every response."""

    def __init__(self, keys: Keys, counter: bytes = b"") -> None:
        self._keys = keys
        self._counter = int.from_bytes(counter, "big")

    def __repr__(self) -> str:
        return f"SecureMessaging({self._keys.cipher.name})"

    def max_data(self, response_bytes: int) -> int:
        """The most data that a protected response of ``response_bytes`` can carry."""
        block = self._keys.cipher.block_bytes
        longest = response_bytes - _ENVELOPE
        if longest < MAX_SHORT:
            longest += 2  # one length byte of the cryptogram after 81 instead of two after 82, and no fourth
        return longest // block * block - 1

    def open_command(self, command: Command) -> Command:
        """Verify and decrypt. Raises ChipError: objects missing or incorrect; the session is over then."""
        tag, indicator = _CRYPTOGRAMS[command.ins & 1]
        objects = self._checked_objects(command, (tag, _EXPECTED_LENGTH, _CHECKSUM))
        return replace(
            command,
            cla=command.cla & ~PROTECTED,
            data=self._decrypted(objects[tag], indicator) if tag in objects else b"",
            expected=_expected(objects.get(_EXPECTED_LENGTH)),
        )

    def close_response(self, response: Response, ins: int) -> bytes:
        """Encrypt and seal the response to instruction ``ins``; the status word stands inside as well as outside."""
        self.count()
        body = b""
        if response.data:
            tag, indicator = _CRYPTOGRAMS[ins & 1]
            padded = crypto.pad(response.data, self._keys.cipher.block_bytes)
            body = data_object(tag, indicator, crypto.encrypt(*self._encryption, padded, self._iv()))
        body += data_object(_STATUS, response.status.to_bytes(2, "big"))
        checksum = data_object(_CHECKSUM, self._mac(crypto.pad(body, self._keys.cipher.block_bytes)))
        return Response(body + checksum, response.status).encoded()

    def count(self, steps: int = 1) -> None:
        """Move the counter; back, as a chip does that refuses a command before its secure messaging has seen it."""
        self._counter = (self._counter + steps) % (1 << 8 * self._keys.cipher.block_bytes)

    def _checked_objects(self, command: Command, allowed: tuple[int, ...]) -> dict[int, bytes]:
        """``allowed``: tags in the order in which they may come, each at most once."""
        self.count()
        try:
            pairs = list(data_objects(command.data))
        except TlvError:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT) from None
        tags = [tag for tag, _ in pairs]
        if _CHECKSUM not in tags:
            raise ChipError(Status.MESSAGING_OBJECTS_MISSING)
        if tags != [tag for tag in allowed if tag in tags]:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        block = self._keys.cipher.block_bytes
        protected = command.data.removesuffix(data_object(_CHECKSUM, pairs[-1][1]))
        message = crypto.pad(command.header, block) + (crypto.pad(protected, block) if protected else b"")
        if not crypto.same(self._mac(message), pairs[-1][1]):
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        return dict(pairs)

    def _decrypted(self, cryptogram: bytes, indicator: bytes) -> bytes:
        blocks = cryptogram[len(indicator) :]
        if not cryptogram.startswith(indicator) or not blocks or len(blocks) % self._keys.cipher.block_bytes:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        try:
            return crypto.unpad(crypto.decrypt(*self._encryption, blocks, self._iv()))
        except crypto.PaddingError:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT) from None

    @property
    def _encryption(self) -> tuple[SessionCipher, bytes]:
        return self._keys.cipher, self._keys.encryption

    @property
    def _sequence(self) -> bytes:
        return self._counter.to_bytes(self._keys.cipher.block_bytes, "big")

    def _iv(self) -> bytes:
        """Triple-DES starts from zero, AES from the encrypted counter."""
        if self._keys.cipher is SessionCipher.TDES:
            return b""
        return crypto.encrypt_block(*self._encryption, self._sequence)

    def _mac(self, padded: bytes) -> bytes:
        return crypto.mac(self._keys.cipher, self._keys.mac, self._sequence + padded)


def _expected(encoded: bytes | None) -> int | None:
    if encoded is None:
        return None
    if len(encoded) not in _LENGTHS_OF_EXPECTED:
        raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
    return int.from_bytes(encoded, "big") or (MAX_SHORT if len(encoded) == 1 else MAX_EXTENDED)
