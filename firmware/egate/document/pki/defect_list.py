"""Decodes lists of known defects: deviation lists (Doc 9303-12, 10) and defect lists (BSI TR-03129).

A deviation list comes from the state whose documents it speaks of, and its CSCA vouches for the signer. A defect list
comes from whoever inspects, speaks of all states' documents, and counts only where its very signer is pinned.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from asn1crypto.algos import DigestAlgorithm
from asn1crypto.cms import SignerIdentifier
from asn1crypto.core import Any as AnyValue
from asn1crypto.core import (
    Choice,
    GeneralizedTime,
    Integer,
    ObjectIdentifier,
    OctetString,
    PrintableString,
    Sequence,
    SetOf,
)
from asn1crypto.x509 import Name

from egate.checks import Reason
from egate.document import tlv
from egate.document.asn1 import well_formed
from egate.document.crypto.signatures import hash_name
from egate.document.errors import DocumentError, FormatError, TrustError
from egate.document.pki.certificates import Certificate, moment, name_key
from egate.document.pki.defects import Defect, DefectEntry, DefectKind
from egate.document.pki.signed_lists import ListKind, SignedList, read_signed_list

DEVIATION_LIST = "2.23.136.1.1.7"
DEVIATION_LIST_SIGNING_KEY = "2.23.136.1.1.8"
DEFECT_LIST = "0.4.0.127.0.7.3.1.5"
_MAX_NUMBER = 255
_KIND = ListKind("defect list", {DEVIATION_LIST: DEVIATION_LIST_SIGNING_KEY, DEFECT_LIST: ""})

_INTEGER, _ENUMERATED = 0x02, 0x0A
_KINDS = {
    f"{DEVIATION_LIST}.1.1": DefectKind.DS_SIGNATURE,
    f"{DEVIATION_LIST}.1.2": DefectKind.DS_ENCODING,
    f"{DEVIATION_LIST}.1.3": DefectKind.CSCA_ENCODING,
    f"{DEVIATION_LIST}.1.4": DefectKind.AA_KEY_COMPROMISED,
    f"{DEVIATION_LIST}.2.1": DefectKind.DG_MALFORMED,
    f"{DEVIATION_LIST}.2.2": DefectKind.DG_HASH,
    f"{DEVIATION_LIST}.2.3": DefectKind.SOD_SIGNATURE,
    f"{DEVIATION_LIST}.2.4": DefectKind.COM_INCONSISTENT,
    f"{DEVIATION_LIST}.3": DefectKind.MRZ,
    f"{DEVIATION_LIST}.3.1": DefectKind.MRZ,
    f"{DEVIATION_LIST}.3.2": DefectKind.MRZ,
    f"{DEVIATION_LIST}.4": DefectKind.CHIP,
    f"{DEFECT_LIST}.1.1": DefectKind.DS_REVOKED,
    f"{DEFECT_LIST}.1.2": DefectKind.DS_ENCODING,
    f"{DEFECT_LIST}.1.3": DefectKind.CA_KEY_COMPROMISED,
    f"{DEFECT_LIST}.1.4": DefectKind.AA_KEY_COMPROMISED,
    f"{DEFECT_LIST}.2.1": DefectKind.DG_MALFORMED,
    f"{DEFECT_LIST}.2.2": DefectKind.SOD_INVALID,
    f"{DEFECT_LIST}.4.1": DefectKind.CARD_SECURITY,
}


class _IssuerAndSerial(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("issuer", Name), ("serial_number", Integer)]


class _DocumentSignerIdentifier(Choice):  # type: ignore[misc] # asn1crypto has no types
    _alternatives: ClassVar[list[tuple[object, ...]]] = [
        ("issuer_and_serial_number", _IssuerAndSerial, {"implicit": 1}),
        ("subject_key_identifier", OctetString, {"implicit": 2}),
        ("certificate_digest", OctetString, {"implicit": 3}),
    ]


class _IssuancePeriod(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("first", GeneralizedTime), ("last", GeneralizedTime)]


class _Numbers(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = PrintableString


class _DeviationDocuments(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("document_type", PrintableString, {"implicit": 0, "optional": True}),
        ("signer", _DocumentSignerIdentifier, {"optional": True}),
        ("issued", _IssuancePeriod, {"implicit": 4, "optional": True}),
        ("numbers", _Numbers, {"implicit": 5, "optional": True}),
    ]


class _DeviationDescription(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("description", PrintableString, {"optional": True}),
        ("type", ObjectIdentifier),
        ("parameters", AnyValue, {"explicit": 0, "optional": True}),
        ("national_use", AnyValue, {"explicit": 1, "optional": True}),
    ]


class _DeviationDescriptions(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = _DeviationDescription


class _Deviation(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("documents", _DeviationDocuments),
        ("descriptions", _DeviationDescriptions),
    ]


class _Deviations(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = _Deviation


class _DeviationList(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("version", Integer),
        ("digest_algorithm", DigestAlgorithm, {"optional": True}),
        ("deviations", _Deviations),
    ]


class _KnownDefect(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("type", ObjectIdentifier),
        ("parameters", AnyValue, {"optional": True}),
    ]


class _KnownDefects(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = _KnownDefect


class _Defect(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("signer", SignerIdentifier),
        ("certificate_hash", OctetString, {"optional": True}),
        ("known_defects", _KnownDefects),
    ]


class _Defects(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = _Defect


class _DefectList(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("version", Integer),
        ("hash_algorithm", ObjectIdentifier),
        ("defects", _Defects),
    ]


@dataclass(frozen=True, slots=True)
class DefectList:
    """A verified list and its entries."""

    source: SignedList
    entries: tuple[DefectEntry, ...]


def read_defect_list(raw: bytes, anchors: Iterable[Certificate], now: datetime) -> DefectList:
    """``anchors``: trusted CSCAs and pinned signers. Raises TrustError."""
    source = read_signed_list(raw, _KIND, anchors, now)
    country = "" if source.is_pinned else source.signer.country
    try:
        return DefectList(source, decode_entries(source.message.content_type, source.message.content, country))
    except DocumentError as error:
        raise TrustError(f"the defect list cannot be used: {error}") from error


def decode_entries(content_type: str, content: bytes, country: str) -> tuple[DefectEntry, ...]:
    """``country``: the only one of which the list may speak, "" for any. Raises FormatError, UnsupportedError."""
    with well_formed("the defect list", Reason.CERT_SIGNATURE):
        entries = _deviations if content_type == DEVIATION_LIST else _defects
        return tuple(entries(content, country))


def _deviations(content: bytes, country: str) -> Iterator[DefectEntry]:
    decoded = _DeviationList.load(content, strict=True)
    algorithm = decoded["digest_algorithm"]
    used = hash_name(algorithm["algorithm"].dotted) if algorithm.native is not None else ""
    for each in decoded["deviations"]:
        documents, issued = each["documents"], each["documents"]["issued"]
        period = issued.native is not None
        yield DefectEntry(
            country=country,
            document_type=documents["document_type"].native or "",
            issued_from=moment(issued["first"].native) if period else None,
            issued_until=moment(issued["last"].native) if period else None,
            numbers=_numbers(documents["numbers"].contents or b""),
            defects=tuple(_defect(item, item["parameters"]) for item in each["descriptions"]),
            **_signer_criteria(documents["signer"], used),
        )


def _numbers(content: bytes) -> bytes:
    numbers = [number.value for number in tlv.read_all(content)]
    return b"\n" + b"\n".join(numbers) + b"\n" if numbers else b""


def _defects(content: bytes, country: str) -> Iterator[DefectEntry]:
    decoded = _DefectList.load(content, strict=True)
    used = hash_name(decoded["hash_algorithm"].dotted)
    for each in decoded["defects"]:
        criteria = _signer_criteria(each["signer"], used)
        if each["certificate_hash"].native is not None:
            criteria |= {"digest_hash": used, "certificate_digest": each["certificate_hash"].native}
        known = tuple(_defect(item, item["parameters"]) for item in each["known_defects"])
        yield DefectEntry(country=country, defects=known, **criteria)


def _signer_criteria(signer: Any, used: str) -> dict[str, Any]:
    if not isinstance(signer, Choice):  # left out
        return {}
    value = signer.chosen
    match signer.name:
        case "issuer_and_serial_number":
            return {"issuer": name_key(value["issuer"]), "serial": f"{value['serial_number'].native:x}"}
        case "subject_key_identifier":
            return {"key_id": value.native}
    return {"digest_hash": used, "certificate_digest": value.native}


def _defect(item: Any, parameters: Any) -> Defect:
    """The parameter is one number or, in TR-03129, a SET of numbers; what else there may be is not needed."""
    kind = _KINDS.get(item["type"].dotted, DefectKind.OTHER)
    given = parameters.dump() if isinstance(parameters, AnyValue) else b""
    if kind in (DefectKind.DG_MALFORMED, DefectKind.DG_HASH):
        return Defect(kind, tuple(_integers(given)))
    if kind is DefectKind.DS_REVOKED:
        return Defect(kind, status=next(_integers(given), 0))
    return Defect(kind)


def _integers(encoded: bytes, levels: int = 3) -> Iterator[int]:
    """Whole numbers in the value, its explicit tag and its SET taken off."""
    for each in tlv.read_all(encoded):
        if each.tag in (_INTEGER, _ENUMERATED):
            yield _small(int.from_bytes(each.value, signed=True))
        elif levels:
            yield from _integers(each.value, levels - 1)


def _small(number: int) -> int:
    """Numbers of data groups and of status codes; larger ones would not fit into a trust bundle."""
    if not 0 <= number <= _MAX_NUMBER:
        raise FormatError("a number in the defect list is out of bounds", Reason.CERT_SIGNATURE)
    return number
