"""Takes commands in and gives responses out: lengths, chaining, secure messaging, and who answers what."""

import random
from collections.abc import Callable
from dataclasses import replace

from egate_sim.passport.apdu import MAX_SHORT, ChipError, Command, Ins, Response, Status, decode_command
from egate_sim.passport.chip.active_authentication import ActiveAuthentication
from egate_sim.passport.chip.bac import BasicAccessControl
from egate_sim.passport.chip.card import Access, Card, Session
from egate_sim.passport.chip.chip_authentication import ChipAuthentication
from egate_sim.passport.chip.files import READS, Files
from egate_sim.passport.chip.objects import is_whole
from egate_sim.passport.chip.pace import Pace
from egate_sim.passport.chip.quirks import LongRead, Quirks
from egate_sim.passport.chip.terminal_authentication import TerminalAuthentication
from egate_sim.passport.contents import Fault, Passport
from egate_sim.passport.messaging import SecureMessaging

# TS, T0 with 4 historical bytes and TD1; protocols T=0 and T=1 as PC/SC forms it for contactless chips; checksum
ATR = bytes.fromhex("3B84800180318065") + bytes([0x84 ^ 0x80 ^ 0x01 ^ 0x80 ^ 0x31 ^ 0x80 ^ 0x65])

_CHAINED = 0x10
_MAX_CHAINED_BYTES = 4096
_STATUS_BYTES = 2
_FILLER = bytes(MAX_SHORT)


class Chip:
    """One chip. ``rng`` gives its nonces, so that a seeded run repeats itself."""

    atr = ATR

    def __init__(self, passport: Passport, rng: random.Random, quirks: Quirks | None = None) -> None:
        self._card = Card(passport, rng, quirks or Quirks())
        self._files = Files(self._card)
        self._pace = Pace(self._card)
        self._bac = BasicAccessControl(self._card)
        self._chip_authentication = ChipAuthentication(self._card)
        self._terminal_authentication = TerminalAuthentication(self._card)
        self._handlers: dict[int, Callable[[Command], Response]] = {
            Ins.SELECT: self._files.select,
            Ins.READ_BINARY: self._files.read_binary,
            Ins.READ_BINARY_FAR: self._files.read_binary_far,
            Ins.GET_CHALLENGE: self._get_challenge,
            Ins.EXTERNAL_AUTHENTICATE: self._external_authenticate,
            Ins.MANAGE_SECURITY_ENVIRONMENT: self._manage_security_environment,
            Ins.PERFORM_SECURITY_OPERATION: self._terminal_authentication.verify_certificate,
            Ins.GENERAL_AUTHENTICATE: self._general_authenticate,
            Ins.INTERNAL_AUTHENTICATE: ActiveAuthentication(self._card).internal_authenticate,
        }
        self._security_environments: dict[tuple[int, int], Callable[[Command], Response]] = {
            (0xC1, 0xA4): self._pace.set_template,
            (0x41, 0xA4): self._chip_authentication.set_template,
            (0x41, 0xA6): self._chip_authentication.set_key_agreement_template,
            (0x81, 0xB6): self._terminal_authentication.set_verification_template,
            (0x81, 0xA4): self._terminal_authentication.set_template,
        }
        self._answers = 0
        self.reset()

    def __repr__(self) -> str:
        return f"Chip({self.access.name})"

    @property
    def quirks(self) -> Quirks:
        return self._card.quirks

    @property
    def access(self) -> Access:
        """How far the terminal has come."""
        return self._card.session.access

    def reset(self) -> None:
        """Power off and on: the session is forgotten."""
        self._card.session = Session()
        self._pace.forget()
        self._chain: Command | None = None
        self._waiting = b""

    def process(self, apdu: bytes) -> bytes:
        """Answer one command APDU. Empty bytes: the chip says nothing."""
        if self.quirks.silent_after is not None and self._answers >= self.quirks.silent_after:
            return b""
        self._answers += 1
        try:
            command = decode_command(apdu)
            if command.ins == Ins.GET_RESPONSE:
                return self._more(command)
            self._require_buffers(command, len(apdu))
            return self._held_back(self._answer(command), command)
        except ChipError as error:
            return Response(status=error.status).encoded()

    def _answer(self, command: Command) -> bytes:
        match command.cla & ~_CHAINED:
            case 0x00:
                self._end_session()
                return self._execute(command).encoded()
            case 0x0C:
                return self._process_protected(command)
        raise ChipError(Status.UNKNOWN_CLASS)

    def _require_buffers(self, command: Command, length: int) -> None:
        """Extended lengths are for chips that announce them."""
        buffers = self._card.buffers
        if command.extended and (buffers is None or length > buffers.command_bytes):
            raise ChipError(Status.WRONG_LENGTH)

    # Secure messaging

    def _process_protected(self, command: Command) -> bytes:
        messaging = self._card.session.messaging
        if messaging is None:
            raise ChipError(Status.MESSAGING_OBJECTS_INCORRECT)
        try:
            plain = messaging.open_command(command)
        except ChipError:
            self._end_session()
            raise
        self._refuse_bare(plain, messaging)
        try:
            response = self._execute(plain)
        except ChipError as error:
            response = Response(status=error.status)
        # with the keys that the command came with, even where it has agreed on others
        return self._sealed(response, plain.ins, messaging)

    def _end_session(self) -> None:
        """Where there is one; the pieces of a command that came in it go with it."""
        if self._card.session.messaging is not None:
            self._chain = None
            self._card.end_session()

    def _refuse_bare(self, command: Command, messaging: SecureMessaging) -> None:
        """Two ways of chips to dislike a long READ BINARY without a protected answer."""
        if not self._files.dislikes(command):
            return
        if self.quirks.long_read is LongRead.REFUSE_BARE:
            messaging.count(-1)
            raise ChipError(Status.WRONG_LENGTH)
        if self.quirks.long_read is LongRead.END_SESSION:
            self._end_session()
            raise ChipError(Status.NO_DIAGNOSIS)

    def _sealed(self, response: Response, ins: int, messaging: SecureMessaging) -> bytes:
        """The protected response, or what a counterfeit makes of it."""
        if self._card.has(Fault.ANSWERS_UNPROTECTED) and ins in READS:
            return response.encoded()
        if self._card.has(Fault.WRONG_COUNTER):
            messaging.count()
        answer = messaging.close_response(response, ins)
        if self._card.has(Fault.WRONG_CHECKSUM):
            answer = answer[:-3] + bytes([answer[-3] ^ 1]) + answer[-_STATUS_BYTES:]
        if self._card.has(Fault.HIDDEN_STATUS):
            other = Status.END_OF_FILE if response.status == Status.OK else Status.OK
            answer = answer[:-_STATUS_BYTES] + other.to_bytes(_STATUS_BYTES, "big")
        return answer

    # GET RESPONSE

    def _held_back(self, answer: bytes, command: Command) -> bytes:
        """Data wait to be fetched where the chip always does so, and where they are too long for the command."""
        self._waiting = b""
        data_bytes = len(answer) - _STATUS_BYTES
        is_too_long = data_bytes > MAX_SHORT and not command.extended
        if not is_too_long and not (self.quirks.get_response and data_bytes):
            return answer
        self._waiting = answer
        return self._announcement()

    def _more(self, command: Command) -> bytes:
        if not self._waiting:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        if command.expected is None:
            raise ChipError(Status.WRONG_LENGTH)
        data, status = self._waiting[:-_STATUS_BYTES], self._waiting[-_STATUS_BYTES:]
        fetched, rest = data[: command.expected], data[command.expected :]
        if self._card.has(Fault.ENDLESS_RESPONSE):
            rest = rest or _FILLER
        self._waiting = rest + status if rest else b""
        return fetched + (self._announcement() if rest else status)

    def _announcement(self) -> bytes:
        """61xx; 00 stands for 256 and more."""
        waiting = len(self._waiting) - _STATUS_BYTES
        return (Status.MORE_DATA + (waiting if waiting < MAX_SHORT else 0)).to_bytes(_STATUS_BYTES, "big")

    # Commands

    def _execute(self, command: Command) -> Response:
        if command.ins not in self._handlers:
            raise ChipError(Status.UNKNOWN_INSTRUCTION)
        whole = self._joined(command)
        return Response() if whole is None else self._handlers[whole.ins](whole)

    def _joined(self, command: Command) -> Command | None:
        """A command whose data came in pieces; None as long as more are to come."""
        chain, self._chain = self._chain, None
        if chain is not None:
            if (command.ins, command.p1, command.p2) != (chain.ins, chain.p1, chain.p2):
                raise ChipError(Status.CHAINING_UNFINISHED)
            command = replace(command, data=chain.data + command.data)
        if len(command.data) > _MAX_CHAINED_BYTES:
            raise ChipError(Status.WRONG_LENGTH)
        if command.cla & _CHAINED and not self._is_step_of_pace(command):
            self._chain = command
            return None
        return command

    def _is_step_of_pace(self, command: Command) -> bool:
        """PACE chains its steps; each whole one has an answer (Doc 9303-11, 4.4.4.2)."""
        is_pace = command.ins == Ins.GENERAL_AUTHENTICATE and self._card.session.chip_authentication is None
        return is_pace and is_whole(command.data)

    def _manage_security_environment(self, command: Command) -> Response:
        handler = self._security_environments.get(command.parameters)
        if handler is None:
            raise ChipError(Status.WRONG_PARAMETERS)
        return handler(command)

    def _general_authenticate(self, command: Command) -> Response:
        if self._card.session.chip_authentication is not None:
            return self._chip_authentication.general_authenticate(command)
        return self._pace.general_authenticate(command)

    def _get_challenge(self, command: Command) -> Response:
        """Of Basic Access Control before a session, of Terminal Authentication in one."""
        if self._card.session.messaging is None:
            return self._bac.get_challenge(command)
        return self._terminal_authentication.get_challenge(command)

    def _external_authenticate(self, command: Command) -> Response:
        if self._card.session.messaging is None:
            return self._bac.external_authenticate(command)
        return self._terminal_authentication.external_authenticate(command)
