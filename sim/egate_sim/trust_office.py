"""The office of a simulated border agency that makes trust bundles, with the tools that a real one uses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate_sim.passport.keys import derive_secret
from egate_sim.passport.state import State, master_list

ISSUER = "SIMULATION trust office"
BUNDLE, VERIFY_KEY = "bundle.egt", "bundle.pub"
_VALIDITY = timedelta(days=90)


@dataclass(frozen=True, slots=True, repr=False)
class TrustOffice:
    """``publisher`` signs the master list of ``states``. The same secret gives the same key."""

    secret: bytes
    publisher: State
    states: tuple[State, ...]

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive_secret(self.secret, "trust bundle"))

    @property
    def verify_key_pem(self) -> bytes:
        return self.signing_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def bundle(
        self, now: datetime, serial: int = 1, *, valid: timedelta = _VALIDITY, crls: Iterable[bytes] = ()
    ) -> bytes:
        """Master list and revocation lists of all states, and ``crls`` beside them."""
        builder = BundleBuilder(now)
        published = SourceFile("masterlist.ml", master_list(self.publisher, self.states))
        builder.add_master_list(published, [self.publisher.csca.certificate_der])
        for state in self.states:
            builder.add_crl(SourceFile(f"{state.code.lower()}.crl", state.crl))
        for number, crl in enumerate(crls):
            builder.add_crl(SourceFile(f"further-{number}.crl", crl))
        return builder.seal(self.signing_key, serial, ISSUER, valid)

    def write(self, folder: Path, now: datetime, serial: int = 1, *, valid: timedelta = _VALIDITY) -> None:
        """Bundle and public key into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / BUNDLE).write_bytes(self.bundle(now, serial, valid=valid))
        (folder / VERIFY_KEY).write_bytes(self.verify_key_pem)
