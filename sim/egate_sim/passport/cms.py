"""Signs content the way EF.SOD, EF.CardSecurity and the lists of states are signed: CMS SignedData (RFC 5652).

``SignatureForm`` writes what is found in the field beside the usual form, and what no genuine signer would write.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from egate_sim.passport import der
from egate_sim.passport.authority_keys import AuthorityKey, hash_algorithm, sign, signature_algorithm
from egate_sim.passport.certificates import key_identifier
from egate_sim.passport.tlv import data_object, data_objects

_SIGNED_DATA = "1.2.840.113549.1.7.2"
_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME = (f"1.2.840.113549.1.9.{number}" for number in (3, 4, 5))
_END_OF_CONTENTS = b"\x00\x00"


@dataclass(frozen=True)
class Signer:
    """A certificate, its private key and the hash that they are used with."""

    certificate: x509.Certificate
    key: AuthorityKey
    digest: str = "sha256"

    @cached_property
    def certificate_der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_identifier(self) -> bytes:
        """What its certificate says in SubjectKeyIdentifier."""
        return key_identifier(self.key)

    def __repr__(self) -> str:
        return f"Signer({self.certificate.subject.rfc4514_string()})"


@dataclass(frozen=True, slots=True)
class SignatureForm:
    """How a message is written. The first four are allowed or common:

    - ``names_key``: the signer is named by key identifier instead of by issuer and serial number;
    - ``long_serial``: a needless zero byte before the serial number;
    - ``indefinite``: BER with indefinite lengths around the outer structures;
    - ``without_attributes``: the content itself is signed (RFC 5652, 5.4).

    The others are defects:

    - ``without_digest``: the signed attributes lack the message digest;
    - ``other_type``: the signed attributes name this content type instead;
    - ``without_signer``: there is no SignerInfo;
    - ``without_certificate``: the signer's certificate does not come along;
    - ``signature``: these bytes in place of a signature.
    """

    names_key: bool = False
    long_serial: bool = False
    indefinite: bool = False
    without_attributes: bool = False
    without_digest: bool = False
    other_type: str | None = None
    without_signer: bool = False
    without_certificate: bool = False
    signature: bytes | None = None


USUAL = SignatureForm()


def signed_data(
    content_type: str,
    content: bytes,
    signer: Signer,
    at: datetime,
    others: tuple[bytes, ...] = (),
    *,
    form: SignatureForm = USUAL,
) -> bytes:
    """ContentInfo. ``content_type``: OID; ``at``: signing time; ``others``: DER certificates that travel beside the
    signer's own."""
    around = _indefinite if form.indefinite else data_object
    infos = () if form.without_signer else (_signer_info(content_type, content, signer, at, form),)
    certificates = others if form.without_certificate else (signer.certificate_der, *others)
    data = around(
        0x30,
        der.integer(3),
        der.set_of(hash_algorithm(signer.digest)),
        around(0x30, der.oid(content_type), around(0xA0, der.octet_string(content))),
        around(0xA0, *certificates) if certificates else b"",
        data_object(0x31, *infos),
    )
    return around(0x30, der.oid(_SIGNED_DATA), around(0xA0, data))


def signature_of(signed: bytes) -> bytes:
    """The signature value of a message that ``signed_data`` wrote in DER, for whoever wants to paste it elsewhere."""
    data = signed
    for place in (0, -1, 0, -1, -1, -1):  # ContentInfo, [0], SignedData, signerInfos, SignerInfo, signature
        data = [value for _, value in data_objects(data)][place]
    return data


def _signer_info(content_type: str, content: bytes, signer: Signer, at: datetime, form: SignatureForm) -> bytes:
    attributes = _signed_attributes(content_type, content, signer.digest, at, form)
    # What is signed carries the universal tag SET OF, not the implicit [0] of its place (RFC 5652, 5.4).
    message = content if form.without_attributes else data_object(0x31, attributes)
    return der.sequence(
        der.integer(3 if form.names_key else 1),
        _signer_identifier(signer, form),
        hash_algorithm(signer.digest),
        b"" if form.without_attributes else der.explicit(0, attributes),
        signature_algorithm(signer.key, signer.digest),
        der.octet_string(form.signature or sign(signer.key, signer.digest, message)),
    )


def _signed_attributes(content_type: str, content: bytes, digest: str, at: datetime, form: SignatureForm) -> bytes:
    """The content of the SET OF."""
    attributes = [
        _attribute(_CONTENT_TYPE, der.oid(form.other_type or content_type)),
        _attribute(_SIGNING_TIME, der.time(at)),
    ]
    if not form.without_digest:
        hashed = hashlib.new(digest, content, usedforsecurity=False).digest()
        attributes.append(_attribute(_MESSAGE_DIGEST, der.octet_string(hashed)))
    return b"".join(sorted(attributes))


def _attribute(kind: str, value: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.set_of(value))


def _signer_identifier(signer: Signer, form: SignatureForm) -> bytes:
    if form.names_key:
        return der.implicit(0, key_identifier(signer.key))
    serial = der.integer(signer.certificate.serial_number)
    if form.long_serial:
        serial = data_object(0x02, b"\x00", serial[2:])
    return der.sequence(signer.certificate.issuer.public_bytes(), serial)


def _indefinite(tag: int, *values: bytes) -> bytes:
    """BER: the length is left open, two zero bytes end the value."""
    return bytes([tag, 0x80]) + b"".join(values) + _END_OF_CONTENTS
