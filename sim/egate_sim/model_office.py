"""The office of a simulated border agency that says which face models its gates may run."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.face.networks.manifest import SIGNATURE_SUFFIX, compose, hashes
from egate.runtime.model_files import signed_files
from egate_sim.passport.keys import derive_secret

ISSUER = "SIMULATION model office"
MANIFEST, VERIFY_KEY = "manifest.toml", "manifest.pub"


@dataclass(frozen=True, slots=True, repr=False)
class ModelOffice:
    """The same secret gives the same key."""

    secret: bytes

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive_secret(self.secret, "models' manifest"))

    def write(self, folder: Path, models: Path, issued: date, version: int = 1) -> None:
        """Manifest of what lies in ``models``, its signature and the public key into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        raw = compose(version, ISSUER, issued, hashes(signed_files(models)), simulation=True)
        (folder / MANIFEST).write_bytes(raw)
        (folder / f"{MANIFEST}{SIGNATURE_SUFFIX}").write_bytes(self.signing_key.sign(raw))
        public = self.signing_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (folder / VERIFY_KEY).write_bytes(public)
