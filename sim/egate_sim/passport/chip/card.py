"""What the chip's rooms share: what it holds for life, and what it remembers of a session until power goes."""

import random
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from egate_sim.passport.apdu import MAX_EXTENDED, MAX_SHORT, ChipError, Command, Status
from egate_sim.passport.chip.quirks import Quirks
from egate_sim.passport.contents import ChipAuthenticationOffer, Fault, MasterFile, Passport
from egate_sim.passport.crypto import Keys, SessionCipher
from egate_sim.passport.cvc import Certificate, Rights
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


@dataclass(frozen=True, slots=True)
class Buffers:
    """Longest APDUs with extended lengths, as EF.ATR/INFO announces them."""

    command_bytes: int
    response_bytes: int


@dataclass(frozen=True, slots=True, repr=False)
class Verified:
    """A certificate that the chip has verified, and what its whole chain grants."""

    certificate: Certificate
    rights: Rights


_UNANNOUNCED = Buffers(1024, 1024)
_LONGEST_IN_SHORT = 200  # bytes of a key that leave room for all that is around it


@dataclass(slots=True, repr=False)
class Session:
    """From one power-on to the next.

    ``file``: the current one, in the application where ``application`` is selected. ``challenge``: serves once.
    ``pace_is_spoilt``: by a command that this chip cannot bear before PACE. ``chip_identifier``, ``terminal_key``:
    what Terminal Authentication binds to. ``certificates``: of terminals, by holder; ``issuer``: whose key verifies
    the next one; ``terminal``: whose signature is awaited; ``rights``: what it has earned.
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
    certificates: dict[bytes, Verified] = field(default_factory=dict)
    issuer: Verified | None = None
    terminal: Verified | None = None
    rights: Rights = Rights.NONE


@dataclass(slots=True, repr=False)
class Card:
    """One chip's state. ``rng`` gives its nonces and ephemeral keys. ``trust_points``, newest first, and ``today`` are
    what it has learnt of terminals, and keeps. ``buffers``: None for short lengths alone."""

    passport: Passport
    rng: random.Random
    quirks: Quirks
    session: Session = field(default_factory=Session)
    trust_points: list[Certificate] = field(init=False)
    today: date = field(init=False)
    buffers: Buffers | None = field(init=False)

    def __post_init__(self) -> None:
        self.buffers = _buffers(self.passport)
        trust = self.passport.terminal_authentication
        self.trust_points = [] if trust is None else [Certificate.parse(point) for point in trust.trust_points]
        self.today = date.min if trust is None else trust.today

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
        self.session = Session(application=old.application, pace_was_run=old.pace_was_run)

    def max_data(self, command: Command) -> int:
        """The most data that a response can carry, under secure messaging where it is on."""
        if command.extended and self.buffers is not None:
            field_bytes = self.buffers.response_bytes - _STATUS_BYTES
        else:
            field_bytes = MAX_EXTENDED if self.quirks.get_response else MAX_SHORT
        messaging = self.session.messaging
        return field_bytes if messaging is None else messaging.max_data(field_bytes)


def _buffers(passport: Passport) -> Buffers | None:
    """As EF.ATR/INFO announces them; a chip whose keys fit in no short command takes extended lengths unannounced."""
    try:
        announced = dict(data_objects(passport.master_files.get(MasterFile.ATR_INFO, b"")))
        numbers = data_objects(announced[_EXTENDED_LENGTHS])
        command, response = (int.from_bytes(number, "big") for tag, number in numbers if tag == _INTEGER)
    except (TlvError, KeyError, ValueError):
        return _UNANNOUNCED if _has_long_keys(passport) else None
    return Buffers(command, response)


def _has_long_keys(passport: Passport) -> bool:
    groups = [offer.group for offer in passport.pace] + [offer.key.group for offer in passport.chip_authentication]
    return any(found.field_bytes > _LONGEST_IN_SHORT for found in groups)
