"""Secure messaging (Doc 9303-11, 9.8): every command is MACed and its data encrypted, and so is every answer.

The send sequence counter grows by one before each command and before each answer. Both sides count, so an answer that
was dropped, repeated or invented does not verify.
"""

from dataclasses import replace

from egate.document import tlv
from egate.document.chip.apdu import EXTENDED_LE, SHORT_DATA, SHORT_LE, Command, Response, status_name
from egate.document.crypto.symmetric import MAC_BYTES, Suite, compare_digest, pad, unpad
from egate.document.errors import FormatError, SecureMessagingError

_CLA_SECURE = 0x0C
_DO_CRYPTOGRAM_ODD_INS = 0x85
_DO_CRYPTOGRAM = 0x87
_DO_MAC = 0x8E
_DO_LE = 0x97
_DO_STATUS = 0x99
_PADDED = b"\x01"  # padding-content indicator of DO 87: padded by method 2
# The objects of an answer, in their order: at most one cryptogram, the status, the MAC.
_ANSWERS = ((_DO_STATUS, _DO_MAC), (_DO_CRYPTOGRAM, _DO_STATUS, _DO_MAC), (_DO_CRYPTOGRAM_ODD_INS, _DO_STATUS, _DO_MAC))


class UnprotectedStatus(SecureMessagingError):
    """The chip answered a protected command with a bare status word other than 9000: it has left the session."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the chip ended secure messaging: {status_name(status)}")
        self.status = status


class SecureMessaging:
    """One session. ``suite`` holds the session keys, ``counter`` the send sequence counter at its beginning: zero
    after PACE and Chip Authentication."""

    def __init__(self, suite: Suite, counter: int = 0) -> None:
        self._suite = suite
        self._counter = counter
        self._heard = False

    @property
    def is_shared(self) -> bool:
        """Whether an answer has verified: only then it is shown that the chip has the same keys."""
        return self._heard

    def protect(self, command: Command) -> Command:
        """The command as it goes over the air."""
        self._counter += 1
        secured = replace(command, cla=command.cla | _CLA_SECURE)
        objects = self._cryptogram(command)
        if command.le is not None:
            width = 1 if command.le <= SHORT_LE else 2
            objects += tlv.encode(_DO_LE, (command.le % (1 << 8 * width)).to_bytes(width))
        mac = self._mac(pad(secured.header, self._suite.block_bytes) + objects)
        data = objects + tlv.encode(_DO_MAC, mac)
        # Protection can push a short command over the limit of short length fields.
        extended = command.is_extended or len(data) > SHORT_DATA
        return replace(secured, data=data, le=EXTENDED_LE if extended else SHORT_LE, extended=extended)

    def unprotect(self, response: Response) -> Response:
        """The chip's answer proper.

        A bare 6700 or 6Cxx is returned as it is: the chip refused the length before it looked at the protection, did
        not count the command, and the counter is set back with it. Raises UnprotectedStatus for any other bare status,
        SecureMessagingError for an answer whose protection is missing or wrong.
        """
        if not response.data:
            if response.is_length_error:
                self._counter -= 1
                return response
            if not response.ok:
                raise UnprotectedStatus(response.status)
        objects = self._verified(response.data)
        status = objects[_DO_STATUS].value
        if len(status) != len(b"\x90\x00"):
            raise SecureMessagingError("the protected status has not two bytes")
        return Response(self._decrypted(objects), int.from_bytes(status))

    def max_response_data(self, max_response_bytes: int) -> int:
        """How many plain bytes fit into an answer of ``max_response_bytes`` (status word included)."""
        fixed = len(tlv.encode(_DO_STATUS, bytes(2)) + tlv.encode(_DO_MAC, bytes(MAC_BYTES))) + len(b"\x90\x00")
        room = max_response_bytes - fixed
        block = self._suite.block_bytes
        padded = room // block * block
        while padded and len(tlv.encode(_DO_CRYPTOGRAM, _PADDED + bytes(padded))) > room:
            padded -= block
        return max(padded - 1, 0)

    def _cryptogram(self, command: Command) -> bytes:
        """DO 87, or DO 85 without indicator for an odd instruction."""
        if not command.data:
            return b""
        encrypted = self._suite.encrypt(pad(command.data, self._suite.block_bytes), self._counter)
        if command.ins & 1:
            return tlv.encode(_DO_CRYPTOGRAM_ODD_INS, encrypted)
        return tlv.encode(_DO_CRYPTOGRAM, _PADDED + encrypted)

    def _verified(self, data: bytes) -> dict[int, tlv.Tlv]:
        """The objects of an answer by tag, once order and MAC are right."""
        try:
            objects = list(tlv.read_all(data))
        except FormatError as error:
            raise SecureMessagingError("an answer is not protected as the session demands") from error
        if tuple(item.tag for item in objects) not in _ANSWERS:
            raise SecureMessagingError("an answer is not protected as the session demands")
        self._counter += 1
        if not compare_digest(self._mac(b"".join(item.raw for item in objects[:-1])), objects[-1].value):
            raise SecureMessagingError("the MAC of an answer is wrong")
        self._heard = True
        return {item.tag: item for item in objects}

    def _decrypted(self, objects: dict[int, tlv.Tlv]) -> bytes:
        if _DO_CRYPTOGRAM in objects:
            encrypted = objects[_DO_CRYPTOGRAM].value
            if not encrypted.startswith(_PADDED):
                raise SecureMessagingError("the cryptogram's padding indicator is wrong")
            encrypted = encrypted[1:]
        elif _DO_CRYPTOGRAM_ODD_INS in objects:
            encrypted = objects[_DO_CRYPTOGRAM_ODD_INS].value
        else:
            return b""
        if not encrypted or len(encrypted) % self._suite.block_bytes:
            raise SecureMessagingError("the cryptogram does not consist of whole blocks")
        try:
            return unpad(self._suite.decrypt(encrypted, self._counter))
        except FormatError as error:
            raise SecureMessagingError("the cryptogram's padding is wrong") from error

    def _mac(self, data: bytes) -> bytes:
        return self._suite.session_mac(data, self._counter)
