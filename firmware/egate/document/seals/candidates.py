"""Which bar codes are digital seals at all. Documents and what lies in them bear others too: boarding passes, stickers
of authorities, the publisher of a cover."""

from egate.document.seals.vds import is_seal
from egate.document.seals.vds_nc import is_nc_seal

_MEMBERS = (b'"data"', b'"sig"')


def is_candidate(content: bytes) -> bool:
    """Whether a bar code claims to be a seal: it begins like a binary one, or as JSON with data and a signature. One
    that claims it and cannot be decoded is a seal that did not pass."""
    return is_seal(content) or (is_nc_seal(content) and all(member in content for member in _MEMBERS))
