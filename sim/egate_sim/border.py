"""The border agency of a simulated state: issues the alert list that lanes look documents up in.

The file's format is described in ``egate.border.offline_list``; this is a writer of its own.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate_sim.passport.keys import derive_secret

ISSUER = "SIMULATION border agency"
_ISSUER_BYTES = 32
_VALIDITY = timedelta(days=2)


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A document that is sought, as its MRZ names it. Without ``document_type`` every type is meant."""

    issuing_state: str
    document_number: str
    document_type: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class BorderAgency:
    """The issuer's keys. The same secret gives the same keys."""

    signing_key: Ed25519PrivateKey
    lookup_key: bytes
    issuer: str = ISSUER

    @property
    def verify_key(self) -> bytes:
        return self.signing_key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def compile_list(
        self, entries: Iterable[Entry], version: int, issued_at: datetime, valid_until: datetime | None = None
    ) -> bytes:
        """The signed file; it is valid for two days where nothing else is said."""
        tags = sorted({self._tag(entry) for entry in entries})
        body = b"".join(
            (
                b"EGATEAL1",
                version.to_bytes(4, "big"),
                _seconds(issued_at),
                _seconds(valid_until or issued_at + _VALIDITY),
                hmac.new(self.lookup_key, b"egate alert list key", hashlib.sha256).digest()[:8],
                _fixed(self.issuer),
                len(tags).to_bytes(4, "big"),
                *tags,
            )
        )
        return body + self.signing_key.sign(body)

    def write_keys(self, folder: Path) -> tuple[Path, Path]:
        """The lane's two key files: verification and lookup."""
        paths = folder / "alert-list-verify.key", folder / "alert-list-lookup.key"
        for path, key in zip(paths, (self.verify_key, self.lookup_key), strict=True):
            path.touch(mode=0o600)
            path.write_text(f'purpose = "{path.stem}"\nissuer = "{self.issuer}"\nkey = "{key.hex()}"\n')
        return paths

    def _tag(self, entry: Entry) -> bytes:
        name = "|".join((entry.issuing_state, entry.document_type[:1], entry.document_number))
        name = name.upper().replace("<", "").replace(" ", "").replace("-", "")
        message = f"egate alert list|{name}".encode()
        return hmac.new(self.lookup_key, message, hashlib.sha256).digest()[:16]


def found_border_agency(secret: bytes) -> BorderAgency:
    """Derive the agency's keys."""
    signing_key = Ed25519PrivateKey.from_private_bytes(derive_secret(secret, "alert list signature"))
    return BorderAgency(signing_key, derive_secret(secret, "alert list lookup"))


def _seconds(moment: datetime) -> bytes:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()).to_bytes(8, "big")


def _fixed(text: str) -> bytes:
    encoded = text.encode()
    if len(encoded) > _ISSUER_BYTES:
        raise ValueError(f"an issuer's name has at most {_ISSUER_BYTES} bytes")
    return encoded.ljust(_ISSUER_BYTES, b"\0")
