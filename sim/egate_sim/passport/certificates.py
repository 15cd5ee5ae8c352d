"""Writes X.509 certificates and revocation lists as Doc 9303-12, section 7, profiles them.

Put together value by value instead of with a library's builder: Document Signers come with keys, names and dates that
no such builder accepts, and a forger's certificate may say anything.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from egate_sim.passport import der
from egate_sim.passport.authority_keys import AuthorityKey, public_key_bits, public_key_info, sign, signature_algorithm

COUNTRY, ORGANISATION, COMMON_NAME, LOCALITY = "2.5.4.6", "2.5.4.10", "2.5.4.3", "2.5.4.7"
_DIRECTORY_NAME = 4
_VERSION_3, _CRL_VERSION_2 = 2, 1

MASTER_LIST_SIGNING = "2.23.136.1.1.3"
DEVIATION_LIST_SIGNING = "2.23.136.1.1.8"
_NAME_CHANGE = "2.23.136.1.1.6.1"
_DOCUMENT_TYPES = "2.23.136.1.1.6.2"
_SUBJECT_KEY_ID, _KEY_USAGE, _PRIVATE_KEY_USAGE = "2.5.29.14", "2.5.29.15", "2.5.29.16"
_SUBJECT_ALTERNATIVE, _ISSUER_ALTERNATIVE = "2.5.29.17", "2.5.29.18"
_BASIC_CONSTRAINTS, _CRL_NUMBER, _REASON_CODE = "2.5.29.19", "2.5.29.20", "2.5.29.21"
_AUTHORITY_KEY_ID, _EXTENDED_KEY_USAGE = "2.5.29.35", "2.5.29.37"


class Usage(IntEnum):
    """Bits of KeyUsage as one byte (RFC 5280, 4.2.1.3)."""

    DIGITAL_SIGNATURE = 0x80
    CERTIFICATES_AND_LISTS = 0x06


class RevocationReason(IntEnum):
    """CRLReason (RFC 5280, 5.3.1). UNSPECIFIED is written by writing none."""

    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    CERTIFICATE_HOLD = 6
    PRIVILEGE_WITHDRAWN = 9


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` to ``end``, both included, aware of their zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """What a certificate is to say. ``issuer``, ``subject``: names in DER; ``extensions``: each in DER."""

    issuer: bytes
    subject: bytes
    serial: int
    validity: Period
    extensions: tuple[bytes, ...]


def certificate(request: Request, subject_key: AuthorityKey, issuer_key: AuthorityKey, digest: str) -> bytes:
    """The certificate in DER; self-signed where both keys are the same."""
    algorithm = signature_algorithm(issuer_key, digest)
    return _signed(
        issuer_key,
        digest,
        der.explicit(0, der.integer(_VERSION_3)),
        der.integer(request.serial),
        algorithm,
        request.issuer,
        der.sequence(der.time(request.validity.start), der.time(request.validity.end)),
        request.subject,
        public_key_info(subject_key),
        der.explicit(3, der.sequence(*request.extensions)),
    )


@dataclass(frozen=True, slots=True)
class Revoked:
    """One entry of a revocation list."""

    serial: int
    at: datetime
    reason: RevocationReason = RevocationReason.UNSPECIFIED


def revocation_list(
    issuer: bytes, key: AuthorityKey, digest: str, period: Period, entries: Iterable[Revoked], *, number: int = 1
) -> bytes:
    """CRL in DER, version 2. ``period``: this update and next update."""
    revoked = [_entry(entry) for entry in entries]
    extensions = der.sequence(authority_key_id(key), extension(_CRL_NUMBER, der.integer(number)))
    return _signed(
        key,
        digest,
        der.integer(_CRL_VERSION_2),
        signature_algorithm(key, digest),
        issuer,
        der.time(period.start),
        der.time(period.end),
        *([der.sequence(*revoked)] if revoked else []),  # RFC 5280, 5.1.2.6: absent where nothing is revoked
        der.explicit(0, extensions),
    )


def _entry(entry: Revoked) -> bytes:
    fields = [der.integer(entry.serial), der.time(entry.at)]
    if entry.reason is not RevocationReason.UNSPECIFIED:
        fields.append(der.sequence(extension(_REASON_CODE, der.enumerated(entry.reason))))
    return der.sequence(*fields)


def _signed(key: AuthorityKey, digest: str, *fields: bytes) -> bytes:
    to_be_signed = der.sequence(*fields)
    signature = der.bit_string(sign(key, digest, to_be_signed))
    return der.sequence(to_be_signed, signature_algorithm(key, digest), signature)


def name(*attributes: tuple[str, str]) -> bytes:
    """Name in DER from (object identifier, text) pairs; the country is a PrintableString, all else is UTF-8."""
    return der.sequence(*(der.set_of(der.sequence(der.oid(kind), _text(kind, text))) for kind, text in attributes))


def _text(kind: str, text: str) -> bytes:
    return der.printable_string(text) if kind == COUNTRY else der.utf8_string(text)


def extension(kind: str, value: bytes, *, critical: bool = False) -> bytes:
    """One Extension; FALSE is the default that DER leaves out."""
    return der.sequence(der.oid(kind), *([der.boolean(True)] if critical else []), der.octet_string(value))


def key_identifier(key: AuthorityKey) -> bytes:
    """SHA-1 over the public key's bits (RFC 5280, 4.2.1.2, method 1)."""
    return hashlib.sha1(public_key_bits(key), usedforsecurity=False).digest()


def subject_key_id(key: AuthorityKey) -> bytes:
    """Which key this certificate is about."""
    return extension(_SUBJECT_KEY_ID, der.octet_string(key_identifier(key)))


def authority_key_id(key: AuthorityKey) -> bytes:
    """Which key signed."""
    return extension(_AUTHORITY_KEY_ID, der.sequence(der.implicit(0, key_identifier(key))))


def key_usage(usage: Usage) -> bytes:
    """One or two bits."""
    unused = (usage & -usage).bit_length() - 1  # DER drops the zero bits at the end
    return extension(_KEY_USAGE, der.bit_string(bytes([usage]), unused), critical=True)


def basic_constraints() -> bytes:
    """A CSCA: an authority below which there is no other."""
    return extension(_BASIC_CONSTRAINTS, der.sequence(der.boolean(True), der.integer(0)), critical=True)


def private_key_usage(period: Period) -> bytes:
    """While the private key signs, which is shorter than what it signed stays valid."""
    start, end = (der.generalized_time(at) for at in (period.start, period.end))
    retagged = (der.implicit(number, at[2:]) for number, at in enumerate((start, end)))
    return extension(_PRIVATE_KEY_USAGE, der.sequence(*retagged))


def alternative_names(state: str) -> tuple[bytes, bytes]:
    """Subject and issuer: the state's code of the MRZ as locality (Doc 9303-12, 7.1.1.2)."""
    names = der.sequence(der.explicit(_DIRECTORY_NAME, name((LOCALITY, state))))
    return extension(_SUBJECT_ALTERNATIVE, names), extension(_ISSUER_ALTERNATIVE, names)


def document_types(*types: str) -> bytes:
    """DocumentTypeList: what a Document Signer may sign, as the MRZ writes it."""
    listed = der.set_of(*(der.printable_string(each) for each in types))
    return extension(_DOCUMENT_TYPES, der.sequence(der.integer(0), listed))


def name_change() -> bytes:
    """In a link certificate: the issuer's name and the subject's differ on purpose."""
    return extension(_NAME_CHANGE, der.NULL)


def extended_key_usage(purpose: str) -> bytes:
    """What else than documents the key signs."""
    return extension(_EXTENDED_KEY_USAGE, der.sequence(der.oid(purpose)), critical=True)
