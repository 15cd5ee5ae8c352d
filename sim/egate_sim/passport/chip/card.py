"""What the chip's rooms share: what it holds for life, and what it remembers of a session until power goes."""

import random
from dataclasses import dataclass, field
from enum import Enum, IntFlag, auto

from egate_sim.passport.apdu import MAX_EXTENDED, MAX_SHORT, ChipError, Command, Status
from egate_sim.passport.chip.quirks import Quirks
from egate_sim.passport.contents import ChipAuthenticationOffer, Fault, MasterFile, Passport
from egate_sim.passport.crypto import Keys, SessionCipher
from egate_sim.passport.lds import File
from egate_sim.passport.messaging import SecureMessaging
from egate_sim.passport.tlv import TlvError, data_objects

_EXTENDED_LENGTHS, _INTEGER = 0x7F66, 0x02
_STATUS_BYTES = 2


class Access(Enum):
    """How a terminal has shown that it has seen the document."""

    OPEN = auto()  # not at all
    BAC = auto()
    PACE = auto()


class Authorisation(IntFlag):
    """What an inspection system may read (BSI TR-03110-3, C.4.1: certificate holder authorisation template)."""

    NOTHING = 0
    DG3 = 1
    DG4 = 2


@dataclass(frozen=True, slots=True)
class Buffers:
    """Longest APDUs with extended lengths, as EF.ATR/INFO announces them."""

    command_bytes: int
    response_bytes: int


@dataclass(slots=True, repr=False)
class Session:
    """From one power-on to the next.

    ``file``: the current one, in the application where ``application`` is selected. ``challenge``: serves once.
    ``pace_is_spoilt``: by a command that this chip cannot bear before PACE. ``chip_identifier``, ``terminal_key``:
    what Terminal Authentication binds to.
    """

    access: Access = Access.OPEN
    messaging: SecureMessaging | None = None
    application: bool = False
    file: File | MasterFile | None = None
    challenge: bytes = b""
    pace_was_run: bool = False
    pace_is_spoilt: bool = False
    chip_identifier: bytes = b""
    terminal_key: bytes = b""
    chip_authentication: tuple[ChipAuthenticationOffer, SessionCipher] | None = None
    authorisation: Authorisation = Authorisation.NOTHING


@dataclass(slots=True, repr=False)
class Card:
    """One chip's state. ``rng`` gives its nonces and ephemeral keys."""

    passport: Passport
    rng: random.Random
    quirks: Quirks
    session: Session = field(default_factory=Session)

    def has(self, fault: Fault) -> bool:
        """Whether this counterfeit does so."""
        return fault in self.passport.faults

    def require_access(self) -> None:
        """Raises ChipError for a terminal that has not authenticated."""
        if self.passport.access_seed is not None and self.session.access is Access.OPEN:
            raise ChipError(Status.SECURITY_NOT_SATISFIED)

    def open_session(self, access: Access, keys: Keys, counter: bytes = b"") -> None:
        """Secure messaging with new keys from the next command on."""
        self.session.access = access
        self.session.messaging = SecureMessaging(keys, counter)

    def end_session(self) -> None:
        """What a plain command or an error of secure messaging does: the terminal begins anew, though not with BAC
        where PACE was run already."""
        old = self.session
        if old.messaging is not None:
            self.session = Session(application=old.application, pace_was_run=old.pace_was_run)

    def max_data(self, command: Command) -> int:
        """The most data that a response can carry, under secure messaging where it is on."""
        if command.extended and self.buffers is not None:
            field_bytes = self.buffers.response_bytes - _STATUS_BYTES
        else:
            field_bytes = MAX_EXTENDED if self.quirks.get_response else MAX_SHORT
        messaging = self.session.messaging
        return field_bytes if messaging is None else messaging.max_data(field_bytes)

    @property
    def buffers(self) -> Buffers | None:
        """None where the chip announces no extended lengths."""
        try:
            announced = dict(data_objects(self.passport.master_files.get(MasterFile.ATR_INFO, b"")))
            command, response = (
                int.from_bytes(length, "big")
                for tag, length in data_objects(announced[_EXTENDED_LENGTHS])
                if tag == _INTEGER
            )
        except (TlvError, KeyError, ValueError):
            return None
        return Buffers(command, response)
