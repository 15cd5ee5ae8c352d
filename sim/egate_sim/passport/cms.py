"""Signs content the way EF.SOD and CSCA master lists are signed: CMS SignedData with one signer (RFC 5652)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HASHES: dict[str, hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512] = {
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate, its private key and the hash that they are used with."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    digest: str = "sha256"

    @property
    def certificate_der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def __repr__(self) -> str:
        return f"Signer({self.certificate.subject.rfc4514_string()})"


def signed_data(
    content_type: str, content: bytes, signer: Signer, at: datetime, others: tuple[bytes, ...] = ()
) -> bytes:
    """ContentInfo in DER. ``content_type``: OID; ``at``: signing time; ``others``: DER certificates that travel beside
    the signer's own."""
    algorithm = {"algorithm": signer.digest}
    attributes = _signed_attributes(content_type, content, signer.digest, at)
    # What is signed carries the universal tag SET OF, not the implicit [0] of its place (RFC 5652, 5.4).
    signature = signer.key.sign(attributes.dump(), ec.ECDSA(HASHES[signer.digest], deterministic_signing=True))
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [algorithm],
            "encap_content_info": {"content_type": content_type, "content": core.ParsableOctetString(content)},
            "certificates": [_certificate(der) for der in (signer.certificate_der, *others)],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": _signer_identifier(signer),
                    "digest_algorithm": algorithm,
                    "signed_attrs": attributes,
                    "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": f"{signer.digest}_ecdsa"}),
                    "signature": signature,
                }
            ],
        }
    )
    encoded: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return encoded


def _signed_attributes(content_type: str, content: bytes, digest: str, at: datetime) -> cms.CMSAttributes:
    return cms.CMSAttributes(
        [
            {"type": "content_type", "values": [content_type]},
            {"type": "message_digest", "values": [hashlib.new(digest, content).digest()]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": at})]},
        ]
    )


def _signer_identifier(signer: Signer) -> cms.SignerIdentifier:
    certificate = asn1_x509.Certificate.load(signer.certificate_der)
    return cms.SignerIdentifier(
        {
            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            )
        }
    )


def _certificate(der: bytes) -> cms.CertificateChoices:
    return cms.CertificateChoices({"certificate": asn1_x509.Certificate.load(der)})
