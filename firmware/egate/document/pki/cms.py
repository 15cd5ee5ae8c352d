"""Signed messages (CMS, RFC 5652), as EF.SOD and master lists use them: one content, one signer or few.

What is hashed and verified are the bytes as they came, never a re-encoding of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms
from asn1crypto.algos import SignedDigestAlgorithm

from egate.checks import Reason
from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.signatures import Scheme, digest, hash_name, scheme, verify
from egate.document.errors import FormatError
from egate.document.pki.certificates import Certificate, moment, name_key

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_TIME = "1.2.840.113549.1.9.5"
_SET_OF = 0x31


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """One SignerInfo. ``key_id``, or ``issuer`` and ``serial``, say whose certificate to take.

    ``signed_attributes`` is the content of the SET as it came; None where the content itself was signed.
    ``signing_time`` is what the signer states; None where it states none, or none that can be read.
    """

    key_id: bytes | None
    issuer: str
    serial: int
    signed_attributes: bytes | None
    stated_digest: bytes | None
    stated_content_type: str
    signing_time: datetime | None
    signature: bytes
    _digest_algorithm: str
    _signature_algorithm: SignedDigestAlgorithm

    def digest_hash(self) -> str:
        """Name of the hash over the content. Raises UnsupportedError."""
        return hash_name(self._digest_algorithm)

    def scheme(self) -> Scheme:
        """Its hash may differ from ``digest_hash``. Raises FormatError, UnsupportedError."""
        with well_formed("the signature algorithm of a signer", Reason.SOD_FORMAT):
            return scheme(self._signature_algorithm, hash_name(self._digest_algorithm))

    def is_of(self, certificate: Certificate) -> bool:
        if self.key_id is not None:
            return certificate.subject_key_id == self.key_id
        return (certificate.issuer, certificate.serial) == (self.issuer, self.serial)


@dataclass(frozen=True, slots=True, repr=False)
class SignedMessage:
    """``content_type`` is an object identifier, ``content`` the encapsulated bytes."""

    content_type: str
    content: bytes
    certificates: tuple[Certificate, ...]
    signers: tuple[Signer, ...]

    def certificate_of(self, signer: Signer) -> Certificate | None:
        """The signer's certificate among those that came along.

        Where none fits but only one came, it is that one: some issuers write the serial number or the name otherwise
        than the certificate has it. Its signature has to hold all the same.
        """
        fitting = next((item for item in self.certificates if signer.is_of(item)), None)
        return self.certificates[0] if fitting is None and len(self.certificates) == 1 else fitting

    def is_signed_by(self, signer: Signer, certificate: Certificate) -> bool:
        """Digest, content type and signature (RFC 5652, 5.6). Raises FormatError, UnsupportedError."""
        key, how = certificate.public_key(), signer.scheme()
        if signer.signed_attributes is None:
            return verify(key, how, signer.signature, self.content)
        if signer.stated_digest != digest(signer.digest_hash(), self.content):
            return False
        if signer.stated_content_type != self.content_type:
            return False
        return verify(key, how, signer.signature, tlv.encode(_SET_OF, signer.signed_attributes))


def parse_signed_message(raw: bytes, what: str, reason: Reason) -> SignedMessage:
    """Decode BER, indefinite lengths included. Raises FormatError with ``reason``."""
    with well_formed(what, reason):
        info = cms.ContentInfo.load(raw)
        if info["content_type"].dotted != _SIGNED_DATA:
            raise FormatError(f"{what} is not a signed message", reason)
        data = info["content"]
        inner = data["encap_content_info"]
        certificates = data["certificates"] if data["certificates"].native is not None else ()
        message = SignedMessage(
            content_type=inner["content_type"].dotted,
            content=bytes(inner["content"]),
            certificates=tuple(
                Certificate.from_asn1(item.chosen) for item in certificates if item.name == "certificate"
            ),
            signers=tuple(_signer(item) for item in data["signer_infos"]),
        )
    if not message.signers:
        raise FormatError(f"{what} is signed by nobody", reason)
    return message


def _signer(info: cms.SignerInfo) -> Signer:
    sid = info["sid"]
    by_key = sid.name == "subject_key_identifier"
    attributes = info["signed_attrs"]
    signed = attributes.native is not None
    stated = {item["type"].dotted: item["values"] for item in attributes} if signed else {}
    return Signer(
        key_id=sid.chosen.native if by_key else None,
        issuer="" if by_key else name_key(sid.chosen["issuer"]),
        serial=0 if by_key else sid.chosen["serial_number"].native,
        signed_attributes=attributes.contents if signed else None,
        stated_digest=stated[_MESSAGE_DIGEST][0].native if _MESSAGE_DIGEST in stated else None,
        stated_content_type=stated[_CONTENT_TYPE][0].dotted if _CONTENT_TYPE in stated else "",
        signing_time=_signing_time(stated.get(_SIGNING_TIME)),
        signature=info["signature"].native,
        _digest_algorithm=info["digest_algorithm"]["algorithm"].dotted,
        _signature_algorithm=info["signature_algorithm"],
    )


def _signing_time(values: Any) -> datetime | None:
    """A malformed time is no time: it is no reason to refuse a document whose signature holds."""
    try:
        return moment(values[0].native) if values else None
    except (ValueError, TypeError, OverflowError):
        return None
