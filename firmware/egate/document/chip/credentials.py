"""What somebody who holds the document knows: the page, and the number on the card where it has one."""

import hashlib
from dataclasses import dataclass
from enum import IntEnum


class PasswordKind(IntEnum):
    """Values of the password reference in MSE:Set AT (Doc 9303-11, 4.4.4.1)."""

    MRZ = 1
    CAN = 2


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    """``encoded`` is K of Doc 9303-11, 9.7.3, from which the key of PACE is derived."""

    kind: PasswordKind
    encoded: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """``mrz_information``: number, birth and expiry with their check digits (``Mrz.mrz_information``); ``can``: the
    card access number. Either may be absent, not both."""

    mrz_information: bytes = b""
    can: str = ""

    def __post_init__(self) -> None:
        if not (self.mrz_information or self.can):
            raise ValueError("access needs the MRZ or the card access number")
        if not self.can.isascii():
            raise ValueError("the card access number has characters that no card prints")

    @property
    def passwords(self) -> tuple[Password, ...]:
        """Those that PACE can use. The MRZ comes first, because it does not count wrong tries."""
        known = []
        if self.mrz_information:
            digest = hashlib.sha1(self.mrz_information, usedforsecurity=False).digest()
            known.append(Password(PasswordKind.MRZ, digest))
        if self.can:
            known.append(Password(PasswordKind.CAN, self.can.encode("iso-8859-1")))
        return tuple(known)
