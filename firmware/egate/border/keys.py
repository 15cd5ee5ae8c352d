"""Key files of the alert list: small TOML files that say what a key is for and who made it.

::

    purpose = "alert-list-lookup"
    issuer = "Border Guard of Utopia, alert list 2026"
    key = "64 hexadecimal digits"

A key whose issuer begins with SIMULATION belongs to a simulator. Production refuses it.
"""

import stat
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

KEY_BYTES = 32
SIMULATION = "SIMULATION"
_MAX_FILE_BYTES = 4096


class Purpose(StrEnum):
    """VERIFY: the issuer's Ed25519 public key. LOOKUP: the secret that turns documents into the list's tags."""

    VERIFY = "alert-list-verify"
    LOOKUP = "alert-list-lookup"


class KeyFileError(Exception):
    """A key file cannot be used. The text names the file, the cause and the remedy, never the key."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    purpose: Purpose
    issuer: str
    key: bytes

    def __repr__(self) -> str:
        return f"KeyFile({self.purpose}, {self.issuer!r})"


def load_key(path: Path, purpose: Purpose, *, allow_simulation: bool = False) -> KeyFile:
    """Read and check one key file. Raises KeyFileError."""
    try:
        status = path.stat()
        if status.st_size > _MAX_FILE_BYTES:
            raise KeyFileError(f"{path}: too large for a key file; is it the right file?")
        text = path.read_bytes().decode()
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read ({error.strerror}); provision the lane's keys again") from None
    except UnicodeDecodeError:
        raise KeyFileError(f"{path}: is no text; provision the lane's keys again") from None
    if purpose is Purpose.LOOKUP and status.st_mode & stat.S_IRWXO:
        raise KeyFileError(f"{path}: everybody on this machine may read this secret; run: chmod o= {path}")
    key_file = _parse(path, text)
    if key_file.purpose is not purpose:
        raise KeyFileError(f"{path}: is a key for {key_file.purpose}, not {purpose}; exchange the two files")
    if key_file.issuer.startswith(SIMULATION) and not allow_simulation:
        raise KeyFileError(f"{path}: is a simulator's key; install the key of the border agency")
    return key_file


def _parse(path: Path, text: str) -> KeyFile:
    broken = KeyFileError(f"{path}: needs purpose, issuer and key (64 hexadecimal digits); provision the keys again")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise broken from None
    if set(table) != {"purpose", "issuer", "key"} or not all(isinstance(value, str) for value in table.values()):
        raise broken
    try:
        key_file = KeyFile(Purpose(table["purpose"]), table["issuer"], bytes.fromhex(table["key"]))
    except ValueError:
        raise broken from None
    if len(key_file.key) != KEY_BYTES:
        raise broken
    return key_file
