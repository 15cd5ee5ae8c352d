"""Certificates and lists for the tests of whom to believe, made to be wrong in one way at a time."""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from document_samples import NOW, passport, trust, utopia

from egate.checks import Outcome, Reason
from egate.document import tlv
from egate.document.mrz.zone import Mrz
from egate.document.pki.passive_auth import PassiveAuthentication, passive_authentication
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import Signer
from egate_sim.passport.issue import sign_files
from egate_sim.passport.lds import File

YEAR = dt.timedelta(days=365)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VERIFY_KEY = SIGNING_KEY.public_key().public_bytes_raw()

_serials = itertools.count(1000)


@cache
def key(number: int, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(1000 + number, curve())


@dataclass(frozen=True)
class Form:
    """How a certificate is written. ``around``: how long it is valid before and after ``middle``; ``names_key``: bears
    an authority key identifier; ``ca``, ``usage``, ``purpose``, ``period``: extensions, left out where None."""

    around: dt.timedelta = YEAR
    middle: dt.datetime = NOW
    names_key: bool = True
    country: str = "UT"
    ca: bool | None = None
    usage: str | None = None
    purpose: str | None = None
    period: tuple[dt.datetime, dt.datetime] | None = None
    name_change: bool = False
    hash: hashes.HashAlgorithm | None = None


PLAIN = Form()
CSCA = Form(ca=True, usage="key_cert_sign")


def certificate(subject: str, subject_key: Key, issuer: str, issuer_key: Key, form: Form = PLAIN) -> Signer:
    """Every one has a serial number of its own."""
    builder = (
        x509.CertificateBuilder(_name(issuer, form), _name(subject, form), subject_key.public_key(), next(_serials))
        .not_valid_before(form.middle - form.around)
        .not_valid_after(form.middle + form.around)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject_key.public_key()), critical=False)
    )
    for extension in _extensions(form, issuer_key):
        builder = builder.add_extension(extension, critical=False)
    return Signer(builder.sign(issuer_key, form.hash or hashes.SHA256()), subject_key)


def _name(common: str, form: Form) -> x509.Name:
    pairs = ((NameOID.COUNTRY_NAME, form.country), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _extensions(form: Form, issuer_key: Key) -> Iterable[x509.ExtensionType]:
    if form.names_key:
        yield x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    if form.ca is not None:
        yield x509.BasicConstraints(ca=form.ca, path_length=None)
    if form.usage is not None:
        names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                 "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
        yield x509.KeyUsage(*(name == form.usage for name in names))
    if form.purpose is not None:
        yield x509.ExtendedKeyUsage([x509.ObjectIdentifier(form.purpose)])
    if form.period is not None:
        yield x509.PrivateKeyUsagePeriod(*form.period)
    if form.name_change:
        yield x509.UnrecognizedExtension(x509.ObjectIdentifier("2.23.136.1.1.6.1"), b"\x05\x00")


def crl(
    signer: Signer,
    revoked: Iterable[tuple[int, x509.ReasonFlags | None]],
    update: dt.datetime = NOW,
    *,
    critical: x509.ExtensionType | None = None,
) -> bytes:
    """A list that is current for a year from ``update``."""
    builder = x509.CertificateRevocationListBuilder(signer.certificate.subject, update, update + YEAR)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key())
    builder = builder.add_extension(authority, critical=False)
    if critical is not None:
        builder = builder.add_extension(critical, critical=True)
    for serial, flag in revoked:
        entry = x509.RevokedCertificateBuilder(serial, update)
        if flag is not None:
            entry = entry.add_extension(x509.CRLReason(flag), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def store_of(*signers: Signer, links: Sequence[Signer] = ()) -> TrustStore:
    store = TrustStore.from_certificates([signer.certificate_der for signer in signers])
    return store.with_links([link.certificate_der for link in links])


def signed_by(signer: Signer) -> dict[File, bytes]:
    """The files of the passport, their hashes signed by ``signer``."""
    return sign_files(passport().data_groups, signer, utopia())


def authenticate(
    files: dict[File, bytes] | None = None,
    store: TrustStore | None = None,
    now: dt.datetime = NOW,
    mrz: tuple[str, ...] | None = None,
    altered: dict[int, bytes] | None = None,
) -> PassiveAuthentication:
    """Passive Authentication of the passport, or of what was made of it."""
    given = files or dict(passport().files)
    groups = {int(file) & 0xFF: data for file, data in given.items() if file not in (File.COM, File.SOD)}
    return passive_authentication(
        parse_sod(given[File.SOD]),
        groups | (altered or {}),
        Mrz.from_lines(mrz or passport().mrz),
        store or trust(),
        now,
    )


def end(result: PassiveAuthentication) -> tuple[Outcome, Reason]:
    return result.result.outcome, result.result.reason


# Lists of known defects, written by hand (Doc 9303-12, 10)


def oid(dotted: str) -> bytes:
    return bytes(asn1_x509.ObjectIdentifier(dotted).dump())


def issuer_and_serial(signer: Signer, tag: int = 0xA1) -> bytes:
    serial = asn1_x509.Integer(signer.certificate.serial_number).dump()
    return tlv.encode(tag, signer.certificate.issuer.public_bytes() + serial)


def deviation(criteria: bytes, *descriptions: bytes) -> bytes:
    return tlv.encode(0x30, tlv.encode(0x30, criteria) + tlv.encode(0x31, b"".join(descriptions)))


def description(kind: str, group: int | None = None) -> bytes:
    parameters = b"" if group is None else tlv.encode(0xA0, bytes([2, 1, group]))
    return tlv.encode(0x30, tlv.encode(0x13, b"in words") + oid(f"2.23.136.1.1.7.{kind}") + parameters)


def deviation_list(*deviations: bytes) -> bytes:
    sha256 = tlv.encode(0x30, oid("2.16.840.1.101.3.4.2.1"))
    return tlv.encode(0x30, b"\x02\x01\x00" + sha256 + tlv.encode(0x31, b"".join(deviations)))


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
