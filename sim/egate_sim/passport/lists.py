"""Lists that states sign beside the CSCA master list: what is wrong with their documents, and very long lists.

Deviation lists: Doc 9303-3, 8 (ASN.1 there). Defect lists of an inspecting authority: BSI TR-03129.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from egate_sim.passport import der
from egate_sim.passport.authority_keys import hash_algorithm
from egate_sim.passport.certificates import (
    COMMON_NAME,
    COUNTRY,
    ORGANISATION,
    Period,
    Request,
    authority_key_id,
    basic_constraints,
    certificate,
    name,
    subject_key_id,
)
from egate_sim.passport.cms import Signer, signed_data
from egate_sim.passport.registry import DOCUMENT_VALIDITY, ISSUER, midnight
from egate_sim.passport.state import State

_DEVIATION_LIST = "2.23.136.1.1.7"
_DEFECT_LIST = "0.4.0.127.0.7.3.1.5"
_DIGEST = "sha256"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_LETTERS = 26


class Deviation(Enum):
    """What is wrong; the value is the object identifier's end below id-icao-DeviationList."""

    DS_SIGNATURE = "1.1"
    DS_ENCODING = "1.2"
    CSCA_ENCODING = "1.3"
    AA_KEY_COMPROMISED = "1.4"
    DG_MALFORMED = "2.1"
    DG_HASH_WRONG = "2.2"
    SOD_SIGNATURE_WRONG = "2.3"
    COM_INCONSISTENT = "2.4"
    MRZ_WRONG_DATA = "3.1"
    MRZ_WRONG_CHECK_DIGIT = "3.2"
    CHIP = "4"


class SignerNaming(Enum):
    """How an entry names the Document Signer; the value is the choice's context tag."""

    ISSUER_AND_SERIAL = 1
    KEY_ID = 2
    DIGEST = 3


@dataclass(frozen=True, slots=True)
class DeviationEntry:
    """Which documents, and what is wrong with them. All that is given must fit. ``data_group``: of DG_MALFORMED and
    DG_HASH_WRONG; ``issued``: first and last day; ``numbers``: of documents."""

    deviation: Deviation
    signer: Signer | None = None
    naming: SignerNaming = SignerNaming.ISSUER_AND_SERIAL
    document_type: str | None = None
    issued: tuple[date, date] | None = None
    numbers: tuple[str, ...] = ()
    data_group: int | None = None

    def __repr__(self) -> str:
        return f"DeviationEntry({self.deviation.name})"


def deviation_list(state: State, entries: Iterable[DeviationEntry]) -> bytes:
    """What ``state`` says of its own documents: ContentInfo, with the CSCA's certificate beside the signer's."""
    signer = state.registry.deviation_list_signer(state.csca)
    content = der.sequence(der.integer(0), hash_algorithm(_DIGEST), der.set_of(*map(_deviation, entries)))
    at = midnight(state.founded)
    return signed_data(_DEVIATION_LIST, content, signer, at, (state.csca.certificate_der,))


def _deviation(entry: DeviationEntry) -> bytes:
    data_group = b"" if entry.data_group is None else der.explicit(0, der.integer(entry.data_group))
    description = der.sequence(der.oid(f"{_DEVIATION_LIST}.{entry.deviation.value}"), data_group)
    return der.sequence(der.sequence(*_documents(entry)), der.set_of(description))


def _documents(entry: DeviationEntry) -> Iterator[bytes]:
    """DeviationDocuments, field by field."""
    if entry.document_type is not None:
        yield der.implicit(0, entry.document_type.encode("ascii"))
    if entry.signer is not None:
        yield _signer_identifier(entry.signer, entry.naming)
    if entry.issued is not None:
        yield der.explicit(4, *(der.generalized_time(midnight(day)) for day in entry.issued))
    if entry.numbers:
        yield der.explicit(5, *sorted(map(der.printable_string, entry.numbers)))


def _signer_identifier(signer: Signer, naming: SignerNaming) -> bytes:
    match naming:
        case SignerNaming.ISSUER_AND_SERIAL:
            issuer = signer.certificate.issuer.public_bytes()
            return der.explicit(naming.value, issuer, der.integer(signer.certificate.serial_number))
        case SignerNaming.KEY_ID:
            return der.implicit(naming.value, signer.key_identifier)
        case SignerNaming.DIGEST:
            return der.implicit(naming.value, hashlib.sha256(signer.certificate_der).digest())


class KnownDefect(Enum):
    """Of a defect list; the value is the object identifier's end below id-DefectList."""

    CERTIFICATE_REVOKED = "1.1"
    CERTIFICATE_REPLACED = "1.2"
    CHIP_AUTHENTICATION_KEYS_COMPROMISED = "1.3"
    ACTIVE_AUTHENTICATION_KEYS_COMPROMISED = "1.4"
    DATA_GROUPS_MALFORMED = "2.1"
    DOCUMENT_SECURITY_OBJECT_MALFORMED = "2.2"
    CARD_SECURITY_MALFORMED = "4.1"


def defect_list(publisher: State, entries: Iterable[tuple[Signer, KnownDefect, bytes]]) -> bytes:
    """What an inspecting authority knows about Document Signers of any state. Each entry: the signer, the defect, and
    its parameters in DER (b"" for none)."""
    defects = (_defect(*entry) for entry in entries)
    content = der.sequence(der.integer(0), der.oid(_SHA256), der.set_of(*defects))
    return signed_data(_DEFECT_LIST, content, publisher.master_list_signer, midnight(publisher.founded))


def _defect(signer: Signer, defect: KnownDefect, parameters: bytes) -> bytes:
    identifier = der.sequence(signer.certificate.issuer.public_bytes(), der.integer(signer.certificate.serial_number))
    known = der.sequence(der.oid(f"{_DEFECT_LIST}.{defect.value}"), parameters)
    return der.sequence(identifier, der.set_of(known))


def crowd_of_cscas(state: State, count: int) -> list[bytes]:
    """So many more CSCA certificates (DER), each of another name, as a list of all states has them. They share one
    key with ``state``, because making them must not take long."""
    key, digest = state.csca.key, state.csca.digest
    start = midnight(state.founded) - timedelta(days=365)
    return [
        certificate(
            Request(
                issuer=subject,
                subject=subject,
                serial=number + 1,
                validity=Period(start, start + DOCUMENT_VALIDITY),
                extensions=(subject_key_id(key), authority_key_id(key), basic_constraints()),
            ),
            key,
            key,
            digest,
        )
        for number, subject in enumerate(_names(count))
    ]


def _names(count: int) -> Iterator[bytes]:
    """Names below made-up country codes."""
    for number in range(count):
        code = "".join(chr(ord("A") + number // power % _LETTERS) for power in (_LETTERS, 1))
        yield name((COUNTRY, code), (ORGANISATION, ISSUER), (COMMON_NAME, f"SIMULATION {number} CSCA"))
