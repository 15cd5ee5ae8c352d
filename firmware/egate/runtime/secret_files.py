"""Files that hold a secret: who else may read them, and how large they can be."""

import stat
from pathlib import Path

from egate.document.errors import TrustError

_MAX_KEY_BYTES = 16_384


def read_secret(path: Path) -> bytes:
    """The content; refused where others on the machine may read it. Raises OSError, TrustError."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise TrustError(f"{path}: others on this machine may use this key; run: chmod 600 {path}")
    return read_key_file(path)


def read_key_file(path: Path) -> bytes:
    """The content of a key that is no secret. Raises OSError, TrustError."""
    if path.stat().st_size > _MAX_KEY_BYTES:
        raise TrustError(f"{path}: too large for a key file; is it the right file?")
    return path.read_bytes()
