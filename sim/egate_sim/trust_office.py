"""The office of a simulated border agency that makes trust bundles, with the tools that a real one uses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate_sim.passport.keys import derive_secret
from egate_sim.passport.seals import seal_signer
from egate_sim.passport.state import State, master_list

ISSUER = "SIMULATION trust office"
BUNDLE, VERIFY_KEY = "bundle.egt", "bundle.pub"
_VALIDITY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Further:
    """What a bundle may hold beside the master list and the states' own revocation lists; all in DER."""

    links: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    defect_lists: tuple[bytes, ...] = ()
    defect_list_signers: tuple[bytes, ...] = ()
    seal_signers: tuple[bytes, ...] = ()


NOTHING = Further()


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
        self, now: datetime, serial: int = 1, *, valid: timedelta = _VALIDITY, further: Further = NOTHING
    ) -> bytes:
        """Master list, revocation lists and seal signers of all states, and ``further``."""
        builder = BundleBuilder(now)
        published = SourceFile("masterlist.ml", master_list(self.publisher, self.states))
        builder.add_master_list(published, [self.publisher.csca.certificate_der])
        for link in further.links:
            builder.add_link(SourceFile("link.der", link))
        for crl in (*(state.crl for state in self.states), *further.crls):
            builder.add_crl(SourceFile("revoked.crl", crl))
        pinned = [builder.certificate(SourceFile("signer.der", der)) for der in further.defect_list_signers]
        for defects in further.defect_lists:
            builder.add_defect_list(SourceFile("defects.dl", defects), pinned)
        for signer in (*(seal_signer(state).certificate_der for state in self.states), *further.seal_signers):
            builder.add_seal_signer(SourceFile("seals.der", signer))
        return builder.seal(self.signing_key, serial, ISSUER, valid)

    def write(
        self, folder: Path, now: datetime, serial: int = 1, *, valid: timedelta = _VALIDITY, further: Further = NOTHING
    ) -> None:
        """Bundle and public key into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / BUNDLE).write_bytes(self.bundle(now, serial, valid=valid, further=further))
        (folder / VERIFY_KEY).write_bytes(self.verify_key_pem)
