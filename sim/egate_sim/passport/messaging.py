"""The chip's end of secure messaging with Triple-DES (Doc 9303-11, 9.8): opens commands, closes responses."""

from dataclasses import replace

from egate_sim.passport import crypto
from egate_sim.passport.apdu import MAX_EXPECTED, ChipError, Command, Response, Status
from egate_sim.passport.tlv import TlvError, data_object, data_objects

PROTECTED_CLASS = 0x0C
_EXPECTED_LENGTH, _STATUS, _CHECKSUM = 0x97, 0x99, 0x8E

# Tag and padding indicator of the cryptogram: data objects, which odd instructions carry, need no indicator.
_CRYPTOGRAMS = {0: (0x87, b"\x01"), 1: (0x85, b"")}

# What fits in 256 bytes of response: cryptogram with 3 + 1 bytes of head, status object 4, checksum object 10.
MAX_DATA = 231


class SecureMessaging:
    """One session: two keys and the send sequence counter, which grows with every command and every response."""

    def __init__(self, encryption_key: bytes, mac_key: bytes, counter: bytes) -> None:
        self._encryption_key = encryption_key
        self._mac_key = mac_key
        self._counter = int.from_bytes(counter, "big")

    def __repr__(self) -> str:
        return "SecureMessaging(...)"

    def open_command(self, command: Command) -> Command:
        """Verify and decrypt. Raises ChipError: objects missing or incorrect; the session is over then."""
        tag, indicator = _CRYPTOGRAMS[command.ins & 1]
        objects = self._checked_objects(command, (tag, _EXPECTED_LENGTH, _CHECKSUM))
        expected = objects.get(_EXPECTED_LENGTH)
        if expected is not None and len(expected) != 1:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        return replace(
            command,
            data=self._decrypted(objects[tag], indicator) if tag in objects else b"",
            expected=None if expected is None else expected[0] or MAX_EXPECTED,
        )

    def close_response(self, response: Response, ins: int) -> bytes:
        """Encrypt and seal the response to instruction ``ins``; the status word stands inside as well as outside."""
        body = b""
        if response.data:
            tag, indicator = _CRYPTOGRAMS[ins & 1]
            cryptogram = crypto.encrypt(self._encryption_key, crypto.pad(response.data))
            body = data_object(tag, indicator, cryptogram)
        body += data_object(_STATUS, response.status.to_bytes(2, "big"))
        checksum = data_object(_CHECKSUM, self._next_mac(body))
        return Response(body + checksum, response.status).encoded()

    def forget_command(self) -> None:
        """Step back, as a chip does that refuses a command before its secure messaging has seen it."""
        self._counter -= 1

    def _checked_objects(self, command: Command, allowed: tuple[int, ...]) -> dict[int, bytes]:
        """``allowed``: tags in the order in which they may come, each at most once."""
        try:
            pairs = list(data_objects(command.data))
        except TlvError:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT) from None
        tags = [tag for tag, _ in pairs]
        if _CHECKSUM not in tags:
            raise ChipError(Status.MESSAGING_OBJECTS_MISSING)
        if tags != [tag for tag in allowed if tag in tags]:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        protected = command.data.removesuffix(data_object(_CHECKSUM, pairs[-1][1]))
        # The padded header is a unit of its own; without objects the MAC's own padding is all that follows.
        message = crypto.pad(command.header) + protected if protected else command.header
        if not crypto.same(self._next_mac(message), pairs[-1][1]):
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        return dict(pairs)

    def _decrypted(self, cryptogram: bytes, indicator: bytes) -> bytes:
        blocks = cryptogram[len(indicator) :]
        if not cryptogram.startswith(indicator) or not blocks or len(blocks) % crypto.BLOCK:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        try:
            return crypto.unpad(crypto.decrypt(self._encryption_key, blocks))
        except crypto.PaddingError:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT) from None

    def _next_mac(self, message: bytes) -> bytes:
        self._counter = (self._counter + 1) % (1 << 64)
        return crypto.retail_mac(self._mac_key, self._counter.to_bytes(8, "big") + message)
