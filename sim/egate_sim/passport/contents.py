"""What one chip holds: files, passwords, keys, and the protocols that it offers.

Security infos that tell terminals of it: ``egate_sim.passport.security_infos``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from egate_sim.passport.crypto import SessionCipher
from egate_sim.passport.groups import DhGroup, Group
from egate_sim.passport.keys import ActiveAuthenticationKey
from egate_sim.passport.lds import File

__all__ = [
    "ChipAuthenticationOffer",
    "Fault",
    "MasterFile",
    "PaceMapping",
    "PaceOffer",
    "Passport",
    "SessionCipher",
    "StaticKey",
    "TerminalTrust",
]

_TD3_LINES = 2
_PACE = "0.4.0.127.0.7.2.2.4"
_CHIP_AUTHENTICATION = "0.4.0.127.0.7.2.2.3"


class MasterFile(Enum):
    """Identifiers of the files that stand beside the eMRTD application (Doc 9303-10, 3.11; Doc 9303-11, 9.2.11). Two of
    them mean other files in the application: they are no integers, so that nobody takes one for the other."""

    CARD_ACCESS = 0x011C
    CARD_SECURITY = 0x011D
    DIR = 0x2F00
    ATR_INFO = 0x2F01

    @property
    def short_identifier(self) -> int:
        """SFI; EF.DIR's is not that of its identifier."""
        return 0x1E if self is MasterFile.DIR else self.value & 0x1F


class PaceMapping(Enum):
    """How PACE turns the nonce into a generator: GM, IM and CAM of Doc 9303-11, 4.4.3.3."""

    GENERIC = auto()
    INTEGRATED = auto()
    CHIP_AUTHENTICATION = auto()


# (mapping, is it a curve) to the arc below id-PACE
_PACE_ARCS = {
    (PaceMapping.GENERIC, False): 1,
    (PaceMapping.GENERIC, True): 2,
    (PaceMapping.INTEGRATED, False): 3,
    (PaceMapping.INTEGRATED, True): 4,
    (PaceMapping.CHIP_AUTHENTICATION, True): 6,
}


@dataclass(frozen=True, slots=True)
class StaticKey:
    """A key pair for life, of Chip Authentication or PACE-CAM. ``key_id``: tells several keys apart."""

    group: Group
    private: int
    key_id: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.private < self.group.order:
            raise ValueError("the private key must be between 1 and the group's order")

    @property
    def public(self) -> bytes:
        """The public key as it travels."""
        return self.group.power(self.group.generator, self.private)

    def __repr__(self) -> str:
        return f"StaticKey({self.group.name})"


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """One way to run PACE, as a PACEInfo tells of it. ``chip_key``: proves the chip in CAM, and only there."""

    mapping: PaceMapping
    group: Group
    cipher: SessionCipher
    chip_key: StaticKey | None = None

    def __post_init__(self) -> None:
        if (self.mapping, not isinstance(self.group, DhGroup)) not in _PACE_ARCS:
            raise ValueError("chip authentication mapping needs a curve")
        is_cam = self.mapping is PaceMapping.CHIP_AUTHENTICATION
        if is_cam != (self.chip_key is not None):
            raise ValueError("chip authentication mapping, and no other, needs a static key")
        if is_cam and self.cipher is SessionCipher.TDES:
            raise ValueError("chip authentication mapping is defined for AES only")

    @property
    def protocol(self) -> str:
        """The object identifier below id-PACE."""
        return f"{_PACE}.{_PACE_ARCS[self.mapping, not isinstance(self.group, DhGroup)]}.{self.cipher.value}"


@dataclass(frozen=True, slots=True)
class ChipAuthenticationOffer:
    """One key of Chip Authentication. ``ciphers``: one ChipAuthenticationInfo each. None at all is what early chips
    have: a public key in DG14 and no more, which stands for Triple-DES."""

    key: StaticKey
    ciphers: tuple[SessionCipher, ...] = (SessionCipher.AES_128,)

    def protocol(self, cipher: SessionCipher) -> str:
        """The object identifier below id-CA."""
        return f"{_CHIP_AUTHENTICATION}.{1 if isinstance(self.key.group, DhGroup) else 2}.{cipher.value}"


@dataclass(frozen=True, slots=True)
class TerminalTrust:
    """What a chip with Terminal Authentication knows of terminals: ``trust_points`` are CV certificates of the CVCA,
    newest first; ``today`` is the latest date that it has learnt of."""

    trust_points: tuple[bytes, ...]
    today: date

    def __post_init__(self) -> None:
        if not self.trust_points:
            raise ValueError("a chip needs a trust point to verify terminals")


class Fault(Enum):
    """What a counterfeit chip does in the protocols. What it merely holds (another key, an edited file) needs none."""

    ANSWERS_UNPROTECTED = auto()  # files come without secure messaging in the middle of a session
    WRONG_COUNTER = auto()  # responses are sealed with a counter that has run ahead
    WRONG_CHECKSUM = auto()  # responses are sealed with a wrong checksum
    HIDDEN_STATUS = auto()  # the status word outside is not that of secure messaging
    PACE_WRONG_TOKEN = auto()  # the chip's authentication token is made up
    PACE_REFLECTS_KEY = auto()  # the terminal's own public key comes back
    PACE_REPEATS_ITSELF = auto()  # every run has the nonce and the keys of the first
    OLD_KEYS_AFTER_CHIP_AUTHENTICATION = auto()  # the chip agrees, but goes on with the keys of before
    OTHER_FILE = auto()  # another file is read than the one that was asked for
    ENDLESS_FILE = auto()  # a file goes on where its content ends
    ENDLESS_RESPONSE = auto()  # there is always more to fetch with GET RESPONSE


@dataclass(frozen=True, slots=True, repr=False)
class Passport:
    """The booklet and its chip.

    ``mrz``: the lines as printed. ``files``: of the eMRTD application, by identifier. ``access_seed``: SHA-1 of the MRZ
    information, from which the keys of BAC and PACE are derived; None: no access control. ``bac``: BAC is spoken
    beside ``pace``. ``can``: the card access number, where one is printed. ``faults``: what betrays a counterfeit.
    """

    mrz: tuple[str, ...]
    files: Mapping[File, bytes]
    access_seed: bytes | None
    active_authentication: ActiveAuthenticationKey | None
    master_files: Mapping[MasterFile, bytes] = field(default_factory=dict)
    bac: bool = True
    pace: tuple[PaceOffer, ...] = ()
    can: str | None = None
    chip_authentication: tuple[ChipAuthenticationOffer, ...] = ()
    terminal_authentication: TerminalTrust | None = None
    faults: frozenset[Fault] = frozenset()

    def __post_init__(self) -> None:
        if self.access_seed is None and self.pace:
            raise ValueError("PACE needs a password: give the access seed")

    @property
    def data_groups(self) -> dict[File, bytes]:
        """The files that EF.SOD speaks of."""
        return {file: data for file, data in self.files.items() if file not in (File.COM, File.SOD, File.CVCA)}

    @property
    def document_number(self) -> bytes:
        """With its check digit, as the chip names itself after BAC. A number of more than nine places goes on in the
        optional data of the same line (Doc 9303-5, 4.2.2)."""
        if len(self.mrz) == _TD3_LINES:
            return self.mrz[1][:10].encode("ascii")
        number, rest = self.mrz[0][5:15], self.mrz[0][15:].rstrip("<")
        return (number[:9] + rest if number[9] == "<" and rest else number).encode("ascii")

    def __repr__(self) -> str:
        return f"Passport({len(self.files)} files)"
