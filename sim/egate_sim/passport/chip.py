"""The chip of a simulated passport: Basic Access Control, secure messaging, Active Authentication (Doc 9303-10, -11).

Bytes in, bytes out. The chip's progress is one of three states:

    OPEN --GET CHALLENGE--> CHALLENGED --EXTERNAL AUTHENTICATE--> SECURED

A failed authentication, an error of secure messaging, or a plain command inside a session leads back to OPEN.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from egate_sim.passport import crypto
from egate_sim.passport.apdu import MAX_EXPECTED, ChipError, Command, Response, Status, decode_command
from egate_sim.passport.contents import Passport
from egate_sim.passport.lds import File
from egate_sim.passport.messaging import MAX_DATA, PROTECTED_CLASS, SecureMessaging
from egate_sim.passport.tlv import TlvError, data_object, data_objects

APPLICATION = bytes.fromhex("A0000002471001")
MASTER_FILE = bytes.fromhex("3F00")
_NONCE_LENGTH = 8
_KEY_LENGTH = 16
_MAC_LENGTH = 8
_IDENTIFIER_LENGTH = 2
_MUTUAL_LENGTH = 2 * _NONCE_LENGTH + _KEY_LENGTH
_PLAIN_CLASS = 0x00
_OFFSET_OBJECT, _DATA_OBJECT = 0x54, 0x53

# TS, T0 with 4 historical bytes and TD1; protocols T=0 and T=1 as PC/SC forms it for contactless chips; checksum
ATR = bytes.fromhex("3B84800180318065") + bytes([0x84 ^ 0x80 ^ 0x01 ^ 0x80 ^ 0x31 ^ 0x80 ^ 0x65])


class Ins(IntEnum):
    """The instructions that the chip knows."""

    EXTERNAL_AUTHENTICATE = 0x82
    GET_CHALLENGE = 0x84
    INTERNAL_AUTHENTICATE = 0x88
    SELECT = 0xA4
    READ_BINARY = 0xB0
    READ_BINARY_FAR = 0xB1


class Access(Enum):
    """How far a terminal has come."""

    OPEN = auto()
    CHALLENGED = auto()
    SECURED = auto()


class LongRead(Enum):
    """What a chip does that cannot read as much at once as it is asked for."""

    REFUSE = auto()  # 6700 under secure messaging
    REFUSE_BARE = auto()  # 6700 before secure messaging has seen the command: its counter stays
    SHORTEN = auto()  # fewer bytes and 6282


@dataclass(frozen=True, slots=True)
class Quirks:
    """Oddities of chips in the field. ``max_read``: most bytes of one READ BINARY; ``delay_ms``: what each answer
    takes beyond the radio (the field waits, not the chip); ``silent_after``: number of answers before it falls mute."""

    max_read: int = MAX_DATA
    long_read: LongRead = LongRead.REFUSE
    delay_ms: int = 0
    silent_after: int | None = None


class Chip:
    """One chip. ``rng`` gives its nonces, so that a seeded run repeats itself."""

    atr = ATR

    def __init__(self, passport: Passport, rng: random.Random, quirks: Quirks | None = None) -> None:
        self.quirks = quirks or Quirks()
        self._passport = passport
        self._rng = rng
        self._keys = None if passport.access_seed is None else crypto.derive_keys(passport.access_seed[:_KEY_LENGTH])
        self._answers = 0
        self.reset()

    def __repr__(self) -> str:
        return f"Chip({self.access.name})"

    def reset(self) -> None:
        """Power off and on: the session is forgotten."""
        self.access = Access.OPEN
        self._selected = False
        self._file: File | None = None
        self._nonce = b""
        self._messaging: SecureMessaging | None = None

    def process(self, apdu: bytes) -> bytes:
        """Answer one command APDU. Empty bytes: the chip says nothing."""
        if self.quirks.silent_after is not None and self._answers >= self.quirks.silent_after:
            return b""
        self._answers += 1
        try:
            return self._answer(decode_command(apdu))
        except ChipError as error:
            return Response(status=error.status).encoded()

    def _answer(self, command: Command) -> bytes:
        if command.cla == PROTECTED_CLASS:
            return self._process_protected(command)
        if command.cla != _PLAIN_CLASS:
            raise ChipError(Status.UNKNOWN_CLASS)
        self._end_session()
        return self._execute(command).encoded()

    def _process_protected(self, command: Command) -> bytes:
        if self._messaging is None:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        try:
            plain = self._messaging.open_command(command)
        except ChipError:
            self._end_session()
            raise
        if self._refuses_bare(plain):
            self._messaging.forget_command()
            raise ChipError(Status.WRONG_LENGTH)
        try:
            response = self._execute(plain)
        except ChipError as error:
            response = Response(status=error.status)
        return self._messaging.close_response(response, plain.ins)

    def _execute(self, command: Command) -> Response:
        handlers: dict[int, Callable[[Command], Response]] = {
            Ins.SELECT: self._select,
            Ins.GET_CHALLENGE: self._get_challenge,
            Ins.EXTERNAL_AUTHENTICATE: self._external_authenticate,
            Ins.READ_BINARY: self._read_binary,
            Ins.READ_BINARY_FAR: self._read_binary_far,
            Ins.INTERNAL_AUTHENTICATE: self._internal_authenticate,
        }
        if command.ins not in handlers:
            raise ChipError(Status.UNKNOWN_INSTRUCTION)
        return handlers[command.ins](command)

    def _end_session(self) -> None:
        """A plain command ends secure messaging; the challenge of a BAC under way stays."""
        if self.access is Access.SECURED:
            self.access = Access.OPEN
            self._messaging = None
            self._file = None

    # SELECT

    def _select(self, command: Command) -> Response:
        match command.p1, command.p2:
            case 0x04, 0x00 | 0x0C:
                return self._select_application(command.data)
            case 0x00, 0x00 | 0x0C if command.data in (b"", MASTER_FILE):
                self._selected = False
                self._file = None
                return Response()
            case 0x02, 0x00 | 0x0C:
                return self._select_file(command.data)
        raise ChipError(Status.WRONG_PARAMETERS)

    def _select_application(self, name: bytes) -> Response:
        if name != APPLICATION:
            raise ChipError(Status.FILE_NOT_FOUND)
        self._selected = True
        self._file = None
        return Response()

    def _select_file(self, identifier: bytes) -> Response:
        if len(identifier) != _IDENTIFIER_LENGTH:
            raise ChipError(Status.WRONG_DATA)
        self._file = self._find(lambda file: file == int.from_bytes(identifier, "big"))
        return Response()

    def _find(self, wanted: Callable[[File], bool]) -> File:
        """A file of the selected application. Who has not authenticated learns of no file."""
        if not self._selected:
            raise ChipError(Status.FILE_NOT_FOUND)
        self._require_access()
        found = next((file for file in self._passport.files if wanted(file)), None)
        if found is None:
            raise ChipError(Status.FILE_NOT_FOUND)
        return found

    def _require_access(self) -> None:
        if self._keys is not None and self.access is not Access.SECURED:
            raise ChipError(Status.SECURITY_NOT_SATISFIED)

    # Basic Access Control (Doc 9303-11, 4.3)

    def _get_challenge(self, command: Command) -> Response:
        if self._keys is None:
            raise ChipError(Status.UNKNOWN_INSTRUCTION)
        if not self._selected or self.access is Access.SECURED:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        if command.expected is None or command.expected < _NONCE_LENGTH:
            raise ChipError(Status.WRONG_LENGTH)
        self._nonce = self._rng.randbytes(_NONCE_LENGTH)
        self.access = Access.CHALLENGED
        return Response(self._nonce)

    def _external_authenticate(self, command: Command) -> Response:
        if self._keys is None or self.access is not Access.CHALLENGED:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        self.access = Access.OPEN  # a challenge serves once
        if len(command.data) != _MUTUAL_LENGTH + _MAC_LENGTH:
            raise ChipError(Status.WRONG_LENGTH)
        encryption_key, mac_key = self._keys
        cryptogram, checksum = command.data[:_MUTUAL_LENGTH], command.data[_MUTUAL_LENGTH:]
        if not crypto.same(crypto.retail_mac(mac_key, cryptogram), checksum):
            raise ChipError(Status.AUTHENTICATION_FAILED)
        plain = crypto.decrypt(encryption_key, cryptogram)
        terminal_nonce, echoed, terminal_key = plain[:8], plain[8:16], plain[16:]
        if not crypto.same(echoed, self._nonce):
            raise ChipError(Status.AUTHENTICATION_FAILED)
        chip_key = self._rng.randbytes(_KEY_LENGTH)
        self._open_session(crypto.xor(terminal_key, chip_key), self._nonce[4:] + terminal_nonce[4:])
        answer = crypto.encrypt(encryption_key, self._nonce + terminal_nonce + chip_key)
        return Response(answer + crypto.retail_mac(mac_key, answer))

    def _open_session(self, seed: bytes, counter: bytes) -> None:
        self._messaging = SecureMessaging(*crypto.derive_keys(seed), counter)
        self.access = Access.SECURED

    # READ BINARY

    def _read_binary(self, command: Command) -> Response:
        if command.p1 & 0x80:  # a short identifier instead of the offset's high byte
            short, offset = command.p1 & 0x1F, command.p2
            self._file = self._find(lambda file: file.short_identifier == short)
        else:
            offset = command.p1 << 8 | command.p2
            self._require_access()
        content = self._content_from(offset)
        data = content[: self._permitted_read(command.expected)]
        complete = len(data) == command.expected or command.expected == MAX_EXPECTED
        return Response(data, Status.OK if complete else Status.END_OF_FILE)

    def _read_binary_far(self, command: Command) -> Response:
        """READ BINARY with an odd instruction reaches beyond 32767 bytes: offset and answer come as data objects, and
        the expected length counts the answer's head as well."""
        self._require_access()
        if (command.p1, command.p2) != (0, 0):
            raise ChipError(Status.WRONG_PARAMETERS)
        try:
            ((tag, offset),) = data_objects(command.data)
        except (TlvError, ValueError):
            raise ChipError(Status.WRONG_DATA) from None
        if tag != _OFFSET_OBJECT:
            raise ChipError(Status.WRONG_DATA)
        content = self._content_from(int.from_bytes(offset, "big"))
        permitted = self._permitted_read(command.expected)
        head = len(data_object(_DATA_OBJECT, bytes(permitted))) - permitted
        return Response(data_object(_DATA_OBJECT, content[: max(permitted - head, 0)]))

    def _content_from(self, offset: int) -> bytes:
        """The rest of the current file."""
        if self._file is None:
            raise ChipError(Status.NO_CURRENT_FILE)
        content = self._passport.files[self._file]
        if offset >= len(content):
            raise ChipError(Status.OFFSET_OUTSIDE_FILE)
        return content[offset:]

    def _permitted_read(self, expected: int | None) -> int:
        """How many bytes of those asked for the chip gives. Le of 256 means as many as it can."""
        if expected is None:
            raise ChipError(Status.WRONG_LENGTH)
        limit = min(self.quirks.max_read, MAX_DATA)
        asks_for_all = expected == MAX_EXPECTED and self.quirks.max_read >= MAX_DATA
        if expected <= limit or asks_for_all or self.quirks.long_read is LongRead.SHORTEN:
            return min(expected, limit)
        raise ChipError(Status.WRONG_LENGTH)

    def _refuses_bare(self, command: Command) -> bool:
        return (
            command.ins in (Ins.READ_BINARY, Ins.READ_BINARY_FAR)
            and self.quirks.long_read is LongRead.REFUSE_BARE
            and (command.expected or 0) > self.quirks.max_read
        )

    # Active Authentication (Doc 9303-11, 6.1)

    def _internal_authenticate(self, command: Command) -> Response:
        self._require_access()
        key = self._passport.active_authentication
        if key is None:
            raise ChipError(Status.UNKNOWN_INSTRUCTION)
        if len(command.data) != _NONCE_LENGTH:
            raise ChipError(Status.WRONG_LENGTH)
        signature = key.sign(command.data, self._rng)
        if len(signature) > MAX_DATA:
            raise ChipError(Status.WRONG_LENGTH)
        return Response(signature)
