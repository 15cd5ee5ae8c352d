"""Where a simulated state has its certificates written: Doc 9303-12, section 7.

Everything follows from a secret and a date: the same arguments give the same bytes. Every subject name holds
SIMULATION, so that a production gate can refuse the lot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from egate_sim.passport.authority_keys import Algorithm, AuthorityKey, Ecdsa, authority_key
from egate_sim.passport.certificates import (
    COMMON_NAME,
    COUNTRY,
    DEVIATION_LIST_SIGNING,
    MASTER_LIST_SIGNING,
    ORGANISATION,
    Period,
    Request,
    Revoked,
    Usage,
    alternative_names,
    authority_key_id,
    basic_constraints,
    certificate,
    document_types,
    extended_key_usage,
    key_usage,
    name,
    name_change,
    private_key_usage,
    revocation_list,
    subject_key_id,
)
from egate_sim.passport.cms import Signer
from egate_sim.passport.keys import serial_number
from egate_sim.passport.rsa_pool import Slot

ISSUER = "EGATE SIMULATION"
DOCUMENT_VALIDITY = timedelta(days=3653)
_CSCA_AGE = timedelta(days=365)
_CSCA_USE = timedelta(days=5 * 365)
_SIGNER_AGE = timedelta(days=30)
_SIGNER_USE = timedelta(days=91)
_CRL_UPDATE = timedelta(days=90)  # Doc 9303-12 asks for a new one at least this often


_USUAL = Ecdsa()
_USUAL_CHIP_CURVE = ec.BrainpoolP256R1()


@dataclass(frozen=True, slots=True)
class Country:
    """``code``: as the MRZ writes it; ``alpha2``: as a certificate's countryName; ``algorithm``: what its CSCA signs
    with, and its Document Signers too unless they have a ``signer_algorithm``; ``chip_curve``: of its chips' keys."""

    code: str
    alpha2: str
    name: str
    algorithm: Algorithm = _USUAL
    signer_algorithm: Algorithm | None = None
    chip_curve: ec.EllipticCurve = _USUAL_CHIP_CURVE


# UTO is Doc 9303's own country for specimens; Antarctica has a code in ISO 3166 and issues no passports.
UTOPIA = Country("UTO", "UT", "Utopia")
ANTARCTICA = Country("ATA", "AQ", "Antarctica", Ecdsa("secp384r1", "sha384"), chip_curve=ec.SECP384R1())


@dataclass(frozen=True, slots=True, repr=False)
class Terms:
    """What one Document Signer may do. ``types``: of documents, none for no DocumentTypeList; ``validity`` of the
    certificate; ``alpha2``: a country other than the state's own; ``algorithm``: other than the state's own;
    ``claims``: the key that the certificate says it is signed with, where that is a lie."""

    types: tuple[str, ...] = ("P",)
    validity: Period | None = None
    alpha2: str | None = None
    algorithm: Algorithm | None = None
    claims: AuthorityKey | None = None


USUAL_TERMS = Terms()


@dataclass(frozen=True, slots=True, repr=False)
class Registry:
    """Writes one state's certificates as of ``issued_at``. ``generation`` counts the keys of its CSCA; ``renamed``:
    this generation goes by a name of its own."""

    country: Country
    secret: bytes
    issued_at: date
    generation: int = 1
    renamed: bool = False

    def csca(self, validity: Period | None = None) -> Signer:
        """The self-signed certificate of this generation."""
        start = midnight(self.issued_at) - _CSCA_AGE
        validity = validity or Period(start, start + _CSCA_USE + _SIGNER_USE + DOCUMENT_VALIDITY)
        slot = Slot.CSCA if self.generation == 1 else Slot.OTHER
        key = self._key(self._csca_key, self.country.algorithm, slot)
        request = Request(
            issuer=self.csca_name,
            subject=self.csca_name,
            serial=serial_number(self.secret, self._csca_key),
            validity=validity,
            extensions=(*self._common(key, key), *_csca_extensions(Period(validity.start, validity.start + _CSCA_USE))),
        )
        return _signer(request, key, key, self.country.algorithm.digest, self.country.algorithm.digest)

    def link(self, former: Signer, csca: Signer) -> bytes:
        """What the former CSCA says about the key of ``csca`` (DER): a link certificate."""
        validity = Period(midnight(self.issued_at), former.certificate.not_valid_after_utc)
        extensions = (*self._common(csca.key, former.key), *_csca_extensions(validity))
        request = Request(
            issuer=former.certificate.subject.public_bytes(),
            subject=self.csca_name,
            serial=serial_number(self.secret, f"link {self._csca_key}"),
            validity=validity,
            extensions=(*extensions, name_change()) if self.renamed else extensions,
        )
        return certificate(request, csca.key, former.key, former.digest)

    def document_signer(self, csca: Signer, number: int, terms: Terms = USUAL_TERMS) -> Signer:
        """A Document Signer. ``number`` makes it another one, with a key of its own."""
        role = f"Document Signer {number}"
        start = midnight(self.issued_at) - _SIGNER_AGE
        algorithm = terms.algorithm or self.country.signer_algorithm or self.country.algorithm
        key = self._key(role, algorithm, Slot.SIGNER)
        types = (document_types(*terms.types),) if terms.types else ()
        request = Request(
            issuer=csca.certificate.subject.public_bytes(),
            subject=self._name(role, terms.alpha2),
            serial=serial_number(self.secret, role),
            validity=terms.validity or Period(start, start + _SIGNER_USE + DOCUMENT_VALIDITY),
            extensions=(
                *self._common(key, terms.claims or csca.key),
                key_usage(Usage.DIGITAL_SIGNATURE),
                private_key_usage(Period(start, start + _SIGNER_USE)),
                *types,
            ),
        )
        return _signer(request, key, csca.key, csca.digest, algorithm.digest)

    def master_list_signer(self, csca: Signer) -> Signer:
        """Signs CSCA master lists and nothing else."""
        return self._list_signer(csca, "Master List Signer", MASTER_LIST_SIGNING)

    def deviation_list_signer(self, csca: Signer) -> Signer:
        """Signs deviation lists and nothing else."""
        return self._list_signer(csca, "Deviation List Signer", DEVIATION_LIST_SIGNING)

    def crl(self, csca: Signer, entries: Iterable[Revoked], issued_at: date | None = None) -> bytes:
        """Revocation list in DER."""
        now = midnight(issued_at or self.issued_at)
        issuer = csca.certificate.subject.public_bytes()
        return revocation_list(issuer, csca.key, csca.digest, Period(now, now + _CRL_UPDATE), entries)

    @property
    def csca_name(self) -> bytes:
        """The CSCA's name in DER."""
        return self._name(f"CSCA {self.generation}" if self.renamed else "CSCA")

    @property
    def _csca_key(self) -> str:
        return "CSCA" if self.generation == 1 else f"CSCA {self.generation}"

    def _list_signer(self, csca: Signer, role: str, purpose: str) -> Signer:
        start = midnight(self.issued_at) - _SIGNER_AGE
        algorithm = self.country.algorithm
        key = self._key(role, algorithm, Slot.OTHER)
        request = Request(
            issuer=csca.certificate.subject.public_bytes(),
            subject=self._name(role),
            serial=serial_number(self.secret, role),
            validity=Period(start, start + _CSCA_USE),
            extensions=(
                *self._common(key, csca.key),
                key_usage(Usage.DIGITAL_SIGNATURE),
                extended_key_usage(purpose),
            ),
        )
        return _signer(request, key, csca.key, csca.digest, algorithm.digest)

    def _key(self, role: str, algorithm: Algorithm, slot: Slot) -> AuthorityKey:
        return authority_key(algorithm, self.secret, f"{self.country.code} {role}", slot)

    def _common(self, key: AuthorityKey, issuer_key: AuthorityKey) -> tuple[bytes, ...]:
        """The extensions of every certificate."""
        return (subject_key_id(key), authority_key_id(issuer_key), *alternative_names(self.country.code))

    def _name(self, role: str, alpha2: str | None = None) -> bytes:
        return name(
            (COUNTRY, alpha2 or self.country.alpha2),
            (ORGANISATION, ISSUER),
            (COMMON_NAME, f"SIMULATION {self.country.name} {role}"),
        )

    def __repr__(self) -> str:
        return f"Registry({self.country.code}, {self.issued_at})"


def midnight(day: date) -> datetime:
    """The day's first moment in UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def _csca_extensions(use: Period) -> tuple[bytes, ...]:
    return basic_constraints(), key_usage(Usage.CERTIFICATES_AND_LISTS), private_key_usage(use)


def _signer(request: Request, key: AuthorityKey, issuer_key: AuthorityKey, digest: str, own_digest: str) -> Signer:
    """``digest``: what the issuer signs with; ``own_digest``: what the new key will sign with."""
    encoded = certificate(request, key, issuer_key, digest)
    return Signer(x509.load_der_x509_certificate(encoded), key, own_digest)
