"""The data objects that the authentication commands have in common."""

from asn1crypto import core

from egate_sim.passport.apdu import ChipError, Status
from egate_sim.passport.tlv import TlvError, data_objects

MECHANISM, KEY_REFERENCE, KEY_ID = 0x80, 0x83, 0x84  # of MANAGE SECURITY ENVIRONMENT
DYNAMIC_AUTHENTICATION_DATA = 0x7C


def objects_of(data: bytes) -> dict[int, bytes]:
    """Values by tag. Raises ChipError(WRONG_DATA)."""
    try:
        return dict(data_objects(data))
    except TlvError:
        raise ChipError(Status.WRONG_DATA) from None


def is_whole(data: bytes) -> bool:
    """Whether the bytes end where a data object does."""
    try:
        return bool(list(data_objects(data)))
    except TlvError:
        return False


def object_identifier(dotted: str) -> bytes:
    """The value bytes alone."""
    contents: bytes = core.ObjectIdentifier(dotted).contents
    return contents
