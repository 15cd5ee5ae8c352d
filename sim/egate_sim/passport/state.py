"""A simulated state and its certificates: CSCA, Document Signers, CRL, CSCA master list (Doc 9303-12).

Everything follows from a secret and a date: the same arguments give the same bytes. Every subject name holds
SIMULATION, so that a production gate can refuse the lot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from egate_sim.passport.cms import HASHES, Signer, signed_data
from egate_sim.passport.keys import derive_ec_key, serial_number
from egate_sim.passport.tlv import data_object

ORGANISATION = "EGATE SIMULATION"
_MASTER_LIST = "2.23.136.1.1.2"
_MASTER_LIST_SIGNING = x509.ObjectIdentifier("2.23.136.1.1.3")
_DOCUMENT_TYPES = x509.ObjectIdentifier("2.23.136.1.1.6.2")

_DOCUMENT_VALIDITY = timedelta(days=3653)
_CSCA_AGE = timedelta(days=365)
_CSCA_USE = timedelta(days=5 * 365)
_SIGNER_AGE = timedelta(days=30)
_SIGNER_USE = timedelta(days=91)
_CRL_UPDATE = timedelta(days=90)  # Doc 9303-12 asks for a new one at least this often


@dataclass(frozen=True, slots=True)
class Country:
    """``code``: as the MRZ writes it; ``alpha2``: as a certificate's countryName; ``curve``, ``digest``: what its
    authorities sign with."""

    code: str
    alpha2: str
    name: str
    curve: ec.EllipticCurve
    digest: str = "sha256"


# UTO is Doc 9303's own country for specimens; Antarctica has a code in ISO 3166 and issues no passports.
UTOPIA = Country("UTO", "UT", "Utopia", ec.BrainpoolP256R1())
ANTARCTICA = Country("ATA", "AQ", "Antarctica", ec.SECP384R1(), "sha384")


@dataclass(frozen=True, slots=True, repr=False)
class State:
    """``signer`` signs passports; ``revoked_signer`` did until its key was compromised and stands in ``crl`` (DER)."""

    country: Country
    founded: date
    secret: bytes
    csca: Signer
    signer: Signer
    revoked_signer: Signer
    master_list_signer: Signer
    crl: bytes

    @property
    def code(self) -> str:
        return self.country.code

    def __repr__(self) -> str:
        return f"State({self.code}, {self.founded})"


def found_state(country: Country, secret: bytes, issued_at: date) -> State:
    """Set up a state's authorities as they stand on the day ``issued_at``."""
    registry = _Registry(country, secret, issued_at)
    csca = registry.csca()
    revoked = registry.document_signer(csca, 1)
    return State(
        country=country,
        founded=issued_at,
        secret=secret,
        csca=csca,
        signer=registry.document_signer(csca, 2),
        revoked_signer=revoked,
        master_list_signer=registry.master_list_signer(csca),
        crl=registry.crl(csca, (revoked,)),
    )


def master_list(publisher: State, states: Iterable[State]) -> bytes:
    """CSCA master list of ``states``, signed by ``publisher``: ContentInfo in DER."""
    certificates = sorted({state.csca.certificate_der for state in states})  # DER orders a SET OF by its encodings
    content = data_object(0x30, core.Integer(0).dump(), data_object(0x31, *certificates))
    at = _midnight(publisher.founded)
    return signed_data(_MASTER_LIST, content, publisher.master_list_signer, at, (publisher.csca.certificate_der,))


@dataclass(frozen=True, slots=True)
class _Registry:
    """Writes one state's certificates."""

    country: Country
    secret: bytes
    issued_at: date

    def csca(self) -> Signer:
        start = _midnight(self.issued_at) - _CSCA_AGE
        key = self._key("CSCA")
        builder = self._certificate("CSCA", key, start, start + _CSCA_USE + _SIGNER_USE + _DOCUMENT_VALIDITY)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
        builder = builder.add_extension(x509.PrivateKeyUsagePeriod(start, start + _CSCA_USE), critical=False)
        return self._sign(builder, key, None)

    def document_signer(self, csca: Signer, number: int) -> Signer:
        start = _midnight(self.issued_at) - _SIGNER_AGE
        key = self._key(f"Document Signer {number}")
        builder = self._certificate(f"Document Signer {number}", key, start, start + _SIGNER_USE + _DOCUMENT_VALIDITY)
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(x509.PrivateKeyUsagePeriod(start, start + _SIGNER_USE), critical=False)
        types = data_object(0x30, core.Integer(0).dump(), data_object(0x31, core.PrintableString("P").dump()))
        builder = builder.add_extension(x509.UnrecognizedExtension(_DOCUMENT_TYPES, types), critical=False)
        return self._sign(builder, key, csca)

    def master_list_signer(self, csca: Signer) -> Signer:
        start = _midnight(self.issued_at) - _SIGNER_AGE
        key = self._key("Master List Signer")
        builder = self._certificate("Master List Signer", key, start, start + _CSCA_USE)
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([_MASTER_LIST_SIGNING]), critical=True)
        return self._sign(builder, key, csca)

    def crl(self, csca: Signer, revoked: Iterable[Signer]) -> bytes:
        """Revocations without a reason code, which means unspecified (RFC 5280, 5.3.1)."""
        now = _midnight(self.issued_at)
        builder = x509.CertificateRevocationListBuilder(csca.certificate.subject, now, now + _CRL_UPDATE)
        builder = builder.add_extension(_authority_key_identifier(csca.key), critical=False)
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        for signer in revoked:
            entry = x509.RevokedCertificateBuilder(signer.certificate.serial_number, now)
            builder = builder.add_revoked_certificate(entry.build())
        signed = builder.sign(csca.key, HASHES[csca.digest], ecdsa_deterministic=True)
        return signed.public_bytes(serialization.Encoding.DER)

    def _key(self, role: str) -> ec.EllipticCurvePrivateKey:
        return derive_ec_key(self.secret, f"{self.country.code} {role}", self.country.curve)

    def _certificate(
        self, role: str, key: ec.EllipticCurvePrivateKey, start: datetime, end: datetime
    ) -> x509.CertificateBuilder:
        """What all certificates have in common; the MRZ's code is the locality of the alternative name."""
        place = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.LOCALITY_NAME, self.country.code)]))
        return (
            x509.CertificateBuilder(serial_number=serial_number(self.secret, role))
            .subject_name(self._name(role))
            .public_key(key.public_key())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName([place]), critical=False)
            .add_extension(x509.IssuerAlternativeName([place]), critical=False)
        )

    def _name(self, role: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, self.country.alpha2),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
                x509.NameAttribute(NameOID.COMMON_NAME, f"SIMULATION {self.country.name} {role}"),
            ]
        )

    def _sign(self, builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, issuer: Signer | None) -> Signer:
        """``issuer`` None: self-signed."""
        signing_key = key if issuer is None else issuer.key
        builder = builder.issuer_name(self._name("CSCA"))
        builder = builder.add_extension(_authority_key_identifier(signing_key), critical=False)
        certificate = builder.sign(signing_key, HASHES[self.country.digest], ecdsa_deterministic=True)
        return Signer(certificate, key, self.country.digest)


def _authority_key_identifier(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
