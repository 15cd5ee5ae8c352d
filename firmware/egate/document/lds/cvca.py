"""EF.CVCA: by which keys of its state the chip verifies terminals (BSI TR-03110-3, A.7.2.4)."""

from egate.document import tlv
from egate.document.errors import FormatError

CVCA_FILE_ID, CVCA_SHORT_ID = 0x011C, 0x1C  # in the LDS1 application, unless TerminalAuthenticationInfo says otherwise
CVCA_BYTES = 36
_REFERENCE = 0x42
_MAX_REFERENCES = 2
_MAX_REFERENCE_BYTES = 16


def parse_cvca(raw: bytes) -> tuple[bytes, ...]:
    """The references of one or two keys, the newest first, ISO/IEC 8859-1. Zero bytes fill the file up.

    Raises FormatError.
    """
    references: list[bytes] = []
    rest = raw
    while rest.strip(b"\0"):
        item = tlv.read(rest)
        if item.tag != _REFERENCE or not 0 < len(item.value) <= _MAX_REFERENCE_BYTES:
            raise FormatError("EF.CVCA holds something that is no reference of a key")
        references.append(item.value)
        rest = rest[len(item.raw) :]
    if not 0 < len(references) <= _MAX_REFERENCES:
        raise FormatError("EF.CVCA holds no reference, or more than two")
    return tuple(references)
