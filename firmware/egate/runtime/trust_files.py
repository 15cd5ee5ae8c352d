"""The trust bundle on disk: its keys, its age, and the memory of the newest one that this gate has used."""

import hashlib
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from egate.config import TrustConfig
from egate.document.errors import TrustError
from egate.document.pki.bundle import MAX_FILE_BYTES, Bundle, Header
from egate.document.pki.bundle_trust import BundleTrust
from egate.runtime.secret_files import read_key_file, read_secret

SIMULATION = "SIMULATION"
_FINGERPRINT = 16
_CLOCK_SLACK = timedelta(minutes=5)  # between the agency's clock and the gate's


class RollbackError(TrustError):
    """The bundle is genuine, and older than one that was used before."""


def load_trust(
    config: TrustConfig, now: datetime, current: BundleTrust | None, *, allow_simulation: bool
) -> BundleTrust:
    """The bundle that the file holds now; ``current`` again, with what it has decoded, where it is the same one.

    Raises OSError, RollbackError; TrustError with what is wrong, what it means and what to do.
    """
    raw, key = read_bundle(config.bundle), load_verify_key(config.verify_key)
    if current is None or current.bundle.sha256 != hashlib.sha256(raw).hexdigest():
        current = BundleTrust(bundle=Bundle.open(raw, key), rules=config.rules)
    header = current.bundle.header
    if is_simulated(header) and not allow_simulation:
        raise TrustError("the trust bundle comes from a simulator; install the bundle of the border agency")
    why = why_expired(header, now, config.max_age_days)
    if why is not None:
        raise TrustError(why)
    _refuse_rollback(config, key, header.serial)
    return current


def read_bundle(path: Path) -> bytes:
    """Raises OSError; TrustError where it is too large to be one."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise TrustError(f"{path}: larger than a trust bundle can be; is it the right file?")
    return path.read_bytes()


def is_simulated(header: Header) -> bool:
    """Whether anything in the bundle, or who made it, says so."""
    return header.simulation or SIMULATION in header.issuer


def why_expired(header: Header, now: datetime, max_age_days: int | None = None) -> str | None:
    """Why nothing in the bundle is believed at ``now``, or None."""
    if header.issued_at > now + _CLOCK_SLACK:
        return f"the trust bundle is dated {header.issued_at:%Y-%m-%d %H:%M} UTC, in the future; check the gate's clock"
    if now > header.valid_until:
        return f"the trust bundle was valid until {header.valid_until:%Y-%m-%d}; install a current one"
    if max_age_days is not None and now - header.issued_at > timedelta(days=max_age_days):
        return f"the trust bundle is older than {max_age_days} days, the highest age set here; install a current one"
    return None


def why_stale(header: Header, config: TrustConfig, now: datetime) -> str | None:
    """Why a newer bundle should be here by now, or None."""
    age = now - header.issued_at
    if now <= header.refresh_at and age <= timedelta(days=config.warn_age_days):
        return None
    closes = min(header.valid_until, header.issued_at + timedelta(days=config.max_age_days))
    return f"the trust bundle is {age.days} days old; the lane closes on {closes:%Y-%m-%d} unless a newer one comes"


def _refuse_rollback(config: TrustConfig, key: bytes, serial: int) -> None:
    known = _remembered(config.serial_file).get(_fingerprint(key), 0)
    if serial < known:
        raise RollbackError(
            f"the trust bundle has serial {serial}, and {known} was used here before: what was revoked since would be "
            "believed again; install the newest bundle"
        )


def remember_serial(config: TrustConfig, bundle: Bundle) -> None:
    """Write the serial down if it is a new one; a power cut leaves the old file or the new one. Raises OSError,
    TrustError."""
    key, path = _fingerprint(load_verify_key(config.verify_key)), config.serial_file
    if _remembered(path).get(key) == bundle.header.serial:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    with draft.open("w", encoding="ascii") as file:
        file.write(f"{key} {bundle.header.serial}\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _remembered(path: Path) -> dict[str, int]:
    """Fingerprint of the key -> serial; a new key begins a new count. Raises OSError, TrustError."""
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        return {}
    except ValueError:
        text = ""
    key, _, serial = text.strip().partition(" ")
    if len(key) != 2 * _FINGERPRINT or not serial.isdecimal():
        raise TrustError(
            f"{path}: does not hold the serial of a trust bundle, so the gate cannot know whether the bundle is an old "
            "one; make sure that the newest bundle is installed, then remove this file"
        )
    return {key: int(serial)}


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(key).digest()[:_FINGERPRINT].hex()


def load_verify_key(path: Path) -> bytes:
    """32 bytes of an Ed25519 public key in PEM. Raises OSError, TrustError."""
    raw = read_key_file(path)
    try:
        key = serialization.load_pem_public_key(raw)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise TrustError(f"{path}: is no Ed25519 public key in PEM; install the one that came with the bundle")
    return key.public_bytes_raw()


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """The agency's secret; refused where others on the machine may read it. Raises OSError, TrustError."""
    raw = read_secret(path)
    try:
        key = serialization.load_pem_private_key(raw, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise TrustError(f"{path}: is no unencrypted Ed25519 private key in PEM; make one with egate trust keygen")
    return key
