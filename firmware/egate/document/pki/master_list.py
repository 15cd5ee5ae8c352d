"""CSCA master lists (Doc 9303-12, 9): many states' CSCA certificates, signed by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from asn1crypto.core import Integer, Sequence, SetOf
from asn1crypto.x509 import Certificate as Asn1Certificate

from egate.checks import Reason
from egate.document.asn1 import well_formed
from egate.document.errors import DocumentError, FormatError, TrustError
from egate.document.pki.certificates import Certificate
from egate.document.pki.signed_lists import ListKind, SignedList, read_signed_list

MASTER_LIST = "2.23.136.1.1.2"
MASTER_LIST_SIGNING_KEY = "2.23.136.1.1.3"
_KIND = ListKind("master list", {MASTER_LIST: MASTER_LIST_SIGNING_KEY})


class _CertificateSet(SetOf):  # type: ignore[misc] # asn1crypto has no types
    _child_spec = Asn1Certificate


class _CscaMasterList(Sequence):  # type: ignore[misc] # asn1crypto has no types
    _fields: ClassVar[list[tuple[object, ...]]] = [("version", Integer), ("certificates", _CertificateSet)]


@dataclass(frozen=True, slots=True)
class MasterList:
    """``skipped``: entries that could not be decoded."""

    source: SignedList
    cscas: tuple[Certificate, ...]
    skipped: int


def read_master_list(raw: bytes, anchors: Iterable[bytes], now: datetime) -> MasterList:
    """``anchors``: DER of the pinned certificates, each the list's signer or the CSCA that issued it. Raises
    TrustError."""
    try:
        pinned = [Certificate.from_der(der, Reason.CERT_SIGNATURE) for der in anchors]
        source = read_signed_list(raw, _KIND, pinned, now)
        cscas, skipped = _decode(source.message.content)
        return MasterList(source, cscas, skipped)
    except TrustError:
        raise
    except DocumentError as error:
        raise TrustError(f"the master list cannot be used: {error}") from error


def _decode(content: bytes) -> tuple[tuple[Certificate, ...], int]:
    """An entry that nobody can decode is left out, because one of them must not close every lane."""
    with well_formed("the master list", Reason.CERT_SIGNATURE):
        entries = list(_CscaMasterList.load(content)["certificates"])
    cscas = []
    for entry in entries:
        try:
            with well_formed("an entry of the master list"):
                cscas.append(Certificate.from_asn1(entry))
        except FormatError:
            continue
    return tuple(cscas), len(entries) - len(cscas)
